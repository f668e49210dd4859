"""What people decided about a due item: done, not applicable, later; nothing else about it is stored."""

from __future__ import annotations

from enum import StrEnum

from models.fields import Kind, column
from models.records import Record


class MarkKind(StrEnum):
    """What a mark says (code list due_mark_kind)."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    SNOOZED = "snoozed"


class DueMark(Record):
    """One decision on one item; it holds only while the fact the item starts from is still ``fact``."""

    __tablename__ = "due_mark"
    __label__ = "期限标记"
    item = column("事项", Kind.TEXT, required=True, index=True, help="规则、对象和期次")
    rule = column("规则", Kind.TEXT, required=True)
    kind = column("处理", Kind.CODE, required=True, codes="due_mark_kind")
    reason = column("理由", Kind.TEXT, required=True)
    until = column("推迟到", Kind.DATE)
    fact = column("起算事实", Kind.TEXT, required=True)
    marked_on = column("标记日期", Kind.DATE, required=True)
