"""Taking a closed month back before it was handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.month import versions
from app.month.errors import MonthError, MonthLater, ReasonNeeded
from app.month.forms import form_group
from models.submission import Submission, SubmissionState

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period


class NotWithdrawable(MonthError):
    """The county has the version, or there is none."""

    code = "not_withdrawable"


def void_submission(ctx: Context, period: Period, reason: str) -> str:
    """Take the last version of a month back that the county has not received; gives its id.

    The month is open again; its version number stays used. Errors: `NotWithdrawable`, `MonthLater` when a
    later month builds on it, `ReasonNeeded`.
    """
    group = form_group().code
    latest = versions.latest(ctx, period.key, group)
    if latest is None:
        raise NotWithdrawable(f"{period.label}还没有封月，没有可以作废的版本。")
    number = latest["version"]
    if latest["state"] != SubmissionState.CLOSED or latest["county_seq"] is not None:
        raise NotWithdrawable(f"{period.label}第 {number} 版县局已有回执，不能作废；请修改后重封。")
    later = versions.first_after(ctx, period.key, group)
    if later is not None:
        raise MonthLater(period.label, later)
    if not reason.strip():
        raise ReasonNeeded(f"作废{period.label}第 {number} 版须写明理由。")
    label = f"作废月报：{period.label}第 {number} 版"
    with ctx.ledger.writing(ctx, "month.void", label) as writer:
        values = {"state": SubmissionState.WITHDRAWN.value, "receipt_note": f"未报出即作废：{reason.strip()}"}
        writer.update(Submission, latest["id"], values)
    return str(latest["id"])
