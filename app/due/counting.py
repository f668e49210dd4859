"""From a start and a rule to a last day: counted deadlines, stored dates, rolling and calendar duties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from app.due.spec import Occurrence, Offset
from app.due.words import count_words, day_words, moment_words, number_phrase
from models.dates import Due, due_after, is_partial, month_of

if TYPE_CHECKING:
    from app.context import Context
    from app.due.reading import Found
    from app.due.spec import Rule, Window
    from models.dates import Unit
    from models.records import Row

Marks = Mapping[str, "Row"]


def occurrence(ctx: Context, found: Found, marks: Marks) -> Occurrence | None:
    """Give the time a rule applies to a row now; None while a date it needs is missing or not complete."""
    rule = found.rule
    if found.window is not None:
        return _on_calendar(ctx, found, found.window)
    start = read_moment(found.start) if rule.start else None
    stored = read_moment(found.due) if rule.due else None
    if (rule.start and start is None) or (rule.due and stored is None):
        return None
    if rule.repeat is not None:
        return _rolling(ctx, found, start or stored, marks)
    if stored is not None:
        due = due_after(stored.date(), 0, "day", ctx.calendar, rolls=rule.rolls)
        count = _fact(rule, start or stored, stored)
        return _made(found, due, count, f"{found.start or ''}|{found.due}")
    if start is None or rule.offset is None:
        return None
    due = counted(ctx, start, rule.offset, rolls=rule.rolls)
    return _made(
        found, due, _fact(rule, start) + count_words(rule.offset, start.date(), due), str(found.start)
    )


def counted(ctx: Context, start: dt.datetime, offset: Offset, *, rolls: bool) -> Due:
    """Count an offset from a start on this ledger's calendar and reporting months."""
    if offset.unit == "month_end":
        period = month_of(start.date(), int(ctx.settings.get("month_start_day", 1)))
        for _ in range(offset.n):
            period = period.next()
        return due_after(period.end, 0, "day", ctx.calendar, rolls=rolls)
    event = start if offset.unit == "hour" else start.date()
    return due_after(event, offset.n, cast("Unit", offset.unit), ctx.calendar, rolls=rolls)


def read_moment(text: str | None) -> dt.datetime | None:
    """Read a stored date or moment; None for nothing and for a partial date."""
    if not text or is_partial(text):
        return None
    return dt.datetime.fromisoformat(text)


def _rolling(ctx: Context, found: Found, start: dt.datetime | None, marks: Marks) -> Occurrence | None:
    rule = found.rule
    if start is None or rule.repeat is None:
        return None
    origin = start.date().isoformat()
    mark = marks.get(f"{rule.id}:{found.subject}")
    marked = mark["marked_on"] if mark and mark["kind"] == "done" and _of(mark, origin) else None
    times = [day for day in (found.last, marked) if day]
    if mark and mark["kind"] == "not_applicable" and _of(mark, origin):
        return None
    fact = _fact(rule, start)
    if times:
        last = dt.datetime.fromisoformat(max(times))
        step = Offset(rule.repeat.n, rule.repeat.unit)
        due = counted(ctx, last, step, rolls=rule.rolls)
        again = (
            f"上次办理为{day_words(last.date())}，{number_phrase(rule)}一次，本次为{day_words(due.strict)}"
        )
        count = f"{fact}，{again}"
        return _made(found, due, count, f"{origin}>{max(times)}")
    first = rule.offset or Offset(rule.repeat.n, rule.repeat.unit)
    due = counted(ctx, start, first, rolls=rule.rolls)
    words = count_words(first, start.date(), due)
    return _made(found, due, f"{fact}{words}，以后{number_phrase(rule)}一次", f"{origin}>")


def _of(mark: Row, origin: str) -> bool:
    """Tell whether a mark on a rolling duty was set while it ran from the same start."""
    return str(mark["fact"]).startswith(f"{origin}>")


def _latest(window: Window, today: dt.date) -> dt.date:
    """Give the latest start to count in a window; one gone by must have run from its first day."""
    return window.first if window.last < today else window.last


def _on_calendar(ctx: Context, found: Found, window: Window) -> Occurrence | None:
    rule = found.rule
    start = read_moment(found.start) if rule.start else None
    if rule.start and (start is None or start.date() > _latest(window, ctx.today)):
        return None
    told = _fact(rule, start)
    return in_window(rule, window, found.times, found.subject, told, record=found.record, detail=found.detail)


def in_window(
    rule: Rule,
    window: Window,
    times: int,
    subject: str,
    told: str,
    *,
    record: str | None = None,
    detail: str = "",
    name: str = "",
) -> Occurrence | None:
    """Give the duty of one stretch of the calendar (``told``: its words); None once done often enough."""
    if rule.repeat is None or times >= rule.repeat.times:
        return None
    count = (
        f"{told}，{number_phrase(rule)}，{window.label}"
        f"（{day_words(window.first)}至{day_words(window.last)}）已有{times}次"
    )
    return Occurrence(
        rule, subject, record, window.first.isoformat(), Due(window.last, window.last), window.key, count,
        nth=window.key, detail=detail, name=name,
    )  # fmt: skip


def _fact(rule: Rule, start: dt.datetime | None, stored: dt.datetime | None = None) -> str:
    in_hours = rule.offset is not None and rule.offset.unit == "hour"
    words = "" if start is None else (moment_words(start) if in_hours else day_words(start.date()))
    return rule.fact.format(date=words, due=day_words(stored.date()) if stored else "")


def _made(found: Found, due: Due, count: str, fact: str) -> Occurrence:
    start = found.start or found.due or ""
    return Occurrence(found.rule, found.subject, found.record, start, due, fact, count, detail=found.detail)
