"""What happens in a case: sessions, inquiries, evidence, hand-overs, and the log of its way."""

from __future__ import annotations

from models.fields import Kind, Sensitivity, column
from models.records import Child


class CaseSession(Child):
    """One meeting; the parties' rights and duties are told before the first (若干规定第三十条)."""

    __tablename__ = "case_session"
    __label__ = "调解记录"
    __parent__ = "mediation_case"
    __field__ = "sessions"
    held_at = column("时间", Kind.DATETIME, required=True, index=True)
    place = column("地点", Kind.TEXT, required=True)
    parties_present = column("到场当事人", Kind.TEXTS, required=True, sensitivity=Sensitivity.NAME)
    participants = column("参加人", Kind.TEXTS, help="邀请的亲属、专家、村干部等，不含调解员")
    mediators = column("调解员", Kind.TEXTS, required=True)
    recorder = column("记录人", Kind.TEXT, required=True)
    rights_notified = column(
        "已告知权利义务", Kind.YES_NO, required=True, help="人民调解工作若干规定（司法部令第75号）第三十条"
    )
    mode = column("方式", Kind.CODE, codes="session_mode")
    content = column("调解记录", Kind.LONG_TEXT, required=True, search="text")
    session_result = column("本次结果", Kind.CODE, required=True, codes="session_result")
    scan = column("扫描件", Kind.FILE)


class CaseInvestigation(Child):
    """An inquiry: who was asked what, when and by whom."""

    __tablename__ = "case_investigation"
    __label__ = "调查记录"
    __parent__ = "mediation_case"
    __field__ = "investigations"
    time = column("时间", Kind.DATETIME, required=True)
    place = column("地点", Kind.TEXT, required=True)
    investigators = column("调查人", Kind.TEXTS, required=True, help="一般不少于两人")
    respondent = column("被调查人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name")
    respondent_sex = column("性别", Kind.CODE, codes="sex")
    respondent_age = column("年龄", Kind.INTEGER, unit="岁", minimum=0, maximum=130)
    respondent_address = column("单位或住址", Kind.TEXT, sensitivity=Sensitivity.ADDRESS)
    respondent_relation = column("与当事人关系", Kind.TEXT)
    recorder = column("记录人", Kind.TEXT)
    qa_text = column("记录（问答）", Kind.LONG_TEXT, required=True, search="text")
    scan = column("扫描件", Kind.FILE)


class CaseEvidence(Child):
    """A piece of evidence handed in, and whether the copy was compared with the original."""

    __tablename__ = "case_evidence"
    __label__ = "证据"
    __parent__ = "mediation_case"
    __field__ = "evidence"
    name = column("证据名称", Kind.TEXT, required=True, search="text")
    kind = column("种类", Kind.CODE, required=True, codes="evidence_kind")
    provider = column("提供人", Kind.TEXT, sensitivity=Sensitivity.NAME)
    copies = column("份数", Kind.INTEGER, unit="份", minimum=1)
    pages = column("页数", Kind.INTEGER, unit="页", minimum=1)
    is_original = column("复印件与原件核对无异", Kind.YES_NO)
    received_on = column("收到日期", Kind.DATE)
    file = column("文件", Kind.FILE)
    returned_on = column("退还日期", Kind.DATE)


class CaseTransfer(Child):
    """A hand-over to or from another unit, with its reply; the first receiver stays responsible."""

    __tablename__ = "case_transfer"
    __label__ = "移送（交办）"
    __parent__ = "mediation_case"
    __field__ = "transfers"
    direction = column("方向", Kind.CODE, required=True, codes="transfer_direction")
    unit = column("单位", Kind.TEXT, required=True, search="text")
    doc_no = column("文号", Kind.TEXT)
    on = column("日期", Kind.DATE, required=True)
    reason = column("原因", Kind.LONG_TEXT)
    receipt_on = column("回执日期", Kind.DATE)
    reply_due = column("应回复日期", Kind.DATE, index=True)
    replied_on = column("回复日期", Kind.DATE)
    reply = column("回复内容", Kind.LONG_TEXT)


class CaseEvent(Child):
    """One step of the case; rows are only ever added."""

    __tablename__ = "case_event"
    __label__ = "流转日志"
    __parent__ = "mediation_case"
    __field__ = "events"
    at = column("时间", Kind.DATETIME, derived=True)
    actor = column("经办人", Kind.TEXT, derived=True)
    event = column("事件", Kind.CODE, codes="case_event", derived=True, index=True)
    from_state = column("原状态", Kind.CODE, codes="case_state", derived=True)
    to_state = column("新状态", Kind.CODE, codes="case_state", derived=True)
    on = column("发生日期", Kind.DATE, derived=True)
    receiver = column("接收（报告）单位", Kind.TEXT, derived=True)
    note = column("说明", Kind.LONG_TEXT, derived=True)


class CasePrevented(Child):
    """An escalation that was prevented: one row is one 件, ``persons`` its 人."""

    __tablename__ = "case_prevented"
    __label__ = "防止激化"
    __parent__ = "mediation_case"
    __field__ = "prevented"
    type = column("类型", Kind.CODE, required=True, codes="prevent_type", index=True)
    persons = column("人数", Kind.INTEGER, required=True, unit="人", minimum=1)
    on = column("日期", Kind.DATE, index=True, help="空着时按调解结束日期计")
    note = column("说明", Kind.TEXT)


class ExternalEntry(Child):
    """The case as entered in another system, so that the double entry can be ticked off."""

    __tablename__ = "external_entry"
    __label__ = "上级系统录入"
    __parent__ = "mediation_case"
    __field__ = "external_entries"
    system = column("系统", Kind.CODE, required=True, codes="external_system")
    external_no = column("系统编号", Kind.TEXT, search="number")
    entered_on = column("录入日期", Kind.DATE, required=True)
    by = column("录入人", Kind.TEXT)
