"""The tables behind the search; none of them is journaled, all can be rebuilt from the records.

``search_doc`` holds what a hit shows. ``search_text`` is a contentless FTS5 index: column ``t`` has one token
per character, column ``k`` the keys (pinyin, initials, number endings, see ``app/search/terms.py``). Its
row number is ``search_doc.doc``, which grows with the day, so that "newest first" needs no sorting.

The ``ascii`` tokenizer is chosen because it keeps every character beyond ASCII: ``unicode61`` drops the
characters its tables do not know, among them rare ones in names (𬭁).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

SEARCH_TABLES = ("search_doc", "search_text")

_MEMORY = 16 << 20  # bytes of new index entries kept before they are written; the default of 1 MiB is slow
_CREATE = (
    """CREATE TABLE IF NOT EXISTS search_doc (
        doc INTEGER PRIMARY KEY,
        record TEXT NOT NULL UNIQUE,
        register TEXT NOT NULL,
        day TEXT NOT NULL,
        title TEXT NOT NULL,
        subtitle TEXT NOT NULL,
        facts TEXT NOT NULL
    )""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(
        t, k, content='', contentless_delete=1, tokenize='ascii'
    )""",
)


def create_search_tables(conn: Connection) -> None:
    """Create the search tables where they are missing (SQLite with FTS5 ≥ 3.43 only)."""
    for statement in _CREATE:
        conn.exec_driver_sql(statement)
    conn.exec_driver_sql("INSERT INTO search_text(search_text, rank) VALUES ('hashsize', ?)", (_MEMORY,))


def drop_search_tables(conn: Connection) -> None:
    """Drop the search tables and all they hold."""
    for table in SEARCH_TABLES:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
