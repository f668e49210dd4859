"""Putting rows of several sheets together to records with their children nested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.finding import root_of
from app.sheets.incoming import Source, SourceRow, references_in, settle_references
from models import journal as j
from models.errors import Problem

if TYPE_CHECKING:
    from app.register import Register

CHUNK = 500
_STEP = re.compile(r"(\w+)\[(\d+)\]")


@dataclass(slots=True)
class Entry:
    """One record of the file: its row (none if only children of it are in the file) and its children's."""

    root: SourceRow | None
    id: str | None
    raw: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    nodes: dict[tuple[str, ...], SourceRow] = field(default_factory=dict)

    @property
    def first(self) -> SourceRow:
        """The row the entry is listed under."""
        return self.root or next(iter(self.nodes.values()))

    def place(self, problem: Problem) -> tuple[str, Problem]:
        """Give sheet and problem, with the row and column of the very cell, also inside a child's row."""
        steps = _STEP.findall(problem.field or "")
        path: tuple[str, ...] = ()
        row = self.first
        for name, number in steps:
            path = (*path, name, number)
            row = self.nodes.get(path, row)
        return row.sheet, row.place(problem)

    def all_problems(self) -> list[tuple[str, Problem]]:
        """Give what was found while reading, with the sheet of each."""
        rows = [*([self.root] if self.root else ()), *self.nodes.values()]
        found = [(row.sheet, problem) for row in rows for problem in row.problems]
        return found + [(self.first.sheet, problem) for problem in self.problems]


@dataclass(frozen=True)
class Known:
    """Which ids of the file this ledger holds, and in which table."""

    tables: Mapping[str, str]


def assemble(conn: sa.Connection, register: Register, source: Source) -> tuple[list[Entry], Known]:
    """Give the records of the file in its order, and which of its ids are known here."""
    everything = (*source.roots, *source.children)
    ids = {row.id for row in everything if row.id} | {row.parent for row in everything if row.parent}
    known = Known(_tables(conn, ids | references_in(everything)))
    in_file = {row.id for row in everything if row.id}
    settle_references(everything, set(known.tables) | in_file)
    entries, by_id = _roots(source.roots)
    _Children(conn, register, entries, by_id, known).attach(source.children)
    return entries, known


def _tables(conn: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(j.RecordHead.record, j.RecordHead.entity).where(
            j.RecordHead.record.in_(wanted[start : start + CHUNK])
        )
        found.update({row.record: row.entity for row in conn.execute(query)})
    return found


def _roots(rows: Iterable[SourceRow]) -> tuple[list[Entry], dict[str, Entry]]:
    entries: list[Entry] = []
    by_id: dict[str, Entry] = {}
    for row in rows:
        entry = Entry(row, row.id, row.values)
        entries.append(entry)
        if row.id is None:
            continue
        if row.id in by_id:
            first = by_id[row.id].first.number
            entry.problems.append(
                row.place(
                    Problem(
                        "E703", None, f"与第 {first} 行是同一条记录，可能是复制出来的行。",
                        "如是新的一条，请填在表末的空白行。",
                    )
                )
            )  # fmt: skip
        else:
            by_id[row.id] = entry
    return entries, by_id


class _Children:
    """Hangs child rows below their records, by the ids they carry or by the name of their record."""

    def __init__(
        self,
        conn: sa.Connection,
        register: Register,
        entries: list[Entry],
        by_id: dict[str, Entry],
        known: Known,
    ) -> None:
        self._conn = conn
        self._register = register
        self._entries = entries
        self._by_id = by_id
        self._known = known
        self._places: dict[str, tuple[Entry, tuple[str, ...], dict[str, Any]]] = {
            identity: (entry, (), entry.raw) for identity, entry in by_id.items()
        }

    def attach(self, rows: Iterable[SourceRow]) -> None:
        """Attach all rows; a row without a record becomes an entry of its own with a problem."""
        for row in rows:
            place = self._place_of(row)
            if place is None:
                self._entries.append(_orphan(row))
                continue
            entry, path, holder = place
            name = row.shape.path[-1]
            siblings = holder.setdefault(name, [])
            values = {**row.values, **({"id": row.id} if row.id else {})}
            siblings.append(values)
            inner = (*path, name, str(len(siblings)))
            entry.nodes[inner] = row
            if row.id:
                self._places[row.id] = (entry, inner, values)

    def _place_of(self, row: SourceRow) -> tuple[Entry, tuple[str, ...], dict[str, Any]] | None:
        if row.parent is not None and row.parent in self._places:
            return self._places[row.parent]
        if len(row.shape.path) > 1:
            return None
        return self._by_name(row.owner) if row.parent is None else self._in_ledger(row.parent)

    def _in_ledger(self, parent: str) -> tuple[Entry, tuple[str, ...], dict[str, Any]] | None:
        table = self._known.tables.get(parent)
        if table != self._register.entity.__tablename__:
            return None
        record, _ = root_of(self._conn, self._register.entity.__tablename__, parent)
        entry = Entry(None, record, {})
        self._entries.append(entry)
        self._by_id[record] = entry
        self._places[record] = (entry, (), entry.raw)
        return self._places[record]

    def _by_name(self, owner: str) -> tuple[Entry, tuple[str, ...], dict[str, Any]] | None:
        if not owner:
            return None
        named = [entry for entry in self._entries if entry.root and owner in entry.root.values.values()]
        return (named[0], (), named[0].raw) if len(named) == 1 else None


def _orphan(row: SourceRow) -> Entry:
    problem = Problem(
        "E504", row.owner or None, "找不到这一行所属的记录。", "请在“所属记录”列写明主表中唯一的一条。"
    )
    return Entry(replace(row, problems=[*row.problems, row.place(problem)]), None, {})
