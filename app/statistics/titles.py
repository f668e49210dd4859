"""What records are called, for the list behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.registers import REGISTERS
from models.records import Child, children_of, entity, table_of

if TYPE_CHECKING:
    from app.register import Register

CHUNK = 500


def titles(conn: sa.Connection, found: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """Give register and title of records named by (source table, record id)."""
    wanted: dict[str, dict[str, None]] = {}
    for source, record in found:
        wanted.setdefault(root_of_source(source), {})[record] = None
    named: dict[str, tuple[str, str]] = {}
    for root, ids in wanted.items():
        listed = list(ids)
        for start in range(0, len(listed), CHUNK):
            named |= _titled(conn, root, listed[start : start + CHUNK])
    return named


def root_of_source(source: str) -> str:
    """Give the register's table a source belongs to."""
    kind = entity(source)
    while issubclass(kind, Child):
        kind = entity(kind.__parent__)
    return str(kind.__tablename__)


def _titled(conn: sa.Connection, root: str, ids: list[str]) -> dict[str, tuple[str, str]]:
    table = table_of(entity(root))
    register = next((one for one in REGISTERS if one.entity.__tablename__ == root), None)
    rows = conn.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()
    return {row["id"]: (root, _title(register, dict(row))) for row in rows}


def _title(register: Register | None, row: dict[str, Any]) -> str:
    if register is None:
        return str(row.get("title") or row["id"])
    nested: dict[str, Any] = {child.__field__: [] for child in children_of(register.entity.__tablename__)}
    return str(register.title({**nested, **row}))
