"""Working days of China: weekends, statutory holidays and the working days moved to weekends (调休).

Shipped tables hold what the State Council's yearly notices say; a year without a notice has no table, and
then only weekends are known, which every answer says instead of guessing.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal, cast

DayKind = Literal["workday", "weekend", "holiday", "makeup"]
EntryKind = Literal["holiday", "makeup", "normal"]
_ENTRY_KINDS = ("holiday", "makeup", "normal")
_SATURDAY = 5
_ONE_DAY = dt.timedelta(days=1)


class CalendarError(ValueError):
    """A holiday table that cannot be used; the message names file, row and reason."""


@dataclass(frozen=True)
class CalendarDay:
    """One exception to the plain week; ``normal`` takes back a shipped exception."""

    day: dt.date
    kind: EntryKind
    name: str
    source: str


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are working days; ``years`` are those whose holidays are published and loaded."""

    days: Mapping[dt.date, CalendarDay] = field(default_factory=lambda: MappingProxyType({}))
    years: frozenset[int] = frozenset()

    @classmethod
    def shipped(cls) -> WorkCalendar:
        """Give the calendar of the tables that come with the program."""
        return _shipped()

    def with_local(self, entries: Iterable[CalendarDay], years: Iterable[int] = ()) -> WorkCalendar:
        """Give a calendar with the ledger's own entries laid over it; ``years`` are those they complete."""
        merged = {**self.days, **{entry.day: entry for entry in entries}}
        return replace(self, days=MappingProxyType(merged), years=self.years | frozenset(years))

    def covers(self, year: int) -> bool:
        """Tell whether the holidays of a year are known."""
        return year in self.years

    def missing_year(self, one: dt.date, other: dt.date) -> int | None:
        """Give the first year between two days whose holidays are not known, None if all are."""
        span = range(min(one, other).year, max(one, other).year + 1)
        return next((year for year in span if year not in self.years), None)

    def kind_of(self, day: dt.date) -> DayKind:
        """Tell what sort of day it is."""
        entry = self.days.get(day)
        if entry is not None and entry.kind != "normal":
            return entry.kind
        return "weekend" if day.weekday() >= _SATURDAY else "workday"

    def name_of(self, day: dt.date) -> str:
        """Give the holiday's name, empty on a plain day."""
        entry = self.days.get(day)
        return entry.name if entry is not None and entry.kind != "normal" else ""

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether people work on a day."""
        return self.kind_of(day) in ("workday", "makeup")

    def next_workday(self, day: dt.date) -> dt.date:
        """Give the day itself if it is a working day, else the first one after it."""
        while not self.is_workday(day):
            day += _ONE_DAY
        return day

    def add_workdays(self, day: dt.date, n: int) -> dt.date:
        """Give the n-th working day after a day that is not counted itself (before it when negative)."""
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day


def read_days(text: str, source_name: str) -> tuple[CalendarDay, ...]:
    """Read a table ``date,kind,name,source``; CalendarError names the row that cannot be used."""
    days = []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            day = dt.date.fromisoformat(row["date"])
            kind, name, source = row["kind"], row["name"], row["source"]
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError(
                f"节假日表 {source_name} 第 {number} 行读不出日期或缺列，请检查该行。"
            ) from error
        if kind not in _ENTRY_KINDS:
            allowed = "、".join(_ENTRY_KINDS)
            raise CalendarError(
                f"节假日表 {source_name} 第 {number} 行的类别“{kind}”不能用，只能是 {allowed}。"
            )
        days.append(CalendarDay(day, cast("EntryKind", kind), name, source))
    return tuple(days)


@cache
def _shipped() -> WorkCalendar:
    folder = resources.files("resources").joinpath("calendar")
    calendar = WorkCalendar()
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.name.startswith("holidays_") and entry.name.endswith(".csv"):
            year = int(entry.name.removeprefix("holidays_").removesuffix(".csv"))
            calendar = calendar.with_local(read_days(entry.read_text("utf-8"), entry.name), (year,))
    return calendar
