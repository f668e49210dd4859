"""Deciding on a submission: accepting it whole or returning it row by row, with a signed receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.county import store
from app.county.errors import AmbiguousBundle, CountyOnly, DecisionRefused, UnknownBundle
from app.county.planning import STATE_LABELS
from app.county.sealing import seal_receipt
from app.county.verdicts import read_verdicts, verdict_rows
from app.ledger.atomic import make_folder, write_file
from app.numbering import require_numbers
from exports.bundle.receipt import Receipt, parse_receipt, write_receipt
from exports.bundle.recovery import parity
from models.county import BundleState, OrgRole, ReceivedBundle

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

SEQUENCE = "county_receipt"
"""One sequence over all years: a receipt with a higher number overrules one with a lower."""


@dataclass(frozen=True)
class MadeReceipt:
    """A receipt that was written: its file, the state it tells, its number, how many rows it returns."""

    file: Path
    bundle_id: str
    version: int
    status: str
    county_seq: int
    returned_rows: int
    reissued: bool = False


def make_receipt(
    ctx: Context,
    bundle: str,
    out_dir: Path,
    *,
    accept: bool,
    rows: Sequence[Mapping[str, Any]] | None = None,
    note: str = "",
) -> MadeReceipt:
    """Accept a submission, return it (``rows`` given, or a note), or only confirm that it was received.

    ``bundle`` is a bundle id, short code, file name, or office and period. Each of ``rows`` names a row by
    ``row_id`` or by ``sheet`` and ``row_no``, and may carry field, code, message or hint, expected. A
    decision is final: asking for the same again writes the same receipt once more. Raises UnknownBundle,
    AmbiguousBundle, DecisionRefused, NumbersHeld.
    """
    if ctx.ledger.role != OrgRole.COUNTY:
        raise CountyOnly("开具回执")
    with ctx.ledger.reading() as conn:
        found = find_bundle(conn, bundle)
    wanted = _wanted(found, accept=accept, rows=rows, note=note)
    made = _again(ctx, found, wanted, rows, out_dir)
    if made is not None:
        return made
    _check_decision(ctx, found, wanted, rows, note)
    require_numbers(ctx)
    label = f"{found['file_name']}：{STATE_LABELS[wanted]}"
    with ctx.ledger.writing(ctx, "county.receipt", label) as writer:
        sealed, receipt = _decide(ctx, writer, found, wanted, rows, note)
    path = _hand_out(out_dir, sealed.name, sealed.data)
    return _made(path, receipt, reissued=False)


def find_bundle(conn: sa.Connection, words: str) -> Row:
    """Find one submission by id, short code, file (path or name), or office and period (newest version)."""
    held = store.bundles(conn)
    wanted = words.strip()
    names = ("id", "bundle_id", "manifest_hash", "short_code", "file_name")
    found = [row for row in held if wanted in (row[name] for name in names)]
    found = found or [row for row in held if row["file_name"] == Path(wanted).name]
    found = found or [row for row in held if row["short_code"].casefold() == wanted.casefold()]
    found = found or _newest(_by_office(held, wanted.split()))
    if not found:
        raise UnknownBundle(words)
    if len(found) > 1:
        raise AmbiguousBundle(words, tuple(f"{row['file_name']}（{row['bundle_id']}）" for row in found))
    return found[0]


def _by_office(held: Iterable[Row], words: Sequence[str]) -> list[Row]:
    if len(words) not in (2, 3):
        return []
    return [
        row
        for row in held
        if row["org_code"] == words[0]
        and row["period"] == words[1]
        and (len(words) == 2 or row["form_group"] == words[2])
    ]


def _newest(found: list[Row]) -> list[Row]:
    newest = max((row["version"] for row in found), default=0)
    return [row for row in found if row["version"] == newest]


def _wanted(found: Row, *, accept: bool, rows: Sequence[Mapping[str, Any]] | None, note: str) -> BundleState:
    if accept and rows:
        raise DecisionRefused("受理和退回不能同时办理：有退回行的版本整体退回，请去掉其中一项。")
    if accept:
        return BundleState.ACCEPTED
    if rows is None and not note.strip():
        return BundleState(found["state"])
    return BundleState.RETURNED


def _again(
    ctx: Context,
    found: Row,
    wanted: BundleState,
    rows: Sequence[Mapping[str, Any]] | None,
    out_dir: Path,
) -> MadeReceipt | None:
    """Write the receipt that was given before, if it says what is asked for now."""
    if found["state"] != wanted or (wanted == BundleState.RETURNED and rows is not None):
        return None
    with ctx.ledger.reading() as conn:
        kept = store.files(conn, found["id"], f"{store.RECEIPT}{wanted}")
        told = store.files(conn, found["id"], f"{store.VERDICT}{wanted}")
    if not kept:
        return None
    path = _hand_out(out_dir, kept[-1]["name"], kept[-1]["content"])
    return _made(path, parse_receipt(told[-1]["content"]), reissued=True)


def _check_decision(
    ctx: Context,
    found: Row,
    wanted: BundleState,
    rows: Sequence[Mapping[str, Any]] | None,
    note: str,
) -> None:
    state = BundleState(found["state"])
    if wanted == state and wanted != BundleState.RETURNED:
        return
    if state in (BundleState.ACCEPTED, BundleState.RETURNED):
        raise DecisionRefused(
            f"这一版{found['decided_on']}{STATE_LABELS[state]}并发出回执，不能再次办理；"
            "需要更正的，请该所报新的版本或列入下期。"
        )
    if state == BundleState.SUPERSEDED:
        raise DecisionRefused("这一版已被更新的版本取代，请对最新的版本办理。")
    if wanted == BundleState.RETURNED:
        if not rows and not note.strip():
            raise DecisionRefused("退回须写明退回哪些行，或写明整份退回的理由。")
        return
    if state == BundleState.DUPLICATE:
        raise DecisionRefused("同一版收到内容不同的两份，不能受理；请都退回，由该所裁定后另报新版。")
    _check_whole(found)
    with ctx.ledger.reading() as conn:
        locked = [row for row in store.siblings(conn, found) if row["state"] == BundleState.ACCEPTED]
    if locked:
        raise DecisionRefused(
            f"该所本期第 {locked[0]['version']} 版已受理并锁定，不能再受理第 {found['version']} 版；"
            "请退回本版，差额由该所列入下期。"
        )


def _check_whole(found: Row) -> None:
    if found["grade"] != "A":
        raise DecisionRefused(
            f"表格包完好等级为 {found['grade']}，缺件补齐前不能受理；"
            "请重新拷贝或请该所重发原文件后再接收一次。"
        )
    if found["rejected_count"] or found["mismatch_count"]:
        raise DecisionRefused(
            f"有 {found['rejected_count']} 行明细未通过核对、{found['mismatch_count']} 处数字与明细不符，"
            "不能受理，请退回。"
        )


def _decide(
    ctx: Context,
    writer: Writer,
    found: Row,
    wanted: BundleState,
    rows: Sequence[Mapping[str, Any]] | None,
    note: str,
) -> tuple[Any, Receipt]:
    stored = store.rows_of(writer.conn, found["id"])
    verdicts = read_verdicts(rows or (), stored)
    receipt = Receipt(
        bundle_id=found["bundle_id"],
        manifest_hash=found["manifest_hash"],
        version=found["version"],
        status=wanted.value,
        county_seq=writer.next_number(SEQUENCE, 0),
        importer_org=ctx.ledger.org_code,
        importer_name=ctx.ledger.org_name,
        period=found["period"],
        importer_vv=ctx.ledger.vector(writer.conn),
        note=note.strip(),
        rows=tuple(verdict_rows(wanted, stored, verdicts)),
    )
    values: Row = {"state": wanted.value, "county_seq": receipt.county_seq}
    if wanted in (BundleState.ACCEPTED, BundleState.RETURNED):
        values["decided_on"] = ctx.today.isoformat()
    writer.update(ReceivedBundle, found["id"], values)
    store.settle(writer, found)
    sealed = seal_receipt(ctx, writer, found, receipt)
    store.put_file(writer.conn, found["id"], f"{store.RECEIPT}{wanted}", sealed.name, sealed.data)
    machine = write_receipt(receipt)
    store.put_file(writer.conn, found["id"], f"{store.VERDICT}{wanted}", "receipt.json", machine)
    return sealed, receipt


def _hand_out(out_dir: Path, name: str, data: bytes) -> Path:
    make_folder(out_dir)
    path = out_dir / name
    write_file(path, data)
    write_file(path.with_name(f"{name}.par"), parity(data))
    return path


def _made(path: Path, receipt: Receipt, *, reissued: bool) -> MadeReceipt:
    returned = sum(row.status == "returned" for row in receipt.rows)
    return MadeReceipt(
        path, receipt.bundle_id, receipt.version, receipt.status, receipt.county_seq, returned, reissued
    )
