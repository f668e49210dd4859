"""The team: who holds which post in which mediation committee, and in what grade."""

from __future__ import annotations

from models.fields import Kind, Sensitivity, column
from models.records import Child, Record


class MediatorPost(Record):
    """A person's post in a people's mediation committee; one person may hold several."""

    __tablename__ = "mediator_post"
    __label__ = "人民调解员任职"
    person_id = column("人员", Kind.REFERENCE, required=True, ref="person", index=True, synonyms=("姓名",))
    name = column("姓名", Kind.TEXT, derived=True, search="name", index=True)
    org_id = column(
        "调委会",
        Kind.REFERENCE,
        required=True,
        ref="mediation_org",
        index=True,
        synonyms=("调委会", "所在调委会"),
    )
    post = column("职务", Kind.CODE, required=True, codes="post", synonyms=("职务",))
    employ = column(
        "专兼职",
        Kind.CODE,
        required=True,
        codes="employ",
        index=True,
        synonyms=("专/兼职", "专兼职", "专职或兼职"),
    )
    background = column("来源身份", Kind.CODE, codes="mediator_origin", synonyms=("来源", "身份"))
    appointed_by = column(
        "产生方式", Kind.CODE, required=True, codes="appoint_mode",
        help="委员由推选产生，其他调解员由聘任产生（人民调解法第九条、第十三条）",
    )  # fmt: skip
    start_on = column("任职起", Kind.DATE, required=True, synonyms=("任职时间", "聘任时间"))
    end_on = column("任职止", Kind.DATE, required=True, index=True, synonyms=("任期届满",))
    cert_no = column("证号", Kind.TEXT, search="number", synonyms=("证号", "调解员证号"))
    badge_no = column("徽章号", Kind.TEXT, search="number")
    filed_on = column("备案日期", Kind.DATE, synonyms=("备案时间",))
    external_entered = column("已录入上级系统", Kind.YES_NO, help="有的县只补贴已备案、已录入的调解员")
    fiscal_paid = column(
        "财政供养人员", Kind.YES_NO, required=True, synonyms=("是否财政供养人员",), help="一般不列入以案定补"
    )
    bank_name = column("开户行", Kind.TEXT)
    bank_account = column("账号", Kind.TEXT, sensitivity=Sensitivity.BANK_CARD)
    specialties = column("擅长领域", Kind.CODES, codes="dispute_type")
    dialects = column("语种（方言）", Kind.TEXTS)
    leave_on = column("离任日期", Kind.DATE, index=True)
    leave_reason = column(
        "离任原因", Kind.CODE, codes="leave_reason",
        help="偏袒一方、侮辱当事人、索取收受财物、泄露隐私或商业秘密，情节严重的，罢免或解聘（人民调解法第十五条）",
    )  # fmt: skip


class MediatorGrade(Child):
    """A grade of a mediator; names and granting bodies differ by county."""

    __tablename__ = "mediator_grade"
    __label__ = "调解员等级"
    __parent__ = "mediator_post"
    __field__ = "grades"
    level = column("等级", Kind.CODE, required=True, codes="mediator_grade", synonyms=("等级",))
    granted_on = column("评定日期", Kind.DATE, required=True)
    granted_by = column("评定单位", Kind.TEXT)
    cert_no = column("证号", Kind.TEXT)
    valid_until = column("有效期至", Kind.DATE)
