"""Duties that the rows of one table cannot tell: school hours, nodes of the year, the monthly report."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from app.due.spec import Occurrence, Offset
from app.due.words import count_words, day_words
from models.dates import Due, Period, due_after, month_length, month_of
from models.outreach import EventState, LawClass, OutreachEvent, OutreachPlan, PlanState, School
from models.records import table_of
from models.submission import ReturnTask, Submission, SubmissionState

if TYPE_CHECKING:
    from app.context import Context
    from app.due.spec import Rule
    from models.codes import CodeEntry
    from models.dates import Unit

Special = Callable[["Context", sa.Connection, "Rule"], Iterator[Occurrence]]

_HOURS_SCALE = 10
_NODE_DATES = re.compile(r"(\d\d)-(\d\d)(?:~(\d\d)-(\d\d))?")
_PREPARED_WITHIN = dt.timedelta(days=60)
_HELD_WITHIN = dt.timedelta(days=15)
_REPORTED = (SubmissionState.CLOSED, SubmissionState.RECEIVED, SubmissionState.ACCEPTED)
_MONTHS_BACK = 12


def school_hours(ctx: Context, conn: sa.Connection, rule: Rule) -> Iterator[Occurrence]:
    """Give the schools whose lessons of this calendar year fall short of ``periods`` (tenths of an hour).

    ``by`` is the day of the year by which to notice; schools are those whose stage is among ``stages``.
    """
    year, needed = str(ctx.today.year), int(rule.params["periods"])
    month, day = map(int, rule.params["by"].split("-"))
    last = dt.date(ctx.today.year, month, day)
    if last < began(ctx):
        return
    schools, lessons = table_of(School), table_of(LawClass)
    given = sa.func.coalesce(sa.func.sum(lessons.c.periods), 0)
    held = sa.and_(
        lessons.c.school_id == schools.c.id, lessons.c.void_flag.is_(sa.false()),
        lessons.c.held_on >= f"{year}-01-01", lessons.c.held_on <= f"{year}-12-31",
    )  # fmt: skip
    query = (
        sa.select(schools.c.id, given.label("given"))
        .select_from(schools.outerjoin(lessons, held))
        .where(schools.c.void_flag.is_(sa.false()), schools.c.stage.in_(rule.params["stages"]))
        .group_by(schools.c.id)
        .having(given < needed)
    )
    for school, tenths in conn.execute(query):
        told = rule.fact.format(year=year, given=_hours(tenths), needed=_hours(needed))
        count = f"{told}，提醒日为{day_words(last)}"
        yield Occurrence(rule, school, school, f"{year}-01-01", Due(last, last), year, count, nth=year)


def began(ctx: Context) -> dt.date:
    """Give the day the ledger was begun: what lay before is not held against it."""
    return dt.date.fromisoformat(ctx.ledger.meta["created"][:10])


def _hours(tenths: int) -> str:
    whole, rest = divmod(tenths, _HOURS_SCALE)
    return f"{whole}.{rest}" if rest else str(whole)


def node_plan(ctx: Context, conn: sa.Connection, rule: Rule) -> Iterator[Occurrence]:
    """Give the nodes of the year for which neither a plan nor an event is registered yet.

    A node's days stand in the note of its code, or, for those of the lunar calendar, in ``dates``.
    """
    days = rule.offset.n if rule.offset is not None else 0
    prepared = _prepared(ctx, conn)
    for entry in ctx.codes["pub_node"].choices(ctx.today.isoformat()):
        span = node_span(entry, ctx.today, rule.params["dates"])
        if span is None:
            continue
        first, last = span
        if first < began(ctx):
            continue
        near = (first - _PREPARED_WITHIN, last + _HELD_WITHIN)
        if any(near[0] <= day <= near[1] for day in prepared.get(entry.code, ())):
            continue
        due = first + dt.timedelta(days=days)
        count = (
            f"{rule.fact.format(name=entry.label, date=day_words(first))}，提前{-days}日为{day_words(due)}"
        )
        yield Occurrence(
            rule, entry.code, None, first.isoformat(), Due(due, due), first.isoformat(), count,
            nth=str(first.year), name=entry.label,
        )  # fmt: skip


def node_span(
    entry: CodeEntry, today: dt.date, dates: Mapping[str, list[str]]
) -> tuple[dt.date, dt.date] | None:
    """Give first and last day of the node that is running or comes next; None if its days are not known."""
    match = _NODE_DATES.match(entry.note)
    if match is None:
        known = (dt.date.fromisoformat(text) for text in dates.get(entry.code, ()))
        return next(((day, day) for day in sorted(known) if day >= today), None)
    first, last = (int(match[1]), int(match[2])), (int(match[3] or match[1]), int(match[4] or match[2]))
    year = today.year if dt.date(today.year, *last) >= today else today.year + 1
    return dt.date(year, *first), dt.date(year, *last)


def _prepared(ctx: Context, conn: sa.Connection) -> Mapping[str, list[dt.date]]:
    """Read the days of plans and events by node, from a year back on."""
    events, plans = table_of(OutreachEvent), table_of(OutreachPlan)
    since = (ctx.today - dt.timedelta(days=366)).isoformat()
    queries = (
        sa.select(events.c.node, events.c.held_on).where(
            events.c.held_on >= since, events.c.state != EventState.CANCELLED.value,
            events.c.void_flag.is_(sa.false()),
        ),
        sa.select(plans.c.node, plans.c.due_on).where(
            plans.c.due_on >= since, plans.c.state != PlanState.CANCELLED.value,
            plans.c.void_flag.is_(sa.false()),
        ),
    )  # fmt: skip
    found: dict[str, list[dt.date]] = {}
    for node, day in conn.execute(sa.union_all(*queries)):
        if node and not day.startswith("~"):
            found.setdefault(node, []).append(dt.date.fromisoformat(day))
    return found


def month_report(ctx: Context, conn: sa.Connection, rule: Rule) -> Iterator[Occurrence]:
    """Give the reporting months, since the ledger began, whose report has not been handed out."""
    start_day = int(ctx.settings["month_start_day"])
    period = month_of(ctx.today, start_day)
    reported = _reported(conn)
    for _ in range(_MONTHS_BACK):
        if period.end < began(ctx):
            return
        if period.key not in reported:
            last = report_day(period, int(ctx.settings["report_due_day"]))
            count = rule.fact.format(name=period.label, date=day_words(period.end), due=day_words(last))
            yield Occurrence(
                rule, period.key, None, period.end.isoformat(), Due(last, last), period.key, count,
                name=period.label,
            )  # fmt: skip
        period = period.previous()


def report_day(period: Period, day: int) -> dt.date:
    """Give the first such day of a month after a reporting month; a shorter month's last day."""
    year, month = period.end.year, period.end.month
    while True:
        last = dt.date(year, month, min(day, month_length(year, month)))
        if last > period.end:
            return last
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _reported(conn: sa.Connection) -> set[Any]:
    table = table_of(Submission)
    query = sa.select(table.c.period).where(table.c.void_flag.is_(sa.false()), table.c.state.in_(_REPORTED))
    return set(conn.execute(query).scalars())


def returned(ctx: Context, conn: sa.Connection, rule: Rule) -> Iterator[Occurrence]:
    """Give the rows the county sent back and nobody has mended; each leads to its own record."""
    tasks, versions = table_of(ReturnTask), table_of(Submission)
    query = (
        sa.select(tasks)
        .join(versions, versions.c.id == tasks.c.submission_id)
        .where(
            tasks.c.void_flag.is_(sa.false()), tasks.c.done_on.is_(None), tasks.c.opened_on < "~",
            versions.c.void_flag.is_(sa.false()), versions.c.state == SubmissionState.RETURNED.value,
        )
        .order_by(tasks.c.id)
    )  # fmt: skip
    offset = rule.offset or Offset(0)
    for task in conn.execute(query).mappings():
        opened = dt.date.fromisoformat(task["opened_on"])
        due = due_after(opened, offset.n, cast("Unit", offset.unit), ctx.calendar, rolls=rule.rolls)
        told = rule.fact.format(date=day_words(opened), hint=task["hint"] or task["seen"] or "")
        where = f"{task['sheet']}第{task['row_no']}行" if task["sheet"] and task["row_no"] else ""
        yield Occurrence(
            rule, task["id"], task["record_id"], task["opened_on"], due, task["opened_on"],
            told + count_words(offset, opened, due), detail=where, name=task["title"] or "月报",
            register=task["register"] or "",
        )  # fmt: skip


SPECIAL: Mapping[str, Special] = MappingProxyType(
    {
        "school_hours": school_hours,
        "node_plan": node_plan,
        "month_report": month_report,
        "returned": returned,
    }
)
