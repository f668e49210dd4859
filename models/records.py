"""The two shapes every fact of the ledger has: a record of a register, and a child of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from models.fields import JsonText, Kind, column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Row = dict[str, Any]
Values = Mapping[str, Any]


class Model(DeclarativeBase):
    """Base of every table of the ledger."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)
    __label__: ClassVar[str] = ""


class Journaled(Model):
    """A table whose rows are what the journal adds up to.

    ``id`` is UUIDv7 text, fixed at creation, never reused. ``missing`` maps a field to why it is empty
    (unknown, not_applicable, refused): empty, unknown and not applicable differ. Rows are voided with a
    reason, never deleted.
    """

    __abstract__ = True
    id = mapped_column(sa.String(36), primary_key=True, sort_order=-100)
    void_flag = mapped_column(
        sa.Boolean, nullable=False, default=False, server_default=sa.false(), sort_order=90
    )
    void_reason = mapped_column(sa.Text, nullable=True, sort_order=91)
    missing = mapped_column(JsonText, nullable=True, sort_order=92)


class Record(Journaled):
    """A row of a register: it has its own list, number, history and place in the search.

    ``origin`` says how it came in (entered, imported, received); times are local "YYYY-MM-DDTHH:MM:SS".
    """

    __abstract__ = True
    remark = column("备注", Kind.LONG_TEXT, search="text", synonyms=("备注", "说明"), order=80)
    origin = mapped_column(
        sa.Text, nullable=False, default="entered", server_default="entered", sort_order=93
    )
    created_at = mapped_column(sa.Text, nullable=True, sort_order=94)
    created_by = mapped_column(sa.Text, nullable=True, sort_order=95)
    updated_at = mapped_column(sa.Text, nullable=True, sort_order=96)
    updated_by = mapped_column(sa.Text, nullable=True, sort_order=97)


class Child(Journaled):
    """A row that belongs to one record and is reached through it; ``__field__`` is its name there.

    ``parent_id`` is the record (or child) it belongs to, ``position`` its order among its siblings from 1.
    """

    __abstract__ = True
    __parent__: ClassVar[str] = ""
    __field__: ClassVar[str] = ""
    parent_id = mapped_column(sa.String(36), nullable=False, index=True, sort_order=-99)
    position = mapped_column(sa.Integer, nullable=False, default=0, server_default="0", sort_order=-98)


@cache
def table_of(entity: type[Model]) -> sa.Table:
    """Give the table of an entity for Core statements."""
    return cast("sa.Table", entity.__table__)


@cache
def column_names(entity: type[Model]) -> tuple[str, ...]:
    """Give the names of all columns of an entity in order."""
    return tuple(column.name for column in entity.__table__.columns)


def _descend(base: type[Journaled]) -> Iterator[type[Journaled]]:
    for found in base.__subclasses__():
        if not found.__dict__.get("__abstract__", False):
            yield found
        yield from _descend(found)


def entities() -> Iterator[type[Journaled]]:
    """Give every journaled entity class that has been imported, in the order of definition."""
    return _descend(Journaled)


@cache
def entity(table: str) -> type[Journaled]:
    """Find an entity class by its table name; KeyError for a name no slice declares."""
    for found in entities():
        if found.__tablename__ == table:
            return found
    raise KeyError(table)


@cache
def children_of(table: str) -> tuple[type[Child], ...]:
    """Give the child entities of a table in the order of their definition."""
    return tuple(e for e in _descend(Child) if issubclass(e, Child) and e.__parent__ == table)
