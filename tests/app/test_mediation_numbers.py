"""Case and volume numbers: one run per committee and year, no number twice, a gap stays a gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.context import Context
from app.records import add, do, fetch, void
from app.settings import change_setting
from models.errors import GuardFailed, Refused
from tests.app.test_mediation_states import ACCEPT
from tests.builders.mediation import VILLAGE, accepted_case, add_organisations, mediation_case, party

BRIEFS = (
    "屋檐滴水",
    "田埂越界",
    "院墙倒塌压坏菜地",
    "牛吃青苗",
    "共用水井抽水",
    "树枝遮光",
    "狗咬伤鸡",
    "噪音扰民",
)


def accepted(ctx: Context, brief: str, day: str = "2026-11-03", **given: Any) -> str:
    org = {"org_id": given.pop("org_id")} if "org_id" in given else {}
    row = mediation_case(brief=brief, registered_on="2025-01-02", **org)
    (case,) = add(ctx, "mediation_case", [row]).ids
    do(ctx, "accept", case, {**ACCEPT, "accepted_on": day, **given})
    return str(fetch(ctx, case)["volume_no"])


def test_case_numbers_run_by_year_of_registration_and_leave_gaps(station: Context) -> None:
    add_organisations(station)
    rows = [mediation_case(brief=brief) for brief in BRIEFS[:3]]
    first, second, _ = add(station, "mediation_case", rows).ids
    void(station, second, "重复登记")
    (fourth,) = add(station, "mediation_case", [mediation_case(brief=BRIEFS[3])]).ids
    (old,) = add(station, "mediation_case", [mediation_case(brief=BRIEFS[4], registered_on="2025-12-31")]).ids
    numbers = [fetch(station, case)["case_no"] for case in (first, fourth, old)]
    assert numbers == ["TJ-2026-0001", "TJ-2026-0004", "TJ-2025-0001"]


def test_a_refused_case_uses_no_number(station: Context) -> None:
    add_organisations(station)
    with pytest.raises(Refused):
        add(station, "mediation_case", [mediation_case(), mediation_case(parties=[])])
    (case,) = add(station, "mediation_case", [mediation_case()]).ids
    assert fetch(station, case)["case_no"] == "TJ-2026-0001"


def test_volume_numbers_run_per_committee_and_year_of_acceptance(station: Context) -> None:
    add_organisations(station)
    numbers = [
        accepted(station, BRIEFS[0]),
        accepted(station, BRIEFS[1]),
        accepted(station, BRIEFS[2], org_id=VILLAGE),
        accepted(station, BRIEFS[3], day="2025-12-31"),
        accepted(station, BRIEFS[4]),
    ]
    assert numbers == [
        "（2026）青石镇人调字第001号",
        "（2026）青石镇人调字第002号",
        "（2026）青石村人调字第001号",
        "（2025）青石镇人调字第001号",
        "（2026）青石镇人调字第003号",
    ]


def test_no_volume_number_before_acceptance_and_none_for_a_rejected_case(station: Context) -> None:
    add_organisations(station)
    (case,) = add(station, "mediation_case", [mediation_case()]).ids
    with pytest.raises(GuardFailed):
        do(station, "accept", case, {**ACCEPT, "consent_state": "一方拒绝"})
    assert fetch(station, case)["volume_no"] is None
    assert accepted(station, BRIEFS[1]) == "（2026）青石镇人调字第001号"


def test_a_voided_case_keeps_its_number_for_good(station: Context) -> None:
    add_organisations(station)
    first = accepted(station, BRIEFS[0])
    void(station, first, "录错")
    assert accepted(station, BRIEFS[1]) == "（2026）青石镇人调字第002号"


def test_a_number_on_an_old_paper_case_is_passed_over_and_not_given_again(station: Context) -> None:
    add_organisations(station)
    add(station, "mediation_case", [accepted_case(2)])
    numbers = [accepted(station, brief) for brief in BRIEFS[1:3]]
    assert numbers == ["（2026）青石镇人调字第001号", "（2026）青石镇人调字第003号"]
    with pytest.raises(Refused, match="卷号与"):
        add(station, "mediation_case", [accepted_case(3, brief=BRIEFS[5])])


def test_plain_numbers_of_old_registers_may_repeat(station: Context) -> None:
    add_organisations(station)
    both = [party("甘霖", "甲方"), party("尤其", "乙方")]
    rows = [
        accepted_case(volume_no="1"),
        accepted_case(volume_no="1", parties=both, brief=BRIEFS[6]),
    ]
    assert len(add(station, "mediation_case", rows).ids) == 2


def test_oral_agreements_may_run_in_a_sequence_of_their_own(
    station: Context, fresh: Callable[[Context], Context]
) -> None:
    add_organisations(station)
    assert accepted(station, BRIEFS[0], oral=True) == "（2026）青石镇人调字第001号"
    change_setting(station, "oral_sequence", True)
    ctx = fresh(station)
    numbers = [
        accepted(ctx, BRIEFS[1], oral=True),
        accepted(ctx, BRIEFS[2]),
        accepted(ctx, BRIEFS[3], oral=True),
    ]
    assert numbers == [
        "（2026）青石镇人调字（口）第001号",
        "（2026）青石镇人调字第002号",
        "（2026）青石镇人调字（口）第002号",
    ]
