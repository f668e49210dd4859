"""Counting days: deadlines, terms and ages, one way for the whole program.

Deadlines follow 刑事诉讼法第105条 and 民法典第201条、第203条: the day of the event is not counted, a last
day on a holiday moves to the next working day. Terms of a sentence or measure never move.
"""

from __future__ import annotations

import calendar as month_table
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from models.calendar import WorkCalendar

Unit = Literal["day", "workday", "month", "year", "hour"]


@dataclass(frozen=True)
class Due:
    """The last day of a deadline: ``strict`` as counted, ``legal`` after moving off a holiday.

    ``at`` is the very moment of a deadline in hours. ``uncertain`` is the year whose holidays are not loaded,
    so that only weekends could be considered.
    """

    strict: dt.date
    legal: dt.date
    at: dt.datetime | None = None
    uncertain: int | None = None

    @property
    def strict_text(self) -> str:
        """Give the unrolled last day, ``YYYY-MM-DD``; a deadline in hours gives its moment."""
        return self.at.isoformat(timespec="minutes") if self.at else self.strict.isoformat()

    @property
    def legal_text(self) -> str:
        """Give the last day after rolling, ``YYYY-MM-DD``; a deadline in hours gives its moment."""
        return self.at.isoformat(timespec="minutes") if self.at else self.legal.isoformat()

    def overdue_days(self, today: dt.date) -> int:
        """Give the days past the legal last day, 0 when there are none."""
        return max(0, (today - self.legal).days)

    def is_overdue(self, now: dt.datetime) -> bool:
        """Tell whether the deadline has passed; a deadline in days lasts until the end of its last day."""
        return now > self.at if self.at else now.date() > self.legal


def month_length(year: int, month: int) -> int:
    """Give the number of days in a month."""
    return month_table.monthrange(year, month)[1]


def add_months(day: dt.date, months: int) -> dt.date:
    """Give the corresponding day some months later (or earlier), the month's last day if there is none."""
    year, month = _month_after(day, months)
    return dt.date(year, month, min(day.day, month_length(year, month)))


def due_after(event: dt.date, n: int, unit: Unit, calendar: WorkCalendar, *, rolls: bool) -> Due:
    """Give the deadline ``n`` units after an event whose own day is not counted.

    ``rolls`` says whether a last day on a holiday moves to the next working day (periods of action set by law
    or regulation); a day counted backwards (negative ``n``) never moves. Hours are clock hours.
    """
    if unit == "hour":
        start = event if isinstance(event, dt.datetime) else dt.datetime.combine(event, dt.time())
        moment = start + dt.timedelta(hours=n)
        return Due(moment.date(), moment.date(), at=moment)
    first = event.date() if isinstance(event, dt.datetime) else event
    if unit == "workday":
        last = calendar.add_workdays(first, n)
        return Due(last, last, uncertain=calendar.missing_year(first, last))
    strict = _counted(first, n, unit)
    if not rolls or n < 0:
        return Due(strict, strict)
    legal = calendar.next_workday(strict)
    return Due(strict, legal, uncertain=calendar.missing_year(strict, legal))


def _counted(day: dt.date, n: int, unit: Unit) -> dt.date:
    if unit == "day":
        return day + dt.timedelta(days=n)
    return add_months(day, n * 12 if unit == "year" else n)


def term_end(start: dt.date, *, years: int = 0, months: int = 0, days: int = 0) -> dt.date:
    """Give the last day, inclusive, of a term that begins on ``start``; it never moves off a holiday.

    Where the last month has no corresponding day the term ends on that month's last day. Negative ``days``
    shorten it, as custody before the sentence does.
    """
    year, month = _month_after(start, years * 12 + months)
    length = month_length(year, month)
    last = dt.date(year, month, length) if start.day > length else dt.date(year, month, start.day) - _DAY
    return last + dt.timedelta(days=days)


def nth_day(first: dt.date, n: int) -> dt.date:
    """Give day number ``n`` of a stretch whose first day is day 1."""
    return first + dt.timedelta(days=n - 1)


def days_inclusive(first: dt.date, last: dt.date) -> int:
    """Give the length of a stretch in days, both ends counted."""
    return (last - first).days + 1


def age_on(birth: dt.date, day: dt.date) -> int:
    """Give the age in years on a day; the birthday itself counts as reached."""
    years = day.year - birth.year
    return years if add_months(birth, years * 12) <= day else years - 1


def judicial_age_on(birth: dt.date, day: dt.date) -> int:
    """Give the 周岁 used in criminal matters: reached on the day after the birthday (法释〔2006〕1号)."""
    return age_on(birth, day - _DAY)


def _month_after(day: dt.date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


_DAY = dt.timedelta(days=1)
