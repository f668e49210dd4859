"""Taking a workbook in: what is new, changed, the same or refused; one action that can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.drafts import fetch_rows, read_draft
from app.finding import Found
from app.ledger.backup import automatic
from app.records import add_within, change_within
from app.registers import register_named
from app.sheets.assembling import Entry, Known, assemble
from app.sheets.comparing import Compared, compare
from app.sheets.incoming import Source, read_source
from app.sheets.matching import IMPORT_VERB, Twins
from exports.workbook.reader import read_workbook
from models.errors import LedgerError, Problem, Refused
from models.fields import fields_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from app.register import Register
    from models.records import Row

ADDED, CHANGED, SAME, REJECTED = "added", "changed", "same", "rejected"
IMPORTED = "imported"
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What became of one row; ``values`` are what its cells say."""

    sheet: str
    row: int
    status: str
    values: Row
    id: str | None


@dataclass
class Imported:
    """What became of a file; a rehearsal counts the same and has no batch."""

    mapping: dict[str, str | None]
    batch: str | None = None
    dry_run: bool = False
    incomplete: int = 0
    rows: list[ImportedRow] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)

    def count(self, status: str) -> int:
        """Give how many rows ended in a status."""
        return sum(1 for row in self.rows if row.status == status)

    def as_json(self) -> dict[str, Any]:
        """Give the mapping the command line prints."""
        return {
            "batch": self.batch,
            "dry_run": self.dry_run,
            "added": self.count(ADDED),
            "changed": self.count(CHANGED),
            "same": self.count(SAME),
            "rejected": self.count(REJECTED),
            "incomplete": self.incomplete,
            "mapping": self.mapping,
            "rows": [
                {"sheet": r.sheet, "row": r.row, "status": r.status, "id": r.id, "values": r.values}
                for r in self.rows
            ],
            "problems": [{"sheet": sheet, **problem.as_json()} for sheet, problem in self.problems],
        }


class _Rehearsed(Exception):
    """Ends a rehearsal so that nothing of it stays."""


def import_file(
    ctx: Context,
    path: Path,
    key: str,
    *,
    sheet: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Take in a workbook of ours: an export, a filled-in form, or a plain table with our headers.

    Rows that are refused stay out and are listed; the others are written in one batch after an automatic
    backup. The same rows again change nothing. ``dry_run`` does the very same and keeps nothing of it.
    Errors: those of `read_workbook` and `read_source`, `UnknownRegister`, OSError.
    """
    register = register_named(key)
    source = read_source(read_workbook(path), register, sheet)
    if not dry_run:
        automatic(ctx.ledger, ctx.now, always=True)
    done = Imported(dict(source.mapping), dry_run=dry_run)
    with _transaction(ctx, register, dry_run=dry_run) as writer:
        _Run(ctx, writer, register, source, done).carry_out(progress)
        if writer.changes and not dry_run:
            done.batch = writer.batch
    return done


@contextmanager
def _transaction(ctx: Context, register: Register, *, dry_run: bool) -> Iterator[Writer]:
    try:
        with ctx.ledger.writing(ctx, f"{register.key}.{IMPORT_VERB}", f"导入{register.label}") as writer:
            yield writer
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        return


class _Run:
    """One import inside its transaction."""

    def __init__(
        self, ctx: Context, writer: Writer, register: Register, source: Source, done: Imported
    ) -> None:
        self._ctx = ctx
        self._writer = writer
        self._register = register
        self._source = source
        self._done = done
        self._required = [f.name for f in fields_of(register.entity).values() if f.required]

    def carry_out(self, progress: Callable[[int], None] | None) -> None:
        """Go through the records of the file in its order."""
        entries, known = assemble(self._writer.conn, self._register, self._source)
        stored = self._stored(entries, known)
        twins = self._twins(entries)
        for number, entry in enumerate(entries, 1):
            status, identity = self._take(entry, known, stored, twins)
            self._list(entry, status, identity)
            if progress is not None:
                progress(number)
        self._raise_counters(entries)

    def _stored(self, entries: list[Entry], known: Known) -> dict[str, Row]:
        table = self._register.entity.__tablename__
        ids = [entry.id for entry in entries if entry.id and known.tables.get(entry.id) == table]
        found: dict[str, Row] = {}
        for start in range(0, len(ids), CHUNK):
            rows = fetch_rows(self._writer.conn, self._register.entity, ids[start : start + CHUNK])
            found.update({row["id"]: row for row in rows})
        return found

    def _twins(self, entries: list[Entry]) -> Twins:
        day = self._register.day
        days = {str(entry.raw[day])[:10] for entry in entries if isinstance(entry.raw.get(day), str)}
        regular = all(re.fullmatch(r"\d{4}-\d\d-\d\d", one) for one in days)
        return Twins(self._writer.conn, self._register, days if regular else ())

    def _take(
        self, entry: Entry, known: Known, stored: dict[str, Row], twins: Twins
    ) -> tuple[str, str | None]:
        found = entry.all_problems()
        if found:
            self._done.problems += found
            return REJECTED, entry.id
        try:
            if entry.id in stored:
                return self._change(entry, stored[entry.id]), entry.id
            if entry.id in known.tables:
                raise Refused((_other_table(),))
            return self._add(entry, known, twins)
        except Refused as refused:
            self._done.problems += [entry.place(replace(one, row=None)) for one in refused.problems]
        except LedgerError as error:
            problem = Problem("E401", None, error.message, "请核对后重新导入。")
            self._done.problems.append(entry.place(problem))
        return REJECTED, entry.id

    def _add(self, entry: Entry, known: Known, twins: Twins) -> tuple[str, str]:
        if not twins.empty and entry.id is None:
            draft, problems = read_draft(self._ctx, self._register.entity, entry.raw)
            twin = None if any(one.severity == "error" for one in problems) else twins.find(draft)
            if twin is not None:
                return SAME, twin
        raw = _without_known_ids(entry.raw, known)
        if entry.id:
            raw["id"] = entry.id
        saved = add_within(self._ctx, self._writer, self._register, [raw], origin=IMPORTED)
        self._done.problems += [entry.place(replace(one, row=None)) for one in saved.warnings]
        if any(isinstance(raw.get(name), dict) for name in self._required):
            self._done.incomplete += 1
        return ADDED, saved.ids[0]

    def _change(self, entry: Entry, stored: Row) -> str:
        if stored["void_flag"]:
            raise Refused((_voided(),))
        draft, problems = read_draft(self._ctx, self._register.entity, entry.raw)
        errors = tuple(one for one in problems if one.severity == "error")
        if errors:
            raise Refused(errors)
        compared: Compared = compare(entry, draft, stored, sensitive=self._source.sensitive)
        if compared.conflict:
            raise Refused((_changed_meanwhile(),))
        if not compared.raw:
            return SAME
        found = Found(stored["id"], self._register)
        changed, warnings = change_within(self._ctx, self._writer, found, compared.raw)
        self._done.problems += [entry.place(replace(one, row=None)) for one in warnings]
        return CHANGED if changed else SAME

    def _list(self, entry: Entry, status: str, identity: str | None) -> None:
        values = entry.raw
        if entry.first.mark:
            values = {name: value for name, value in values.items() if value is not None}
        self._done.rows.append(ImportedRow(entry.first.sheet, entry.first.number, status, values, identity))

    def _raise_counters(self, entries: list[Entry]) -> None:
        """Let the next number follow the highest that came with the rows."""
        numbering = self._register.numbering
        if numbering is None:
            return
        highest: dict[tuple[str, int], int] = {}
        for entry, row in zip(entries, self._done.rows, strict=True):
            text = entry.raw.get(numbering.field)
            if row.status != ADDED or not isinstance(text, str):
                continue
            prefix = numbering.prefix(self._ctx, _Lenient(entry.raw))
            found = re.fullmatch(_pattern(numbering.template, prefix), text)
            if found:
                scheme = (f"{self._register.key}:{prefix}", int(found["year"]))
                highest[scheme] = max(highest.get(scheme, 0), int(found["n"]))
        for (name, year), last in highest.items():
            issued = self._writer.next_number(name, year) - 1
            self._writer.set_number(name, year, max(issued, last))


class _Lenient(dict[str, Any]):
    def __missing__(self, name: str) -> None:
        return None


def _pattern(template: str, prefix: str) -> str:
    parts = {"prefix": re.escape(prefix), "year": r"(?P<year>\d{4})", "n": r"(?P<n>\d{1,9})"}
    pieces = re.split(r"\{(\w+)\}", template)
    return "".join(parts[piece] if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))


def _without_known_ids(raw: dict[str, Any], known: Known) -> dict[str, Any]:
    """Give a new record's input; child rows whose ids already stand elsewhere here get new ones."""
    kept: dict[str, Any] = {}
    for name, value in raw.items():
        if name == "id" and value in known.tables:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            kept[name] = [_without_known_ids(inner, known) for inner in value]
        elif value is not None:
            kept[name] = value
    return kept


def _other_table() -> Problem:
    return Problem("E102", None, "这一行的编号属于另一本登记簿。", "请从本登记簿重新导出后再填。")


def _voided() -> Problem:
    return Problem("E502", None, "这条记录已在台账中作废。", "如属误作废，请先恢复（ybz revive）。")


def _changed_meanwhile() -> Problem:
    return Problem(
        "E503", None, "表格导出以后，这条记录在台账中又有改动，两边不一致。", "请重新导出，在新表上修改。"
    )
