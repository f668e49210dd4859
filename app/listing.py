"""Lists of a register: filtered by what its fields hold, newest day first, page after page equally fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.conditions import condition_of
from app.registers import register_named
from models.errors import LedgerError
from models.fields import fields_of
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.register import Register
    from models.records import Row

Position = tuple[str | None, str]  # the day and id of the last record seen
Order = tuple[str, bool]  # a field, and whether it falls
Clause = sa.ColumnElement[bool]

PLENTY = 2_000  # so many records are looked up and sorted for a page within a hundredth of a second


@dataclass(frozen=True)
class Condition:
    """One filter as it was typed: ``field=value``."""

    field: str
    value: str


class BadCondition(LedgerError):
    """A filter is not written as ``field=value``."""

    code = "bad_condition"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"筛选条件“{text[:40]}”应写作 字段=值，例如 state=open 或 found_on=2026-11-01..2026-11-30。"
        )


def parse_conditions(texts: Iterable[str]) -> tuple[Condition, ...]:
    """Read filters typed as ``field=value``. Errors: `BadCondition`."""
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadCondition(text)
        found.append(Condition(name.strip(), value.strip()))
    return tuple(found)


def list_records(
    ctx: Context,
    key: str,
    *,
    where: Sequence[Condition] = (),
    limit: int | None = 50,
    order: Order | None = None,
    after: Position | None = None,
    voided: bool = False,
) -> list[Row]:
    """Give records of a register without their children, newest day first; undated ones come last.

    ``after`` continues behind a record; it goes with the usual order alone. ``order`` sorts by another field.
    Errors: `UnknownRegister`, `UnknownField`, `Refused` for a value the field cannot hold.
    """
    register = register_named(key)
    with ctx.ledger.reading() as conn:
        if order is not None:
            query = selection(ctx, register, where, voided=voided)
            return _rows(conn, _sorted(register, query, order), limit)
        clauses = _for_a_page(conn, register, where, _clauses(ctx, register, where))
        return _page(conn, register, _meeting(register, clauses, voided=voided), limit, after)


def selection(
    ctx: Context, register: Register, where: Sequence[Condition], *, voided: bool = False
) -> sa.Select[Any]:
    """Give the query for the records that meet every condition, in no order."""
    return _meeting(register, _clauses(ctx, register, where), voided=voided)


def _clauses(ctx: Context, register: Register, where: Sequence[Condition]) -> list[Clause]:
    return [condition_of(ctx, register, one.field, one.value) for one in where]


def _meeting(register: Register, clauses: Iterable[Clause], *, voided: bool) -> sa.Select[Any]:
    table = table_of(register.entity)
    return sa.select(table).where(table.c.void_flag.is_(sa.true() if voided else sa.false()), *clauses)


def _for_a_page(
    conn: sa.Connection, register: Register, where: Sequence[Condition], clauses: Sequence[Clause]
) -> Sequence[Clause]:
    """Hide conditions that very many records meet from the indexes.

    SQLite would look all of them up and sort them for every page; walking the days finds a page at once.
    """
    leading = {next(iter(index.columns)).name for index in table_of(register.entity).indexes}
    given = list(zip((one.field for one in where), clauses, strict=True))
    indexed = [clause for name, clause in given if name in leading and name != register.day]
    if not indexed or not all(_plenty(conn, register, clause) for clause in indexed):
        return clauses
    by_day = [clause for name, clause in given if name == register.day]
    rest = [clause for name, clause in given if name != register.day]
    return [*by_day, sa.func.coalesce(sa.and_(*rest), sa.false())]


def _plenty(conn: sa.Connection, register: Register, clause: Clause) -> bool:
    some = sa.select(sa.literal(1)).select_from(table_of(register.entity)).where(clause).limit(PLENTY)
    return conn.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one() >= PLENTY


def count_records(ctx: Context, key: str, where: Sequence[Condition] = ()) -> int:
    """Count the records that meet every condition."""
    query = selection(ctx, register_named(key), where).subquery()
    with ctx.ledger.reading() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(query)).scalar_one())


def _page(
    conn: sa.Connection, register: Register, query: sa.Select[Any], limit: int | None, after: Position | None
) -> list[Row]:
    """Read dated records by their index, then, once those are through, the undated ones."""
    table = table_of(register.entity)
    day, identity = table.c[register.day], table.c.id
    rows: list[Row] = []
    if after is None or after[0] is not None:
        dated = query.where(day.is_not(None))
        if after is not None:
            dated = dated.where(
                sa.tuple_(day, identity) < sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
            )
        rows = _rows(conn, dated.order_by(day.desc(), identity.desc()), limit)
    if limit is not None and len(rows) >= limit:
        return rows
    undated = query.where(day.is_(None))
    if after is not None and after[0] is None:
        undated = undated.where(identity < after[1])
    left = None if limit is None else limit - len(rows)
    return rows + _rows(conn, undated.order_by(identity.desc()), left)


def _sorted(register: Register, query: sa.Select[Any], order: Order) -> sa.Select[Any]:
    from app.conditions import UnknownField

    name, falling = order
    if name not in fields_of(register.entity):
        raise UnknownField(register.label, name)
    table = table_of(register.entity)
    chosen = table.c[name].desc() if falling else table.c[name].asc()
    return query.order_by(chosen.nulls_last(), table.c.id.desc() if falling else table.c.id)


def _rows(conn: sa.Connection, query: sa.Select[Any], limit: int | None) -> list[Row]:
    limited = query if limit is None else query.limit(limit)
    found = conn.execute(limited)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]
