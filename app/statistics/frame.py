"""A source table with the joins that dotted paths need; the same frame gives numbers and lists."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.fields import fields_of
from models.records import Child, Journaled, children_of, entity, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PARENT = "parent"


@cache
def _alias(kind: type[Journaled], way: tuple[str, ...], depth: int) -> sa.FromClause:
    """Name a table by the way that leads to it; made once, for making one takes longer than a small query."""
    return table_of(kind).alias("_".join((kind.__tablename__, str(depth), *way)))


class Frame:
    """One source and what it is joined to; a path like ``org_id.org_type`` hops over a reference.

    ``parent`` hops from a child to what it belongs to. ``a|b`` is the first of two fields that is filled.
    """

    def __init__(self, kind: type[Journaled], *, depth: int = 0) -> None:
        self.kind = kind
        self.depth = depth
        self.table: sa.FromClause = _alias(kind, (), depth) if depth else table_of(kind)
        self._joined: dict[tuple[str, ...], tuple[type[Journaled], sa.FromClause]] = {(): (kind, self.table)}
        self._from: sa.FromClause = self.table

    @property
    def source(self) -> sa.FromClause:
        """The table with all joins asked for so far."""
        return self._from

    def column(self, path: str) -> sa.ColumnElement[Any]:
        """Give the column a path leads to."""
        if "|" in path:
            return sa.func.coalesce(*[self.column(one) for one in path.split("|")])
        *hops, name = path.split(".")
        _, table = self._hop(tuple(hops))
        return table.c[name]

    def kind_at(self, path: str) -> tuple[type[Journaled], str]:
        """Give the entity and the field name a path ends at."""
        *hops, name = path.split("|", maxsplit=1)[0].split(".")
        return self._hop(tuple(hops))[0], name

    def alive(self) -> list[sa.ColumnElement[bool]]:
        """Give the conditions that neither the row nor anything it belongs to is void."""
        found: list[sa.ColumnElement[bool]] = [self.table.c.void_flag.is_(sa.false())]
        kind = self.kind
        hops: tuple[str, ...] = ()
        while issubclass(kind, Child):
            hops = (*hops, PARENT)
            kind, table = self._hop(hops)
            found.append(table.c.void_flag.is_(sa.false()))
        return found

    def root_id(self) -> sa.ColumnElement[Any]:
        """Give the id of the record the row belongs to."""
        kind, table = self.kind, self.table
        hops: tuple[str, ...] = ()
        while issubclass(kind, Child):
            if not issubclass(entity(kind.__parent__), Child):
                return table.c.parent_id
            hops = (*hops, PARENT)
            kind, table = self._hop(hops)
        return table.c.id

    def related(self, key: str) -> tuple[Frame, sa.ColumnElement[bool]] | None:
        """Give a frame of rows that belong or point to this one, and how they are tied; None for a field.

        ``sessions`` names a child by its field, ``dispute_lead.case_id`` the rows of a table by a reference,
        ``law_class: school_id, held_on`` those that have the same values.
        """
        table, _, same = key.partition(":")
        if same:
            frame = Frame(entity(table), depth=self.depth + 1)
            names = [name.strip() for name in same.split(",")]
            return frame, sa.and_(*[frame.table.c[name] == self.table.c[name] for name in names])
        for child in children_of(self.kind.__tablename__):
            if child.__field__ == key:
                frame = Frame(child, depth=self.depth + 1)
                return frame, frame.table.c.parent_id == self.table.c.id
        table, _, name = key.partition(".")
        if not name or table in self.table.c or table == PARENT:
            return None
        frame = Frame(entity(table), depth=self.depth + 1)
        return frame, frame.table.c[name] == self.table.c.id

    def _hop(self, hops: Sequence[str]) -> tuple[type[Journaled], sa.FromClause]:
        done = tuple(hops)
        if done in self._joined:
            return self._joined[done]
        kind, table = self._hop(done[:-1])
        if done[-1] == PARENT and issubclass(kind, Child):
            target = entity(kind.__parent__)
            other = _alias(target, (self.kind.__tablename__, *done), self.depth)
            self._from = self._from.join(other, table.c.parent_id == other.c.id)
        else:
            target = entity(str(fields_of(kind)[done[-1]].ref))
            other = _alias(target, (self.kind.__tablename__, *done), self.depth)
            self._from = self._from.outerjoin(other, table.c[done[-1]] == other.c.id)
        self._joined[done] = (target, other)
        return target, other
