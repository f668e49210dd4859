"""The agreement and what follows it: performance items, signatures, judicial confirmation, visits."""

from __future__ import annotations

from models.fields import Kind, Sensitivity, column
from models.records import Child


class Agreement(Child):
    """A mediation agreement; the last one not superseded is the case's agreement.

    ``effective_on`` is derived: written, the last signature or the seal (人民调解法第二十九条); oral, the day
    it was reached (第三十条).
    """

    __tablename__ = "agreement"
    __label__ = "调解协议"
    __parent__ = "mediation_case"
    __field__ = "agreements"
    agreement_no = column(
        "协议编号", Kind.TEXT, search="number", synonyms=("协议书编号", "调解书编号"), help="空着时用卷号"
    )
    form = column("形式", Kind.CODE, required=True, codes="agree_form")
    agreed_on = column("达成日期", Kind.DATE, required=True)
    facts = column("纠纷主要事实、争议事项", Kind.LONG_TEXT, required=True, search="text")
    liability = column("各方责任", Kind.LONG_TEXT)
    terms = column(
        "协议内容",
        Kind.TEXTS,
        required=True,
        search="text",
        help="逐条写",
        synonyms=("达成协议内容", "协议内容"),
    )
    terms_key = column("协议比对码", Kind.TEXT, derived=True, index=True)
    perform_mode = column("履行方式", Kind.CODE, required=True, codes="perform_mode")
    perform_place = column("履行地点", Kind.TEXT)
    perform_due = column("履行期限", Kind.DATE, required=True)
    copies = column(
        "份数",
        Kind.INTEGER,
        unit="份",
        minimum=1,
        help="当事人各执一份，调委会留存一份（人民调解法第二十九条）",
    )
    sealed_on = column("盖章日期", Kind.DATE, help="书面协议必填，盖调委会印章")
    effective_on = column("生效日期", Kind.DATE, derived=True, index=True)
    confirm_deadline = column("司法确认申请期限", Kind.DATE, derived=True)
    amount = column("涉及金额", Kind.MONEY, required=True, unit="元", minimum=0)
    confirm_intent = column("约定共同申请司法确认", Kind.YES_NO)
    superseded_on = column("失效日期", Kind.DATE, help="重新调解或变更协议后不再执行的")
    paper_bound = column("纸质已装订", Kind.YES_NO)
    scan = column("扫描件", Kind.FILE)


class AgreementItem(Child):
    """One thing to be performed: an instalment, a payment, an act."""

    __tablename__ = "agreement_item"
    __label__ = "履行项"
    __parent__ = "agreement"
    __field__ = "items"
    seq = column("序号", Kind.INTEGER, minimum=1)
    obligor = column("义务人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME)
    obligee = column("权利人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME)
    content = column("内容", Kind.TEXT, required=True)
    amount = column("金额", Kind.MONEY, unit="元", minimum=0)
    due_on = column("应履行日期", Kind.DATE, required=True, index=True)
    done_on = column("履行日期", Kind.DATE, index=True)
    done_amount = column("已履行金额", Kind.MONEY, unit="元", minimum=0)
    proof = column("凭证", Kind.FILE, help="收条、转账单")
    proof_note = column("凭证说明", Kind.TEXT)
    state = column(
        "状态", Kind.CODE, codes="item_state", index=True, help="不再履行的可选“不再履行”，其余自动判定"
    )


class AgreementSignature(Child):
    """A wet signature on the paper and its day; the program never draws one."""

    __tablename__ = "agreement_signature"
    __label__ = "签字"
    __parent__ = "agreement"
    __field__ = "signatures"
    role = column("签字身份", Kind.CODE, required=True, codes="signer_role")
    name = column("签字人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME)
    on_behalf_of = column(
        "代谁签字", Kind.TEXT, sensitivity=Sensitivity.NAME, help="代理人、代表人签字时填当事人"
    )
    signed_on = column("签字日期", Kind.DATE)


class JudicialConfirmation(Child):
    """An application to have the agreement confirmed by the court, made jointly by both sides."""

    __tablename__ = "judicial_confirmation"
    __label__ = "司法确认"
    __parent__ = "mediation_case"
    __field__ = "confirmations"
    applied_on = column("申请日期", Kind.DATE, required=True, index=True)
    joint_flag = column("双方共同申请", Kind.YES_NO, required=True, help="人民调解法第三十三条")
    court = column("法院", Kind.TEXT, required=True, search="text")
    court_basis = column("管辖依据", Kind.CODE, codes="court_basis")
    deadline = column("申请期限", Kind.DATE, derived=True)
    accepted_on = column("法院受理日期", Kind.DATE)
    court_case_no = column("法院案号", Kind.TEXT, search="number")
    result = column("结果", Kind.CODE, codes="confirm_result")
    result_on = column("结果日期", Kind.DATE, index=True)
    doc = column("裁定书", Kind.FILE)


class FollowUp(Child):
    """A visit after the agreement: is it kept, are they content, has the quarrel come back."""

    __tablename__ = "follow_up"
    __label__ = "回访"
    __parent__ = "mediation_case"
    __field__ = "follow_ups"
    visit_on = column("回访日期", Kind.DATE, required=True, index=True, synonyms=("回访时间", "回访日期"))
    method = column("方式", Kind.CODE, codes="follow_method")
    visitor = column("回访人", Kind.TEXT, required=True, synonyms=("回访人",))
    visitee = column("受访当事人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME)
    agreement_no = column("协议编号", Kind.TEXT)
    reason = column("回访事由", Kind.TEXT, help="空着时用纠纷名称")
    performance = column("协议履行情况", Kind.CODE, required=True, codes="follow_performance")
    satisfaction = column("是否满意", Kind.CODE, required=True, codes="satisfaction")
    situation = column("回访情况", Kind.LONG_TEXT, required=True, search="text", synonyms=("回访情况",))
    relapse_flag = column("是否反弹", Kind.YES_NO)
    next_on = column("下次回访日期", Kind.DATE, index=True)
