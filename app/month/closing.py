"""Closing a month: freeze rows and figures, seal the bundle, read it back, hand the files out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.ledger.atomic import make_folder, write_file
from app.ledger.backup import automatic
from app.ledger.signing import public_key
from app.month import versions
from app.month.checking import problems_of
from app.month.errors import MonthAccepted, MonthLater, MonthMissing, MonthNotOver, MonthRefused, ReasonNeeded
from app.month.forms import FormGroup, form_group
from app.month.gathering import gather_month
from app.month.reading_back import sheets_hold
from app.month.sealing import Content, Version, seal
from exports.bundle.manifest import Org
from exports.bundle.verify import open_bundle
from models import journal as j
from models.county import EnrolledOrg, OrgRole
from models.errors import LedgerError
from models.records import table_of
from models.submission import (
    ReturnTask,
    Submission,
    SubmissionFigure,
    SubmissionFile,
    SubmissionRow,
    SubmissionState,
)

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from exports.bundle.container import BundleFile
    from models.dates import Period
    from models.errors import Problem
    from models.records import Row

LET_THROUGH = "warn"


class ReadBackFailed(LedgerError):
    """What was just sealed does not read back whole; nothing was frozen."""

    code = "read_back_failed"

    def __init__(self) -> None:
        super().__init__("报表包写出后核对不一致，没有封月，请重试；若反复出现请联系技术人员。")


class ChangedMeanwhile(LedgerError):
    """Something was entered while the month was being closed; nothing was frozen."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("封月期间台账有新的录入，没有封月，请再封一次。")


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month: the bundle's path, its version and short code, and every file written."""

    submission: str
    period: str
    version: int
    short_code: str
    bundle: Path
    files: tuple[Path, ...]
    rows: int
    is_new: bool


def close_month(ctx: Context, period: Period, out: Path, *, reason: str | None = None) -> ClosedMonth:
    """Close a month, or hand its last version out again byte for byte when nothing changed since."""
    _refuse_running(ctx, period)
    group = form_group()
    cut = _head(ctx)
    latest = versions.latest(ctx, period.key, group.code)
    month = gather_month(ctx, group, period, reason or "")
    content = Content(month, reason or "")
    if latest is not None:
        if latest["content_digest"] == content.digest():
            return _written(ctx, latest, out, is_new=False)
        _refuse_reclosing(ctx, period, latest, reason)
    else:
        _refuse_gap(ctx, group, period)
    content = replace(content, problems=tuple(problems_of(ctx, month)))
    _refuse_problems(ctx, content.problems, reason, period)
    automatic(ctx.ledger, ctx.now, always=True)
    submission = _freeze(ctx, content, latest, cut)
    return _written(ctx, submission, out, is_new=True)


def reissue(ctx: Context, period: Period, out: Path) -> ClosedMonth:
    """Hand the last version of a closed month out again, the same bytes."""
    latest = versions.latest(ctx, period.key, form_group().code)
    if latest is None:
        raise LedgerError(f"{period.label}还没有封月。")
    return _written(ctx, latest, out, is_new=False)


def _refuse_running(ctx: Context, period: Period) -> None:
    if ctx.today < period.end:
        raise MonthNotOver(period.label, period.end.isoformat())


def _refuse_reclosing(ctx: Context, period: Period, latest: Row, reason: str | None) -> None:
    if versions.accepted(ctx, period.key, latest["form_group"]) is not None:
        raise MonthAccepted(period.label)
    later = versions.first_after(ctx, period.key, latest["form_group"])
    if later is not None and latest["state"] != SubmissionState.RETURNED:
        raise MonthLater(period.label, later)
    if not (reason or "").strip():
        raise ReasonNeeded(
            f"{period.label}封月之后记录有变动，重封为第 {latest['version'] + 1} 版须写明理由（--reason）。"
        )


def _refuse_gap(ctx: Context, group: FormGroup, period: Period) -> None:
    closed = versions.closed_periods(ctx, group.code)
    if not closed:
        return
    if period.key < closed[0]:
        raise MonthLater(period.label, closed[0])
    previous = period.previous()
    if previous.key not in closed:
        raise MonthMissing(previous.label, period.label)


def _refuse_problems(ctx: Context, problems: Iterable[Problem], reason: str | None, period: Period) -> None:
    listed = list(problems)
    errors = tuple(problem for problem in listed if problem.severity == "error")
    if errors and ctx.settings["month_errors"] != LET_THROUGH:
        raise MonthRefused(errors, period.label)
    if listed and not (reason or "").strip():
        raise ReasonNeeded(
            f"{period.label}预检有 {len(listed)} 条提示，封月须写明情况说明（--reason）。"
            f"第一条：{listed[0].message}"
        )


def _head(ctx: Context) -> bytes:
    """Give where the journal stands: what is gathered and what is signed must be of one state."""
    with ctx.ledger.reading() as conn:
        return ctx.ledger.head(conn).hash


def _freeze(ctx: Context, content: Content, latest: Row | None, cut: bytes) -> Row:
    label = f"封月：{content.month.period.label}"
    with ctx.ledger.writing(ctx, "month.close", label) as writer:
        if writer.head.hash != cut:
            raise ChangedMeanwhile
        stamp = ctx.now.replace(microsecond=0)
        version = Version(
            number=versions.last_number(writer.conn, content.month.period.key, content.month.group.code) + 1,
            bundle_id=writer.new_id(),
            supersedes=latest["bundle_id"] if latest else None,
            prev_submit_hash=versions.hash_of_previous(
                writer.conn, content.month.period.key, content.month.group.code
            ),
            county=_county(writer.conn),
        )
        bundle, files = seal(ctx, writer, content, version, stamp)
        _read_back(ctx, bundle)
        if not sheets_hold(files[bundle.name.removesuffix(".zip") + ".xlsx"], content.month.rows):
            raise ReadBackFailed
        values = {
            "org_code": ctx.ledger.org_code,
            "period": content.month.period.key,
            "form_group": content.month.group.code,
            "version": version.number,
            "state": SubmissionState.CLOSED.value,
            "bundle_id": version.bundle_id,
            "manifest_hash": bundle.manifest_hash,
            "prev_submit_hash": version.prev_submit_hash,
            "short_code": bundle.short_code,
            "file_name": bundle.name,
            "content_digest": content.digest(),
            "closed_at": stamp.isoformat(timespec="minutes"),
            "closed_by": ctx.actor,
            "reason": content.reason or None,
            "row_count": len(content.month.rows),
        }
        submission = writer.create(Submission, values)
        if latest is not None:
            _finish_tasks(ctx, writer, latest)
        writer.flush()
        _store(writer, submission, content, files)
        return {**values, "id": submission}


def _finish_tasks(ctx: Context, writer: Writer, old: Row) -> None:
    """Note that what the county sent back of the version before is in the new one.

    The old version's state is left to the county's receipts, so that it does not depend on when they arrive.
    """
    for task in writer.select(ReturnTask, submission_id=old["id"]):
        if task["done_on"] is None:
            writer.update(ReturnTask, task["id"], {"done_on": ctx.today.isoformat()})


def _store(writer: Writer, submission: str, content: Content, files: Mapping[str, bytes]) -> None:
    rows = [
        {
            "submission": submission, "sheet": row.sheet, "row_no": row.row_no, "record": row.record,
            "register": row.register, "rev": row.rev, "row_hash": row.row_hash,
            "cells": j.compact(dict(row.values)),
        }
        for row in content.month.rows
    ]  # fmt: skip
    figures = [
        {
            "submission": submission, "cell": figure.cell, "value": j.compact(figure.value),
            "cumulative": figure.cumulative, "correction": figure.correction,
            "members": j.compact(figure.members), "year_members": j.compact(figure.year_members),
        }
        for figure in content.month.figures
    ]  # fmt: skip
    kept = [
        {"submission": submission, "name": name, "sha256": hashlib.sha256(data).hexdigest(), "content": data}
        for name, data in files.items()
    ]
    for table, values in ((SubmissionRow, rows), (SubmissionFigure, figures), (SubmissionFile, kept)):
        if values:
            writer.conn.execute(sa.insert(table_of(table)), values)


def _county(conn: sa.Connection) -> Org | None:
    """Give the county this office is enrolled with now; a key given up addresses nobody."""
    table = table_of(EnrolledOrg)
    query = sa.select(table.c.org_code, table.c.name).where(
        table.c.role == OrgRole.COUNTY.value,
        table.c.void_flag.is_(sa.false()),
        table.c.revoked_on.is_(None),
    )
    row = conn.execute(query).first()
    return None if row is None else Org(row.org_code, row.name)


def _read_back(ctx: Context, bundle: BundleFile) -> None:
    own = {ctx.ledger.org_code: public_key(ctx.ledger.secrets.sign_seed)}
    opened = open_bundle(bundle.data, None, own)
    if opened.grade != "A" or opened.manifest_hash != bundle.manifest_hash:
        raise ReadBackFailed


def _written(ctx: Context, submission: Mapping[str, object], out: Path, *, is_new: bool) -> ClosedMonth:
    make_folder(out)
    table = table_of(SubmissionFile)
    with ctx.ledger.reading() as conn:
        query = sa.select(table).where(table.c.submission == submission["id"]).order_by(table.c.name)
        kept = [(row["name"], row["content"]) for row in conn.execute(query).mappings()]
    written = []
    for name, content in kept:
        write_file(out / name, content)
        if (out / name).read_bytes() != content:
            raise ReadBackFailed
        written.append(out / name)
    return ClosedMonth(
        submission=str(submission["id"]),
        period=str(submission["period"]),
        version=int(str(submission["version"])),
        short_code=str(submission["short_code"]),
        bundle=out / str(submission["file_name"]),
        files=tuple(written),
        rows=int(str(submission["row_count"])),
        is_new=is_new,
    )
