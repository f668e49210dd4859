"""A date of which only a part is known, and the text that keeps it beside complete dates."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from models.errors import Problem

_COMPLETE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_KNOWN_PART = re.compile(r"(?:(\d{4})(?:-(\d{2}))?)?")
FIRST_YEAR, LAST_YEAR = 1840, 2200


class DateError(ValueError):
    """A text that is no date, or no date of the calendar; ``problem`` holds the sentence shown to people."""

    def __init__(self, code: str, seen: str, message: str, hint: str) -> None:
        self.problem = Problem(code, seen, message, hint)
        super().__init__(message + hint)


@dataclass(frozen=True)
class PartialDate:
    """A date with year, month or day unknown (None), and the words it was read from.

    Its text is ``YYYY-MM-DD`` when complete, else ``~2026-11``, ``~2026-11~raw`` or ``~~raw``; the tilde
    sorts after every digit, so a partial date lies in no period until it is completed.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    raw: str = ""

    @property
    def complete(self) -> bool:
        """Tell whether year, month and day are all known."""
        return None not in (self.year, self.month, self.day)

    @property
    def text(self) -> str:
        """Give the stored text."""
        if self.complete:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        known = "" if self.year is None else f"{self.year:04d}"
        if known and self.month is not None:
            known += f"-{self.month:02d}"
        return f"~{known}~{self.raw}" if self.raw and self.raw != known else f"~{known}"

    @property
    def label(self) -> str:
        """Give the words for people: the original words where there are any."""
        if self.complete or not (self.raw or self.year):
            return self.text.strip("~")
        return self.raw or f"{self.year}年" + (f"{self.month}月" if self.month else "")


def is_partial(text: str) -> bool:
    """Tell whether a stored date text is a partial date."""
    return text.startswith("~")


def whole_day(value: object) -> str | None:
    """Give the day of a complete date or moment, else None: a partial or missing one is in no order."""
    if not isinstance(value, str) or not value or is_partial(value):
        return None
    return value[:10]


def is_before(first: object, second: object) -> bool:
    """Tell whether a day lies surely before another: both are known and complete."""
    earlier, later = whole_day(first), whole_day(second)
    return earlier is not None and later is not None and earlier < later


def parse_partial(text: str) -> PartialDate:
    """Give the date behind a stored text, complete or partial; DateError if it is neither."""
    complete = _COMPLETE.fullmatch(text)
    if complete:
        year, month, day = (int(part) for part in complete.groups())
        real_day(year, month, day, text)
        return PartialDate(year, month, day)
    known, _, raw = text[1:].partition("~")
    part = _KNOWN_PART.fullmatch(known)
    if not is_partial(text) or part is None or not (known or raw):
        raise DateError(
            "E211", text, f"“{text}”不是规范的日期。", "请写成 2026-11-03，或 ~2026-11（只知年月）。"
        )
    year_text, month_text = part.groups()
    month_number = int(month_text) if month_text else None
    if year_text and month_number:
        real_day(int(year_text), month_number, 1, text)
    return PartialDate(int(year_text) if year_text else None, month_number, None, raw)


def real_day(year: int, month: int, day: int, seen: str) -> dt.date:
    """Give the day, or raise DateError saying which part cannot be."""
    hint = "请核对后重新填写。"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError("E212", seen, f"“{seen}”的年份 {year} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。", hint)
    if not 1 <= month <= 12:
        raise DateError("E212", seen, f"“{seen}”的月份 {month} 不存在，月份应为 1 至 12。", hint)
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise DateError("E212", seen, f"“{seen}”不存在：{year}年{month}月没有{day}日。", hint) from error
