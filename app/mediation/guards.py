"""Conditions a case must meet to be where it is; the verbs refuse by them, the entry check reports them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.mediation import lookup
from models.errors import GuardFailed, Problem
from models.identity import check_credit_code, check_id
from models.mediation import AgreeForm, CaseState, Outcome, Performance, terms
from models.mediation.states import (
    ACCEPTED_STATES,
    ALREADY_HANDLED,
    BY_APPLICATION,
    CONSENT_REFUSED,
    ENTRUSTED,
    LEAD_MEDIATOR,
    LEGAL_PERSON,
)

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row, Values

ENDED = (CaseState.TRANSFERRED, CaseState.CLOSED, CaseState.ARCHIVED)
FULL_NUMBER = "（"
LOGGED = ("at", "actor", "event", "to_state", "note")


def refuse(reason: str | None) -> None:
    """Raise `GuardFailed` with the sentence; nothing happens when there is none."""
    if reason is not None:
        raise GuardFailed(reason)


def not_acceptable(case: Values) -> str | None:
    """Say why a dispute may not be accepted.

    A party clearly refuses: 人民调解法第十七条. Reserved to a special organ, or already before a court, the
    police or another organ: 人民调解工作若干规定（司法部令第75号）第二十二条, unless that organ entrusts the
    case (sources 31 to 35).
    """
    if case.get("consent_state") == CONSENT_REFUSED:
        return "一方当事人明确拒绝调解，不得调解（人民调解法第十七条）。请办理不予受理并告知其他途径。"
    exclusion = case.get("exclusion")
    if not isinstance(exclusion, str) or (exclusion == ALREADY_HANDLED and case.get("source") in ENTRUSTED):
        return None
    return (
        "这件纠纷有不予受理的情形（人民调解工作若干规定第二十二条、人民调解法第十七条），不能受理。"
        "请办理不予受理；有关机关委托移送回来的，请把案件来源改为委托移送。"
    )


def no_lead_mediator(case: Values) -> str | None:
    """Say that nobody leads the mediation; mediators are designated or chosen (人民调解法第十九条)."""
    for mediator in case.get("mediators") or []:
        if mediator.get("role") == LEAD_MEDIATOR and not mediator.get("recused") and not mediator.get("void"):
            return None
    return "还没有确定主办调解员，请先指定或由当事人选定（人民调解法第十九条）。"


def rights_not_told(case: Values) -> str | None:
    """Say that no session of the case tells the parties their rights and duties (若干规定第三十条)."""
    if any(session.get("rights_notified") for session in case.get("sessions") or []):
        return None
    return "还没有告知当事人权利义务的调解记录（人民调解工作若干规定第三十条），请先补记调解记录。"


def unsettled_items(case: Values) -> str | None:
    """Say which performance items are still open."""
    agreement = terms.main_agreement(case)
    left = [item for item in (agreement or {}).get("items") or [] if not terms.is_settled(item)]
    if not left:
        return None
    listed = "、".join(f"第{item.get('seq')}项（{item.get('due_on')}）" for item in left[:5])
    return f"还有 {len(left)} 项未履行：{listed}。请先逐项登记履行，或登记不再履行。"


def no_follow_up(ctx: Context, case: Values) -> str | None:
    """Say that a written agreement was never visited; the county may switch this rule of its own off."""
    if not ctx.settings.get("require_follow_up", True):
        return None
    if case.get("outcome") != Outcome.SUCCESS or case.get("agreement_form") != AgreeForm.WRITTEN:
        return None
    if case.get("follow_ups"):
        return None
    return "书面协议结案前须至少回访一次（县里要求，可在设置中关闭），请先登记回访。"


def incomplete_volume(ctx: Context, case: Values) -> str | None:
    """Say which mandatory documents a volume lacks or which have no page numbers (司发通〔2010〕239号)."""
    codes = ctx.codes["volume_document"]
    with_visit = bool(ctx.settings.get("require_follow_up", True))
    lacking = terms.missing_docs(case, with_visit=with_visit)
    if lacking:
        listed = "、".join("或".join(f"《{codes.label(doc)}》" for doc in group) for group in lacking)
        return f"卷宗缺少必备文书：{listed}，不能归档（司发通〔2010〕239号）。"
    unnumbered = terms.unnumbered_docs(case)
    if unnumbered:
        listed = "、".join(f"《{codes.label(doc)}》" for doc in unnumbered)
        return f"卷内文书没有编页号：{listed}，不能归档。"
    return None


def state_problems(ctx: Context, case: Row) -> Iterator[Problem]:
    """Give what a case lacks to stand where it stands; all of these refuse."""
    yield from _parties(ctx, case)
    yield from _required_by_source(case)
    if case.get("state") in ACCEPTED_STATES:
        reason = not_acceptable(case)
        if reason is not None:
            yield Problem("E403", case.get("consent_state"), reason, "", field="consent_state")
        reason = no_lead_mediator(case)
        if reason is not None:
            yield Problem("E301", None, reason, "", field="mediators")
    yield from _required_by_outcome(case)
    yield from _number_taken(ctx, case)
    yield from _log_kept(ctx, case)


def _required(field: str, label: str, when: str) -> Problem:
    return Problem(
        "E301", None, f"{when}，“{label}”必须填写。", "请补填；确实没有的注明不适用或不详。", field=field
    )


def _absent(case: Values, name: str) -> bool:
    value = case.get(name)
    return (value is None or value in ("", [])) and name not in (case.get("missing") or {})


def _lacking(case: Values, names: Iterable[tuple[str, str]], when: str) -> Iterator[Problem]:
    for name, label in names:
        if _absent(case, name):
            yield _required(name, label, when)


def _parties(ctx: Context, case: Row) -> Iterator[Problem]:
    parties = [party for party in case["parties"] if not party.get("void")]
    if not parties:
        yield Problem("E301", None, "还没有登记当事人。", "请至少登记纠纷双方各一人。", field="parties")
        return
    one, other = terms.sides(parties)
    if not one or not other:
        yield Problem(
            code="E402", seen=[terms.text(party.get("name")) for party in parties], field="parties",
            message="当事人至少要有两方，每方至少一人。", hint="请登记申请人（甲方）和被申请人（乙方）。",
        )  # fmt: skip
    for number, party in enumerate(parties, 1):
        where = f"parties[{number}]"
        if party.get("party_type") == LEGAL_PERSON:
            names = (
                ("legal_rep", "法定代表人"),
                ("legal_rep_post", "法定代表人职务"),
                ("uscc", "统一社会信用代码"),
            )
            for problem in _lacking(party, names, "当事人是法人"):
                yield _placed(problem, f"{where}.{problem.field}")
        yield from _numbers(ctx, party, where)


def _numbers(ctx: Context, party: Row, where: str) -> Iterator[Problem]:
    if isinstance(party.get("id_no"), str):
        checked = check_id(party["id_no"], party.get("id_type"), today=ctx.today)
        for found in (*checked.errors, *checked.warnings):
            yield _placed(found, f"{where}.id_no")
    if isinstance(party.get("uscc"), str):
        for found in check_credit_code(party["uscc"]).errors:
            yield _placed(found, f"{where}.uscc")


def _placed(problem: Problem, field: str) -> Problem:
    from dataclasses import replace

    return replace(problem, field=field)


def _required_by_source(case: Row) -> Iterator[Problem]:
    if case.get("source") in ENTRUSTED:
        names = (("source_org", "移送单位"), ("source_doc_no", "移送文号"), ("source_on", "移送日期"))
        yield from _lacking(case, names, "接受委托移送调解")
    if case.get("source") == BY_APPLICATION:
        yield from _lacking(case, (("requests", "当事人申请事项"),), "依申请调解")


def _required_by_outcome(case: Row) -> Iterator[Problem]:
    outcome = case.get("outcome")
    if case.get("state") in ENDED and outcome in (Outcome.SUCCESS, Outcome.FAILURE, Outcome.TERMINATED):
        names = (("accepted_on", "受理日期"), ("concluded_on", "调解结束日期"))
        yield from _lacking(case, names, "已有调解结果")
    if outcome == Outcome.SUCCESS:
        names = (("agreement_form", "协议形式"), ("agreement_amount", "协议涉及金额"))
        yield from _lacking(case, names, "调解成功")
        if case.get("state") in ENDED:
            yield from _lacking(case, (("performance", "履行情况"),), "调解成功的案件结案")
    if outcome in (Outcome.FAILURE, Outcome.TERMINATED):
        yield from _lacking(case, (("fail_reason", "未成功原因"), ("advised_path", "告知途径")), "调解未成功")
    if case.get("performance") == Performance.DONE:
        yield from _lacking(case, (("performed_on", "履行完毕日期"),), "已履行")
    for number, agreement in enumerate(case["agreements"], 1):
        if agreement.get("form") == AgreeForm.WRITTEN and not agreement.get("void"):
            for problem in _lacking(agreement, (("sealed_on", "盖章日期"),), "书面协议"):
                yield _placed(problem, f"agreements[{number}].{problem.field}")


def _number_taken(ctx: Context, case: Row) -> Iterator[Problem]:
    number = case.get("volume_no")
    if not isinstance(number, str) or not number.startswith(FULL_NUMBER):
        return
    other = lookup.same_volume_no(ctx, case)
    if other is not None:
        yield Problem(
            code="E701", seen=number, field="volume_no", message=f"卷号与“{other}”重复。",
            hint="卷号不能重用，请核对纸质卷宗。",
        )  # fmt: skip


def _log_kept(ctx: Context, case: Row) -> Iterator[Problem]:
    if not case.get("created_at"):
        return
    drafted = {row.get("id"): row for row in case.get("events") or [] if not row.get("void")}
    for stored in lookup.logged_events(ctx, case["id"]):
        row = drafted.get(stored["id"])
        if row is None or any(row.get(name) != stored[name] for name in LOGGED):
            message = "流转日志只能追加，不能改动或作废。"
            yield Problem("E405", stored["event"], message, "请在备注中补充情况。", field="events")
            return
