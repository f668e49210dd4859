"""Keeping the search tables in step with the records; every write is part of the caller's transaction."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from app.search.terms import NameBook, document_terms
from models.search import create_search_tables, drop_search_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from app.search.document import Document

_DAY_BITS = 20  # a million documents of one day: a whole import may carry the same day
_FIRST_DAY = date(1900, 1, 1).toordinal()
_CHUNK = 2_000
_REBUILD_CHUNK = 50_000
_MERGE_USUALLY, _MERGE_RARELY = 4, 16  # segments of the index side by side; a rebuild merges all at its end
_DAY = re.compile(r"~?(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?![\d-])")


def day_number(day: str) -> int:
    """Days since 1899-12-31; a partial date counts from its first day, no usable date is 0 (the oldest)."""
    found = _DAY.match(day)
    if not found:
        return 0
    try:
        real = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return 0
    return max(real.toordinal() - _FIRST_DAY + 1, 0)


def put_documents(conn: Connection, docs: Iterable[Document]) -> None:
    """Insert or replace ``docs``; of two with the same record the last one counts."""
    latest = {document.record: document for document in docs}
    known = _known(conn, latest)
    numbered = sorted(_number(conn, latest.values(), known), key=lambda pair: pair[0])
    _delete(conn, known.values())
    book = NameBook()
    # FTS5 collects rows in memory as long as row numbers rise, so the order decides the speed.
    for start in range(0, len(numbered), _CHUNK):
        _insert(conn, numbered[start : start + _CHUNK], book)


def remove_documents(conn: Connection, record_ids: Iterable[str]) -> None:
    """Take records out of the search; those it does not hold are passed over."""
    _delete(conn, _known(conn, record_ids).values())


def clear(conn: Connection) -> None:
    """Empty the search."""
    drop_search_tables(conn)
    create_search_tables(conn)


def rebuild(conn: Connection, docs: Iterable[Document]) -> int:
    """Build the search anew from ``docs`` and return how many records it holds."""
    clear(conn)
    _merge_at(conn, _MERGE_RARELY)
    rest = iter(docs)
    while chunk := list(islice(rest, _REBUILD_CHUNK)):
        put_documents(conn, chunk)
    conn.exec_driver_sql("INSERT INTO search_text(search_text) VALUES ('optimize')")
    _merge_at(conn, _MERGE_USUALLY)
    return int(conn.exec_driver_sql("SELECT count(*) FROM search_doc").scalar_one())


def _merge_at(conn: Connection, segments: int) -> None:
    conn.exec_driver_sql("INSERT INTO search_text(search_text, rank) VALUES ('automerge', ?)", (segments,))


def _known(conn: Connection, record_ids: Iterable[str]) -> dict[str, int]:
    query = "SELECT record, doc FROM search_doc WHERE record IN (SELECT value FROM json_each(?))"
    rows = conn.exec_driver_sql(query, (json.dumps(list(record_ids)),))
    return {row.record: row.doc for row in rows}


def _delete(conn: Connection, numbers: Iterable[int]) -> None:
    rows = [(number,) for number in sorted(numbers)]
    if rows:
        conn.exec_driver_sql("DELETE FROM search_text WHERE rowid = ?", rows)
        conn.exec_driver_sql("DELETE FROM search_doc WHERE doc = ?", rows)


def _number(
    conn: Connection, docs: Iterable[Document], known: Mapping[str, int]
) -> Iterator[tuple[int, Document]]:
    """Give each document its row number: the day above, a running number within the day below."""
    last: dict[int, int] = {}
    for document in sorted(docs, key=lambda one: (one.day, one.record)):
        day = day_number(document.day)
        old = known.get(document.record)
        if old is not None and old >> _DAY_BITS == day:
            yield old, document
            continue
        last[day] = (last[day] if day in last else _last_of(conn, day)) + 1
        yield last[day], document


def _last_of(conn: Connection, day: int) -> int:
    low, high = day << _DAY_BITS, (day + 1) << _DAY_BITS
    query = "SELECT max(doc) FROM search_doc WHERE doc > ? AND doc < ?"
    return int(conn.exec_driver_sql(query, (low, high)).scalar() or low)


def _insert(conn: Connection, numbered: Sequence[tuple[int, Document]], book: NameBook) -> None:
    shown, indexed = [], []
    for number, document in numbered:
        terms = document_terms(document, book)
        d = document
        shown.append((number, d.record, d.register, d.day, d.title, d.subtitle, terms.facts))
        indexed.append((number, terms.characters, terms.keys))
    conn.exec_driver_sql("INSERT INTO search_doc VALUES (?, ?, ?, ?, ?, ?, ?)", shown)
    conn.exec_driver_sql("INSERT INTO search_text(rowid, t, k) VALUES (?, ?, ?)", indexed)
