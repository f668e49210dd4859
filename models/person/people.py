"""The person and what belongs to one: documents, addresses, contacts, relations, guardians, notes."""

from __future__ import annotations

import sqlalchemy as sa

from models.fields import Kind, Sensitivity, column
from models.records import Child, Record


class Person(Record):
    """A natural person; never one per line of business. ``merged_into`` points to the file that goes on."""

    __tablename__ = "person"
    __label__ = "人员"
    __table_args__ = (sa.Index("ix_person_name_birth_date", "name", "birth_date"),)
    person_no = column("档案编号", Kind.TEXT, derived=True, search="number", index=True)
    name = column(
        "姓名", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name", index=True,
        synonyms=("姓名", "当事人", "当事人姓名", "对象姓名"),
    )  # fmt: skip
    name_as_written = column("原写法", Kind.TEXT, derived=True)
    former_name = column("曾用名", Kind.TEXTS, sensitivity=Sensitivity.NAME, search="name")
    alias = column("别名（绰号）", Kind.TEXTS, sensitivity=Sensitivity.NAME, search="name")
    sex = column("性别", Kind.CODE, codes="sex", synonyms=("性别",), help="GB/T 2261.1-2003")
    birth_date = column(
        "出生日期", Kind.PARTIAL_DATE, sensitivity=Sensitivity.BIRTH_DATE,
        synonyms=("出生日期", "出生年月", "生日"), help="由证件号推算；只知年月也可以填",
    )  # fmt: skip
    differs_from_document = column("与证件不符的理由", Kind.TEXT)
    nationality = column("国籍", Kind.CODE, codes="nationality", default="CHN", help="GB/T 2659")
    ethnic = column("民族", Kind.CODE, codes="ethnic", synonyms=("民族",), help="GB/T 3304-1991")
    native_place = column("籍贯", Kind.TEXT, help="GB/T 2260 六位代码或文字；不同于户籍地")
    marital = column("婚姻状况", Kind.CODE, codes="marital", help="GB/T 2261.2-2003")
    education = column(
        "文化程度", Kind.CODE, codes="education", synonyms=("文化程度", "学历"), help="GB/T 4658-2006"
    )
    education_note = column("文化程度说明", Kind.TEXT, help="例如文盲、半文盲")
    political = column("政治面貌", Kind.CODE, codes="political", synonyms=("政治面貌",))
    political_orig = column("原政治面貌", Kind.CODE, codes="political")
    health = column("健康状况", Kind.CODE, codes="health", sensitivity=Sensitivity.SENSITIVE)
    health_note = column("具体健康状况", Kind.LONG_TEXT, sensitivity=Sensitivity.SENSITIVE)
    mental_health = column(
        "心理健康状况", Kind.CODE, codes="mental_health", sensitivity=Sensitivity.SENSITIVE
    )
    mental_assessed_by = column("心理鉴定机构", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE)
    mental_assessed_on = column("心理鉴定日期", Kind.DATE, sensitivity=Sensitivity.SENSITIVE)
    occupation_status = column("从业状况", Kind.CODE, codes="occupation_status", synonyms=("职业",))
    occupation = column("职业或职务", Kind.TEXT)
    employer = column("现工作单位（学校）", Kind.TEXT, synonyms=("工作单位", "单位"))
    employer_phone = column("单位电话", Kind.TEXT, sensitivity=Sensitivity.PHONE)
    skill = column("技术特长及等级", Kind.TEXT, search="text")
    religion = column("宗教信仰", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE)
    military = column("兵役状况", Kind.TEXT)
    hukou_type = column("户籍性质", Kind.CODE, codes="hukou_type", synonyms=("是否农村", "户口性质"))
    phone_main = column(
        "联系电话", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone",
        synonyms=("联系电话", "电话", "手机", "联系方式"),
    )  # fmt: skip
    wechat = column("微信号", Kind.TEXT, sensitivity=Sensitivity.PHONE)
    village_id = column(
        "村（社区）", Kind.CODE, codes="village", index=True, synonyms=("村", "村别", "所属村")
    )
    photo_id = column("照片", Kind.FILE)
    four_history = column("四史", Kind.CODES, codes="four_history", sensitivity=Sensitivity.SENSITIVE)
    three_involve = column("三涉", Kind.CODES, codes="three_involve", sensitivity=Sensitivity.SENSITIVE)
    is_three_none = column("三无人员", Kind.YES_NO, help="无家可归、无业可就、无亲可投")
    is_recidivist = column("累犯（惯犯）", Kind.YES_NO, sensitivity=Sensitivity.SENSITIVE)
    minor_flag = column("未成年人", Kind.YES_NO, derived=True)
    dead_on = column("死亡日期", Kind.DATE)
    tags = column("标签", Kind.TEXTS, search="text")
    private_note = column("工作备忘（不导出）", Kind.LONG_TEXT, sensitivity=Sensitivity.SENSITIVE)
    merged_into = column("并入档案", Kind.REFERENCE, ref="person", derived=True, index=True)


class IdDoc(Child):
    """An identity document; a person may own several, one is primary."""

    __tablename__ = "id_doc"
    __label__ = "证件"
    __parent__ = "person"
    __field__ = "id_docs"
    type = column(
        "证件类型", Kind.CODE, required=True, codes="id_doc_type", default="111",
        synonyms=("证件类型",), help="代码沿用 GA/T 517 三位码",
    )  # fmt: skip
    number = column(
        "证件号码", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, search="id_no", index=True,
        synonyms=("身份证号", "身份证号码", "证件号码", "公民身份号码"), help="GB 11643-1999",
    )  # fmt: skip
    raw = column("原写法", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, derived=True)
    name_on_doc = column("证件姓名", Kind.TEXT, sensitivity=Sensitivity.NAME, search="name")
    issue_org = column("签发机关", Kind.TEXT)
    valid_from = column("有效期自", Kind.DATE)
    valid_to = column("有效期至", Kind.DATE, help="长期有效留空并注明不适用")
    is_primary = column("主证件", Kind.YES_NO)
    original_wrong = column(
        "证件原号有误的说明", Kind.TEXT, help="证件本身印错或重号时填写，填后不再核验校验位"
    )
    verified_by = column("核验人", Kind.TEXT)
    verified_at = column("核验时间", Kind.DATETIME)
    attachment_id = column("证件照片", Kind.FILE)
    note = column("情况说明", Kind.TEXT, help="无证件者必填")


class Address(Child):
    """A place a person is registered, lives or works at, with the days it held."""

    __tablename__ = "address"
    __label__ = "住址"
    __parent__ = "person"
    __field__ = "addresses"
    kind = column("类别", Kind.CODE, required=True, codes="address_kind")
    region12 = column("区划代码", Kind.TEXT, help="GB/T 2260 与统计用区划代码，十二位")
    detail = column(
        "详细地址", Kind.TEXT, required=True, sensitivity=Sensitivity.ADDRESS, search="text",
        synonyms=("住址", "家庭住址", "现住址", "户籍地址"),
    )  # fmt: skip
    village_id = column("村（社区）", Kind.CODE, codes="village", index=True)
    grid = column("网格", Kind.CODE, codes="grid")
    landlord = column("房东（租赁）", Kind.TEXT)
    valid_from = column("起", Kind.PARTIAL_DATE)
    valid_to = column("止", Kind.PARTIAL_DATE)
    verified_on = column("核实日期", Kind.DATE)
    verified_by = column("核实人", Kind.TEXT)


class Contact(Child):
    """A way to reach the person."""

    __tablename__ = "contact"
    __label__ = "联系方式"
    __parent__ = "person"
    __field__ = "contacts"
    kind = column("类别", Kind.CODE, required=True, codes="contact_kind")
    value = column("号码", Kind.TEXT, required=True, sensitivity=Sensitivity.PHONE, search="phone")
    owner_name = column("机主", Kind.TEXT, sensitivity=Sensitivity.NAME)
    relation = column("与本人关系", Kind.CODE, codes="relation")
    is_main = column("主要", Kind.YES_NO)
    valid = column("有效", Kind.YES_NO, default=True)
    last_ok_on = column("最近接通", Kind.DATE)
    fail_count = column("未接通次数", Kind.INTEGER, minimum=0)


class Relation(Child):
    """Family and social ties (GB/T 4761-2008); the other side may have a file of their own."""

    __tablename__ = "relation"
    __label__ = "家庭及社会关系"
    __parent__ = "person"
    __field__ = "relations"
    to_person_id = column("对方档案", Kind.REFERENCE, ref="person", index=True)
    relation = column("关系", Kind.CODE, required=True, codes="relation")
    name = column("姓名", Kind.TEXT, sensitivity=Sensitivity.NAME, search="name")
    sex = column("性别", Kind.CODE, codes="sex")
    birth_date = column("出生日期", Kind.PARTIAL_DATE, sensitivity=Sensitivity.BIRTH_DATE)
    id_no = column("证件号码", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, search="id_no")
    work_unit = column("工作单位或家庭住址", Kind.TEXT, sensitivity=Sensitivity.ADDRESS)
    phone = column("联系电话", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone")
    address = column("住址", Kind.TEXT, sensitivity=Sensitivity.ADDRESS)
    is_guardian = column("监护人", Kind.YES_NO)
    is_guarantor = column("保证人", Kind.YES_NO)
    lives_together = column("共同居住", Kind.YES_NO)
    political = column("政治面貌", Kind.CODE, codes="political")
    valid_from = column("起", Kind.PARTIAL_DATE)
    valid_to = column("止", Kind.PARTIAL_DATE)


class Guardian(Child):
    """The guardian of a minor (社区矫正法第五十三条)."""

    __tablename__ = "guardian"
    __label__ = "监护人"
    __parent__ = "person"
    __field__ = "guardians"
    name = column("监护人姓名", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name")
    person_id = column("监护人档案", Kind.REFERENCE, ref="person")
    relation = column("与本人关系", Kind.CODE, required=True, codes="relation")
    kind = column("监护类型", Kind.CODE, required=True, codes="guardian_kind")
    id_no = column("身份证号", Kind.TEXT, sensitivity=Sensitivity.ID_NUMBER, search="id_no")
    phone = column("电话", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone")
    address = column("住址", Kind.TEXT, sensitivity=Sensitivity.ADDRESS)
    ability = column("监护能力评估", Kind.LONG_TEXT)
    neglect = column("怠于履行职责记录", Kind.TEXTS)


class Resume(Child):
    """One line of a person's career."""

    __tablename__ = "resume"
    __label__ = "个人简历"
    __parent__ = "person"
    __field__ = "resumes"
    started = column("起", Kind.PARTIAL_DATE)
    ended = column("止", Kind.PARTIAL_DATE)
    unit = column("所在单位", Kind.TEXT, required=True)
    role = column("职务", Kind.TEXT)


class PriorRecord(Child):
    """An earlier offence; kept out of exports (治安管理处罚法第一百三十六条、刑事诉讼法第二百八十六条)."""

    __tablename__ = "prior_record"
    __label__ = "违法犯罪记录"
    __parent__ = "person"
    __field__ = "prior_records"
    on = column("日期", Kind.PARTIAL_DATE, sensitivity=Sensitivity.SENSITIVE)
    org = column("处理机关", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE)
    kind = column("种类", Kind.CODE, codes="prior_kind", sensitivity=Sensitivity.SENSITIVE)
    charge = column("案由", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE)
    result = column("处理结果", Kind.TEXT, sensitivity=Sensitivity.SENSITIVE)


class PersonNote(Child):
    """An event of the file's first page (大事记): what happened, when, told by whom."""

    __tablename__ = "person_note"
    __label__ = "大事记"
    __parent__ = "person"
    __field__ = "notes"
    on = column("日期", Kind.DATE, required=True)
    summary = column("事项", Kind.LONG_TEXT, required=True, search="text")
    by = column("记录人", Kind.TEXT)
