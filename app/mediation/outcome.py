"""How mediation ends: a written or oral agreement, failure, or one side turning away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.mediation.guards import refuse, rights_not_told
from app.mediation.steps import Step, day_or_today, label_of, read_child, step, write_child
from app.register import param
from models.dates import whole_day
from models.errors import GuardFailed
from models.fields import Kind
from models.mediation import AgreeForm, Agreement, CaseState, Outcome, Performance, terms
from models.mediation.states import LEAD_MEDIATOR, Side

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

S = CaseState
AGREEMENT_FIELDS = (
    "agreement_no", "facts", "liability", "terms", "perform_mode", "perform_place", "perform_due", "copies",
    "sealed_on", "amount", "confirm_intent", "items", "signatures", "scan", "paper_bound",
)  # fmt: skip


def _agree_written(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    agreed_on = day_or_today(ctx, given["agreed_on"])
    raw = _agreement(record, given, AgreeForm.WRITTEN, agreed_on)
    if not raw["signatures"] and given["signed_on"]:
        raw["signatures"] = _all_sign(record, given["signed_on"])
    return _agree(ctx, writer, record, raw)


def _agree_oral(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    agreed_on = day_or_today(ctx, given["agreed_on"])
    return _agree(ctx, writer, record, _agreement(record, given, AgreeForm.ORAL, agreed_on))


def _agree(ctx: Context, writer: Writer, record: Row, raw: Mapping[str, Any]) -> Step:
    refuse(rights_not_told(record))
    agreement = read_child(ctx, Agreement, raw, _with_due)
    if agreement["form"] == AgreeForm.WRITTEN:
        _refuse_gaps(agreement, record)
    write_child(writer, Agreement, record, agreement)
    values = {
        "outcome": Outcome.SUCCESS.value,
        "concluded_on": agreement["agreed_on"],
        "agreement_form": agreement["form"],
        "agreement_amount": agreement["amount"],
        "performance": Performance.NOT_DUE.value,
    }
    return Step(values, agreement["agreed_on"])


def _refuse_gaps(agreement: Row, record: Row) -> None:
    gaps = terms.signature_gaps(agreement, record["parties"])
    if gaps:
        raise GuardFailed(
            f"书面协议须各方当事人签字、调解员签字并加盖调委会印章（人民调解法第二十九条），现缺：{'、'.join(gaps)}。"
        )


def _agreement(record: Row, given: Row, form: AgreeForm, agreed_on: str) -> dict[str, Any]:
    raw = {name: given.get(name) for name in AGREEMENT_FIELDS}
    raw.update(form=form.value, agreed_on=agreed_on, facts=given["facts"] or record["brief"])
    raw["copies"] = raw["copies"] or (len(record["parties"]) + 1 if form is AgreeForm.WRITTEN else None)
    raw["agreement_no"] = raw["agreement_no"] or record["volume_no"]
    return raw


def _with_due(agreement: Row) -> Row:
    """Take the last instalment's day as the term of performance when none was given."""
    dues = [found for found in (whole_day(item.get("due_on")) for item in agreement["items"]) if found]
    if not agreement["perform_due"] and dues:
        agreement["perform_due"] = max(dues)
    return agreement


def _all_sign(record: Row, signed_on: str) -> list[Row]:
    """Give the signatures of a paper that everyone signed on one day."""
    rows = [
        {"role": "party", "name": party["name"], "signed_on": signed_on}
        for party in record["parties"]
        if party["side"] != Side.THIRD
    ]
    leads = [row for row in record["mediators"] if row["role"] == LEAD_MEDIATOR and not row["recused"]]
    return rows + [{"role": "mediator", "name": row["name"], "signed_on": signed_on} for row in leads]


def _fail(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    refuse(rights_not_told(record))
    return _ended(ctx, given, Outcome.FAILURE)


def _withdraw(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    return _ended(ctx, given, Outcome.TERMINATED)


def _ended(ctx: Context, given: Row, outcome: Outcome) -> Step:
    on = day_or_today(ctx, given["on"])
    values = {
        "outcome": outcome.value,
        "concluded_on": on,
        "fail_reason": given["fail_reason"],
        "advised_path": given["advised_path"],
        "advised_on": given["advised_on"] or on,
        "transformation": given["transformation"],
    }
    return Step(values, on, label_of(ctx, "fail_reason", given["fail_reason"]))


AGREEMENT_PARAMS = (
    param("agreed_on", "达成日期", Kind.DATE, help="空着为今天；即调解结束日期"),
    param("facts", "纠纷主要事实、争议事项", Kind.LONG_TEXT, help="空着取纠纷简要情况"),
    param("liability", "各方责任", Kind.LONG_TEXT),
    param("terms", "协议内容", Kind.TEXTS, required=True, help="逐条写"),
    param("amount", "涉及金额", Kind.MONEY, required=True, help="没有金额填 0", minimum=0),
    param("perform_mode", "履行方式", Kind.CODE, codes="perform_mode", required=True),
    param("perform_due", "履行期限", Kind.DATE, help="分期的空着取最后一期"),
    param("perform_place", "履行地点", Kind.TEXT),
    param("items", "履行项", Kind.LONG_TEXT, help="逐项：obligor、obligee、content、amount、due_on"),
    param("confirm_intent", "约定共同申请司法确认", Kind.YES_NO),
    param("agreement_no", "协议编号", Kind.TEXT, help="空着用卷号"),
    param("scan", "扫描件", Kind.FILE),
)
WRITTEN_PARAMS = (
    *AGREEMENT_PARAMS,
    param(
        "signatures", "签字", Kind.LONG_TEXT, help="逐个：role、name、signed_on；同日签字的填 signed_on 即可"
    ),
    param("signed_on", "签字日期", Kind.DATE, help="各方当事人和主办调解员同日签字时填写"),
    param("sealed_on", "盖章日期", Kind.DATE),
    param("copies", "份数", Kind.INTEGER, help="空着为当事人各一份加调委会一份", minimum=1),
    param("paper_bound", "纸质已装订", Kind.YES_NO),
)
END_PARAMS = (
    param("on", "日期", Kind.DATE, help="空着为今天；即调解结束日期"),
    param("fail_reason", "原因", Kind.CODE, codes="fail_reason", required=True),
    param("advised_path", "告知途径", Kind.CODE, codes="advised_path", required=True),
    param("advised_on", "告知日期", Kind.DATE, help="空着为当天"),
    param("transformation", "纠纷转化情况", Kind.CODE, codes="transformation", default="0"),
)

OUTCOME_VERBS = (
    step(
        "agree_written", "达成书面协议", (S.MEDIATING,), S.PERFORMING, _agree_written, WRITTEN_PARAMS,
        basis="人民调解法第二十八条、第二十九条",
    ),
    step(
        "agree_oral", "达成口头协议", (S.MEDIATING,), S.PERFORMING, _agree_oral, AGREEMENT_PARAMS,
        basis="人民调解法第二十八条、第三十条",
    ),
    step(
        "fail", "调解不成", (S.MEDIATING,), S.FAILED, _fail, END_PARAMS, basis="人民调解法第二十六条",
    ),
    step(
        "withdraw", "终止（撤回、拒绝、多次不到场）", (S.ACCEPTED, S.MEDIATING), S.FAILED, _withdraw,
        END_PARAMS, event="terminate", basis="人民调解法第十七条、第二十六条",
    ),
)  # fmt: skip
