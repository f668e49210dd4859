"""Is a row of the file a record we already hold? By its id, or because it says what a record says or said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.ledger.writer import missing_reason
from app.naming import REFERENCE_KINDS
from models import journal as j
from models.fields import Field, fields_of
from models.records import table_of

if TYPE_CHECKING:
    from app.register import Register
    from models.records import Row

IMPORT_VERB = "import"
MOST_DAYS = 900

Key = tuple[str, ...]


class Twins:
    """Records that may be the same as rows without an id; each is given out once.

    Compared is what a row says with what the record says now, and with what it said when it was taken in:
    a lead worked on since is still the lead of the sheet.
    """

    def __init__(self, conn: sa.Connection, register: Register, days: Iterable[str]) -> None:
        self._names = identifying(register)
        self._held: dict[Key, list[tuple[str, Mapping[str, Any]]]] = {}
        self._taken: set[str] = set()
        if not self._names:
            return
        alive = set()
        for row in _present(conn, register, set(days)):
            alive.add(row["id"])
            self._note(row["id"], row)
        for record, values in _taken_in(conn, register):
            if record in alive or self._lives(conn, register, record):
                self._note(record, values)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to compare with."""
        return not self._held

    def find(self, values: Row) -> str | None:
        """Give the record a row repeats: alike in what identifies it and in everything the row says."""
        key = self._key(values)
        for record, held in self._held.get(key, ()) if key else ():
            if record not in self._taken and _says(held, values):
                self._taken.add(record)
                return record
        return None

    def _note(self, record: str, values: Mapping[str, Any]) -> None:
        key = self._key(values)
        if key:
            self._held.setdefault(key, []).append((record, values))

    def _key(self, values: Mapping[str, Any]) -> Key | None:
        parts = [_plain(values.get(name)) for name in self._names]
        return tuple(map(str, parts)) if all(part is not None for part in parts) else None

    @staticmethod
    def _lives(conn: sa.Connection, register: Register, record: str) -> bool:
        table = table_of(register.entity)
        query = sa.select(table.c.id).where(table.c.id == record, table.c.void_flag.is_(sa.false()))
        return conn.execute(query).scalar() is not None


def identifying(register: Register) -> tuple[str, ...]:
    """Give the fields that together tell records apart: what a person must fill in of every record."""
    return tuple(name for name, field in fields_of(register.entity).items() if _identifies(field))


def _identifies(field: Field) -> bool:
    return (
        field.required and not field.derived and field.default is None and field.kind not in REFERENCE_KINDS
    )


def _present(conn: sa.Connection, register: Register, days: set[str]) -> Iterator[Row]:
    table = table_of(register.entity)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false()))
    if days and len(days) <= MOST_DAYS:
        query = query.where(table.c[register.day].in_(sorted(days)))
    for row in conn.execute(query).mappings():
        yield dict(row)


def _taken_in(conn: sa.Connection, register: Register) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what records said when earlier imports brought them in."""
    change, batch = table_of(j.JournalChange), table_of(j.JournalBatch)
    query = (
        sa.select(change.c.record, change.c.payload)
        .join(batch, change.c.batch == batch.c.batch)
        .where(
            batch.c.verb == f"{register.key}.{IMPORT_VERB}",
            change.c.kind == j.CREATE,
            change.c.entity == register.entity.__tablename__,
        )
    )
    for record, payload in conn.execute(query):
        yield record, {name: kept[0] for name, kept in json.loads(payload).items()}


def _says(held: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(
        _plain(held.get(name)) == _plain(value)
        for name, value in values.items()
        if name in held and _plain(value) is not None
    )


def _plain(value: Any) -> Any:
    """Level what tidying changes: blanks inside names, a reason for emptiness."""
    if value in ("", [], None) or missing_reason(value) is not None:
        return None
    return "".join(value.split()) if isinstance(value, str) else value
