"""A county's receipt at the station: it moves exactly the version it names and opens what is to be mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.registers import registers_by_key
from models.errors import LedgerError
from models.records import table_of
from models.submission import ReturnTask, Submission, SubmissionRow, SubmissionState

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from exports.bundle.receipt import Receipt, ReceiptRow
    from models.records import Row

STATES = {
    "received": SubmissionState.RECEIVED,
    "accepted": SubmissionState.ACCEPTED,
    "returned": SubmissionState.RETURNED,
    "superseded": SubmissionState.SUPERSEDED,
    "duplicate": SubmissionState.DUPLICATE,
}

TO_MEND = ("returned", "duplicate", "attachment_missing")


class ReceiptForNothing(LedgerError):
    """The receipt names a version this ledger never handed in."""

    code = "receipt_for_nothing"

    def __init__(self, period: str | None, version: int) -> None:
        super().__init__(
            f"回执所指的{period or ''}第 {version} 版不是本台账报出的，没有采用；请核对是否拿错了文件或台账。"
        )


def apply_receipt(ctx: Context, writer: Writer, receipt: Receipt) -> tuple[dict[str, Any], bool]:
    """Apply a receipt inside an open transaction; gives what it does and whether anything changed.

    Of several receipts for one version the highest ``county_seq`` stands, in whatever order they arrive;
    a receipt for an older version never touches a newer one.
    """
    submission = _named(writer, receipt)
    plan = {
        "submission": submission["id"], "period": submission["period"], "version": submission["version"],
        "from_state": submission["state"], "county_seq": receipt.county_seq, "note": receipt.note,
    }  # fmt: skip
    if submission["county_seq"] is not None and submission["county_seq"] >= receipt.county_seq:
        return {**plan, "to_state": submission["state"], "tasks": 0, "already": True}, False
    state = STATES[receipt.status]
    writer.update(
        Submission,
        submission["id"],
        {
            "state": state.value,
            "county_seq": receipt.county_seq,
            "received_at": ctx.now.isoformat(timespec="minutes"),
            "receipt_note": receipt.note or None,
        },
    )
    tasks = _open_tasks(ctx, writer, submission, receipt)
    return {**plan, "to_state": state.value, "tasks": tasks, "already": False}, True


def open_tasks(ctx: Context) -> list[Row]:
    """Give what the county sent back and is not yet mended."""
    table = table_of(ReturnTask)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false()), table.c.done_on.is_(None))
    with ctx.ledger.reading() as conn:
        return [dict(row) for row in conn.execute(query.order_by(table.c.id)).mappings()]


def finish_task(ctx: Context, task: str) -> None:
    """Note that a returned row was mended."""
    with ctx.ledger.writing(ctx, "month.task_done", "改完退回的一行") as writer:
        if writer.get(ReturnTask, task) is None:
            raise LedgerError("没有这条退回待改，请刷新后再试。")
        writer.update(ReturnTask, task, {"done_on": ctx.today.isoformat()})


def _named(writer: Writer, receipt: Receipt) -> Row:
    """Find the version a receipt names; one that was taken back here was handed in all the same."""
    writer.flush()
    table = table_of(Submission)
    found = writer.conn.execute(sa.select(table).where(table.c.bundle_id == receipt.bundle_id)).mappings()
    submission = found.first()
    if submission is None or submission["manifest_hash"] != receipt.manifest_hash:
        raise ReceiptForNothing(receipt.period, receipt.version)
    if submission["void_flag"]:
        writer.revive(Submission, submission["id"], "县局回执证明已经报出")
    return dict(submission)


def _open_tasks(ctx: Context, writer: Writer, submission: Row, receipt: Receipt) -> int:
    today = ctx.today.isoformat()
    for task in writer.select(ReturnTask, submission_id=submission["id"]):
        if task["done_on"] is None:
            writer.update(ReturnTask, task["id"], {"done_on": today})
    if receipt.status != "returned":
        return 0
    returned = [row for row in receipt.rows if row.status in TO_MEND]
    for row in returned:
        writer.create(ReturnTask, _task(writer, submission, row, today))
    if not returned:
        whole = {"submission_id": submission["id"], "title": f"{submission['period']}整份退回"}
        writer.create(ReturnTask, {**whole, "hint": receipt.note or None, "opened_on": today})
    return max(len(returned), 1)


def _task(writer: Writer, submission: Row, row: ReceiptRow, today: str) -> dict[str, Any]:
    table = table_of(SubmissionRow)
    stored = writer.conn.execute(
        sa.select(table.c.register, table.c.record).where(
            table.c.submission == submission["id"], table.c.record == row.row_id
        )
    ).first()
    register = registers_by_key().get(stored.register) if stored else None
    current = writer.get(register.entity, row.row_id) if register else None
    return {
        "submission_id": submission["id"],
        "sheet": row.sheet,
        "row_no": row.row_no,
        "record_id": row.row_id,
        "register": register.key if register else None,
        "title": register.title(current) if register and current else row.sheet,
        "field": row.field,
        "code": row.code,
        "seen": _words(row.seen),
        "expected": _words(row.expected),
        "hint": row.hint_zh,
        "opened_on": today,
    }


def _words(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
