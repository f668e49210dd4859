"""Keeping the search index in step with the records, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.drafts import fetch_rows
from app.finding import root_of
from app.register import Register
from app.registers import REGISTERS
from app.search import Document, put_documents, rebuild, remove_documents
from models.codes import load_codebook
from models.fields import fields_of
from models.records import Child, Journaled, children_of, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.records import Row

CHUNK = 2000


def update_search(writer: Writer, touched: Sequence[tuple[type[Journaled], str]]) -> None:
    """Put what a transaction touched into the search index; void records leave it."""
    roots = _roots(writer.conn, touched)
    codes = load_codebook()
    for register in REGISTERS:
        ids = [record for table, record in roots if table == register.entity.__tablename__]
        if ids:
            gone: list[str] = []
            put_documents(writer.conn, list(_changed(writer.conn, register, ids, codes, gone)))
            remove_documents(writer.conn, gone)


def _changed(
    conn: sa.Connection, register: Register, ids: Sequence[str], codes: CodeBook, gone: list[str]
) -> Iterator[Document]:
    for start in range(0, len(ids), CHUNK):
        rows = fetch_rows(conn, register.entity, ids[start : start + CHUNK])
        gone += [row["id"] for row in rows if row["void_flag"]]
        yield from _documents(register, rows, codes)


def rebuild_search(ctx: Context) -> int:
    """Build the whole search index anew from the records; gives the number of documents."""
    with ctx.ledger.writing(ctx, "search.rebuild", "重建查找索引") as writer:
        return rebuild(writer.conn, _all_documents(writer.conn, ctx.codes))


def _all_documents(conn: sa.Connection, codes: CodeBook) -> Iterator[Document]:
    for register in REGISTERS:
        table = table_of(register.entity)
        ids = list(conn.execute(sa.select(table.c.id).where(table.c.void_flag.is_(sa.false()))).scalars())
        for start in range(0, len(ids), CHUNK):
            yield from _documents(
                register, fetch_rows(conn, register.entity, ids[start : start + CHUNK]), codes
            )


def _roots(conn: sa.Connection, touched: Iterable[tuple[type[Journaled], str]]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    seen = {(kind.__tablename__, record) for kind, record in touched}
    for kind, record in touched:
        if not issubclass(kind, Child):
            found[kind.__tablename__, record] = None
            continue
        parent, table = _parent(conn, kind, record)
        if (table, parent) in seen:
            continue
        if issubclass(kind, Child):
            parent, table = root_of(conn, kind.__tablename__, record)
        found[table, parent] = None
    return list(found)


def _parent(conn: sa.Connection, kind: type[Child], record: str) -> tuple[str, str]:
    table = table_of(kind)
    parent = conn.execute(sa.select(table.c.parent_id).where(table.c.id == record)).scalar_one()
    return parent, kind.__parent__


def _documents(register: Register, rows: Iterable[Row], codes: CodeBook) -> Iterator[Document]:
    for row in rows:
        if not row["void_flag"]:
            yield document_of(register, row, codes)


def _searched(entity: type[Journaled], row: Row) -> Iterator[tuple[str, Any]]:
    """Give how each filled field of a record and its children can be found, and what it holds."""
    for name, kind in _search_fields(entity):
        value = row.get(name)
        if value:
            yield kind, value
    for child in children_of(entity.__tablename__):
        for one in row.get(child.__field__) or ():
            yield from _searched(child, one)


@cache
def _search_fields(entity: type[Journaled]) -> tuple[tuple[str, str], ...]:
    """Give the fields of an entity that it can be found by, each with its kind of search."""
    return tuple((name, field.search) for name, field in fields_of(entity).items() if field.search)


def document_of(register: Register, row: Row, codes: CodeBook) -> Document:
    """Gather what a record can be found by, from the ``search`` mark of its fields and its children's."""
    parts: dict[str, list[str]] = {"text": [], "name": [], "phone": [], "id_no": [], "number": []}
    for kind, value in _searched(register.entity, row):
        parts[kind] += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    title = register.title(row)
    return Document(
        record=row["id"],
        register=register.key,
        day=str(row.get(register.day) or ""),
        title=title,
        subtitle=register.subtitle(row, codes),
        text=(title, *parts["text"]),
        names=tuple(dict.fromkeys(parts["name"])),
        numbers=tuple(parts["number"]),
        id_numbers=tuple(parts["id_no"]),
        phones=tuple(parts["phone"]),
    )
