"""One query per source table: each rule of it is one part and reads only the rows it asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.due.windows import windows
from app.statistics.conditions import PARTIAL, Conditions
from app.statistics.frame import PARENT, Frame
from models.dates import month_of
from models.fields import Kind, fields_of
from models.records import Child, Journaled, entity

if TYPE_CHECKING:
    from app.context import Context
    from app.due.spec import Evidence, Rule, Window

_DAY_LENGTH = 10
_NOTHING = sa.cast(sa.null(), sa.Text)
Column = sa.ColumnElement[Any]


@dataclass(frozen=True)
class Found:
    """A row a rule applies to: its own id and its record's, its dates, how often the duty was done."""

    rule: Rule
    window: Window | None
    subject: str
    record: str
    start: str | None
    due: str | None
    detail: str
    last: str | None
    times: int


@dataclass(frozen=True)
class Part:
    """One rule over one window of the calendar (or none)."""

    rule: Rule
    window: Window | None


def read_source(ctx: Context, conn: sa.Connection, rules: Iterable[Rule]) -> Iterator[Found]:
    """Read the rows the rules of one source table apply to, in one query."""
    parts = [part for rule in rules for part in _parts(ctx, rule)]
    for row in conn.execute(statement(ctx, parts)).mappings():
        part = parts[row["part"]]
        yield Found(
            rule=part.rule,
            window=part.window,
            subject=row["subject"],
            record=row["record"],
            start=row["start"],
            due=row["due"],
            detail=row["detail"] or "",
            last=row["last"],
            times=row["times"] or 0,
        )


def _parts(ctx: Context, rule: Rule) -> Iterator[Part]:
    if rule.repeat is None or not rule.repeat.every:
        yield Part(rule, None)
        return
    for window in windows(rule.repeat.every, ctx.today, rule.repeat.look_back):
        yield Part(rule, window)


def statement(ctx: Context, parts: Iterable[Part]) -> sa.CompoundSelect[Any]:
    """Give the query over all parts; every part is planned by itself and can use its own index."""
    return sa.union_all(*[_select(ctx, number, part) for number, part in enumerate(parts)])


def _select(ctx: Context, number: int, part: Part) -> sa.Select[Any]:
    rule = part.rule
    rows = Rows(ctx, rule)
    by = rule.repeat.by if rule.repeat is not None else None
    where = [*rows.frame.alive(), *rows.conditions.of(rows.frame, rule.where), *rows.dated()]
    where += [_false(rows.holds(one)) for one in (*rule.satisfied, *rule.unless)]
    columns = (
        sa.literal(number).label("part"),
        rows.frame.table.c.id.label("subject"),
        rows.frame.root_id().label("record"),
        rows.moment().label("start"),
        rows.path(rule.due).label("due"),
        sa.cast(rows.path(rule.detail), sa.Text).label("detail"),
        (rows.last(by) if by else _NOTHING).label("last"),
        (rows.times(by, part.window) if by and part.window else sa.literal(0)).label("times"),
    )
    return sa.select(*columns).select_from(rows.frame.source).where(*where)


class Rows:
    """The rows of one rule's source: its frame, its dates, and what is looked up for each row."""

    def __init__(self, ctx: Context, rule: Rule) -> None:
        self.rule = rule
        self.frame = Frame(entity(rule.source))
        self.today = ctx.today.isoformat()
        self.conditions = Conditions(month_of(ctx.today), ctx.settings)
        self.since: Mapping[str, Column | None] = {
            "start": self._day(rule.start) if rule.start else self._stored(),
            "due": self._stored(),
            "today": sa.literal(self.today),
        }

    def path(self, path: str) -> Column:
        """Give the column of a path, nothing where the rule names none."""
        return self.frame.column(path) if path else _NOTHING

    def moment(self) -> Column:
        """Give the start: its day, or its minute where the rule counts hours."""
        in_hours = self.rule.offset is not None and self.rule.offset.unit == "hour"
        return self.path(self.rule.start) if in_hours or not self.rule.start else self._day(self.rule.start)

    def dated(self) -> list[sa.ColumnElement[bool]]:
        """Give the conditions that the dates of the rule are there and complete, and begun if asked."""
        named = [self.path(path) for path in (self.rule.start, self.rule.due) if path]
        found = [column < PARTIAL for column in named]
        if self.rule.begun:
            found.append(named[0] < self.today)
        return found

    def holds(self, one: Evidence) -> sa.ColumnElement[bool]:
        """Tell whether there is such evidence for a row."""
        if one.filled:
            return self.frame.column(one.filled).is_not(None)
        if not one.exists:
            return sa.and_(*self.conditions.of(self.frame, one.where))
        inner, where = self._tied(one)
        return sa.select(sa.literal(1)).select_from(inner.source).where(*where).exists()

    def last(self, by: Evidence) -> Column:
        """Give the last day the duty was done."""
        inner, where = self._tied(by)
        latest = sa.func.max(sa.func.substr(inner.column(by.on), 1, _DAY_LENGTH))
        return sa.select(latest).select_from(inner.source).where(*where).scalar_subquery()

    def times(self, by: Evidence, window: Window) -> Column:
        """Count how often it was done in a window."""
        inner, where = self._tied(by)
        where += within(inner.column(by.on), window)
        return sa.select(sa.func.count()).select_from(inner.source).where(*where).scalar_subquery()

    def _stored(self) -> Column | None:
        return self.frame.column(self.rule.due) if self.rule.due else None

    def _day(self, path: str) -> Column:
        """Give a date to compare with: the day of a moment."""
        column = self.frame.column(path)
        kind, name = self.frame.kind_at(path)
        described = fields_of(kind).get(name)
        if described is not None and described.kind is not Kind.DATETIME:
            return column
        return sa.func.substr(column, 1, _DAY_LENGTH)

    def _tied(self, one: Evidence) -> tuple[Frame, list[sa.ColumnElement[bool]]]:
        inner = Frame(entity(one.exists), depth=self.frame.depth + 1)
        where: list[sa.ColumnElement[bool]] = [inner.table.c.void_flag.is_(sa.false())]
        if one.link:
            where += [inner.column(theirs) == self.frame.column(ours) for theirs, ours in one.link.items()]
        else:
            path = ancestor_path(self.frame.kind, inner.kind)
            where.append(inner.table.c.parent_id == self.frame.column(path))
        where += self.conditions.of(inner, one.where)
        since = self.since[one.since]
        if one.on and since is not None:
            on = inner.column(one.on)
            where += [on > since if one.strict else on >= since, on < PARTIAL]
        return inner, where


def _false(held: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Tell that a condition does not hold, an unknown answer included."""
    return sa.case((held, 1), else_=0) == 0


def within(on: Column, window: Window) -> list[sa.ColumnElement[bool]]:
    """Give the conditions that a stored date or moment lies in a window."""
    return [on >= window.first.isoformat(), on < (window.last + dt.timedelta(days=1)).isoformat()]


def ancestor_path(kind: type[Journaled], other: type[Journaled]) -> str:
    """Give the path from a row to the id of the ancestor both belong to; ValueError if there is none."""
    path, wanted = "id", other.__parent__ if issubclass(other, Child) else ""
    while kind.__tablename__ != wanted and issubclass(kind, Child):
        path = "parent_id" if path == "id" else f"{PARENT}.{path}"
        kind = entity(kind.__parent__)
    if kind.__tablename__ != wanted:
        raise ValueError(f"{other.__tablename__} is not tied to the source and needs a link")
    return path


def read_subjects(ctx: Context, conn: sa.Connection, rule: Rule, window: Window) -> Mapping[str, int]:
    """Count, for a duty that exists without any record, how often it was done for each subject in a window.

    The empty subject is the station as a whole.
    """
    by = rule.repeat.by if rule.repeat is not None else None
    if rule.repeat is None or by is None:
        return {}
    conditions = Conditions(month_of(ctx.today), ctx.settings)
    frame = Frame(entity(by.exists))
    subject = frame.column(rule.repeat.subject) if rule.repeat.subject else sa.null()
    where: list[sa.ColumnElement[bool]] = [*frame.alive(), *conditions.of(frame, by.where)]
    where += within(frame.column(by.on), window)
    counted: dict[str, int] = {}
    for (value,) in conn.execute(sa.select(subject).select_from(frame.source).where(*where)):
        named = value if isinstance(value, list) else [value]
        for one in {str(name) if name else "" for name in named}:
            counted[one] = counted.get(one, 0) + 1
    return counted
