"""Who takes part in a case: parties, their agents, the mediators, and those called in from outside."""

from __future__ import annotations

from models.fields import Kind, Sensitivity, column
from models.records import Child


class CaseParty(Child):
    """A party; one row may stand for several people who are represented by it (``side_party_count``)."""

    __tablename__ = "case_party"
    __label__ = "当事人"
    __parent__ = "mediation_case"
    __field__ = "parties"
    side = column("地位", Kind.CODE, required=True, codes="party_side")
    party_type = column("类型", Kind.CODE, required=True, codes="party_type", default="natural")
    person_id = column("人员档案", Kind.REFERENCE, ref="person", index=True)
    name = column(
        "姓名（名称）", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name", index=True,
        synonyms=(
            "当事人", "当事人姓名", "双方当事人", "当事人（甲、乙）", "申请人", "被申请人", "甲方", "乙方",
            "纠纷双方", "当事人基本情况",
        ),
    )  # fmt: skip
    sex = column("性别", Kind.CODE, codes="sex", synonyms=("性别",))
    ethnicity = column("民族", Kind.CODE, codes="ethnic", synonyms=("民族",))
    birth_date = column(
        "出生日期", Kind.PARTIAL_DATE, sensitivity=Sensitivity.BIRTH_DATE, synonyms=("出生日期",)
    )
    age = column("年龄", Kind.INTEGER, unit="岁", minimum=0, maximum=130, synonyms=("年龄",))
    id_type = column("证件类型", Kind.CODE, codes="id_doc_type")
    id_no = column(
        "证件号码", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, search="id_no",
        synonyms=("身份证号", "身份证号码", "证件号码"), help="乡村纠纷当事人常无证件号，可不填",
    )  # fmt: skip
    phone = column(
        "联系方式", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone",
        synonyms=("电话", "联系电话", "联系方式", "手机"),
    )  # fmt: skip
    occupation = column("职业或职务", Kind.TEXT, synonyms=("职业",))
    work_unit = column("单位", Kind.TEXT, synonyms=("工作单位",))
    address = column(
        "住址（地址）", Kind.TEXT, sensitivity=Sensitivity.ADDRESS, search="text", synonyms=("住址", "地址")
    )
    legal_rep = column("法定代表人", Kind.TEXT, sensitivity=Sensitivity.NAME, search="name", help="法人必填")
    legal_rep_post = column("法定代表人职务", Kind.TEXT, help="法人必填")
    uscc = column("统一社会信用代码", Kind.TEXT, search="number", help="法人必填，GB 32100-2015")
    side_party_count = column(
        "本方当事人数", Kind.INTEGER, unit="人", default=1, minimum=1, help="由一人代表签字的，填本方总人数"
    )
    special_groups = column("特殊群体", Kind.CODES, codes="special_group")
    is_minor_guarded = column("未成年或限制行为能力", Kind.YES_NO)
    guardian = column(
        "法定代理人", Kind.TEXT, sensitivity=Sensitivity.NAME, search="name",
        help="未成年人、无民事行为能力或限制民事行为能力的必填（民法典第二十三条）",
    )  # fmt: skip


class CaseAgent(Child):
    """Someone who acts for a party under a power of attorney."""

    __tablename__ = "case_agent"
    __label__ = "代理人"
    __parent__ = "mediation_case"
    __field__ = "agents"
    party = column("被代理的当事人", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME)
    name = column("代理人姓名", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name")
    relation = column("与当事人关系", Kind.TEXT)
    id_no = column("证件号码", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, search="id_no")
    phone = column("联系方式", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone")
    authority = column(
        "权限",
        Kind.CODE,
        required=True,
        codes="authority",
        help="特别授权：代为承认、放弃、变更请求，和解，签收",
    )
    matters = column("委托事项", Kind.LONG_TEXT)
    valid_to = column("期限至", Kind.DATE)
    file = column("授权委托书", Kind.FILE)


class CaseMediator(Child):
    """A mediator on the case; the post gives the name, an outsider without a post has the name alone."""

    __tablename__ = "case_mediator"
    __label__ = "调解员"
    __parent__ = "mediation_case"
    __field__ = "mediators"
    mediator_post = column("调解员任职", Kind.REFERENCE, ref="mediator_post", index=True)
    name = column(
        "姓名", Kind.TEXT, required=True, search="name",
        synonyms=("调解员", "调解人", "主办调解员", "协办调解员", "承办人", "责任人"),
        help="选了任职自动带出",
    )  # fmt: skip
    role = column("角色", Kind.CODE, required=True, codes="mediator_role", default="lead")
    assigned_on = column("确定日期", Kind.DATE)
    chosen_by = column(
        "产生方式", Kind.CODE, codes="chosen_by", default="assigned",
        help="调委会指定，当事人也可以选择（人民调解法第十九条）",
    )  # fmt: skip
    recused = column("回避", Kind.YES_NO, default=False)
    recuse_reason = column("回避理由", Kind.TEXT)


class CaseOutsider(Child):
    """Someone from outside who helped: another unit's mediator, a 乡贤, a 法律明白人; counted by name."""

    __tablename__ = "case_outsider"
    __label__ = "邀请参与调解的人员"
    __parent__ = "mediation_case"
    __field__ = "helpers"
    name = column("姓名", Kind.TEXT, required=True, search="name", index=True)
    kind = column("身份", Kind.CODE, required=True, codes="outsider_kind")
    unit = column("单位", Kind.TEXT)
    joint_group = column(
        "联合调解小组", Kind.TEXT, index=True, help="空着时取案件的联合调解小组；同名算一个组"
    )
    person_id = column("人员档案", Kind.REFERENCE, ref="person", index=True)
    phone = column("联系方式", Kind.TEXT, sensitivity=Sensitivity.PHONE)
