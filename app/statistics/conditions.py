"""Conditions written as data, turned into SQL that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from app.settings import Settings
    from app.statistics.frame import Frame
    from app.statistics.spec import Where
    from models.dates import Period

PARTIAL = "~"  # a date of which only a part is known starts with this and sorts after every real date
Condition = sa.ColumnElement[bool]


class Conditions:
    """Reads conditions for one period under one ledger's settings."""

    def __init__(self, period: Period, settings: Settings) -> None:
        self.first, self.after = period.bounds
        self.settings = settings

    def of(self, frame: Frame, where: Where) -> list[Condition]:
        """Give the SQL conditions of a ``where`` table; all of them must hold.

        ``any`` holds if one of its tables does, ``not`` if none of its tables does.
        """
        return [self._one(frame, key, value) for key, value in where.items()]

    def window(self, frame: Frame, date: str) -> list[Condition]:
        """Give what makes a row belong to the period.

        ``field`` lies in the period; ``until(field)`` not after its end; ``open(from, to)`` begun and not
        ended by its last day; ``carried(from, to)`` the same on the eve of its first day; empty: always.
        """
        if not date:
            return []
        name, _, inside = date.rstrip(")").partition("(")
        fields = [frame.column(path.strip()) for path in (inside or name).split(",")]
        if not inside:
            return [fields[0] >= self.first, fields[0] < self.after]
        if name == "until":
            return [fields[0] < self.after]
        bound = self.after if name == "open" else self.first
        return [fields[0] < bound, sa.or_(fields[1].is_(None), fields[1] >= bound)]

    def _one(self, frame: Frame, key: str, value: Any) -> Condition:
        if key in ("any", "not"):
            held = sa.or_(*[sa.and_(*self.of(frame, one)) for one in value])
            return held if key == "any" else sa.case((held, 1), else_=0) == 0
        tied = frame.related(key)
        if tied is not None:
            return self._exists(frame, *tied, value)
        column = frame.column(key)
        if isinstance(value, Mapping):
            return sa.and_(*[self._operator(column, name, wanted) for name, wanted in value.items()])
        return _equal(column, value)

    def _exists(self, frame: Frame, other: Frame, tie: Condition, value: Mapping[str, Where]) -> Condition:
        ((how, where),) = value.items()
        met = [tie, other.table.c.void_flag.is_(sa.false()), *self.of(other, where)]
        query: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(other.source).where(*met)
        found = query.correlate(frame.table).exists()
        return found if how == "some" else sa.not_(found)

    def _operator(self, column: sa.ColumnElement[Any], name: str, wanted: Any) -> Condition:
        if name == "setting":
            return _equal(column, list(self.settings[wanted]))
        if name in _DATED:
            return _DATED[name](column, self.first, self.after)
        return _PLAIN[name](column, wanted)


def _equal(column: sa.ColumnElement[Any], value: Any) -> Condition:
    if isinstance(value, bool):
        return column.is_(sa.true() if value else sa.false())
    if isinstance(value, list):
        return column.in_(value)
    if isinstance(value, str) and value.startswith("!"):
        return column.is_distinct_from(value[1:])
    equal: Condition = column == value
    return equal


def has_code(column: sa.ColumnElement[Any], code: str) -> Condition:
    """Tell whether a list of codes, kept as compact JSON text, holds a code."""
    return sa.cast(column, sa.Text).contains(f'"{code}"', autoescape=True)


_DATED: Mapping[str, Callable[[sa.ColumnElement[Any], str, str], Condition]] = MappingProxyType(
    {
        "in_period": lambda column, first, after: sa.and_(column >= first, column < after),
        "by_end": lambda column, first, after: column < after,  # noqa: ARG005
        "before_start": lambda column, first, after: column < first,  # noqa: ARG005
        "after_end": lambda column, first, after: sa.or_(column.is_(None), column >= after),  # noqa: ARG005
    }
)
_PLAIN: Mapping[str, Callable[[sa.ColumnElement[Any], Any], Condition]] = MappingProxyType(
    {
        "min": lambda column, wanted: column >= wanted,
        "max": lambda column, wanted: column <= wanted,
        "empty": lambda column, wanted: column.is_(None),  # noqa: ARG005
        "filled": lambda column, wanted: column.is_not(None),  # noqa: ARG005
        "complete": lambda column, wanted: column < PARTIAL,  # noqa: ARG005
        "partial": lambda column, wanted: column >= PARTIAL,  # noqa: ARG005
        "has": has_code,
    }
)
