"""Screening of disputes: the rounds that are made and the leads they bring in."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from models.fields import Kind, Sensitivity, column
from models.records import Child, Record


class LeadState(StrEnum):
    """Where a lead stands (code list lead_state)."""

    NEW = "new"
    VERIFIED = "verified"
    HANDLING = "handling"
    MEDIATED = "mediated"
    REFERRED = "referred"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    CLOSED = "closed"


OPEN_LEADS = (LeadState.NEW, LeadState.VERIFIED, LeadState.HANDLING, LeadState.REFERRED, LeadState.UNRESOLVED)
GRAVE_RISKS = ("red", "orange")
SPECIAL = "special"


class ScreeningRound(Record):
    """One round of looking for disputes; zero leads found is a zero report, not a missing one."""

    __tablename__ = "screening_round"
    __label__ = "排查活动"
    round_no = column("排查编号", Kind.TEXT, derived=True, search="number", index=True)
    round_type = column(
        "排查类型", Kind.CODE, required=True, codes="screen_type", synonyms=("排查类型", "类型")
    )
    theme = column("专项名称", Kind.TEXT, search="text", help="专项排查必填，例如春节前欠薪专项排查")
    start_on = column("开始日期", Kind.DATE, required=True, index=True, synonyms=("排查时间", "开始时间"))
    end_on = column("结束日期", Kind.DATE, required=True, synonyms=("结束时间",))
    village_ids = column("排查范围", Kind.CODES, required=True, codes="village", synonyms=("排查范围", "村"))
    screener_ids = column("排查人员（档案）", Kind.REFERENCES, ref="person")
    screeners = column("排查人员", Kind.TEXTS, required=True, search="name", synonyms=("排查人员", "排查人"))
    households_visited = column("走访户数", Kind.INTEGER, unit="户", minimum=0, synonyms=("走访户数",))
    is_proactive = column("主动排查", Kind.YES_NO, default=True)


class DisputeLead(Record):
    """A dispute that came to notice; when it is mediated it points to its case and is not counted twice."""

    __tablename__ = "dispute_lead"
    __label__ = "矛盾纠纷线索"
    __table_args__ = (sa.Index("ix_dispute_lead_found_on_village_id", "found_on", "village_id"),)
    lead_no = column("线索编号", Kind.TEXT, derived=True, search="number", index=True)
    found_on = column(
        "排查（发现）时间", Kind.DATE, required=True, synonyms=("排查时间", "发现时间", "时间", "日期")
    )
    round_id = column("排查活动", Kind.REFERENCE, ref="screening_round", index=True)
    found_by = column(
        "上报人", Kind.TEXT, required=True, search="name", synonyms=("上报人", "排查人", "网格员")
    )
    channel = column(
        "线索来源", Kind.CODE, required=True, codes="lead_channel", synonyms=("线索来源", "来源")
    )
    village_id = column(
        "发生地（村、社区）",
        Kind.CODE,
        required=True,
        codes="village",
        synonyms=("村", "村（社区）", "发生地"),
    )
    grid = column("网格", Kind.CODE, codes="grid", synonyms=("网格",))
    place = column("具体地点", Kind.TEXT, search="text", synonyms=("地点", "具体地点"))
    parties_text = column(
        "涉及当事人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name",
        synonyms=("当事人", "涉及当事人", "双方当事人"),
    )  # fmt: skip
    party_phone = column(
        "联系电话", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone", synonyms=("电话",)
    )
    dispute_type = column(
        "纠纷类型", Kind.CODE, required=True, codes="dispute_type", index=True,
        synonyms=("纠纷类型", "纠纷类别", "类型", "类别"),
    )  # fmt: skip
    brief = column(
        "主要情况", Kind.LONG_TEXT, required=True, search="text",
        synonyms=("主要情况", "简要情况", "纠纷简要情况", "矛盾纠纷基本情况"),
    )  # fmt: skip
    people_count = column("涉及人数", Kind.INTEGER, unit="人", minimum=0, synonyms=("涉及人数", "人数"))
    household_count = column("涉及户数", Kind.INTEGER, unit="户", minimum=0, synonyms=("涉及户数", "户数"))
    amount = column("涉及金额", Kind.MONEY, minimum=0, synonyms=("涉及金额", "金额"))
    risk_level = column(
        "风险等级", Kind.CODE, required=True, codes="risk", default="yellow", index=True,
        synonyms=("风险等级", "等级"), help="颜色含义各县不同",
    )  # fmt: skip
    escalation_risks = column("可能激化情形", Kind.CODES, codes="prevent_type")
    responsible = column("化解责任人", Kind.TEXT, synonyms=("责任人", "化解责任人"), help="红、橙级必填")
    responsible_phone = column("责任人电话", Kind.TEXT, sensitivity=Sensitivity.PHONE)
    responsible_unit = column("责任单位", Kind.TEXT, synonyms=("责任单位",))
    duty_leader = column("包案领导", Kind.TEXT, synonyms=("包案领导",), help="红、橙级必填")
    due_on = column("化解时限", Kind.DATE, index=True, synonyms=("化解时限", "办结时限"), help="红、橙级必填")
    measures = column("化解措施", Kind.LONG_TEXT, synonyms=("化解措施",))
    progress = column("进展", Kind.LONG_TEXT, synonyms=("进展", "化解进展"))
    state = column("状态", Kind.CODE, codes="lead_state", derived=True, index=True)
    verified_on = column("核实日期", Kind.DATE)
    referred_to = column("移送（上报）单位", Kind.TEXT, required_in=("referred",))
    resolved_on = column(
        "化解时间", Kind.DATE, required_in=("resolved",), index=True, synonyms=("化解时间", "办结时间")
    )
    resolution = column(
        "化解方式", Kind.CODE, codes="lead_resolution", required_in=("resolved",), synonyms=("化解方式",)
    )
    closed_on = column("销号日期", Kind.DATE, required_in=("closed",))
    case_id = column(
        "转为调解案件", Kind.REFERENCE, ref="mediation_case", index=True, required_in=("mediated",)
    )


class LeadStep(Child):
    """What happened to a lead, in order; written by the verbs."""

    __tablename__ = "lead_step"
    __label__ = "办理记录"
    __parent__ = "dispute_lead"
    __field__ = "steps"
    at = column("时间", Kind.DATETIME, required=True)
    actor = column("经办人", Kind.TEXT)
    event = column("事项", Kind.TEXT, required=True)
    note = column("说明", Kind.LONG_TEXT)
