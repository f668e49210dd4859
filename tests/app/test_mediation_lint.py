"""The checks D1 to D10: each one found where it should be, and silent where all is well."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.mediation.lint import lint
from app.records import add, fetch
from models.errors import Problem, Refused
from tests.builders.mediation import (
    accepted_case,
    add_organisations,
    agreement,
    mediator_post,
    party,
    signatures,
    written_agreement,
)

Row = dict[str, Any]


def problems(ctx: Context, row: Row) -> tuple[Problem, ...]:
    """Add a case and give what was said about it, refused or not."""
    try:
        return add(ctx, "mediation_case", [row]).warnings
    except Refused as refused:
        return refused.problems


def codes(ctx: Context, row: Row) -> set[str]:
    return {problem.code for problem in problems(ctx, row)}


def settled(number: int = 1, **changes: Any) -> Row:
    values = {
        "state": "performing",
        "concluded_on": "2026-11-10",
        "outcome": "1",
        "agreements": [agreement("2026-11-10")],
    }
    return accepted_case(number, **{**values, **changes})


def closed(**changes: Any) -> Row:
    values = {
        "state": "closed", "performance": "1", "performed_on": "2026-11-20", "closed_on": "2026-11-22",
        "performance_proof": "收条",
    }  # fmt: skip
    return settled(**{**values, **changes})


def session(day: str) -> Row:
    return {
        "held_at": f"{day} 09:00", "place": "村委会", "parties_present": ["刘福"], "mediators": ["周小满"],
        "recorder": "周小满", "rights_notified": True, "content": "略", "session_result": "有待继续调解",
    }  # fmt: skip


def visit(day: str) -> Row:
    return {
        "visit_on": day, "visitor": "周小满", "visitee": "何贵", "performance": "01", "satisfaction": "满意",
        "situation": "已修好",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def organisations(station: Context) -> dict[str, str]:
    return add_organisations(station)


def test_a_case_in_good_order_gives_no_problem(station: Context) -> None:
    row = closed(
        occurred_on="2026-10-30", found_on="2026-11-01", sessions=[session("2026-11-05")],
        follow_ups=[visit("2026-11-21")],
    )  # fmt: skip
    assert problems(station, row) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occurred_on": "2026-11-03"}, "registered_on"),
        ({"found_on": "2026-11-03"}, "registered_on"),
        ({"registered_on": "2026-11-04"}, "accepted_on"),
        ({"accepted_on": "2026-11-11"}, "concluded_on"),
        ({"sessions": [session("2026-11-11")]}, "concluded_on"),
        ({"agreements": [agreement("2026-11-09")]}, "agreements.agreed_on"),
        ({"performed_on": "2026-11-09"}, "performed_on"),
        ({"follow_ups": [visit("2026-11-09")]}, "follow_ups[1].visit_on"),
        ({"closed_on": "2026-11-19"}, "closed_on"),
        (
            {"state": "archived", "keep_period": "10年", "archived_on": "2026-11-21"},
            "archived_on",
        ),
    ],
)
def test_d1_an_impossible_order_of_dates_is_refused(station: Context, changes: Row, field: str) -> None:
    found = problems(station, closed(**changes))
    assert (field, "error") in {(p.field, p.severity) for p in found if p.code == "E401"}
    assert all(problem.message and problem.hint for problem in found)


def test_d1_a_partial_date_is_in_no_order(station: Context) -> None:
    assert problems(station, closed(occurred_on="~2026-12")) == ()


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-11-19", {"W401"}), ("2026-11-20", set()), ("2026-11-23", {"W401"})]
)
def test_d1_a_last_visit_before_performance_or_after_closing_is_pointed_out(
    station: Context, day: str, expected: set[str]
) -> None:
    assert codes(station, closed(follow_ups=[visit(day)])) == expected


APPLIED = {"source": "20", "apply_form": "书面", "requests": ["停止滴水"]}
INQUIRY = {
    "time": "2026-11-02 10:00", "place": "村委会", "investigators": ["周小满"], "respondent": "何贵",
    "qa_text": "略",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({**APPLIED, "sessions": [session("2026-11-02")]}, {"W402"}),
        ({**APPLIED, "investigations": [INQUIRY]}, {"W402"}),
        ({**APPLIED, "sessions": [session("2026-11-03")]}, set()),
        ({"sessions": [session("2026-11-02")]}, set()),
    ],
)
def test_d2_nothing_before_acceptance_unless_the_committee_acted_by_itself(
    station: Context, changes: Row, expected: set[str]
) -> None:
    assert codes(station, accepted_case(**changes)) == expected


def led_by(post: str) -> list[Row]:
    return [{"mediator_post": post, "role": "主办"}]


def test_d3_a_party_does_not_mediate(station: Context, organisations: dict[str, str]) -> None:
    both = [party("周小满", "甲方", person_id=organisations["person"]), party("何贵", "乙方")]
    row = accepted_case(mediators=led_by(organisations["post"]), parties=both)
    assert codes(station, row) == {"E406"}
    row["mediators"] = [
        {**row["mediators"][0], "recused": True, "recuse_reason": "本人是当事人"},
        {"name": "钱进", "role": "主办"},
    ]
    assert codes(station, row) == set()


def test_d3_a_namesake_is_asked_about(station: Context) -> None:
    both = [party("周小满", "甲方"), party("何贵", "乙方")]
    assert codes(station, accepted_case(parties=both)) == {"W403"}


def test_d3_a_relative_is_asked_about(station: Context, organisations: dict[str, str]) -> None:
    (brother,) = add(
        station,
        "person",
        [{"name": "周大安", "relations": [{"to_person_id": organisations["person"], "relation": "73"}]}],
    ).ids
    both = [party("周大安", "甲方", person_id=brother), party("何贵", "乙方")]
    row = accepted_case(mediators=led_by(organisations["post"]), parties=both)
    assert codes(station, row) == {"W403"}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (("2025-01-01", "2026-11-02"), {"W403"}),
        (("2026-11-04", "2027-12-31"), {"W403"}),
        (("2026-11-03", "2026-11-03"), set()),
    ],
)
def test_d3_a_mediator_is_in_office_on_the_day(
    station: Context, organisations: dict[str, str], term: tuple[str, str], expected: set[str]
) -> None:
    (person,) = add(station, "person", [{"name": "钱进"}]).ids
    start, end = term
    (post,) = add(station, "mediator_post", [mediator_post(person, start_on=start, end_on=end)]).ids
    assert codes(station, accepted_case(mediators=led_by(post))) == expected


WRITTEN = written_agreement("2026-11-10", 0, "刘福", "何贵")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"copies": 2}, {"W404"}),
        ({"signatures": signatures("2026-11-10", "刘福")}, {"W404"}),
        (
            {"signatures": [{**WRITTEN["signatures"][0], "signed_on": None}, *WRITTEN["signatures"][1:]]},
            {"W404"},
        ),
        ({"sealed_on": "2026-11-09"}, {"W404"}),
        ({"sealed_on": "2026-11-12"}, set()),
    ],
)
def test_d4_a_written_agreement_is_complete(station: Context, changes: Row, expected: set[str]) -> None:
    assert codes(station, settled(agreements=[{**WRITTEN, **changes}])) == expected


def items(*pairs: tuple[str, int]) -> list[Row]:
    return [
        {"obligor": "刘福", "obligee": "何贵", "content": f"第{n}期", "amount": amount, "due_on": due}
        for n, (due, amount) in enumerate(pairs, 1)
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (items(("2026-12-01", 20_000), ("2027-01-01", 30_000)), set()),
        (items(("2026-12-01", 20_000), ("2027-01-01", 20_000)), {"W405"}),
        (items(("2027-01-01", 20_000), ("2026-12-01", 30_000)), {"W405"}),
        ([], set()),
    ],
)
def test_d5_instalments_add_up_and_follow_in_time(
    station: Context, rows: list[Row], expected: set[str]
) -> None:
    agreed = agreement("2026-11-10", 50_000, perform_mode="分期履行", items=rows)
    assert codes(station, settled(agreements=[agreed])) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"birth_date": "2008-11-04"}, {"W406"}),
        ({"birth_date": "2008-11-03"}, set()),
        ({"birth_date": "2008-11-04", "guardian": "刘大福"}, set()),
        ({"special_groups": ["未成年人"]}, {"W406"}),
        ({"is_minor_guarded": True}, {"W406"}),
        ({"is_minor_guarded": True, "guardian": "刘大福"}, set()),
    ],
)
def test_d6_a_minor_is_there_with_a_guardian(station: Context, changes: Row, expected: set[str]) -> None:
    both = [party("刘福", "甲方", **changes), party("何贵", "乙方")]
    assert codes(station, accepted_case(parties=both)) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("双方自愿离婚，子女由女方抚养", {"W407"}),
        ("双方解除收养关系", {"W407"}),
        ("争议地块的土地使用权归刘福", {"W407"}),
        ("双方确认后山林地的所有权归村集体", {"W407"}),
        ("刘福赔偿何贵医疗费三千元", set()),
        ("何贵停止堆放杂物，恢复通行", set()),
    ],
)
def test_d7_status_and_title_are_not_for_the_court_to_confirm(
    station: Context, term: str, expected: set[str]
) -> None:
    assert codes(station, settled(agreements=[agreement("2026-11-10", terms=[term])])) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"parties": [party("何贵", "甲方"), party("刘福", "乙方")]}, True),
        ({"dispute_type": "06"}, False),
        ({"parties": [party("刘福", "甲方"), party("何富", "乙方")]}, False),
        (
            {
                "registered_on": "2026-08-01", "accepted_on": "2026-08-01", "concluded_on": "2026-08-12",
                "agreements": [agreement("2026-08-12")],
            },
            True,
        ),
        (
            {
                "registered_on": "2026-08-01", "accepted_on": "2026-08-01", "concluded_on": "2026-08-11",
                "agreements": [agreement("2026-08-11")],
            },
            False,
        ),
    ],
)  # fmt: skip
def test_d8_the_same_parties_within_ninety_days_may_be_one_dispute(
    station: Context, changes: Row, *, expected: bool
) -> None:
    first = add(station, "mediation_case", [settled(1)]).ids[0]
    other = settled(2, **{"brief": "因院墙高度再起争执，互相辱骂", **changes})
    found = {problem.record for problem in problems(station, other) if problem.code == "W408"}
    assert found == ({first} if expected else set())


LONG = "刘福家屋檐滴水流入何贵家院内，两家多次争吵，曾经报警两次，邻居劝说没有结果"


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("甘霖家屋檐滴水流入尤其家院内，两家多次争吵，曾经报警3次，邻居劝说没有结果", {"W409"}),
        ("甘霖家屋檐滴水流入尤其家院内，后来赔礼道歉，双方握手言和，并且共同修好了排水的沟渠", set()),
        ("两家为田埂的位置发生口角", set()),
    ],
)
def test_d9_a_brief_copied_from_another_case_is_pointed_out(
    station: Context, brief: str, expected: set[str]
) -> None:
    add(station, "mediation_case", [accepted_case(1, brief=LONG)])
    both = [party("甘霖", "甲方"), party("尤其", "乙方")]
    assert codes(station, accepted_case(2, brief=brief, parties=both)) == expected


def test_d9_terms_copied_from_another_agreement_are_pointed_out(station: Context) -> None:
    term = "刘福在屋檐加装水槽，把雨水引入公用水沟，费用自理，何贵不再追究以前的事情"
    add(station, "mediation_case", [settled(1, agreements=[agreement("2026-11-10", terms=[term])])])
    both = [party("甘霖", "甲方"), party("尤其", "乙方")]
    copied = term.replace("刘福", "甘霖").replace("何贵", "尤其")
    other = settled(2, brief="甘霖盖房占了公共通道", parties=both)
    other["agreements"] = [agreement("2026-11-10", terms=[copied])]
    assert codes(station, other) == {"W409"}
    own = agreement("2026-11-10", terms=["甘霖退出占用的通道，十日内拆完围栏"])
    third = settled(
        3, brief="退耕还林补助款分配不均引发争执", parties=both, dispute_type="04", agreements=[own]
    )
    assert codes(station, third) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"performance_proof": None}, {"W410"}),
        ({"performance_proof": None, "follow_ups": [visit("2026-11-21")]}, set()),
        (
            {
                "performance_proof": None,
                "agreements": [agreement("2026-11-10", perform_mode="即时履行", perform_due="2026-11-10")],
            },
            set(),
        ),
        ({}, set()),
    ],
)
def test_d10_performance_rests_on_something(station: Context, changes: Row, expected: set[str]) -> None:
    assert codes(station, closed(**changes)) == expected


def test_a_stored_case_can_be_checked_again(station: Context) -> None:
    (case,) = add(station, "mediation_case", [closed(performance_proof=None)]).ids
    assert [problem.code for problem in lint(station, fetch(station, case))] == ["W410"]
