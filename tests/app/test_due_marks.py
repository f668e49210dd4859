"""Done, not applicable, later: a mark needs a reason, is journaled, and holds while its fact stands."""

from __future__ import annotations

from datetime import date

import pytest

from app.context import Context
from app.due import DueItem, MarkRefused, UnknownItem, due, mark, unmark
from app.history import undo
from app.records import add, change
from tests.app.due_rows import agreement, case, event, item, on_day, put, settled
from tests.builders.screening import dispute_lead

FAR = date(2030, 12, 31)


def of_rule(ctx: Context, rule: str) -> list[DueItem]:
    return [one for one in due(ctx, until=FAR) if one.rule == rule]


def grave_lead(station: Context) -> tuple[Context, str]:
    (record,) = add(station, "dispute_lead", [dispute_lead(due_on="2026-11-28")]).ids
    return station, f"lead_due:{record}"


def test_a_mark_holds_until_the_fact_changes(station: Context) -> None:
    now, item_id = grave_lead(station)
    mark(now, item_id, "not_applicable", "当事人已外出务工")
    assert of_rule(now, "lead_due") == []
    change(now, item_id.partition(":")[2], {"progress": "电话联系一次"})
    assert of_rule(now, "lead_due") == [], "another field changes nothing"
    change(now, item_id.partition(":")[2], {"due_on": "2026-12-20"})
    assert [one.due_legal for one in of_rule(now, "lead_due")] == ["2026-12-20"]


def test_a_snoozed_item_comes_back_on_its_day(station: Context) -> None:
    now, item_id = grave_lead(station)
    mark(now, item_id, "snoozed", "等待镇里协调", date(2026, 12, 1))
    assert of_rule(now, "lead_due") == []
    assert of_rule(on_day(now, "2026-11-30"), "lead_due") == []
    (back,) = of_rule(on_day(now, "2026-12-01"), "lead_due")
    assert back.overdue_days == 3


def test_a_later_mark_replaces_the_earlier_and_can_be_taken_back(station: Context) -> None:
    now, item_id = grave_lead(station)
    mark(now, item_id, "snoozed", "等待镇里协调", date(2026, 11, 25))
    mark(now, item_id, "done", "已当面化解，另补登记")
    assert of_rule(on_day(now, "2026-12-31"), "lead_due") == []
    unmark(now, item_id, "没有化解，记错")
    assert [one.id for one in of_rule(now, "lead_due")] == [item_id]


def test_a_mark_is_journaled_and_can_be_undone(station: Context) -> None:
    now, item_id = grave_lead(station)
    mark(now, item_id, "done", "已办")
    undo(now)
    assert [one.id for one in of_rule(now, "lead_due")] == [item_id]


def test_done_without_a_record_counts_as_one_time_of_a_rolling_duty(station: Context) -> None:
    put(station, [settled(), agreement(), item(due_on="2026-11-15")])
    mark(station, "instalment_overdue:item", "done", "到户督促，当事人答应月底付清")
    (found,) = of_rule(station, "instalment_overdue")
    assert found.due_legal == "2026-11-30"
    put(station, [event("urge", "2026-11-27")])
    (found,) = of_rule(on_day(station, "2026-11-27"), "instalment_overdue")
    assert found.due_legal == "2026-12-04"
    mark(on_day(station, "2026-11-28"), "instalment_overdue:item", "not_applicable", "义务人死亡")
    assert of_rule(on_day(station, "2027-02-01"), "instalment_overdue") == []


def test_a_rolling_duty_starts_anew_when_its_day_is_changed(station: Context) -> None:
    put(station, [settled(), agreement(), item(due_on="2026-11-10")])
    mark(station, "instalment_overdue:item", "not_applicable", "双方另行约定")
    assert of_rule(station, "instalment_overdue") == []
    put(station, [item(due_on="2026-11-12")])
    assert [one.due_legal for one in of_rule(station, "instalment_overdue")] == ["2026-11-19"]


@pytest.mark.parametrize(
    ("kind", "reason", "until", "words"),
    [
        ("done", "  ", None, "写明理由"),
        ("finished", "已办", None, "只能是"),
        ("snoozed", "等待", None, "晚于今天"),
        ("snoozed", "等待", date(2026, 11, 23), "晚于今天"),
    ],
)
def test_a_mark_needs_a_kind_a_reason_and_a_later_day(
    station: Context, kind: str, reason: str, until: date | None, words: str
) -> None:
    now, item_id = grave_lead(station)
    with pytest.raises(MarkRefused, match=words):
        mark(now, item_id, kind, reason, until)
    assert len(of_rule(now, "lead_due")) == 1


def test_a_statutory_item_is_done_on_its_record_or_found_not_applicable(station: Context) -> None:
    put(station, [case("mediating", accepted_on="2026-11-03", due_on="2026-12-03")])
    with pytest.raises(MarkRefused, match="以登记为准"):
        mark(station, "mediation_period:case", "done", "已调解")
    mark(station, "mediation_period:case", "not_applicable", "双方和解后撤回，待补登")
    assert of_rule(station, "mediation_period") == []


@pytest.mark.parametrize("item_id", ["lead_due:nobody", "nonsense:lead", "", "lead_due"])
def test_a_mark_on_nothing_is_refused(station: Context, item_id: str) -> None:
    grave_lead(station)
    with pytest.raises(UnknownItem):
        mark(station, item_id, "done", "已办")
    with pytest.raises(UnknownItem):
        unmark(station, item_id, "没有标记")
