"""Outreach: events, posts with their reach over time, schools and lessons, plans, service trips."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from models.fields import Kind, Sensitivity, column
from models.records import Child, Record


class EventState(StrEnum):
    """Where an event stands (code list event_state)."""

    PLANNED = "planned"
    HELD = "held"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class PlanState(StrEnum):
    """Where a planned task stands (code list plan_state)."""

    PENDING = "pending"
    ONGOING = "ongoing"
    DONE = "done"
    CANCELLED = "cancelled"


TOOK_PLACE = (EventState.HELD.value, EventState.ARCHIVED.value)


class OutreachEvent(Record):
    """One outreach event (普法活动); the month it counts in is that of ``held_on``."""

    __tablename__ = "outreach_event"
    __label__ = "普法活动"
    __table_args__ = (sa.Index("ix_outreach_event_state_held_on", "state", "held_on"),)
    event_no = column("编号", Kind.TEXT, derived=True, search="number", index=True)
    title = column(
        "活动名称", Kind.TEXT, required=True, search="text", synonyms=("活动名称", "主题", "活动名称（主题）")
    )
    held_on = column(
        "活动时间", Kind.DATE, required=True, index=True, synonyms=("时间", "活动日期", "活动时间", "日期")
    )
    end_on = column("结束日期", Kind.DATE)
    start_at = column("开始时间", Kind.DATETIME)
    end_at = column("结束时间", Kind.DATETIME)
    node = column("宣传节点", Kind.CODE, codes="pub_node", synonyms=("宣传节点",))
    topics = column("宣传主题（法律）", Kind.CODES, required=True, codes="law_topic", synonyms=("宣传内容",))
    main_topic = column("主要主题", Kind.CODE, codes="law_topic", derived=True, index=True)
    form = column("活动形式", Kind.CODE, required=True, codes="pub_form", synonyms=("活动形式", "形式"))
    six_entry = column(
        "法律六进类别", Kind.CODE, required=True, codes="six_entry", synonyms=("六进", "法律六进"),
        help="只选一类，各类之和等于场次",
    )  # fmt: skip
    place = column("地点", Kind.TEXT, required=True, search="text", synonyms=("地点", "活动地点"))
    village_id = column("村（社区）", Kind.CODE, codes="village", index=True)
    school_id = column("学校", Kind.REFERENCE, ref="school")
    organizer = column("主办单位", Kind.TEXT, required=True, synonyms=("主办单位",))
    co_units = column("协办单位", Kind.TEXTS, synonyms=("协办单位",))
    speakers = column("主讲人", Kind.TEXTS, search="name")
    speaker_ids = column("主讲人（档案）", Kind.REFERENCES, ref="person")
    staff = column("工作人员", Kind.TEXTS, search="name")
    language = column("使用语言", Kind.TEXT, help="普通话、方言或少数民族语言")
    interpreter = column("翻译", Kind.TEXT)
    audience_type = column("受众", Kind.CODES, required=True, codes="audience_type", synonyms=("受众",))
    audience_count = column(
        "参加（受教育）人次", Kind.INTEGER, required=True, unit="人次", minimum=0,
        synonyms=("参加人数", "受教育人数", "参加人数（受教育人数）", "覆盖人数"),
    )  # fmt: skip
    audience_approx = column("人次为约数", Kind.YES_NO)
    material_count = column(
        "发放资料", Kind.INTEGER, required=True, unit="份", minimum=0, default=0,
        synonyms=("发放资料", "发放资料（份）", "资料"),
    )  # fmt: skip
    consult_count = column(
        "现场咨询", Kind.INTEGER, unit="人次", minimum=0, synonyms=("接受咨询", "接受咨询（人次）", "咨询")
    )
    banner_count = column("横幅", Kind.INTEGER, unit="条", minimum=0, synonyms=("悬挂横幅（条）", "横幅"))
    board_count = column("展板", Kind.INTEGER, unit="块", minimum=0, synonyms=("展板（块）", "展板"))
    quiz_count = column("有奖问答", Kind.INTEGER, unit="人次", minimum=0)
    gift_count = column("宣传品", Kind.INTEGER, unit="份", minimum=0)
    budget_used = column("经费", Kind.MONEY, minimum=0, synonyms=("经费", "经费（元）"))
    photos = column("照片", Kind.TEXTS, help="附件或照片册页号；归档前至少一张")
    signin = column("签到表", Kind.TEXT)
    plan_doc = column("方案", Kind.TEXT)
    news_links = column("报道", Kind.TEXTS)
    summary = column("活动情况（效果）", Kind.LONG_TEXT, search="text", synonyms=("活动情况",))
    plan_id = column("所属计划", Kind.REFERENCE, ref="outreach_plan")
    state = column("状态", Kind.CODE, codes="event_state", derived=True, index=True)
    cancel_reason = column("取消原因", Kind.TEXT, required_in=("cancelled",))


class EventMaterial(Child):
    """One title of printed matter handed out at an event, with the number of copies."""

    __tablename__ = "event_material"
    __label__ = "资料明细"
    __parent__ = "outreach_event"
    __field__ = "materials"
    title = column("资料名称", Kind.TEXT, required=True)
    count = column("份数", Kind.INTEGER, required=True, unit="份", minimum=0)


class EventVolunteer(Child):
    """A volunteer at an event, with hours; feeds hours and points."""

    __tablename__ = "event_volunteer"
    __label__ = "志愿者"
    __parent__ = "outreach_event"
    __field__ = "volunteers"
    name = column("姓名", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name")
    person_id = column("档案", Kind.REFERENCE, ref="person", index=True)
    hours = column("服务小时", Kind.DECIMAL, unit="小时", scale=1, minimum=0)


class MediaPost(Record):
    """One post (新媒体普法作品); its reach is a series of snapshots, never a single figure."""

    __tablename__ = "media_post"
    __label__ = "新媒体作品"
    published_on = column("发布时间", Kind.DATE, required=True, index=True, synonyms=("发布时间", "日期"))
    title = column("标题", Kind.TEXT, required=True, search="text", synonyms=("标题",))
    platform = column(
        "平台", Kind.CODE, required=True, codes="platform", index=True, synonyms=("平台", "公众号")
    )
    account = column("账号名称", Kind.TEXT, synonyms=("公众号名称", "账号"))
    url = column("链接", Kind.TEXT, synonyms=("链接",))
    post_form = column("形式", Kind.CODE, required=True, codes="post_form", synonyms=("形式",))
    topic = column("主题领域", Kind.CODE, required=True, codes="law_topic", index=True, synonyms=("主题",))
    case_based = column("以案释法", Kind.YES_NO)
    dialect = column("方言", Kind.YES_NO)
    original = column("原创", Kind.YES_NO)
    audience_group = column("目标群体", Kind.CODES, codes="audience_type")
    case_id = column("案例来源", Kind.REFERENCE, ref="mediation_case", help="须隐去当事人姓名")
    reposted_by = column("转载层级", Kind.CODES, codes="repost_level")
    text = column("正文", Kind.LONG_TEXT, search="text")


class PostMetric(Child):
    """How far a post had reached on a day; figures are cumulative, a month's growth is a difference."""

    __tablename__ = "post_metric"
    __label__ = "传播数据"
    __parent__ = "media_post"
    __field__ = "metrics"
    as_of_on = column("截至日期", Kind.DATE, required=True, index=True)
    reads = column("阅读", Kind.INTEGER, unit="次", minimum=0)
    plays = column("播放", Kind.INTEGER, unit="次", minimum=0)
    likes = column("点赞", Kind.INTEGER, minimum=0)
    shares = column("转发", Kind.INTEGER, minimum=0)
    comments = column("评论", Kind.INTEGER, minimum=0)
    live_viewers = column("直播观看", Kind.INTEGER, unit="人次", minimum=0)
    approx = column("约数", Kind.YES_NO)


class School(Record):
    """A school of the township."""

    __tablename__ = "school"
    __label__ = "学校"
    name = column(
        "学校名称", Kind.TEXT, required=True, search="name", index=True, synonyms=("学校", "学校名称")
    )
    stage = column("学段", Kind.CODE, required=True, codes="school_stage")
    village_id = column("所在村（社区）", Kind.CODE, codes="village")
    students = column("学生数", Kind.INTEGER, unit="人", minimum=0)
    contact_name = column("学校联系人", Kind.TEXT, sensitivity=Sensitivity.NAME)
    contact_phone = column("联系电话", Kind.TEXT, sensitivity=Sensitivity.PHONE, search="phone")


class VicePrincipal(Record):
    """The appointment of a law vice-principal (教育部令第52号)."""

    __tablename__ = "vice_principal"
    __label__ = "法治副校长聘任"
    school_id = column("学校", Kind.REFERENCE, ref="school", required=True, index=True)
    person_id = column("法治副校长（档案）", Kind.REFERENCE, ref="person", index=True)
    name = column(
        "法治副校长", Kind.TEXT, required=True, sensitivity=Sensitivity.NAME, search="name",
        synonyms=("法治副校长", "姓名"),
    )  # fmt: skip
    from_unit = column("派出单位", Kind.CODE, required=True, codes="from_unit")
    appointed_on = column("聘任日期", Kind.DATE, required=True, index=True)
    term_start = column("任期起", Kind.DATE, required=True)
    term_end = column("任期止", Kind.DATE, required=True, index=True)
    cert_no = column("聘书号", Kind.TEXT, search="number")
    school_contact = column("学校联系人", Kind.TEXT)


class LawClass(Record):
    """One lesson given in a school; four class hours a year in each school (教育部令第52号)."""

    __tablename__ = "law_class"
    __label__ = "法治课"
    school_id = column("学校", Kind.REFERENCE, ref="school", required=True, index=True, synonyms=("学校",))
    held_on = column("授课时间", Kind.DATE, required=True, index=True, synonyms=("授课时间", "时间"))
    lecturer = column("授课人", Kind.TEXT, required=True, search="name", synonyms=("授课人",))
    lecturer_id = column("授课人（档案）", Kind.REFERENCE, ref="person", index=True)
    topic = column("主题", Kind.TEXT, required=True, search="text", synonyms=("主题", "内容"))
    law_topic = column("法律主题", Kind.CODE, codes="law_topic")
    periods = column(
        "课时", Kind.DECIMAL, required=True, unit="课时", scale=1, default=10, minimum=0, synonyms=("课时",)
    )
    students = column("学生人次", Kind.INTEGER, required=True, unit="人次", minimum=0, synonyms=("学生数",))
    teachers = column("教师人次", Kind.INTEGER, unit="人次", minimum=0)
    grade = column("年级", Kind.TEXT, synonyms=("年级",))
    form = column("形式", Kind.CODE, required=True, codes="class_form", synonyms=("形式",))
    count_as_event = column("同时计为普法活动", Kind.YES_NO, help="勾选后法治讲座不再另登，避免重复计数")
    outline = column("教学提纲", Kind.LONG_TEXT)


class OutreachPlan(Record):
    """A task of the outreach plan: what, by whom, until when, with what proof."""

    __tablename__ = "outreach_plan"
    __label__ = "普法计划"
    task = column("任务", Kind.TEXT, required=True, search="text")
    node = column("宣传节点", Kind.CODE, codes="pub_node")
    topics = column("主题", Kind.CODES, codes="law_topic")
    responsible_unit = column("责任单位", Kind.TEXT, required=True)
    starts_on = column("开始日期", Kind.DATE, index=True)
    due_on = column("完成时限", Kind.DATE, required=True, index=True)
    state = column("状态", Kind.CODE, codes="plan_state", derived=True, index=True)
    done_on = column("完成日期", Kind.DATE, required_in=("done",))
    proof = column("佐证", Kind.TEXT, required_in=("done",))
    event_id = column("对应活动", Kind.REFERENCE, ref="outreach_event")


class ServiceTrip(Record):
    """One trip of the mobile service vehicle."""

    __tablename__ = "service_trip"
    __label__ = "巡回服务"
    on = column("日期", Kind.DATE, required=True, index=True)
    village_ids = column("到访村（社区）", Kind.CODES, required=True, codes="village")
    km = column("里程", Kind.INTEGER, required=True, unit="公里", minimum=0)
    consults = column("咨询", Kind.INTEGER, unit="人次", minimum=0)
    cases = column("调解", Kind.INTEGER, unit="件", minimum=0)
    materials = column("资料", Kind.INTEGER, unit="份", minimum=0)
    staff = column("人员", Kind.TEXTS, required=True, search="name")
    fuel_cost = column("油费", Kind.MONEY, minimum=0)
