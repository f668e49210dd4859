"""After the agreement: performance, urging, going back on it, confirmation by the court, visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.mediation.derive import confirm_last_day
from app.mediation.guards import refuse, unsettled_items
from app.mediation.steps import Step, add_child, day_or_today, label_of, step
from app.register import param
from models.dates import whole_day
from models.errors import GuardFailed
from models.fields import Kind
from models.mediation import (
    AgreementItem,
    CaseState,
    FollowUp,
    ItemState,
    JudicialConfirmation,
    Performance,
    terms,
)

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

S = CaseState
CONFIRM_STATES = (S.PERFORMING, S.PERFORMED)
RESULT_STATES = (S.PERFORMING, S.PERFORMED, S.CLOSED)
VISIT_STATES = (S.PERFORMING, S.PERFORMED, S.FAILED, S.TRANSFERRED, S.CLOSED)
MAY_STAND_FOR_CONFIRMATION = (None, Performance.NOT_DUE, Performance.OVERDUE)
UNRATED = "unrated"


def _perform(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    item = _item(record, given["item"])
    on = day_or_today(ctx, given["done_on"])
    if terms.is_settled(item):
        raise GuardFailed(f"第{item['seq']}项已经办结，不用重复登记。")
    label = f"第{item['seq']}项"
    if given["waive"]:
        writer.update(
            AgreementItem, item["id"], {"state": ItemState.WAIVED.value, "proof_note": given["proof_note"]}
        )
        return Step({}, on, f"{label}不再履行")
    due, before = terms.amount(item["amount"]), terms.amount(item["done_amount"])
    paid = given["done_amount"] if given["done_amount"] is not None else due - before
    if before + paid > due:
        raise GuardFailed(
            f"{label}应履行 {due / 100:.2f} 元，登记后合计 {(before + paid) / 100:.2f} 元，"
            "超过应履行金额，请核对。"
        )
    changed = {"done_on": on, "done_amount": before + paid}
    changed.update({name: given[name] for name in ("proof", "proof_note") if given[name]})
    writer.update(AgreementItem, item["id"], changed)
    return Step({"performance": Performance.PARTIAL.value}, on, f"{label}履行 {paid / 100:.2f} 元")


def _item(record: Row, words: str) -> Row:
    """Find the item by its id or its number in the agreement in force."""
    agreement = terms.main_agreement(record)
    for item in (agreement or {}).get("items") or []:
        if words in (item["id"], str(item["seq"])):
            return dict(item)
    raise GuardFailed(f"协议里没有第“{words}”项履行内容，请核对序号。")


def _complete(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    refuse(unsettled_items(record))
    proof = given["proof"] or record["performance_proof"]
    if not terms.performance_is_shown({**record, "performance_proof": proof}):
        raise GuardFailed("还没有履行凭证，也没有回访记录。请填写凭证说明（收条、转账单等），或先登记回访。")
    agreement = terms.main_agreement(record) or {}
    done = [found for found in (whole_day(i["done_on"]) for i in agreement.get("items") or []) if found]
    on = given["performed_on"] or (max(done) if done else ctx.today.isoformat())
    values = {"performance": Performance.DONE.value, "performed_on": on, "performance_proof": proof}
    return Step(values, on)


def _urge(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    on = day_or_today(ctx, given["on"])
    return Step({"performance": Performance.OVERDUE.value}, on, given["measures"])


def _renege(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    on = day_or_today(ctx, given["on"])
    values = {
        "performance": Performance.RENEGED.value,
        "reneged_on": on,
        "closed_on": on,
        "sued_on": given["sued_on"],
        "court_result": given["court_result"],
    }
    return Step(values, on, given["reason"])


def _apply(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    applied_on = day_or_today(ctx, given["applied_on"])
    agreement = terms.main_agreement(record)
    last_day = confirm_last_day(ctx, agreement) if agreement else None
    if agreement is None or last_day is None:
        raise GuardFailed("协议还没有生效（签字、盖章不齐），不能申请司法确认。请先补登签字和盖章日期。")
    if not given["joint_flag"]:
        raise GuardFailed("司法确认须双方当事人共同申请（人民调解法第三十三条）。")
    if applied_on < agreement["effective_on"]:
        raise GuardFailed(f"申请日期早于协议生效日期（{agreement['effective_on']}），请核对日期。")
    if applied_on > last_day.isoformat():
        raise GuardFailed(
            f"司法确认应自协议生效之日起三十日内共同申请（人民调解法第三十三条），"
            f"最后一日是 {last_day.isoformat()}，已超过。"
        )
    if any(not row["result"] for row in record["confirmations"]):
        raise GuardFailed("已有一件司法确认申请还没有结果，不用重复申请。")
    values = {"applied_on": applied_on, "joint_flag": True, "deadline": agreement["confirm_deadline"]}
    add_child(
        ctx, writer, JudicialConfirmation, record,
        {**values, "court": given["court"], "court_basis": given["court_basis"]},
    )  # fmt: skip
    changed = {}
    if record["performance"] in MAY_STAND_FOR_CONFIRMATION:
        changed["performance"] = Performance.CONFIRMATION.value
    return Step(changed, applied_on, None, given["court"])


def _open_confirmation(record: Row) -> Row:
    for row in reversed(record["confirmations"]):
        if not row["result"]:
            return dict(row)
    raise GuardFailed("没有正在办理的司法确认申请，请先登记申请。")


def _confirm_accepted(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    row, on = _open_confirmation(record), day_or_today(ctx, given["accepted_on"])
    if on < row["applied_on"]:
        raise GuardFailed(f"法院受理日期早于申请日期（{row['applied_on']}），请核对日期。")
    writer.update(
        JudicialConfirmation, row["id"], {"accepted_on": on, "court_case_no": given["court_case_no"]}
    )
    return Step({}, on, given["court_case_no"])


def _confirm_result(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    row, on = _open_confirmation(record), day_or_today(ctx, given["result_on"])
    if on < (row["accepted_on"] or row["applied_on"]):
        raise GuardFailed("结果日期早于申请或受理日期，请核对日期。")
    changed = {"result": given["result"], "result_on": on}
    changed.update({name: given[name] for name in ("doc", "court_case_no") if given[name]})
    writer.update(JudicialConfirmation, row["id"], changed)
    return Step({}, on, label_of(ctx, "confirm_result", given["result"]))


def _follow_up(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    agreement = terms.main_agreement(record) or {}
    values = {
        **{name: given[name] for name in VISIT_FIELDS},
        "visit_on": day_or_today(ctx, given["visit_on"]),
        "visitor": given["visitor"] or ctx.actor,
        "reason": record["title"],
        "agreement_no": agreement.get("agreement_no"),
    }
    add_child(ctx, writer, FollowUp, record, values)
    changed = {} if given["satisfaction"] == UNRATED else {"satisfaction": given["satisfaction"]}
    return Step(changed, values["visit_on"], "纠纷有反弹" if given["relapse_flag"] else None)


VISIT_PARAMS = (
    param("visit_on", "回访日期", Kind.DATE, help="空着为今天"),
    param("method", "方式", Kind.CODE, codes="follow_method"),
    param("visitor", "回访人", Kind.TEXT, help="空着为经办人"),
    param("visitee", "受访当事人", Kind.TEXT, required=True),
    param("performance", "协议履行情况", Kind.CODE, codes="follow_performance", required=True),
    param("satisfaction", "是否满意", Kind.CODE, codes="satisfaction", required=True),
    param("situation", "回访情况", Kind.LONG_TEXT, required=True),
    param("relapse_flag", "是否反弹", Kind.YES_NO),
    param("next_on", "下次回访日期", Kind.DATE),
)
VISIT_FIELDS = tuple(field.name for field in VISIT_PARAMS)
ON = param("on", "日期", Kind.DATE, help="空着为今天")

AFTER_VERBS = (
    step(
        "perform", "登记履行一项", (S.PERFORMING,), S.PERFORMING, _perform,
        (
            param("item", "履行项", Kind.TEXT, required=True, help="序号或编号"),
            param("done_on", "履行日期", Kind.DATE, help="空着为今天"),
            param("done_amount", "本次履行金额", Kind.MONEY, help="空着为该项未履行的全部", minimum=0),
            param("proof", "凭证", Kind.FILE),
            param("proof_note", "凭证说明", Kind.TEXT),
            param("waive", "不再履行", Kind.YES_NO),
        ),
        event="settle",
    ),
    step(
        "complete", "履行完毕", (S.PERFORMING,), S.PERFORMED, _complete,
        (
            param("performed_on", "履行完毕日期", Kind.DATE, help="空着取最后一项的履行日期"),
            param("proof", "凭证说明", Kind.TEXT),
        ),
        event="perform",
    ),
    step(
        "urge", "督促履行", (S.PERFORMING,), S.PERFORMING, _urge,
        (ON, param("measures", "督促情况", Kind.LONG_TEXT, required=True)), basis="人民调解法第三十一条",
    ),
    step(
        "renege", "反悔（起诉）", (S.PERFORMING,), S.CLOSED, _renege,
        (
            ON,
            param("reason", "情况", Kind.LONG_TEXT),
            param("sued_on", "起诉日期", Kind.DATE),
            param("court_result", "法院处理结果", Kind.CODE, codes="court_result"),
        ),
        basis="人民调解法第三十二条",
    ),
    step(
        "apply_confirmation", "申请司法确认", CONFIRM_STATES, None, _apply,
        (
            param("applied_on", "申请日期", Kind.DATE, help="空着为今天"),
            param("joint_flag", "双方共同申请", Kind.YES_NO, required=True),
            param("court", "法院", Kind.TEXT, required=True),
            param("court_basis", "管辖依据", Kind.CODE, codes="court_basis"),
        ),
        event="confirm_apply", basis="人民调解法第三十三条",
    ),
    step(
        "confirm_accepted", "法院受理司法确认", RESULT_STATES, None, _confirm_accepted,
        (
            param("accepted_on", "受理日期", Kind.DATE, help="空着为今天"),
            param("court_case_no", "法院案号", Kind.TEXT),
        ),
        event="confirm_accept",
    ),
    step(
        "confirm_result", "登记司法确认结果", RESULT_STATES, None, _confirm_result,
        (
            param("result", "结果", Kind.CODE, codes="confirm_result", required=True),
            param("result_on", "结果日期", Kind.DATE, help="空着为今天"),
            param("court_case_no", "法院案号", Kind.TEXT),
            param("doc", "裁定书", Kind.FILE),
        ),
    ),
    step("follow_up", "回访", VISIT_STATES, None, _follow_up, VISIT_PARAMS),
)  # fmt: skip
