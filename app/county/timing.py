"""When a month's submission is due at the county, and which months come before it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from models.dates import parse_period

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period


def period_named(ctx: Context, text: str) -> Period:
    """Read a period on this ledger's reporting months; raises DateError."""
    return parse_period(text, int(ctx.settings["month_start_day"]))


def due_on(ctx: Context, period: Period) -> date:
    """Give the last day a submission is on time: a day of the next month, or the working day after it.

    The day (setting ``report_due_day``) is the county's to fix; no law names one.
    """
    after = period.each_month()[-1].next()
    day = min(int(ctx.settings["report_due_day"]), 28)
    return ctx.calendar.next_workday(date(after.year, after.month, day))


def is_late(ctx: Context, period: Period, received_on: str) -> bool:
    """Tell whether a submission received on a day was late; a late one is taken in all the same."""
    return received_on > due_on(ctx, period).isoformat()


def months_between(first: str, last: str) -> list[str]:
    """Give the months strictly between two, as 2026-11."""
    found = []
    month = parse_period(first).next()
    while month.key < last:
        found.append(month.key)
        month = month.next()
    return found
