"""From what a person types (an id, a number, a fragment of a name) to one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.registers import REGISTERS, registers_by_key
from app.search import search
from app.values import is_record_id
from models import journal as j
from models.errors import AmbiguousRecord, Problem, UnknownRecord
from models.fields import Field, Kind, fields_of
from models.records import Child, Journaled, children_of, entity, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from app.register import Register
    from models.records import Row


REFERENCES = frozenset({Kind.REFERENCE, Kind.REFERENCES})


@dataclass(frozen=True)
class Found:
    """One record: its id and register."""

    id: str
    register: Register


def find(ctx: Context, words: str, registers: Sequence[str] | None = None) -> Found:
    """Find exactly one record; `UnknownRecord` or `AmbiguousRecord` otherwise."""
    with ctx.ledger.reading() as conn:
        return find_on(conn, words, registers)


def find_on(conn: sa.Connection, words: str, registers: Sequence[str] | None = None) -> Found:
    """Find on an open connection; see `find`."""
    words = words.strip()
    if is_record_id(words):
        return _by_id(conn, words)
    exact = _by_number(conn, words, registers)
    if len(exact) == 1:
        return exact[0]
    hits = search(conn, words, registers=registers, limit=20) if words else []
    same = [hit for hit in hits if hit.title == words]
    if len(same) == 1:
        hits = same
    if not hits and not exact:
        raise UnknownRecord(words)
    if len(hits) == 1 and not exact:
        return Found(hits[0].record, registers_by_key()[hits[0].register])
    raise AmbiguousRecord(words, tuple((hit.record, hit.title) for hit in hits))


def _by_id(conn: sa.Connection, record_id: str) -> Found:
    table = conn.execute(sa.select(j.RecordHead.entity).where(j.RecordHead.record == record_id)).scalar()
    if table is None:
        raise UnknownRecord(record_id)
    root_id, root_table = root_of(conn, table, record_id)
    register = next((r for r in REGISTERS if r.entity.__tablename__ == root_table), None)
    if register is None:
        raise UnknownRecord(record_id)
    return Found(root_id, register)


def root_of(conn: sa.Connection, table: str, record_id: str) -> tuple[str, str]:
    """Climb from a child row to its record; gives the record's id and table."""
    kind: type[Journaled] = entity(table)
    while issubclass(kind, Child):
        parent = conn.execute(
            sa.select(table_of(kind).c.parent_id).where(table_of(kind).c.id == record_id)
        ).scalar_one()
        record_id, kind = parent, entity(kind.__parent__)
    return record_id, kind.__tablename__


def _by_number(conn: sa.Connection, words: str, registers: Sequence[str] | None) -> list[Found]:
    found = []
    for register in REGISTERS:
        if registers is not None and register.key not in registers:
            continue
        table = table_of(register.entity)
        names = [name for name, field in fields_of(register.entity).items() if field.search == "number"]
        if names:
            query = sa.select(table.c.id).where(
                table.c.void_flag.is_(sa.false()), sa.or_(*[table.c[name] == words for name in names])
            )
            found += [Found(record, register) for record in conn.execute(query.limit(2)).scalars()]
    return found


def resolve_references(writer: Writer, register: Register, draft: Row) -> list[Problem]:
    """Replace names and numbers in reference fields by ids; what cannot be found is a problem."""
    if not has_references(register.entity):
        return []
    problems = []
    siblings = list(_rows_by_table(register.entity, draft))
    for row, field, value in list(_reference_values(register.entity, draft)):
        words = value if isinstance(value, list) else [value]
        try:
            ids = [_resolve(writer, field.ref, word, siblings) for word in words]
        except (UnknownRecord, AmbiguousRecord) as error:
            problems.append(
                Problem(
                    "E204", value, f"“{field.label}”：{error.message}", "请写准编号或姓名。", field=field.name
                )
            )
            continue
        row[field.name] = ids if field.kind is Kind.REFERENCES else ids[0]
    return problems


@cache
def has_references(kind: type[Journaled]) -> bool:
    """Tell whether an entity or a child of it names other records."""
    return bool(reference_fields(kind)) or any(
        has_references(child) for child in children_of(kind.__tablename__)
    )


def _resolve(writer: Writer, ref: str | None, word: str, siblings: Iterable[tuple[str, Row]]) -> str:
    if is_record_id(word):
        return word
    for table, row in siblings:
        if table == ref and word in (row.get("name"), row.get("title"), str(row.get("position") or "")):
            return str(row["id"])
    writer.flush()
    if ref is None or ref not in registers_by_key():
        raise UnknownRecord(word)
    return find_on(writer.conn, word, [ref]).id


def _reference_values(kind: type[Journaled], draft: Row) -> Iterator[tuple[Row, Field, Any]]:
    for field in reference_fields(kind):
        value = draft.get(field.name)
        if value:
            yield draft, field, value
    for child in children_of(kind.__tablename__):
        if has_references(child):
            for row in draft.get(child.__field__) or []:
                yield from _reference_values(child, row)


@cache
def reference_fields(kind: type[Journaled]) -> tuple[Field, ...]:
    """Give the fields of an entity that name other records."""
    return tuple(field for field in fields_of(kind).values() if field.kind in REFERENCES)


def _rows_by_table(kind: type[Journaled], draft: Row) -> Iterable[tuple[str, Row]]:
    for child in children_of(kind.__tablename__):
        for number, row in enumerate(draft.get(child.__field__) or [], 1):
            row.setdefault("position", number)
            yield child.__tablename__, row
            yield from _rows_by_table(child, row)
