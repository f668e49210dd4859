"""The board on real records: order, reach, void and finished records, marks, and what it reads."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.context import Context
from app.due import DueItem, due, shipped_rules
from app.due.board import occurrences
from app.due.marks import read_marks
from app.records import add, do, revive, void
from models.mediation import MediationCase
from tests.app.due_rows import agreement, case, item, on_day, put, settled
from tests.builders.mediation import accepted_case, add_organisations, example_november_cases
from tests.builders.screening import dispute_lead, screening_round

FAR = date(2030, 12, 31)
ALIAS = re.compile(r"_\d+$")
BIG_TABLES = ("mediation_case", "agreement", "agreement_item", "dispute_lead", "case_event", "follow_up")


def of_rule(ctx: Context, *rules: str, until: date | None = FAR) -> list[DueItem]:
    return [one for one in due(ctx, until=until) if one.rule in rules]


def november(station: Context) -> Context:
    add_organisations(station)
    now = on_day(station, "2026-12-01")
    add(now, "mediation_case", example_november_cases())
    return now


def test_the_worked_example_gives_the_confirmation_day_of_its_second_case(station: Context) -> None:
    now = november(station)
    found = of_rule(now, "judicial_confirmation", "judicial_confirmation_notice")
    assert {(one.title.partition("：")[2][:3], one.due_strict) for one in found} == {
        ("陈立冬", "2026-12-10"),
        ("郑小河", "2026-12-20"),
        ("高远山", "2026-12-28"),
    }
    second = next(one for one in found if "陈立冬" in one.title)
    assert second.start_on == "2026-11-10"
    assert second.number_basis == "law"
    assert "人民调解法第三十三条" in second.basis
    assert second.explains.startswith("协议2026年11月10日生效，")


def test_items_are_sorted_by_consequence_then_by_the_last_day(station: Context) -> None:
    found = due(november(station), until=FAR)
    order = [(one.severity, one.due_legal) for one in found]
    assert order == sorted(order)
    assert {one.severity for one in found} == {1, 2, 3}
    assert found[0].rule == "mediation_period"
    assert found[0].severity_label == "必须办理"


def test_the_board_reaches_seven_days_or_as_far_as_asked(station: Context) -> None:
    put(station, [case("mediating", accepted_on="2026-11-01", due_on="2026-12-01")])
    assert of_rule(station, "mediation_period", until=None) == [], "eight days ahead"
    assert of_rule(station, "mediation_period", until=date(2026, 11, 30)) == []
    assert len(of_rule(station, "mediation_period", until=date(2026, 12, 1))) == 1
    (found,) = of_rule(on_day(station, "2026-11-24"), "mediation_period", until=None)
    assert (found.overdue_days, found.is_overdue, found.remind_today) == (0, False, True)
    (late,) = of_rule(on_day(station, "2026-12-04"), "mediation_period", until=None)
    assert (late.overdue_days, late.is_overdue, late.remind_today) == (3, True, False)


def test_an_early_reminder_shows_before_the_seven_days(station: Context) -> None:
    put(station, [settled(), agreement(effective_on="2026-11-10", confirm_intent=True)])
    assert of_rule(on_day(station, "2026-11-29"), "judicial_confirmation", until=None) == []
    assert len(of_rule(on_day(station, "2026-11-30"), "judicial_confirmation", until=None)) == 1


def test_overdue_days_count_from_the_rolled_last_day(station: Context) -> None:
    put(station, [case("mediating", accepted_on="2026-09-03", due_on="2026-10-03")])
    for day, overdue in (("2026-10-05", 0), ("2026-10-08", 0), ("2026-10-09", 1)):
        (found,) = of_rule(on_day(station, day), "mediation_period")
        assert (found.due_strict, found.due_legal, found.overdue_days) == (
            "2026-10-03",
            "2026-10-08",
            overdue,
        )


def test_a_right_that_has_run_out_leaves_the_board(station: Context) -> None:
    put(station, [settled(), agreement(effective_on="2026-11-10")])
    assert len(of_rule(on_day(station, "2026-12-10"), "judicial_confirmation_notice")) == 1
    assert of_rule(on_day(station, "2026-12-11"), "judicial_confirmation_notice") == []


def test_void_records_have_no_items_until_they_are_revived(station: Context) -> None:
    now = november(station)
    (found,) = of_rule(now, "mediation_period")
    assert found.record is not None
    void(now, found.record, "重复登记")
    assert of_rule(now, "mediation_period") == []
    revive(now, found.record)
    assert [one.id for one in of_rule(now, "mediation_period")] == [found.id]


def test_children_of_void_records_have_no_items(station: Context) -> None:
    put(station, [settled(), agreement(), item(due_on="2026-11-30")])
    (found,) = of_rule(station, "instalment")
    assert (found.record, found.register) == ("case", "mediation_case")
    with station.ledger.writing(station, "test", "作废") as writer:
        writer.void(MediationCase, "case", "重复登记")
    assert of_rule(station, "instalment") == []


def test_doing_it_in_place_takes_the_item_off(station: Context) -> None:
    now = november(station)
    visit = {"visitee": "吴大江", "performance": "01", "satisfaction": "满意", "situation": "履行顺利"}
    for rule, verb, params in (
        ("follow_up_agreement", "follow_up", visit),
        ("judicial_confirmation", "apply_confirmation", {"joint_flag": True, "court": "青山县人民法院"}),
    ):
        first = of_rule(now, rule)[0]
        assert first.record is not None
        assert verb in first.verbs
        do(now, verb, first.record, params)
        assert first.id not in {one.id for one in of_rule(now, rule)}


def test_urging_brings_the_item_back_seven_days_later(station: Context) -> None:
    now = november(station)
    later = on_day(now, "2026-12-14")
    (found,) = of_rule(later, "performance_overdue")
    assert (found.due_legal, found.verb) == ("2026-12-12", "urge")
    assert found.record is not None
    do(later, "urge", found.record, {"measures": "电话督促"})
    (again,) = of_rule(later, "performance_overdue")
    assert again.due_legal == "2026-12-21"
    assert "上次办理为2026年12月14日" in again.explains


def test_an_extension_moves_the_day_and_is_no_longer_called_law(station: Context) -> None:
    now = november(station)
    (found,) = of_rule(now, "mediation_period")
    assert (found.due_legal, found.number_basis) == ("2026-12-21", "law")
    assert found.record is not None
    do(now, "start", found.record, {
        "place": "调解室", "rights_notified": True, "content": "双方到场", "recorder": "周小满",
    })  # fmt: skip
    given = {"extended_to": "2027-01-10", "reason": "等待鉴定", "both_agree": True}
    do(now, "extend", found.record, given)
    assert of_rule(now, "mediation_period") == []
    (after,) = of_rule(now, "mediation_extended")
    assert (after.due_legal, after.number_basis) == ("2027-01-10", "local")


def test_a_suspended_case_has_no_running_day(station: Context) -> None:
    put(station, [case("suspended", accepted_on="2026-11-03", due_on="2026-12-03")])
    assert of_rule(station, "mediation_period") == []


def test_a_village_is_screened_by_a_round_that_names_it(station: Context) -> None:
    add(station, "screening_round", [screening_round(start_on="2026-11-16", end_on="2026-11-20")])
    assert [one.title for one in of_rule(station, "village_screening")] == [
        "村（社区）排查：白水村",
        "村（社区）排查：红岩村",
    ]


def test_the_board_narrows_to_a_register(station: Context) -> None:
    add(station, "dispute_lead", [dispute_lead(due_on="2026-11-25")])
    found = due(station, until=FAR, register="dispute_lead")
    assert [one.rule for one in found] == ["lead_due"]


def test_a_county_ledger_has_no_duties_of_a_station(county: Context) -> None:
    assert due(county, until=FAR) == []


def test_an_item_as_json_says_what_the_command_line_promises(station: Context) -> None:
    add(station, "dispute_lead", [dispute_lead(due_on="2026-11-25")])
    (found,) = due(station, until=FAR, register="dispute_lead")
    told = found.as_json()
    promised = {
        "id", "record", "rule", "title", "due_strict", "due_legal", "severity", "basis", "number_basis",
        "overdue_days", "explains", "verb",
    }  # fmt: skip
    assert promised <= set(told)
    assert told["id"] == f"lead_due:{found.record}"


# 读取量


def test_a_register_family_is_read_in_few_queries(station: Context) -> None:
    now = november(station)
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    sa.event.listen(now.ledger.engine, "before_cursor_execute", note)
    try:
        for slice_name in ("mediation", "screening", "outreach"):
            seen.clear()
            rules = [rule for rule in shipped_rules() if rule.slice == slice_name]
            assert due(now, until=FAR, rules=rules)
            assert len(seen) <= 20, slice_name
    finally:
        sa.event.remove(now.ledger.engine, "before_cursor_execute", note)


def test_finished_records_are_not_read(station: Context) -> None:
    """Every rule finds its rows by an index: a table of many thousands is never run through."""
    now = november(station)
    seen: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        seen.append((given[2], given[3]))

    sa.event.listen(now.ledger.engine, "before_cursor_execute", note)
    try:
        due(now, until=FAR)
    finally:
        sa.event.remove(now.ledger.engine, "before_cursor_execute", note)
    unions = [(query, given) for query, given in seen if "AS subject" in query]
    assert len(unions) == len({rule.source for rule in shipped_rules() if rule.source and not rule.setting})
    with station.ledger.reading() as conn:
        for query, given in unions:
            plan = [row[-1] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given)]
            assert any(line.startswith("SEARCH") for line in plan) or "school" in query
            assert [
                line
                for line in plan
                if line.startswith("SCAN ") and ALIAS.sub("", line.split()[1]) in BIG_TABLES
            ] == []


def test_every_occurrence_has_its_own_id(station: Context) -> None:
    now = november(station)
    with now.ledger.reading() as conn:
        ids = [found.id for found in occurrences(now, conn, shipped_rules(), read_marks(conn))]
    assert len(ids) == len(set(ids))
    assert len(ids) > 20


def test_a_case_typed_in_whole_after_it_was_closed_is_not_chased(station: Context) -> None:
    add_organisations(station)
    add(station, "mediation_case", [accepted_case(301)], origin="imported")
    assert {one.rule for one in due(station, until=FAR, register="mediation_case")} == {"mediation_period"}
