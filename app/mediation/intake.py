"""From registration into mediation: accept, reject, sessions, suspension, extension, escalation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from app.mediation.guards import no_lead_mediator, not_acceptable, refuse
from app.mediation.numbers import issue_volume_no
from app.mediation.steps import Step, add_child, day_or_today, label_of, step
from app.register import param
from models.errors import GuardFailed
from models.fields import Kind, fields_of
from models.mediation import CaseMediator, CaseSession, CaseState, CaseTransfer, Outcome
from models.mediation.states import LEAD_MEDIATOR, MUST_REPORT_TO_POLICE, OPEN_STATES
from models.roster import MediatorPost

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.fields import Field
    from models.records import Row, Values

S = CaseState
SESSION_DEFAULTS = ("held_at", "parties_present", "mediators", "recorder", "session_result")


def _accept(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    accepted_on = day_or_today(ctx, given["accepted_on"])
    values = {
        "accepted_on": accepted_on,
        "acceptor": given["acceptor"] or record["acceptor"] or ctx.actor,
        "consent_state": given["consent_state"] or record["consent_state"],
        "difficulty": given["difficulty"] or record["difficulty"],
        "exclusion": given["exclusion"] or record["exclusion"],
    }
    refuse(not_acceptable({**record, **values}))
    lead = _lead(writer, record, given["lead"])
    if lead is not None:
        add_child(ctx, writer, CaseMediator, record, {**lead, "assigned_on": accepted_on})
    else:
        refuse(no_lead_mediator(record))
    if not record["volume_no"]:
        values["volume_no"] = issue_volume_no(
            ctx, writer, record["org_id"], accepted_on, oral=bool(given["oral"])
        )
    return Step(values, accepted_on)


def _lead(writer: Writer, record: Row, words: str | None) -> Values | None:
    """Find the post of the lead mediator that was named; None when none was named or they lead already."""
    from app.finding import find_on

    if not words:
        return None
    post = writer.get(MediatorPost, find_on(writer.conn, words, ["mediator_post"]).id)
    known = {row["mediator_post"] for row in record["mediators"] if row["role"] == LEAD_MEDIATOR}
    if post is None or post["id"] in known:
        return None
    return {"mediator_post": post["id"], "name": post["name"], "role": LEAD_MEDIATOR}


def _reject(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    on = day_or_today(ctx, given["on"])
    values = {
        "reject_reason": given["reject_reason"],
        "advised_path": given["advised_path"],
        "advised_on": given["advised_on"],
        "rejected_on": on,
    }
    return Step(values, on, label_of(ctx, "reject_reason", given["reject_reason"]))


def _session(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    if not given["rights_notified"] and not any(row["rights_notified"] for row in record["sessions"]):
        raise GuardFailed(
            "首次调解前须告知当事人权利义务（人民调解工作若干规定第三十条），告知后再开始调解。"
        )
    values = {
        **{name: given[name] for name in SESSION_FIELDS},
        "held_at": given["held_at"] or ctx.now.isoformat(timespec="minutes"),
        "parties_present": given["parties_present"] or [row["name"] for row in record["parties"]],
        "mediators": given["mediators"] or [r["name"] for r in record["mediators"] if not r["recused"]],
        "recorder": given["recorder"] or ctx.actor,
        "session_result": given["session_result"] or "pending",
    }
    add_child(ctx, writer, CaseSession, record, values)
    return Step({}, values["held_at"][:10], label_of(ctx, "session_result", values["session_result"]))


def _suspend(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    on = day_or_today(ctx, given["on"])
    if record["accepted_on"] and on < record["accepted_on"]:
        raise GuardFailed("暂停日期早于受理日期，请核对日期。")
    reason = given["reason"]
    return Step({"suspended_on": on, "suspend_reason": reason}, on, label_of(ctx, "suspend_reason", reason))


def _resume(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    on, since = day_or_today(ctx, given["on"]), record["suspended_on"]
    if since and on < since:
        raise GuardFailed(f"恢复日期早于暂停日期（{since}），请核对日期。")
    days = (date.fromisoformat(on) - date.fromisoformat(since)).days if since else 0
    values = {
        "due_shift_days": (record["due_shift_days"] or 0) + days,
        "suspended_days": (record["suspended_days"] or 0) + days,
        "suspended_on": None,
        "suspend_reason": None,
    }
    return Step(values, on, f"暂停 {days} 天，期限顺延")


def _extend(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    if not given["both_agree"]:
        raise GuardFailed("延长调解期限须各方当事人同意，请取得同意后再办理。")
    if record["due_on"] and given["extended_to"] <= record["due_on"]:
        raise GuardFailed(f"延长后的期限应晚于现期限（{record['due_on']}），请核对日期。")
    values = {"extended_to": given["extended_to"], "extension_reason": given["reason"], "due_shift_days": 0}
    return Step(values, None, f"延至 {given['extended_to']}：{given['reason']}")


def _escalate(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    types = given["prevent_types"]
    if set(types) & set(MUST_REPORT_TO_POLICE) and not (given["reported_to"] and given["reported_on"]):
        raise GuardFailed(
            "有可能引起治安案件、刑事案件的，应当及时向当地公安机关或者其他有关部门报告（人民调解法第二十五条），"
            "请填写报告单位和报告日期。"
        )
    known = record["prediction"] or []
    values: dict[str, object] = {"prediction": [*known, *(code for code in types if code not in known)]}
    if given["level"]:
        values["level"] = given["level"]
    labels = "、".join(label_of(ctx, "prevent_type", code) for code in types)
    note = f"{labels}；措施：{given['measures']}"
    return Step(values, given["reported_on"], note, given["reported_to"])


def _transfer_out(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    on = day_or_today(ctx, given["on"])
    values = {name: given[name] for name in ("unit", "doc_no", "reason", "receipt_on", "reply_due")}
    add_child(ctx, writer, CaseTransfer, record, {**values, "on": on, "direction": "out"})
    changed = {}
    if record["outcome"] is None:
        changed["outcome"] = Outcome.TRANSFERRED.value
        if record["accepted_on"]:
            changed["concluded_on"] = on
    return Step(changed, on, given["reason"], given["unit"])


def _session_params() -> tuple[Field, ...]:
    fields = fields_of(CaseSession)
    return tuple(
        replace(field, required=field.required and name not in SESSION_DEFAULTS, default=None)
        for name, field in fields.items()
    )


SESSION_PARAMS = _session_params()
SESSION_FIELDS = tuple(field.name for field in SESSION_PARAMS)
ON = param("on", "日期", Kind.DATE, help="空着为今天")

INTAKE_VERBS = (
    step(
        "accept", "受理", (S.REGISTERED,), S.ACCEPTED, _accept,
        (
            param("accepted_on", "受理日期", Kind.DATE, help="空着为今天"),
            param("acceptor", "受理人", Kind.TEXT, help="空着为经办人"),
            param("consent_state", "当事人同意调解情况", Kind.CODE, codes="consent_state"),
            param("difficulty", "难易程度", Kind.CODE, codes="difficulty"),
            param("lead", "主办调解员", Kind.TEXT, help="姓名或任职编号；已在案件中登记的不用再填"),
            param("exclusion", "不予受理情形", Kind.CODE, codes="reject_reason", help="经审查有此情形的填写"),
            param("oral", "拟口头协议", Kind.YES_NO, help="设置了口头协议单独编号时，从口头号段编卷号"),
        ),
        basis="人民调解法第十七条；人民调解工作若干规定（司法部令第75号）第二十二条",
    ),
    step(
        "reject", "不予受理", (S.REGISTERED,), S.REJECTED, _reject,
        (
            param("reject_reason", "原因", Kind.CODE, codes="reject_reason", required=True),
            param("advised_path", "告知途径", Kind.CODE, codes="advised_path", required=True),
            param("advised_on", "告知日期", Kind.DATE, required=True),
            ON,
        ),
        basis="人民调解工作若干规定（司法部令第75号）第二十二条",
    ),
    step(
        "start", "首次调解", (S.ACCEPTED,), S.MEDIATING, _session, SESSION_PARAMS,
        basis="人民调解工作若干规定（司法部令第75号）第三十条",
    ),
    step(
        "record_session", "登记调解记录", (S.MEDIATING,), S.MEDIATING, _session, SESSION_PARAMS,
        event="session",
    ),
    step(
        "suspend", "暂停", (S.MEDIATING,), S.SUSPENDED, _suspend,
        (param("reason", "原因", Kind.CODE, codes="suspend_reason", required=True), ON),
    ),
    step("resume", "恢复", (S.SUSPENDED,), S.MEDIATING, _resume, (ON,)),
    step(
        "extend", "延长", (S.ACCEPTED, S.MEDIATING), S.MEDIATING, _extend,
        (
            param("extended_to", "延至", Kind.DATE, required=True),
            param("reason", "理由", Kind.TEXT, required=True),
            param("both_agree", "各方当事人同意", Kind.YES_NO, required=True),
        ),
    ),
    step(
        "escalate", "发现可能激化", OPEN_STATES, None, _escalate,
        (
            param("prevent_types", "可能激化情形", Kind.CODES, codes="prevent_type", required=True),
            param("measures", "预防措施", Kind.LONG_TEXT, required=True),
            param("reported_to", "报告单位", Kind.TEXT),
            param("reported_on", "报告日期", Kind.DATE),
            param("level", "升级后的调解层级", Kind.CODE, codes="handle_level"),
        ),
        basis="人民调解法第二十五条",
    ),
    step(
        "transfer_out", "移送", OPEN_STATES, S.TRANSFERRED, _transfer_out,
        (
            param("unit", "移送单位", Kind.TEXT, required=True),
            ON,
            param("doc_no", "移送函文号", Kind.TEXT),
            param("reason", "原因", Kind.LONG_TEXT),
            param("receipt_on", "回执日期", Kind.DATE),
            param("reply_due", "应回复日期", Kind.DATE),
        ),
    ),
)  # fmt: skip
