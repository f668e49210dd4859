"""Reporting periods: a month, quarter, half-year, year or run of months, on natural or shifted months."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from models.dates.arithmetic import month_length
from models.dates.partial import FIRST_YEAR, LAST_YEAR, DateError
from models.numerals import digit_string, half_width

_MONTH = re.compile(r"(\d{4})(?:[-./年]?(\d{2})|[-./年](\d))月?份?")
_YEAR = re.compile(r"(\d{4})年?度?")
_QUARTER = re.compile(r"(\d{4})年?(?:-?[Qq]([1-4])|第?([1-4])季度?)")
_HALF = re.compile(r"(\d{4})年?(?:-?[Hh]([12])|([上下])半年)")
_RUN = re.compile(r"(\d{4}-\d{2})\.\.(\d{4}-\d{2})")
_QUARTER_NAMES = ("一", "二", "三", "四")


@dataclass(frozen=True)
class Period:
    """A run of ``months`` reporting months from ``year``-``month`` on.

    With ``month_start_day`` 26 November runs from 26 October to 25 November; 1 is the natural month.
    """

    year: int
    month: int = 1
    months: int = 1
    month_start_day: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and self.months >= 1 and 1 <= self.month_start_day <= 28):
            raise ValueError(f"impossible period {self.year}-{self.month} × {self.months}")

    @property
    def key(self) -> str:
        """Give the stable name: ``2026-11``, ``2026``, ``2026Q3``, ``2026H1`` or ``2026-01..2026-11``."""
        if self.months == 1:
            return f"{self.year:04d}-{self.month:02d}"
        whole = {(1, 12): "", (1, 6): "H1", (7, 6): "H2"} | {(3 * q - 2, 3): f"Q{q}" for q in range(1, 5)}
        suffix = whole.get((self.month, self.months))
        if suffix is not None:
            return f"{self.year:04d}{suffix}"
        return f"{self.year:04d}-{self.month:02d}..{self._last_month[0]:04d}-{self._last_month[1]:02d}"

    @property
    def label(self) -> str:
        """Give the name for people, as 2026年第三季度."""
        if self.months == 1:
            return f"{self.year}年{self.month}月"
        if self.key[4:5] == "Q":
            return f"{self.year}年第{_QUARTER_NAMES[self.month // 3]}季度"
        if self.key[4:5] == "H":
            return f"{self.year}年{'上' if self.month == 1 else '下'}半年"
        if self.months == 12 and self.month == 1:
            return f"{self.year}年"
        year, month = self._last_month
        return f"{self.year}年{self.month}月至{'' if year == self.year else f'{year}年'}{month}月"

    @property
    def start(self) -> dt.date:
        """Give the first day."""
        if self.month_start_day == 1:
            return dt.date(self.year, self.month, 1)
        year, month = _shift(self.year, self.month, -1)
        return dt.date(year, month, self.month_start_day)

    @property
    def end(self) -> dt.date:
        """Give the last day, inclusive."""
        year, month = self._last_month
        if self.month_start_day == 1:
            return dt.date(year, month, month_length(year, month))
        return dt.date(year, month, self.month_start_day - 1)

    @property
    def bounds(self) -> tuple[str, str]:
        """Give first day and day after the last as text: a stored date is inside if first ≤ it < after."""
        return self.start.isoformat(), (self.end + dt.timedelta(days=1)).isoformat()

    def contains(self, value: dt.date | str | None) -> bool:
        """Tell whether a day or a stored date text lies in the period; a partial date lies in none."""
        if value is None:
            return False
        first, after = self.bounds
        return first <= (value if isinstance(value, str) else value.isoformat()) < after

    def previous(self) -> Period:
        """Give the run of the same length just before."""
        return self._moved(-self.months)

    def next(self) -> Period:
        """Give the run of the same length just after."""
        return self._moved(self.months)

    def same_last_year(self) -> Period:
        """Give the same period one year earlier."""
        return self._moved(-12)

    def year_to_date(self) -> Period:
        """Give the run from January of the year the period ends in to its last month."""
        year, month = self._last_month
        return Period(year, 1, month, self.month_start_day)

    def each_month(self) -> tuple[Period, ...]:
        """Give its months, in order."""
        shifts = (_shift(self.year, self.month, step) for step in range(self.months))
        return tuple(Period(year, month, 1, self.month_start_day) for year, month in shifts)

    @property
    def _last_month(self) -> tuple[int, int]:
        return _shift(self.year, self.month, self.months - 1)

    def _moved(self, months: int) -> Period:
        year, month = _shift(self.year, self.month, months)
        return replace(self, year=year, month=month)


def month_of(day: dt.date, month_start_day: int = 1) -> Period:
    """Give the reporting month a day belongs to."""
    month = Period(day.year, day.month, 1, month_start_day)
    return month.next() if day > month.end else month


def parse_period(text: str, month_start_day: int = 1) -> Period:
    """Give the period named as 2026-11, 2026年11月, 2026Q3, 2026年上半年, 2026 or 2026-01..2026-11."""
    plain = digit_string(half_width(text).replace(" ", ""))
    plain = plain.replace("十2", "12").replace("十1", "11").replace("十", "10")
    found = _found(plain)
    if found is None or not FIRST_YEAR <= found[0] <= LAST_YEAR or not 1 <= found[1] <= 12 or found[2] < 1:
        hint = "请写成 2026-11（月）、2026Q3（季度）、2026H1（半年）或 2026（年）。"
        raise DateError("E214", text, f"“{text}”不是可用的统计期间。", hint)
    return Period(*found, month_start_day)


def _found(text: str) -> tuple[int, int, int] | None:
    """Give year, first month and number of months, or None if the text names no period."""
    if match := _YEAR.fullmatch(text):
        return int(match[1]), 1, 12
    if match := _MONTH.fullmatch(text):
        return int(match[1]), int(match[2] or match[3]), 1
    if match := _QUARTER.fullmatch(text):
        return int(match[1]), 3 * int(match[2] or match[3]) - 2, 3
    if match := _HALF.fullmatch(text):
        return int(match[1]), 7 if "2" in match.groups() or match[3] == "下" else 1, 6
    if match := _RUN.fullmatch(text):
        first, last = (int(part[:4]) * 12 + int(part[5:]) for part in match.groups())
        return int(match[1][:4]), int(match[1][5:]), last - first + 1
    return None


def _shift(year: int, month: int, months: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + months
    return index // 12, index % 12 + 1
