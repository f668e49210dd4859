"""The people's mediation committee (调委会): the body that accepts, mediates and seals."""

from __future__ import annotations

from models.fields import Kind, Sensitivity, column
from models.records import Child, Record


class MediationOrg(Record):
    """A people's mediation committee; the justice station guides it but is not it.

    How many members, women and full-time mediators it has is counted from `mediator_post`, never typed.
    """

    __tablename__ = "mediation_org"
    __label__ = "人民调解委员会"
    name = column(
        "调委会名称", Kind.TEXT, required=True, search="text", index=True,
        synonyms=("调委会", "调委会名称", "调解组织"), help="用全称，例如青石镇人民调解委员会",
    )  # fmt: skip
    org_type = column(
        "类型", Kind.CODE, required=True, codes="org_type", index=True, synonyms=("调委会类型",)
    )
    ind_type = column("行业专业类型", Kind.CODE, codes="ind_type", help="行业性、专业性调委会必填")
    parent_org_id = column("上级调委会", Kind.REFERENCE, ref="mediation_org", index=True)
    village_id = column(
        "所在村（社区）", Kind.CODE, codes="village", index=True, synonyms=("村", "村（社区）")
    )
    founded_on = column("成立日期", Kind.DATE, synonyms=("成立时间",))
    abolished_on = column("撤销日期", Kind.DATE)
    director_id = column(
        "主任", Kind.REFERENCE, ref="mediator_post", synonyms=("负责人", "主任"),
        help="设主任一人（人民调解法第八条）；先建调委会和任职，再填主任",
    )  # fmt: skip
    term_start = column("本届任期起", Kind.DATE, required=True, synonyms=("任期开始",))
    term_end = column(
        "本届任期止", Kind.DATE, required=True, index=True, synonyms=("任期届满",),
        help="每届任期三年，可以连选连任（人民调解法第九条）",
    )  # fmt: skip
    phone = column("联系电话", Kind.TEXT, search="phone", synonyms=("电话", "联系电话"))
    fax = column("传真", Kind.TEXT)
    address = column("地址", Kind.TEXT, search="text", synonyms=("地址", "办公地址"))
    postcode = column("邮政编码", Kind.TEXT)
    email = column("电子邮箱", Kind.TEXT)
    seal_code_prefix = column(
        "案号字头", Kind.TEXT, required=True, help="印在卷号上，例如“青石镇人调字”", synonyms=("字头",)
    )


class Studio(Child):
    """A mediation studio of the committee, often placed at a police station, court or petition office."""

    __tablename__ = "studio"
    __label__ = "调解工作室"
    __parent__ = "mediation_org"
    __field__ = "studios"
    name = column(
        "工作室名称", Kind.TEXT, required=True, search="text", synonyms=("工作室", "调解工作室", "工作室名称")
    )
    type = column("类别", Kind.CODE, required=True, codes="studio_type")
    host = column("派驻单位", Kind.TEXT, synonyms=("派驻单位",))
    leader = column("负责人", Kind.TEXT, sensitivity=Sensitivity.NAME)
    founded_on = column("成立日期", Kind.DATE)
    closed_on = column("撤销日期", Kind.DATE)
