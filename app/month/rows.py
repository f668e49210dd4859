"""The rows of a submission: which records, what the county sees of each, and its fingerprint."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from app.drafts import fetch_rows
from app.month.forms import FormGroup, SheetForm
from app.month.veil import SINGLE_PERSONS, Veil, covered_name, veil_of
from app.registers import register_named
from exports.workbook.text import clean
from models import journal as j
from models.fields import Field, Kind, Sensitivity, fields_of
from models.masking import mask
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.register import Register
    from models.dates import Period
    from models.records import Row

CHUNK = 500
PARTIES = "@parties"
HASH_BYTES = 10
MASK_LEVEL: Final = "L2"


@dataclass(frozen=True)
class ReportedRow:
    """One row: canonical (masked) values by column, where it stands, and its revision and fingerprint."""

    sheet: str
    row_no: int
    record: str
    register: str
    rev: str
    row_hash: str
    values: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Give the line of data/rows.ndjson."""
        return {
            "_id": self.record,
            "_rev": self.rev,
            "_h": self.row_hash,
            "register": self.register,
            "sheet": self.sheet,
            "row_no": self.row_no,
            "values": dict(self.values),
        }


def read_rows(
    conn: sa.Connection, group: FormGroup, period: Period, behind: Iterable[str] = ()
) -> dict[str, list[Row]]:
    """Read the records of every sheet, in the order of day and id.

    ``behind`` are the records behind the figures: each is listed even if its own days lie elsewhere, so that
    every number leads to rows (a post of October that was read in November).
    """
    counted = sorted(set(behind))
    found: dict[str, list[Row]] = {}
    for form in group.sheets:
        register = register_named(form.register)
        ids = _with_counted(conn, register, _selected(conn, register, form, period), counted)
        found[form.name] = [
            row
            for start in range(0, len(ids), CHUNK)
            for row in fetch_rows(conn, register.entity, ids[start : start + CHUNK])
        ]
    return found


def reported(
    ctx: Context, conn: sa.Connection, group: FormGroup, records: Mapping[str, Sequence[Row]]
) -> list[ReportedRow]:
    """Give the rows as the county sees them."""
    found: list[ReportedRow] = []
    for form in group.sheets:
        register, listed = register_named(form.register), records[form.name]
        revisions = _revisions(conn, [row["id"] for row in listed])
        for number, row in enumerate(listed, 1):
            found.append(_reported(ctx, register, form, row, number, revisions[row["id"]]))
    return found


def _selected(conn: sa.Connection, register: Register, form: SheetForm, period: Period) -> list[str]:
    table = table_of(register.entity)
    first, after = period.bounds
    chosen = [sa.and_(table.c[name] >= first, table.c[name] < after) for name in form.dates]
    if form.open:
        chosen.append(sa.and_(table.c.state.in_(form.open), table.c[form.opened] < after))
    query = (
        sa.select(table.c.id)
        .where(table.c.void_flag.is_(sa.false()), sa.or_(*chosen))
        .order_by(table.c[form.dates[0]], table.c.id)
    )
    return list(conn.execute(query).scalars())


def _with_counted(
    conn: sa.Connection, register: Register, selected: list[str], counted: Sequence[str]
) -> list[str]:
    """Put the records of this register that stand behind a figure after those selected by their days."""
    known = set(selected)
    left = [record for record in counted if record not in known]
    table, more = table_of(register.entity), []
    for start in range(0, len(left), CHUNK):
        query = sa.select(table.c.id).where(table.c.id.in_(left[start : start + CHUNK]))
        more += list(conn.execute(query).scalars())
    return [*selected, *sorted(more)]


def _revisions(conn: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    """Name the state of each record by the operations that hold its fields."""
    wanted, found = list(ids), {}
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(j.RecordHead.record, j.RecordHead.heads).where(
            j.RecordHead.record.in_(wanted[start : start + CHUNK])
        )
        for record, heads in conn.execute(query):
            found[record] = hashlib.sha256(heads.encode()).hexdigest()[:16]
    return found


def _reported(
    ctx: Context, register: Register, form: SheetForm, row: Row, number: int, revision: str
) -> ReportedRow:
    full = bool(ctx.settings["bundle_full_identity"])
    fields = fields_of(register.entity)
    veil = None if full else veil_of(register.entity, row)
    values: dict[str, Any] = {}
    for name in form.columns:
        if name == PARTIES:
            values[name] = _parties(row, full=full)
        elif row.get(name) is not None:
            values[name] = _shown(fields[name], row[name], veil)
        elif name in (row.get("missing") or {}):
            values[name] = {"missing": row["missing"][name]}
    return ReportedRow(form.name, number, row["id"], register.key, revision, row_hash(values), values)


def _parties(row: Row, *, full: bool) -> str:
    parties = [party for party in row.get("parties") or [] if party.get("name")]
    return "、".join(
        party["name"]
        if full or party.get("party_type") not in SINGLE_PERSONS
        else covered_name(party["name"])
        for party in parties
    )


def _shown(field: Field, value: Any, veil: Veil | None) -> Any:
    """Give a value as it leaves: masked by its own sensitivity, a free text without the record's names."""
    if isinstance(value, str) and field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        value = clean(value)
        if veil is None:
            return value
        if field.sensitivity is Sensitivity.NAME:
            return covered_name(value)
        if field.sensitivity is not Sensitivity.NORMAL:
            return mask(field.sensitivity, value, MASK_LEVEL)
        return value if field.search == "number" else veil.cover(value)
    if isinstance(value, list) and field.kind is Kind.TEXTS:
        return [clean(item) if veil is None else veil.cover(clean(item)) for item in value]
    return value


def row_hash(values: Mapping[str, Any]) -> str:
    """Fingerprint a row's content: the first 80 bits of SHA-256 in base32; finds damage, not forgery."""
    digest = hashlib.sha256(j.canonical(values)).digest()[:HASH_BYTES]
    return base64.b32encode(digest).decode()


def by_sheet(rows: Iterable[ReportedRow]) -> dict[str, list[ReportedRow]]:
    """Group rows by the sheet they stand on."""
    found: dict[str, list[ReportedRow]] = {}
    for row in rows:
        found.setdefault(row.sheet, []).append(row)
    return found


def ndjson(items: Iterable[Mapping[str, Any]]) -> bytes:
    """Write one canonical JSON object on each line."""
    return b"".join(_lines(items))


def _lines(items: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for item in items:
        yield j.canonical(item) + b"\n"
