"""Each cross-check opens the record it comes from, and none is raised by a sound month."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.settings import change_setting
from app.statistics import (
    checks,
)
from models.dates import Period
from models.errors import Problem
from models.mediation import (
    Agreement,
    JudicialConfirmation,
    MediationCase,
    MediationOrg,
)
from models.outreach import LawClass, MediaPost, OutreachEvent, School
from models.screening import DisputeLead
from tests.builders.statistics import (
    NOVEMBER,
    YEAR,
    case_row,
    fill,
    org_rows,
    put,
    put_november,
)


@pytest.fixture
def november(station: Context) -> Context:
    """The station with the six cases of the acceptance example, C1 to C6."""
    put_november(station)
    return station


# ---- checks ----


def found(ctx: Context, code: str, period: Period = NOVEMBER, **asked: Any) -> list[Problem]:
    return [one for one in checks(ctx, period, **asked) if one.code == code]


OFFENDERS = [
    ("K1", "E441", {"org_id": None}, {}),
    ("K1", "E441", {"source": "77"}, {}),
    ("K1", "E441", {"dispute_type": "88"}, {}),
    ("K3", "E443", {"agreement_form": None}, {}),
    ("K4", "E544", {"outcome": "2", "agreement_amount": 5}, {}),
    ("K5", "E445", {"party_count": 1}, {}),
    ("K6", "E646", {"accepted_on": None}, {}),
    ("K6", "E646", {"accepted_on": "2026-11-28", "concluded_on": "2026-10-02"}, {}),
    ("K6", "E646", {"state": "failed", "concluded_on": None}, {}),
    ("K7", "E647", {"outcome": "2", "performed_on": "2026-11-20"}, {}),
    ("K10", "E540", {"agreement_form": None}, {}),
    ("K10", "E540", {"agreement_amount": None}, {}),
    ("K10", "E540", {"concluded_on": None}, {}),
    ("K10", "E540", {}, {"agreements": []}),
    ("K10", "E540", {}, {"agreements": [{"form": "1"}]}),
    ("K0", "W640", {"accepted_on": "~2026-11"}, {}),
]


@pytest.mark.parametrize(("check", "code", "changes", "children"), OFFENDERS)
def test_each_check_opens_the_record_it_comes_from(
    station: Context, check: str, code: str, changes: dict[str, Any], children: dict[str, Any]
) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(1), case_row(2, **changes)])
    agreements = children.get("agreements", [{"paper_bound": True}])
    put(station, Agreement, [
        {"id": "a1", "parent_id": "case-000001", "scan": "file"},
        *[{"id": f"b{n}", "parent_id": "case-000002", **one} for n, one in enumerate(agreements)],
    ])  # fmt: skip
    opened = found(station, code)
    assert {one.record for one in opened} == {"case-000002"}
    assert any(one.message.startswith(f"{check}：") and one.hint and one.column for one in opened)


def test_nothing_is_found_in_a_sound_month(november: Context) -> None:
    assert checks(november, NOVEMBER) == []


def test_confirmation_of_a_failed_case_is_opened(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(1, outcome="2")])
    put(station, JudicialConfirmation, [{"id": "jc", "parent_id": "case-000001", "applied_on": "2026-11-20"}])
    assert [one.record for one in found(station, "E647")] == ["case-000001"]


def test_system_numbers_are_demanded_only_where_the_county_asks(station: Context, fresh: Any) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(1), case_row(2, external_no="RM-1")])
    assert found(station, "E541") == []
    change_setting(station, "require_external_no", True)
    assert [one.record for one in found(fresh(station), "E541")] == ["case-000001"]


def test_k9_compares_cases_found_and_accepted_only_on_the_basis_of_acceptance(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(1), case_row(2)])
    put(station, DisputeLead, [
        {"id": "lead-1", "found_on": "2026-10-30", "case_id": "case-000001", "dispute_type": "02"},
    ])  # fmt: skip
    assert found(station, "W649") == []
    (warned,) = found(station, "W649", basis="受理")
    assert (warned.record, warned.severity, warned.seen) == ("case-000001", "warning", "2≠1")


def test_outreach_checks_open_their_records(station: Context) -> None:
    event = {
        "title": "讲座",
        "held_on": "2026-11-09",
        "state": "held",
        "form": "lecture",
        "six_entry": "school",
    }
    put(station, School, [{"id": "s1", "name": "一小"}])
    put(station, OutreachEvent, [
        {"id": "e1", **event, "school_id": "s1"}, {"id": "e2", **event, "six_entry": "sea"},
        {"id": "e3", **event, "form": None},
    ])  # fmt: skip
    put(station, MediaPost, [{"id": "m1", "title": "甲", "published_on": "2026-11-02", "platform": "telex"}])
    put(station, LawClass, [
        {"id": "k1", "school_id": "s1", "held_on": "2026-11-09", "topic": "宪法", "count_as_event": True},
    ])  # fmt: skip
    opened = {code: [one.record for one in found(station, code)] for code in ("E461", "E462", "E463", "W464")}
    assert opened == {"E461": ["e2"], "E462": ["e3"], "E463": ["m1"], "W464": ["e1"]}


def test_the_year_so_far_is_the_months_before_and_this_one(station: Context) -> None:
    fill(station, 4)
    for month in YEAR.each_month():
        assert found(station, "E648", month, tables=["T1"]) == []
