"""What a row adds to a figure: one, a field, a number of days, the growth of a running count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.records import children_of, table_of

if TYPE_CHECKING:
    from app.statistics.conditions import Conditions
    from app.statistics.frame import Frame

Number = sa.ColumnElement[Any]


def contribution(frame: Frame, measure: str, conditions: Conditions) -> Number:
    """Give what one row contributes by a measure; for ``distinct`` the value that is told apart."""
    kind, _, rest = measure.partition(":")
    fields = rest.split(":")
    if kind == "count":
        return sa.literal_column("1")
    if kind == "sum":
        return sa.func.coalesce(frame.column(fields[0]), sa.literal_column("0"))
    if kind == "distinct":
        return frame.column(fields[0])
    if kind == "days":
        return day_number(frame.column(fields[1])) - day_number(frame.column(fields[0]))
    latest = _latest(frame, fields[0], conditions.after)
    if kind == "latest":
        return latest
    if kind == "increase":
        return sa.func.nullif(latest - _latest(frame, fields[0], conditions.first), 0)
    raise ValueError(f"unknown measure {measure}")


def day_number(text: Number) -> Number:
    """Give the number of a day from its ISO text, by whole-number arithmetic every database has."""
    written = sa.cast(sa.func.substr(text, 1, 4), sa.Integer)
    month = (sa.cast(sa.func.substr(text, 6, 2), sa.Integer) + 9) % 12
    day = sa.cast(sa.func.substr(text, 9, 2), sa.Integer)
    year = written - month // 10  # a year from March on, so that leap days come last
    return 365 * year + year // 4 - year // 100 + year // 400 + (month * 306 + 5) // 10 + day


def _latest(frame: Frame, path: str, before: str) -> Number:
    """Give the last snapshot of a running count taken before a day, 0 if there is none.

    ``path`` is ``children.field``; the children carry ``as_of_on``.
    """
    field, _, name = path.partition(".")
    child = next(one for one in children_of(frame.kind.__tablename__) if one.__field__ == field)
    table = table_of(child).alias()
    newest = (
        sa.select(table.c[name])
        .where(
            table.c.parent_id == frame.table.c.id,
            table.c.void_flag.is_(sa.false()),
            table.c.as_of_on < before,
            table.c[name].is_not(None),
        )
        .order_by(table.c.as_of_on.desc(), table.c.position.desc(), table.c.id.desc())
        .limit(1)
    )
    return sa.func.coalesce(newest.correlate(frame.table).scalar_subquery(), sa.literal_column("0"))
