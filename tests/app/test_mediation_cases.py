"""Whole cases: what is derived, the November example, quick entry, many households, committees and posts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.context import Context
from app.mediation import members_of, quick_case
from app.records import add, change, do, fetch
from models.errors import Refused
from tests.builders.mediation import (
    TOWN,
    VILLAGE,
    accepted_case,
    add_organisations,
    agreement,
    company,
    example_november_cases,
    household_case,
    mediation_case,
    mediation_org,
    mediator_post,
    party,
    village_org,
)
from tests.builders.screening import dispute_lead


def stored(ctx: Context, row: dict[str, Any]) -> dict[str, Any]:
    return fetch(ctx, add(ctx, "mediation_case", [row]).ids[0])


def test_what_follows_from_the_parties_is_filled_in(station: Context) -> None:
    add_organisations(station)
    row = stored(station, mediation_case())
    assert (row["title"], row["party_count"], row["relation_type"]) == ("刘福与何贵邻里纠纷", 2, "citizens")
    assert (row["state"], row["level"], row["apply_form"], row["due_on"]) == ("registered", "1", "none", None)
    many = [party("刘福", "甲方"), party("刘禄", "甲方"), company(side="乙方")]
    row = stored(station, mediation_case(parties=many, brief="公司运料车压坏机耕路"))
    assert row["title"] == "刘福等与青石建筑劳务有限公司邻里纠纷"
    assert row["relation_type"] == "citizen_org"


def test_a_mass_figure_stands_for_the_sum_of_the_rows(station: Context) -> None:
    add_organisations(station)
    row = stored(
        station, mediation_case(parties=[party("刘福", "甲方", side_party_count=12), company(side="乙方")])
    )
    assert row["party_count"] == 13
    change(station, row["id"], {"mass_party_count": 40})
    assert fetch(station, row["id"])["party_count"] == 40


def test_a_party_is_filled_from_the_person_file(station: Context) -> None:
    add_organisations(station)
    (person,) = add(station, "person", [{"name": "陈大山", "sex": "男", "birth_date": "1975-03-02"}]).ids
    row = stored(
        station, mediation_case(parties=[{"person_id": person, "side": "甲方"}, party("何贵", "乙方")])
    )
    first = row["parties"][0]
    assert (first["name"], first["sex"], first["birth_date"], first["age"]) == (
        "陈大山",
        "1",
        "1975-03-02",
        51,
    )


def test_the_agreement_gives_the_reported_amount(station: Context) -> None:
    add_organisations(station)
    row = stored(
        station,
        accepted_case(
            state="performing", concluded_on="2026-11-10", outcome="1", agreement_amount=1,
            claim_amount=900_000, agreements=[agreement("2026-11-10", 350_000)],
        ),
    )  # fmt: skip
    assert (row["agreement_amount"], row["agreement_form"], row["performance"]) == (350_000, "2", "0")
    (agreed,) = row["agreements"]
    assert (agreed["agreement_no"], agreed["confirm_deadline"]) == (row["volume_no"], "2026-12-10")


def test_saving_again_without_a_change_writes_nothing(station: Context) -> None:
    add_organisations(station)
    for case in add(station, "mediation_case", [*example_november_cases(), household_case()]).ids:
        _, changed, _ = change(station, case, {})
        assert changed == ()


def test_the_november_example_gives_its_figures(station: Context) -> None:
    add_organisations(station)
    saved = add(station, "mediation_case", example_november_cases())
    assert saved.warnings == ()
    cases = [fetch(station, case) for case in saved.ids]
    concluded = [c for c in cases if (c["concluded_on"] or "").startswith("2026-11")]
    settled = [c for c in concluded if c["outcome"] == "1"]
    assert (len(concluded), sum(c["party_count"] for c in concluded), len(settled)) == (5, 22, 4)
    assert sum(c["difficulty"] in "34" for c in concluded) == 2
    assert sum(c["agreement_amount"] for c in settled) == 23_350_000
    assert Counter(c["agreement_form"] for c in settled) == {"1": 3, "2": 1}
    assert Counter(c["source"] for c in concluded) == {"10": 2, "20": 1, "33": 1, "35": 1}
    assert sorted(c["dispute_type"] for c in concluded) == ["02", "03", "06", "07", "10"]
    assert sum((c["performed_on"] or "").startswith("2026-11") for c in cases) == 2
    assert sum(c["accepted_on"].startswith("2026-11") for c in cases) == 5
    orgs = {fetch(station, name)["id"]: name for name in (TOWN, VILLAGE)}
    assert Counter(orgs[c["org_id"]] for c in concluded) == {TOWN: 3, VILLAGE: 2}
    assert cases[1]["agreements"][0]["effective_on"] == "2026-11-10"
    assert cases[1]["confirm_deadline"] == "2026-12-10"
    assert cases[3]["confirm_state"] == "planned"
    assert [c["state"] for c in cases] == [
        "performed", "performed", "performing", "performing", "failed", "accepted",
    ]  # fmt: skip


def test_thirty_two_households_are_paid_in_instalments(station: Context) -> None:
    add_organisations(station)
    saved = add(station, "mediation_case", [household_case()])
    assert saved.warnings == ()
    case = fetch(station, saved.ids[0])
    assert (case["party_count"], case["household_count"], case["land_area_mu"]) == (33, 32, 15_000)
    (agreed,) = case["agreements"]
    assert (len(agreed["items"]), agreed["copies"], agreed["perform_due"]) == (64, 34, "2027-01-31")
    assert sum(item["amount"] for item in agreed["items"]) == case["agreement_amount"] == 3_200_000
    for seq in (1, 3):
        do(
            station,
            "perform",
            case["id"],
            {"item": str(seq), "done_on": "2026-11-30", "proof_note": "转账单"},
        )
    states = Counter(item["state"] for item in fetch(station, case["id"])["agreements"][0]["items"])
    assert states == {"done": 2, "not_due": 62}


def test_outside_mediators_and_joint_groups_are_countable_from_records(station: Context) -> None:
    add_organisations(station)
    helpers = [
        {"name": "老秦", "kind": "乡贤"},
        {"name": "小赵", "kind": "法律明白人", "joint_group": "涉企纠纷联调组"},
    ]
    row = stored(
        station, mediation_case(joint_group="土地纠纷联调组", joint_units=["派出所"], helpers=helpers)
    )
    groups = [(helper["name"], helper["joint_group"]) for helper in row["helpers"]]
    assert groups == [("老秦", "土地纠纷联调组"), ("小赵", "涉企纠纷联调组")]


QUICK = {
    "date": "2026.11.3", "village_id": "青石村", "party_a": "刘福", "party_b": "何贵", "dispute_type": "邻里",
    "brief": "院墙边堆柴引起口角",
}  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "state", "number"),
    [
        (None, "registered", None),
        ("成功", "performing", "（2026）青石村人调字第001号"),
        ("履行完毕", "closed", "（2026）青石村人调字第001号"),
        ("调解不成", "failed", "（2026）青石村人调字第001号"),
    ],
)
def test_eight_values_make_a_case(
    station: Context, outcome: str | None, state: str, number: str | None
) -> None:
    organisations = add_organisations(station)
    (person,) = add(station, "person", [{"name": "钱进"}]).ids
    add(station, "mediator_post", [mediator_post(person, VILLAGE, post="主任")])
    (case,) = quick_case(station, **QUICK, outcome=outcome, amount="500元").ids
    row = fetch(station, case)
    assert (row["state"], row["volume_no"], row["org_id"]) == (state, number, organisations["village"])
    assert (row["source"], row["registered_on"], row["title"]) == ("10", "2026-11-03", "刘福与何贵邻里纠纷")
    assert [mediator["name"] for mediator in row["mediators"]] == ["钱进"]
    if row["outcome"] == "1":
        (agreed,) = row["agreements"]
        assert (row["agreement_form"], row["agreement_amount"], agreed["amount"]) == ("2", 50_000, 50_000)
        assert agreed["missing"]["terms"] == "unknown"
        assert row["difficulty"] == "1"
    if state == "failed":
        assert row["missing"] == {"fail_reason": "unknown", "advised_path": "unknown"}


def test_a_quick_case_goes_on_like_any_other(station: Context) -> None:
    add_organisations(station)
    add(station, "mediation_case", [accepted_case(org_id=VILLAGE, brief="因为看家狗追咬路人发生的争执")])
    (case,) = add(station, "mediation_case", [{**QUICK, "outcome": "成功"}]).ids
    assert [mediator["name"] for mediator in fetch(station, case)["mediators"]] == ["周小满"]
    do(station, "complete", case, {"performed_on": "2026-11-05", "proof": "收条"})
    do(station, "close", case, {"closed_on": "2026-11-06"})
    row = fetch(station, case)
    assert row["state"] == "closed"
    assert row["agreements"][0]["missing"]["perform_due"] == "unknown"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"village_id": "没有的村"}, "village_id"),
        ({"date": "2026-13-40"}, "registered_on"),
        ({"brief": ""}, "brief"),
    ],
)
def test_a_quick_case_is_checked_like_any_other(
    station: Context, changes: dict[str, Any], field: str
) -> None:
    add_organisations(station)
    with pytest.raises(Refused) as refused:
        quick_case(station, **{**QUICK, "outcome": "成功", **changes})
    assert field in {problem.field for problem in refused.value.problems}


def test_a_lead_becomes_a_case_that_knows_when_it_was_found(station: Context) -> None:
    add_organisations(station)
    (lead,) = add(station, "dispute_lead", [dispute_lead()]).ids
    given = {
        "org_id": TOWN,
        "parties": [party("刘福", "甲方"), party("何贵", "乙方")],
        "mediators": [{"mediator_post": "周小满"}],
    }
    do(station, "promote", lead, {"on": "2026-11-05", "case": given})
    case = fetch(station, fetch(station, lead)["case_id"])
    assert (case["found_on"], case["registered_on"]) == ("2026-11-03", "2026-11-05")
    assert (case["state"], case["case_no"], case["source"]) == ("registered", "TJ-2026-0001", "10")


def test_a_committee_counts_its_members_from_their_posts(station: Context) -> None:
    organisations = add_organisations(station)
    people = [
        {"name": "钱进", "sex": "男", "ethnic": "土家族"},
        {"name": "孙文", "sex": "男", "ethnic": "汉族"},
        {"name": "李木", "sex": "女", "ethnic": "汉族"},
    ]
    ids = add(station, "person", people).ids
    posts = [
        mediator_post(ids[0], post="主任", employ="兼职"),
        mediator_post(ids[1], post="调解员", appointed_by="聘任"),
        mediator_post(ids[2], end_on="2026-10-31"),
    ]
    director = add(station, "mediator_post", posts).ids[0]
    members = members_of(station, organisations["town"])
    assert (members.member_count, members.female_count, members.minority_count) == (2, 1, 1)
    assert (members.full_time_count, members.part_time_count) == (2, 1)
    _, _, saved = change(station, organisations["town"], {"director_id": director})
    assert [problem.code for problem in saved.warnings] == ["W422"]
    do(station, "leave", director, {"reason": "辞职", "on": "2026-11-01"})
    assert members_of(station, organisations["town"]).member_count == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"term_end": "2028-01-01"}, set()),
        ({"term_end": "2028-01-02"}, {"W421"}),
        ({"term_end": "2024-12-31"}, {"E401"}),
        ({"org_type": "6"}, {"E301"}),
        ({"org_type": "6", "ind_type": "物业"}, set()),
    ],
)
def test_a_committee_is_elected_for_three_years(
    station: Context, changes: dict[str, Any], expected: set[str]
) -> None:
    """人民调解法第九条."""
    try:
        found = add(station, "mediation_org", [mediation_org(**changes)]).warnings
    except Refused as refused:
        found = refused.problems
    assert {problem.code for problem in found} == expected


def test_a_committee_stands_in_the_register_once(station: Context) -> None:
    with pytest.raises(Refused, match="重复"):
        add(station, "mediation_org", [village_org(), village_org()])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end_on": "2024-01-01"}, "E401"),
        ({"leave_on": "2026-11-01"}, "E301"),
        ({"appointed_by": "聘任"}, "W431"),
    ],
)
def test_a_post_is_held_in_order(station: Context, changes: dict[str, Any], code: str) -> None:
    add_organisations(station)
    (person,) = add(station, "person", [{"name": "钱进"}]).ids
    try:
        found = add(station, "mediator_post", [mediator_post(person, **changes)]).warnings
    except Refused as refused:
        found = refused.problems
    assert [problem.code for problem in found] == [code]


def test_a_mediator_is_found_by_name_and_keeps_a_grade(station: Context) -> None:
    organisations = add_organisations(station)
    grade = {"level": "四级", "granted_on": "2026-01-10", "granted_by": "青山县人民调解员协会"}
    change(station, organisations["post"], {"grades": [grade]})
    row = fetch(station, organisations["post"])
    assert (row["name"], row["grades"][0]["level"]) == ("周小满", "4")
    case = stored(station, mediation_case(mediators=[{"mediator_post": "周小满", "role": "主办"}]))
    assert case["mediators"][0]["mediator_post"] == organisations["post"]
