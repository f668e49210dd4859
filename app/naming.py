"""What records are called wherever another record refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.registers import REGISTERS
from models import journal as j
from models.fields import Kind, fields_of
from models.records import Journaled, children_of, entity, table_of

if TYPE_CHECKING:
    from app.register import Register
    from models.records import Row

CHUNK = 500
REFERENCE_KINDS = (Kind.REFERENCE, Kind.REFERENCES)


def titles_in(conn: sa.Connection, kind: type[Journaled], rows: Iterable[Row]) -> dict[str, str]:
    """Give what every record is called that these records and their children refer to."""
    wanted: dict[str, None] = {}
    for row in rows:
        _gather(kind, row, wanted)
    return titles_of(conn, list(wanted))


def titles_of(conn: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Give what records and children are called, by id; ids nobody knows are left out."""
    titles: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        query = sa.select(j.RecordHead.entity, j.RecordHead.record).where(j.RecordHead.record.in_(part))
        by_table: dict[str, list[str]] = {}
        for table, record in conn.execute(query):
            by_table.setdefault(table, []).append(record)
        for table, records in by_table.items():
            titles.update(_titles(conn, table, records))
    return titles


def _titles(conn: sa.Connection, table: str, ids: Sequence[str]) -> dict[str, str]:
    kind = entity(table)
    register = next((one for one in REGISTERS if one.entity is kind), None)
    rows = conn.execute(sa.select(table_of(kind)).where(table_of(kind).c.id.in_(ids))).mappings()
    return {row["id"]: title_of(register, dict(row)) for row in rows}


def title_of(register: Register | None, row: Row) -> str:
    """Give what one record is called; of a child row its name or title."""
    if register is None:
        return str(row.get("name") or row.get("title") or row["id"])
    nested: dict[str, list[Row]] = {
        child.__field__: [] for child in children_of(register.entity.__tablename__)
    }
    return register.title({**nested, **row})


def _gather(kind: type[Journaled], row: Row, wanted: dict[str, None]) -> None:
    for name, field in fields_of(kind).items():
        value = row.get(name)
        if field.kind in REFERENCE_KINDS and value:
            wanted.update(dict.fromkeys(value if isinstance(value, list) else [value]))
    for child in children_of(kind.__tablename__):
        for inner in row.get(child.__field__) or []:
            _gather(child, inner, wanted)
