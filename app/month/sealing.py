"""Sealing a submission: frozen content becomes workbooks, data files and one signed bundle."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.ledger.signing import public_key, sign
from app.month.forms import FormGroup
from app.month.gathering import Gathered
from app.month.report import (
    ledger_sheets,
    reference_titles,
    report_sheets,
    report_tables,
    trace_lines,
    trace_sheets,
    workbook_bytes,
)
from app.month.rows import ndjson
from app.month.veil import Veils, veils
from app.statistics import TableResult
from app.version import VERSION
from exports.bundle.card import fingerprint
from exports.bundle.container import BundleFile, FileName, write_bundle
from exports.bundle.manifest import Created, Device, Manifest, Org, Schema
from exports.bundle.recovery import parity
from exports.report import Correction, Heading
from models import journal as j
from models.clock import COUNTER_BITS, wall_of
from models.errors import Problem
from models.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from app.month.figures import Figure
    from models.dates import Period

SCHEMA_ID = "ybz-submission"
RULES_VERSION = "1"
CHINA = "+08:00"


@dataclass(frozen=True)
class Content:
    """Everything one version is made of, gathered from one state of the records."""

    month: Gathered
    reason: str
    problems: Sequence[Problem] = ()

    def digest(self) -> str:
        """Fingerprint the frozen content: rows and figures, nothing else."""
        month = self.month
        body = [[row.as_json() for row in month.rows], [figure.as_json() for figure in month.figures]]
        return hashlib.sha256(j.canonical(body)).hexdigest()


@dataclass(frozen=True)
class Version:
    """Which version is being sealed and what it follows."""

    number: int
    bundle_id: str
    supersedes: str | None
    prev_submit_hash: str | None
    county: Org | None


def heading(ctx: Context, period: Period, version: int, stamp: datetime) -> Heading:
    """Give what stands above and below every sheet."""
    settings = ctx.settings
    return Heading(
        org_name=ctx.ledger.org_name,
        county_name=str(settings["county_name"]),
        period_label=period.label,
        version=version,
        closed_on=stamp.date().isoformat(),
        head=str(settings["station_head"]),
        reporter=str(settings["reporter"]),
        phone=str(settings["station_phone"]),
    )


def seal(
    ctx: Context, writer: Writer, content: Content, version: Version, stamp: datetime
) -> tuple[BundleFile, dict[str, bytes]]:
    """Give the signed bundle and every file to be handed out, by name."""
    content = covered(ctx, writer.conn, content)
    head = heading(ctx, content.month.period, version.number, stamp)
    meta = {
        "bundle_id": version.bundle_id, "org": ctx.ledger.org_code, "period": content.month.period.key,
        "version": str(version.number), "closed_at": stamp.isoformat(timespec="seconds"),
    }  # fmt: skip
    month = content.month
    own = [item for item in month.corrections if item.year == month.period.key[:4]]
    tables = report_tables(ctx, month.group, month.results, month.figures, own)
    report = report_sheets(tables, head, content.problems, content.reason)
    listed = ledger_sheets(ctx, writer.conn, content.month.group, content.month.rows, head)
    lines = trace_lines(month.figures, month.rows)
    members = {
        "01_report.xlsx": workbook_bytes(report, meta, stamp),
        "02_ledger.xlsx": workbook_bytes(listed, meta, stamp),
        "03_trace.xlsx": workbook_bytes(trace_sheets(lines, month.corrections, month.titles), meta, stamp),
        **data_members(ctx, content),
        "dict/references.json": j.canonical(
            reference_titles(writer.conn, content.month.group, content.month.rows)
        ),
    }
    bundle = _bundle(ctx, writer, content, version, members, stamp)
    bare = workbook_bytes([*report, *listed], meta, stamp)
    stem = bundle.name.removesuffix(".zip")
    files = {bundle.name: bundle.data, f"{bundle.name}.par": parity(bundle.data), f"{stem}.xlsx": bare}
    return bundle, files


def covered(ctx: Context, conn: sa.Connection, content: Content) -> Content:
    """Give the content with every text about a record as it may leave the station."""
    month = content.month
    told = {problem.record for problem in content.problems if problem.record}
    listed = {row for result in month.results.values() for row in result.rows}
    known = veils(ctx, conn, {*month.titles, *told, *listed}, month.records_by_register)
    covered_month = replace(
        month,
        titles={record: known.cover(record, title) for record, title in month.titles.items()},
        results={code: _covered_table(result, known) for code, result in month.results.items()},
    )
    problems = tuple(_covered_problem(problem, known) for problem in content.problems)
    return replace(content, month=covered_month, problems=problems)


def _covered_problem(problem: Problem, known: Veils) -> Problem:
    seen = problem.seen
    return replace(
        problem,
        message=known.cover(problem.record, problem.message),
        seen=known.cover(problem.record, seen) if isinstance(seen, str) else seen,
    )


def _covered_table(result: TableResult, known: Veils) -> TableResult:
    """Cover the texts of a table whose rows are records."""
    if not any(row in known.known for row in result.rows):
        return result
    rows = {
        row: {
            column: known.cover(row, value) if isinstance(value, str) else value
            for column, value in cells.items()
        }
        for row, cells in result.rows.items()
    }
    labels = {row: known.cover(row, label) for row, label in result.row_labels.items()}
    return replace(result, rows=rows, row_labels=labels)


def data_members(ctx: Context, content: Content) -> dict[str, bytes]:
    """Give the machine copy: rows, figures, traces, checks and the code lists they use."""
    members = {
        "data/rows.ndjson": ndjson(row.as_json() for row in content.month.rows),
        "data/figures.json": j.canonical([figure.as_json() for figure in content.month.figures]),
        "data/trace.ndjson": ndjson(
            _trace(figure)
            for figure in content.month.figures
            if (figure.members or figure.year_members) and isinstance(figure.value, int)
        ),
        "data/check.json": j.canonical(
            {"reason": content.reason, "problems": [_problem(problem) for problem in content.problems]}
        ),
        "data/corrections.json": j.canonical([_correction(item) for item in content.month.corrections]),
    }
    for name in _code_lists(content.month.group):
        entries = {entry.code: entry.label for entry in ctx.codes[name]}
        members[f"dict/{name}.json"] = j.canonical(entries)
    return members


def _code_lists(group: FormGroup) -> list[str]:
    from app.registers import register_named
    from models.fields import fields_of

    found = set()
    for form in group.sheets:
        fields = fields_of(register_named(form.register).entity)
        found |= {fields[name].codes for name in form.columns if name in fields and fields[name].codes}
    return sorted(name for name in found if name)


def _trace(figure: Figure) -> dict[str, Any]:
    """Give who makes up a figure; where months do not add up (distinct counts) also who makes up the year."""
    line: dict[str, Any] = {"cell": figure.cell, "ids": [list(member) for member in figure.members]}
    if figure.correction is None and figure.cumulative is not None:
        line["year"] = [list(member) for member in figure.year_members]
    return line


def _problem(problem: Problem) -> dict[str, Any]:
    return {key: value if isinstance(value, str | int | None) else str(value)
            for key, value in problem.as_json().items()}  # fmt: skip


def _correction(item: Correction) -> dict[str, Any]:
    return {
        "cell": item.cell, "label": item.label, "before": item.before, "after": item.after, "late": item.late,
        "adjusted": item.adjusted, "records": list(item.records), "reason": item.reason,
        "year": item.year,
    }  # fmt: skip


def _bundle(
    ctx: Context,
    writer: Writer,
    content: Content,
    version: Version,
    members: dict[str, bytes],
    stamp: datetime,
) -> BundleFile:
    ledger, head = ctx.ledger, writer.head
    key = fingerprint(public_key(ledger.secrets.sign_seed))
    counter = head.hlc & ((1 << COUNTER_BITS) - 1)
    short = str(ctx.settings["station_short_code"]) or ledger.org_code
    manifest = Manifest(
        schema=Schema(SCHEMA_ID, SCHEMA_VERSION, "", 1),
        kind="submit",
        bundle_id=version.bundle_id,
        org=Org(ledger.org_code, ledger.org_name),
        to_org=version.county,
        device=Device(ledger.device, ledger.epoch, key),
        seq=head.seq,
        period=content.month.period.key,
        forms=(content.month.group.code,),
        version=version.number,
        supersedes=version.supersedes,
        prev_submit_hash=version.prev_submit_hash,
        vv=vector(writer),
        base_vv={},
        created=Created(
            f"{wall_of(head.hlc)}-{counter}-{ledger.device}", stamp.isoformat(timespec="seconds"), CHINA
        ),
        rule_pack_ver=RULES_VERSION,
        calendar_ver=",".join(map(str, sorted(ctx.calendar.years))).replace(",", "."),
        counts={"rows": len(content.month.rows), "figures": len(content.month.figures)},
        audit_head=head.hash.hex(),
        sensitivity="full" if ctx.settings["bundle_full_identity"] else "masked",
        app_ver=VERSION,
    )
    seed = ledger.secrets.sign_seed
    return write_bundle(
        manifest,
        members,
        lambda message: sign(seed, message),
        stamp=stamp,
        name=FileName(re.sub(r"[^0-9A-Za-z]", "", short)[:20] or "YBZ", content.month.group.code),
    )


def vector(writer: Writer) -> dict[str, int]:
    """Give the version vector of the cut this submission was made from."""
    from models.records import table_of

    table = table_of(j.JournalHead)
    rows = writer.conn.execute(sa.select(table.c.device, table.c.epoch, table.c.seq)).all()
    known = {f"{row.device}:{row.epoch}": row.seq for row in rows}
    return {**known, f"{writer.head.device}:{writer.head.epoch}": writer.head.seq}
