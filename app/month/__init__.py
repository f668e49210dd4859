"""The month: check it, close it, hand it in, take the county's answer."""

from __future__ import annotations

from app.month.checking import month_problems
from app.month.closing import ClosedMonth, close_month, reissue
from app.month.receipts import apply_receipt, finish_task, open_tasks
from app.month.status import month_status
from app.month.withdrawing import void_submission

__all__ = [
    "ClosedMonth",
    "apply_receipt",
    "close_month",
    "finish_task",
    "month_problems",
    "month_status",
    "open_tasks",
    "reissue",
    "void_submission",
]
