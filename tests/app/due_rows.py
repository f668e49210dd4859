"""Rows written straight into a ledger, and one golden case per rule: what calls it, what ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from app.context import Context
from models.records import entity

Rows = Sequence[tuple[str, str, Mapping[str, Any]]]


def put(ctx: Context, rows: Rows) -> None:
    """Create each row (table, id, values), or change the one of that id."""
    with ctx.ledger.writing(ctx, "test", "准备数据") as writer:
        for table, key, values in rows:
            kind = entity(table)
            if writer.get(kind, key) is None:
                writer.create(kind, values, key)
            else:
                writer.update(kind, key, values)


def on_day(ctx: Context, day: str, **settings: Any) -> Context:
    """Give the same ledger on another day (or minute), with other settings."""
    moment = datetime.fromisoformat(day if "T" in day else f"{day}T09:00")
    return replace(ctx, now=moment, settings={**ctx.settings, **settings})


@dataclass(frozen=True)
class Golden:
    """A rule called by ``rows``: last day as counted and as the law has it, and rows that end it."""

    rule: str
    rows: Rows
    strict: str
    ends: Rows
    legal: str = ""
    today: str = "2026-11-23"
    subject: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""

    @property
    def due_legal(self) -> str:
        return self.legal or self.strict

    @property
    def until(self) -> date:
        return date(2028, 12, 31)


def case(state: str, **values: Any) -> tuple[str, str, dict[str, Any]]:
    row = {"title": "刘福与何贵邻里纠纷", "dispute_type": "02", "registered_on": "2026-11-02", "state": state}
    return ("mediation_case", "case", {**row, **values})


def settled(state: str = "performing", **values: Any) -> tuple[str, str, dict[str, Any]]:
    return case(state, outcome="1", **values)


def agreement(**values: Any) -> tuple[str, str, dict[str, Any]]:
    return ("agreement", "agreement", {"parent_id": "case", "perform_mode": "once", **values})


def item(**values: Any) -> tuple[str, str, dict[str, Any]]:
    row = {"parent_id": "agreement", "content": "第1期工资", "state": "not_due"}
    return ("agreement_item", "item", {**row, **values})


def visit(day: str, **values: Any) -> tuple[str, str, dict[str, Any]]:
    return ("follow_up", f"visit-{day}", {"parent_id": "case", "visit_on": day, **values})


def event(kind: str, day: str) -> tuple[str, str, dict[str, Any]]:
    return ("case_event", f"event-{day}", {"parent_id": "case", "event": kind, "on": day})


def lead(**values: Any) -> tuple[str, str, dict[str, Any]]:
    row = {"parties_text": "刘福与何贵", "brief": "屋檐滴水", "dispute_type": "02", "state": "new"}
    return ("dispute_lead", "lead", {**row, **values})


def school(**values: Any) -> tuple[str, str, dict[str, Any]]:
    return ("school", "school", {"name": "青石镇中心小学", "stage": "primary", **values})


def lesson(key: str, day: str, tenths: int) -> tuple[str, str, dict[str, Any]]:
    return ("law_class", key, {"school_id": "school", "held_on": day, "periods": tenths, "topic": "校园欺凌"})


def activity(**values: Any) -> tuple[str, str, dict[str, Any]]:
    row = {"title": "反诈宣传", "six_entry": "village", "place": "文化广场", "state": "planned"}
    return ("outreach_event", "event", {**row, **values})


def submission(state: str) -> tuple[str, str, dict[str, Any]]:
    return ("submission", "sub", {"period": "2026-11", "form_group": "YB01", "version": 1, "state": state})


def vice(key: str, start: str, end: str) -> tuple[str, str, dict[str, Any]]:
    return (
        "vice_principal", key,
        {"school_id": "school", "name": "郭安", "term_start": start, "term_end": end},
    )  # fmt: skip


CONFIRMED = ("judicial_confirmation", "confirmation", {"parent_id": "case", "applied_on": "2026-11-20"})
VILLAGE = "420981001001"
TERM = {"post": "member", "employ": "full_time", "name": "周小满", "person_id": "person", "org_id": "org"}
ORG = ("mediation_org", "org", {"name": "青石镇人民调解委员会", "org_type": "3", "term_start": "2024-01-01"})


def round_of(key: str, day: str, villages: list[str]) -> tuple[str, str, dict[str, Any]]:
    row = {"round_type": "regular", "start_on": day, "end_on": day, "village_ids": villages}
    return ("screening_round", key, row)


MEDIATION = [
    # 首日不计；九月三十日起的三个工作日跨过国庆假期，十月十日（周六）调休上班
    Golden("case_acceptance", [case("registered", registered_on="2026-09-30")], "2026-10-10",
           [case("rejected")], says="第3个工作日"),
    # 司法部令第75号第三十三条：一个月；末日在国庆假期的顺延（民法典第二百零三条）
    Golden("mediation_period", [case("mediating", accepted_on="2026-09-03", due_on="2026-10-03")],
           "2026-10-03", [case("failed", concluded_on="2026-10-01", advised_on="2026-10-01")],
           legal="2026-10-08", today="2026-09-30", says="该日为国庆节，顺延至2026年10月8日"),
    Golden("mediation_extended",
           [case("mediating", accepted_on="2026-09-03", extended_to="2026-10-04", due_on="2026-10-04")],
           "2026-10-04", [settled()], today="2026-09-30", says="经各方同意延至2026年10月4日"),
    Golden("court_entrusted", [case("accepted", source="31", accepted_on="2026-11-03")], "2026-12-03",
           [case("suspended")], settings={"rule_overrides": {"court_entrusted": {"off": False}}}),
    # 人民调解法第二十五条
    Golden("escalation", [case("mediating", prediction=["2"])], "2026-11-02",
           [event("escalate", "2026-11-03")], says="应于当日"),
    # 人民调解法第二十六条
    Golden("advise_on_failure", [case("failed", concluded_on="2026-11-20")], "2026-11-20",
           [case("failed", advised_on="2026-11-20")]),
    # 人民调解法第三十三条、民事诉讼法第二百零五条：协议生效之日起三十日
    Golden("judicial_confirmation",
           [settled(), agreement(effective_on="2026-11-10", confirm_intent=True)], "2026-12-10",
           [CONFIRMED], says="协议2026年11月10日生效"),
    # 同上；末日遇元旦后的周六，2027年放假安排未公布
    Golden("judicial_confirmation_notice", [settled(), agreement(effective_on="2026-12-03")], "2027-01-02",
           [CONFIRMED, ("judicial_confirmation", "confirmation", {"applied_on": "2026-12-05"})],
           legal="2027-01-04", today="2026-12-30", says="2027年放假安排未公布，按周末推算"),
    # 法释〔2011〕5号：三日内决定是否受理，十五日内作出决定
    Golden("court_accepts", [settled(), CONFIRMED], "2026-11-23",
           [("judicial_confirmation", "confirmation", {"accepted_on": "2026-11-23"})]),
    Golden("court_decides",
           [settled(), CONFIRMED, ("judicial_confirmation", "confirmation", {"accepted_on": "2026-11-23"})],
           "2026-12-08", [("judicial_confirmation", "confirmation", {"result": "valid"})]),
    # 人民调解法第三十一条
    Golden("instalment", [settled(), agreement(), item(due_on="2026-11-30")], "2026-11-30",
           [item(state="done")], says="协议约定2026年11月30日履行"),
    Golden("instalment_overdue", [settled(), agreement(), item(due_on="2026-11-15")], "2026-11-22",
           [item(state="waived")], says="每7日一次"),
    Golden("performance", [settled(), agreement(perform_due="2026-12-05")], "2026-12-05",
           [settled("performed")]),
    Golden("performance_overdue", [settled(), agreement(perform_due="2026-11-20")], "2026-11-27",
           [settled("performed")]),
    # 司法部令第75号要求回访，天数为默认
    Golden("follow_up_agreement", [settled(), agreement(agreed_on="2026-11-10")], "2026-11-25",
           [visit("2026-11-12")]),
    Golden("follow_up_instalment", [settled(), agreement(), item(due_on="2026-11-15", state="done")],
           "2026-11-18", [visit("2026-11-16")]),
    Golden("follow_up_performance", [settled(), agreement(perform_due="2026-11-20")], "2026-11-23",
           [visit("2026-11-21")]),
    Golden("follow_up_next", [settled(), visit("2026-11-01", next_on="2026-12-01")], "2026-12-01",
           [visit("2026-12-01")]),
    # 人民调解法第二十七条要求建档，天数为默认
    Golden("archive", [case("closed", closed_on="2026-11-01")], "2026-12-01", [case("archived")]),
    Golden("volume_return",
           [case("archived"), ("archive_volume", "volume", {"parent_id": "case"}),
            ("volume_borrow", "borrow", {"parent_id": "volume", "who": "县局", "due_on": "2026-11-25"})],
           "2026-11-25", [("volume_borrow", "borrow", {"return_on": "2026-11-24"})]),
    Golden("external_entry", [settled(concluded_on="2026-11-10")], "2026-11-30",
           [("external_entry", "entry", {"parent_id": "case", "entered_on": "2026-11-12"})],
           settings={"require_external_no": True}),
    Golden("transfer_reply",
           [case("transferred"),
            ("case_transfer", "transfer", {"parent_id": "case", "unit": "法院", "reply_due": "2026-11-27"})],
           "2026-11-27", [("case_transfer", "transfer", {"replied_on": "2026-11-25"})], says="法院"),
    # 人民调解法第九条：任期三年；任期不顺延（2027年1月2日为周六）
    Golden("org_term", [(*ORG[:2], {**ORG[2], "term_end": "2027-01-02"})], "2027-01-02",
           [("mediation_org", "org", {"term_end": "2029-12-31"})], today="2026-12-30", says="每届任期三年"),
    Golden("mediator_term",
           [ORG, ("mediator_post", "post", {**TERM, "start_on": "2024-01-01", "end_on": "2026-12-31"})],
           "2026-12-31",
           [("mediator_post", "next", {**TERM, "start_on": "2027-01-01", "end_on": "2029-12-31"})]),
]  # fmt: skip
SCREENING = [
    Golden("lead_report", [lead(found_on="2026-11-22", risk_level="red")], "2026-11-22",
           [lead(state="referred", referred_to="镇政法办")]),
    Golden("lead_same_day", [lead(found_on="2026-11-23", risk_level="orange")], "2026-11-23",
           [lead(state="handling")]),
    Golden("lead_grave", [lead(found_on="2026-11-03", risk_level="orange", due_on="2026-11-28")],
           "2026-11-28", [lead(state="resolved")], says="登记的化解时限"),
    Golden("lead_due", [lead(found_on="2026-11-03", risk_level="yellow", due_on="2026-11-28")],
           "2026-11-28", [lead(state="mediated")]),
    Golden("village_screening", [round_of("r1", "2026-11-14", [VILLAGE])], "2026-11-30",
           [round_of("r2", "2026-11-20", [VILLAGE, "420981001002"])], subject=f"{VILLAGE}:2026-11b"),
    Golden("town_screening", [round_of("r1", "2026-10-30", [VILLAGE])], "2026-11-30",
           [round_of("r2", "2026-11-20", [VILLAGE])], subject="2026-11"),
]  # fmt: skip
OUTREACH = [
    Golden("node_plan", [], "2026-11-19",
           [activity(node="constitution_day", held_on="2026-12-04")], subject="constitution_day:2026"),
    Golden("event_data", [activity(held_on="2026-11-22")], "2026-11-25", [activity(state="cancelled")]),
    Golden("event_photo", [activity(held_on="2026-11-20", state="held")], "2026-11-23",
           [activity(state="held", photos=["册3页12"])]),
    Golden("plan_due",
           [("outreach_plan", "plan", {"task": "宪法宣讲", "due_on": "2026-12-04", "state": "pending"})],
           "2026-12-04", [("outreach_plan", "plan", {"state": "done"})]),
    # 教育部令第52号：每年不少于四课时；提醒日为默认
    Golden("school_first_class", [school(), lesson("c0", "2026-12-01", 40)], "2027-05-31",
           [lesson("c1", "2027-03-01", 10)], today="2027-05-20"),
    Golden("school_hours", [school(), lesson("c1", "2026-03-01", 10), lesson("c2", "2026-09-01", 25)],
           "2026-12-15", [lesson("c3", "2026-12-01", 5)], today="2026-12-01", says="3.5课时"),
    # 法治宣传教育法第四十一条：应当聘任，天数为默认
    Golden("school_vice_principal", [school(), vice("v0", "2023-09-01", "2026-08-31")], "2026-12-23",
           [vice("v1", "2026-09-01", "2029-08-31")]),
    Golden("vice_principal_term", [school(), vice("v0", "2023-12-21", "2026-12-20")], "2026-12-20",
           [vice("v1", "2026-12-21", "2029-12-20")]),
]  # fmt: skip
REPORTING = [
    Golden("month_report", [submission("returned")], "2026-12-03", [submission("closed")],
           subject="2026-11"),
    Golden("returned",
           [submission("returned"),
            ("return_task", "task", {
                "submission_id": "sub", "sheet": "04", "row_no": 7, "title": "刘福", "record_id": "case",
                "register": "mediation_case", "hint": "受理日期晚于调解日期", "opened_on": "2026-11-20"})],
           "2026-11-24", [("return_task", "task", {"done_on": "2026-11-23"})], says="04第7行"),
]  # fmt: skip
GOLDEN = (*MEDIATION, *SCREENING, *OUTREACH, *REPORTING)
