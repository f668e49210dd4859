"""Done, not applicable, later: the only things about deadlines that are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.due.spec import Occurrence
from models.due import DueMark, MarkKind
from models.errors import LedgerError
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row


class MarkRefused(LedgerError):
    """A mark that may not be set on an item."""

    code = "due_mark"


class UnknownItem(LedgerError):
    """No item of the board has this id."""

    code = "unknown_due_item"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"待办中没有“{item_id}”这一项，可能已经办结，请用 ybz due 查看。")


def read_marks(conn: sa.Connection) -> Mapping[str, Row]:
    """Read the latest mark of each item."""
    table = table_of(DueMark)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false())).order_by(table.c.id)
    return {row["item"]: dict(row) for row in conn.execute(query).mappings()}


def hides(mark: Row | None, found: Occurrence, today: dt.date) -> bool:
    """Tell whether a mark takes an item off the board today; one set on another fact does not."""
    if mark is None or mark["fact"] != found.fact:
        return False
    return mark["kind"] != MarkKind.SNOOZED or str(mark["until"]) > today.isoformat()


def check_mark(ctx: Context, found: Occurrence, kind: str, reason: str, until: dt.date | None) -> None:
    """Refuse what a mark may not say; `MarkRefused` tells why."""
    rule = found.rule
    if kind not in tuple(MarkKind):
        raise MarkRefused(f"处理方式只能是：{'、'.join(MarkKind)}。")
    if not reason.strip():
        raise MarkRefused("请写明理由。")
    if kind == MarkKind.SNOOZED and (until is None or until <= ctx.today):
        raise MarkRefused("稍后提醒须填写晚于今天的日期。")
    if kind == MarkKind.DONE and rule.severity == 1 and rule.verbs:
        raise MarkRefused(
            f"“{rule.label}”以登记为准，请在记录上办理相应手续；确实不适用的，请标记“不适用”并写明理由。"
        )


def write_mark(ctx: Context, found: Occurrence, kind: str, reason: str, until: dt.date | None) -> str:
    """Write a mark in place of an earlier one of the same item; gives its id."""
    with ctx.ledger.writing(ctx, "due.mark", f"期限标记：{found.rule.label}") as writer:
        _take_back(writer, found.id, "改标记")
        return writer.create(
            DueMark,
            {
                "item": found.id,
                "rule": found.rule.id,
                "kind": str(kind),
                "reason": reason.strip(),
                "until": until.isoformat() if kind == MarkKind.SNOOZED and until else None,
                "fact": found.fact,
                "marked_on": ctx.today.isoformat(),
            },
        )


def unmark(ctx: Context, item_id: str, reason: str) -> None:
    """Take the mark of an item back; `UnknownItem` if it has none, `MarkRefused` without a reason."""
    if not reason.strip():
        raise MarkRefused("请写明理由。")
    with ctx.ledger.writing(ctx, "due.unmark", "撤销期限标记") as writer:
        if not _take_back(writer, item_id, reason.strip()):
            raise UnknownItem(item_id)


def _take_back(writer: Writer, item_id: str, reason: str) -> int:
    stored = writer.select(DueMark, item=item_id)
    for row in stored:
        writer.void(DueMark, row["id"], reason)
    return len(stored)
