"""The mediation case: one dispute from registration to the archive."""

from __future__ import annotations

import sqlalchemy as sa

from models.fields import Kind, column
from models.mediation.states import (
    ACCEPTED_STATES,
    AGREED_STATES,
    CONCLUDED_STATES,
    CaseState,
)
from models.records import Record

REJECTED = (CaseState.REJECTED,)
FAILED = (CaseState.FAILED,)
CLOSED = (CaseState.CLOSED, CaseState.ARCHIVED)
COUNTED = (
    "void_flag", "org_id", "village_id", "outcome", "source", "dispute_type", "difficulty", "party_count",
)  # fmt: skip


class MediationCase(Record):
    """A dispute before a people's mediation committee.

    Figures count it by ``accepted_on`` (受理), ``concluded_on`` (成功、不成功) and ``performed_on`` (履行);
    ``agreement_amount`` is the reported amount, ``claim_amount`` is not.
    """

    __tablename__ = "mediation_case"
    __label__ = "人民调解案件"
    __table_args__ = (
        sa.Index("ix_mediation_case_state_due_on", "state", "due_on"),
        # The statistics read these three alone, without the rows: a year of T1 in a fifth of the time.
        sa.Index(
            "ix_mediation_case_counted_concluded",
            "concluded_on",
            *COUNTED,
            "agreement_form",
            "agreement_amount",
        ),
        sa.Index("ix_mediation_case_counted_accepted", "accepted_on", *COUNTED, "concluded_on"),
        sa.Index("ix_mediation_case_counted_performed", "performed_on", "void_flag", "org_id", "village_id"),
        sa.Index("ix_mediation_case_dispute_type_concluded_on", "dispute_type", "concluded_on"),
        sa.Index("ix_mediation_case_village_id_accepted_on", "village_id", "accepted_on"),
    )

    case_no = column("案件编号", Kind.TEXT, derived=True, search="number", index=True)
    volume_no = column(
        "卷号", Kind.TEXT, required_in=ACCEPTED_STATES, search="number", index=True,
        synonyms=("卷号", "档案号", "文号"), help="受理时按调委会按年编发，号码不重用，空号不补",
    )  # fmt: skip
    external_no = column("上级系统案件编码", Kind.TEXT, search="number", synonyms=("案件编码", "系统编号"))
    external_entered_on = column("录入系统日期", Kind.DATE, synonyms=("录入日期",))
    title = column(
        "纠纷名称", Kind.TEXT, required=True, search="text", synonyms=("纠纷名称", "卷名", "案件名称"),
        help="空着时自动写成“甲与乙某某纠纷”",
    )  # fmt: skip
    org_id = column(
        "调解组织", Kind.REFERENCE, required=True, ref="mediation_org", index=True,
        synonyms=("调委会", "调解组织", "单位"), help="受理、调解、盖章的是调委会，不是司法所",
    )  # fmt: skip
    studio_id = column(
        "调解工作室", Kind.TEXT, synonyms=("工作室", "调解工作室"), help="可写工作室名称，限所选调委会的"
    )
    level = column(
        "调解层级", Kind.CODE, required=True, codes="handle_level", default="1", index=True,
        synonyms=("调解层级", "层级"), help="一般纠纷村级就地化解，复杂的联合部门，重大的报党委政府统筹",
    )  # fmt: skip
    source = column(
        "案件来源", Kind.CODE, required=True, codes="source", index=True,
        synonyms=("案件来源", "来源", "受理方式", "受案方式"),
    )  # fmt: skip
    source_org = column("移送单位", Kind.TEXT, help="接受委托移送的必填", synonyms=("移送单位", "委托单位"))
    source_doc_no = column("移送文号", Kind.TEXT, help="接受委托移送的必填；没有文号注明不适用")
    source_on = column("移送日期", Kind.DATE, help="接受委托移送的必填")
    apply_form = column(
        "申请方式", Kind.CODE, required=True, codes="apply_form",
        help="可以书面申请，也可以口头申请（人民调解法第十七条、若干规定第二十三条）",
    )  # fmt: skip
    occurred_on = column("纠纷发生时间", Kind.PARTIAL_DATE, synonyms=("发生时间", "纠纷发生时间"))
    occurred_place = column(
        "纠纷发生地点", Kind.TEXT, required=True, search="text", synonyms=("发生地点", "纠纷发生地点", "地点")
    )
    village_id = column(
        "村（社区）", Kind.CODE, required=True, codes="village", index=True,
        synonyms=("村（社区）", "村(社区)", "村别", "所属村", "行政划分", "区划"),
    )  # fmt: skip
    found_on = column("排查发现日期", Kind.DATE, synonyms=("排查时间", "发现时间"))
    registered_on = column("登记日期", Kind.DATE, required=True, index=True, synonyms=("登记日期",))
    accepted_on = column(
        "受理日期", Kind.DATE, required_in=ACCEPTED_STATES,
        synonyms=(
            "受理时间", "受理日期", "登记时间", "时间", "日期", "立案时间", "受案时间",
        ),
        help="受理数按本日期计",
    )  # fmt: skip
    acceptor = column(
        "受理人",
        Kind.TEXT,
        required_in=ACCEPTED_STATES,
        search="name",
        synonyms=("受理人", "受理员", "受理人姓名"),
    )
    dispute_type = column(
        "纠纷类别", Kind.CODE, required=True, codes="dispute_type", index=True,
        synonyms=("纠纷类型", "纠纷类别", "纠纷性质", "案由", "类别", "类型"),
    )  # fmt: skip
    sub_type = column("纠纷细类", Kind.CODE, codes="sub_type", synonyms=("细类", "子类"))
    legacy_type_text = column("原类别写法", Kind.TEXT, help="旧口径（如村务管理、计划生育）留存备查")
    brief = column(
        "纠纷简要情况", Kind.LONG_TEXT, required=True, search="text",
        synonyms=(
            "纠纷简要情况", "简要情况", "主要事由", "案情简介", "纠纷事由", "纠纷描述", "矛盾纠纷基本情况",
        ),
    )  # fmt: skip
    brief_key = column("案情比对码", Kind.TEXT, derived=True, index=True)
    requests = column(
        "当事人申请事项",
        Kind.TEXTS,
        search="text",
        help="依申请调解的必填，逐条写",
        synonyms=("申请事项", "诉求"),
    )
    claim_amount = column("诉求金额", Kind.MONEY, unit="元", minimum=0, help="不是上报的协议涉及金额")
    party_count = column("涉及当事人数", Kind.INTEGER, unit="人", derived=True)
    mass_party_count = column(
        "群体当事人数", Kind.INTEGER, unit="人", minimum=2, synonyms=("涉及人数", "当事人数", "人数"),
        help="群体纠纷直接填总人数，例如 32 户、12 名农民工；不填按各方人数相加",
    )  # fmt: skip
    relation_type = column("法律关系", Kind.CODE, codes="legal_relation", derived=True)
    household_count = column("涉及户数", Kind.INTEGER, unit="户", minimum=0, synonyms=("户数", "涉及户数"))
    land_area_mu = column("涉及面积", Kind.DECIMAL, unit="亩", scale=2, minimum=0, synonyms=("面积", "亩数"))
    difficulty = column(
        "难易程度", Kind.CODE, codes="difficulty", required_in=ACCEPTED_STATES, index=True,
        synonyms=("难易程度", "纠纷等级", "案件难度级别", "级别", "是否疑难"),
    )  # fmt: skip
    intensity = column("激烈程度", Kind.CODE, codes="intensity", synonyms=("激烈程度",))
    assessment = column("案情评估", Kind.CODE, codes="assessment", synonyms=("案情评估",))
    prediction = column(
        "案件预测", Kind.CODES, codes="prevent_type", help="可能激化的情形（人民调解法第二十五条）"
    )
    has_death = column("有无死亡", Kind.YES_NO, required=True, default=False, synonyms=("有无死亡",))
    special_groups = column(
        "涉及特殊群体", Kind.CODES, codes="special_group", synonyms=("涉及特殊群体情况", "特殊群体")
    )
    migrant_wage_flag = column(
        "涉及农民工情况", Kind.CODE, required=True, codes="migrant_wage", default="none",
        synonyms=("涉及农民工纠纷情况",),
    )  # fmt: skip
    attr_tags = column("案件属性", Kind.CODES, codes="case_attr", synonyms=("案件属性",))
    is_cross_org = column(
        "是否跨调委会", Kind.YES_NO, required=True, default=False, synonyms=("是否跨调委会",)
    )
    partner_orgs = column("协办调委会", Kind.TEXTS)
    joint_units = column(
        "联合调解单位", Kind.CODES, codes="joint_unit", synonyms=("联合调解单位", "参与部门")
    )
    joint_group = column("联合调解小组", Kind.TEXT, search="text", index=True, help="小组名称；同名算一个组")
    modes = column("调解方式", Kind.CODES, codes="med_mode", synonyms=("调解方式",))
    consent_state = column(
        "当事人同意调解情况", Kind.CODE, codes="consent_state", required_in=ACCEPTED_STATES,
        help="一方当事人明确拒绝调解的，不得调解（人民调解法第十七条）",
    )  # fmt: skip
    exclusion = column(
        "不予受理情形", Kind.CODE, codes="reject_reason",
        help="人民调解工作若干规定（司法部令第75号）第二十二条；有此情形的不得受理，委托移送回来的除外",
    )  # fmt: skip
    reject_reason = column("不予受理原因", Kind.CODE, codes="reject_reason", required_in=REJECTED)
    rejected_on = column("不予受理日期", Kind.DATE, required_in=REJECTED)
    due_on = column(
        "调解期限", Kind.DATE, derived=True, index=True,
        help="一般在受理后一个月内调结（人民调解工作若干规定第三十三条）；县里可改为三十日",
    )  # fmt: skip
    extended_to = column("延至", Kind.DATE, derived=True)
    extension_reason = column("延期理由", Kind.TEXT, derived=True)
    suspended_on = column("暂停起始日", Kind.DATE, derived=True)
    suspend_reason = column("暂停原因", Kind.CODE, codes="suspend_reason", derived=True)
    suspended_days = column("累计暂停天数", Kind.INTEGER, unit="天", derived=True)
    due_shift_days = column("期限顺延天数", Kind.INTEGER, unit="天", derived=True)
    reopened_on = column("重新调解日期", Kind.DATE, derived=True)
    state = column("状态", Kind.CODE, codes="case_state", derived=True, index=True)
    concluded_on = column(
        "调解结束日期", Kind.DATE, required_in=CONCLUDED_STATES,
        synonyms=(
            "调解时间", "办结时间", "调解成功时间", "达成协议时间", "化解时间", "调解日期", "结束时间",
        ),
        help="达成协议或终止调解之日，成功数、不成功数按本日期计",
    )  # fmt: skip
    outcome = column(
        "调解结果", Kind.CODE, codes="outcome", required_in=CONCLUDED_STATES, index=True,
        synonyms=("调解结果", "调处结果", "处理结果", "是否成功", "化解情况", "调处情况"),
    )  # fmt: skip
    fail_reason = column("未成功原因", Kind.CODE, codes="fail_reason", required_in=FAILED)
    advised_path = column(
        "告知途径", Kind.CODE, codes="advised_path", required_in=(*FAILED, *REJECTED),
        help="调解不成的，应当告知仲裁、行政、司法途径（人民调解法第二十六条）",
    )  # fmt: skip
    advised_on = column("告知日期", Kind.DATE)
    transformation = column(
        "纠纷转化情况", Kind.CODE, codes="transformation", required_in=FAILED, synonyms=("纠纷转化情况",)
    )
    agreement_form = column(
        "协议形式",
        Kind.CODE,
        codes="agree_form",
        required_in=AGREED_STATES,
        synonyms=("协议形式", "协议类型"),
    )
    agreement_amount = column(
        "协议涉及金额", Kind.MONEY, unit="元", minimum=0, required_in=AGREED_STATES,
        synonyms=(
            "涉及金额", "涉案金额", "标的", "标的额", "协议金额", "调解协议金", "金额",
        ),
        help="上报口径；没有金额填 0；有协议时取协议的金额",
    )  # fmt: skip
    performance = column(
        "履行情况",
        Kind.CODE,
        codes="performance",
        index=True,
        synonyms=("履行情况", "是否履行", "协议履行情况"),
    )
    performed_on = column(
        "履行完毕日期",
        Kind.DATE,
        required_in=(CaseState.PERFORMED,),
        synonyms=("履行时间", "履行日期"),
    )
    performance_proof = column("履行凭证说明", Kind.TEXT, help="收条、转账单等")
    confirm_state = column("司法确认", Kind.CODE, codes="confirm_state", derived=True, index=True)
    confirm_deadline = column(
        "司法确认申请期限", Kind.DATE, derived=True, index=True,
        help="自协议生效之日起三十日内共同申请（人民调解法第三十三条）",
    )  # fmt: skip
    reneged_on = column("反悔日期", Kind.DATE)
    sued_on = column("起诉日期", Kind.DATE, index=True)
    court_result = column("法院处理结果", Kind.CODE, codes="court_result")
    satisfaction = column("是否满意", Kind.CODE, codes="satisfaction", synonyms=("是否满意", "满意度"))
    closed_on = column(
        "结案日期", Kind.DATE, required_in=CLOSED, index=True, synonyms=("结案时间", "结案日期"),
        help="履行完毕或处理完毕之日，不是达成协议之日",
    )  # fmt: skip
    archived_on = column("归档日期", Kind.DATE, required_in=(CaseState.ARCHIVED,), synonyms=("归档时间",))
    keep_period = column(
        "保管期限", Kind.CODE, codes="keep_period", required_in=(CaseState.ARCHIVED,),
        help="人民调解法第二十七条要求建立档案，未定年限；按当地档案规定",
    )  # fmt: skip
    subsidy_claim_id = column("以案定补申报", Kind.TEXT, derived=True, help="一起纠纷只补一次")
    policy_talk_flag = column("以案释法", Kind.YES_NO)
