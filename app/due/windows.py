"""The stretches of the calendar a recurring duty runs by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from app.due.spec import Window
from models.dates import Period, month_length

_DAY = dt.timedelta(days=1)
_MIDDLE = 15
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def window_of(unit: str, day: dt.date) -> Window:
    """Give the stretch a day lies in; weeks run from Monday to Sunday."""
    if unit == "week":
        year, week, weekday = day.isocalendar()
        first = day - dt.timedelta(days=weekday - 1)
        return Window(f"{year}-W{week:02d}", first, first + dt.timedelta(days=6), f"{year}年第{week}周")
    if unit == "half_month":
        return _half_month(day)
    months = _MONTHS[unit]
    period = Period(day.year, (day.month - 1) // months * months + 1, months)
    return Window(period.key, period.start, period.end, period.label)


def windows(unit: str, day: dt.date, look_back: int) -> Iterator[Window]:
    """Give the present stretch and those before it."""
    window = window_of(unit, day)
    yield window
    for _ in range(look_back):
        window = window_of(unit, window.first - _DAY)
        yield window


def _half_month(day: dt.date) -> Window:
    name = f"{day.year}-{day.month:02d}"
    words = f"{day.year}年{day.month}月"
    if day.day <= _MIDDLE:
        return Window(f"{name}a", day.replace(day=1), day.replace(day=_MIDDLE), f"{words}上半月")
    last = day.replace(day=month_length(day.year, day.month))
    return Window(f"{name}b", day.replace(day=_MIDDLE + 1), last, f"{words}下半月")
