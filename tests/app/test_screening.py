"""Leads: what a grave one needs, the way of each state, and that a mediated lead is counted once."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.records import add, do, fetch
from models.errors import GuardFailed, IllegalTransition, Refused
from tests.builders.screening import dispute_lead, screening_round

NEW = ()
VERIFIED = (("verify", {}),)
HANDLING = (*VERIFIED, ("handle", {"measures": "上门劝解"}))
RESOLVED = (*HANDLING, ("resolve", {"resolution": "现场劝解", "on": "2026-11-10"}))
WAYS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "new": NEW,
    "verified": VERIFIED,
    "handling": HANDLING,
    "referred": (*VERIFIED, ("refer", {"unit": "派出所"})),
    "unresolved": (*HANDLING, ("hold", {"note": "一方外出务工"})),
    "resolved": RESOLVED,
    "closed": (*RESOLVED, ("close", {})),
}
LEGAL = {
    "verify": {"new"},
    "handle": {"new", "verified", "unresolved"},
    "refer": {"new", "verified", "handling", "referred", "unresolved"},
    "resolve": {"new", "verified", "handling", "referred", "unresolved"},
    "hold": {"verified", "handling", "referred"},
    "close": {"resolved", "mediated", "referred"},
}
PARAMS: dict[str, dict[str, Any]] = {
    "refer": {"unit": "信访办"},
    "resolve": {"resolution": "现场劝解"},
    "hold": {"note": "稳控"},
}


def _lead_in(ctx: Context, state: str) -> str:
    lead = add(ctx, "dispute_lead", [dispute_lead()]).ids[0]
    for verb, params in WAYS[state]:
        do(ctx, verb, lead, params)
    return lead


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("verb", LEGAL)
def test_a_verb_works_in_its_states_and_in_no_other(station: Context, state: str, verb: str) -> None:
    lead = _lead_in(station, state)
    assert fetch(station, lead)["state"] == state
    if state in LEGAL[verb]:
        do(station, verb, lead, PARAMS.get(verb, {}))
        assert fetch(station, lead)["steps"][-1]["event"]
    else:
        with pytest.raises(IllegalTransition):
            do(station, verb, lead, PARAMS.get(verb, {}))


@pytest.mark.parametrize("risk", ["红", "橙"])
def test_a_grave_lead_needs_someone_responsible_and_a_day(station: Context, risk: str) -> None:
    with pytest.raises(Refused) as refused:
        add(station, "dispute_lead", [dispute_lead(risk_level=risk)])
    assert {problem.field for problem in refused.value.problems} == {"responsible", "duty_leader", "due_on"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"found_on": "2026-11-24"}, "found_on"),
        ({"due_on": "2026-11-02"}, "due_on"),
    ],
)
def test_dates_out_of_order_are_refused(station: Context, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        add(station, "dispute_lead", [dispute_lead(**changes)])
    assert refused.value.problems[0].field == field


def test_resolving_before_it_was_found_is_refused(station: Context) -> None:
    lead = add(station, "dispute_lead", [dispute_lead()]).ids[0]
    with pytest.raises(GuardFailed):
        do(station, "resolve", lead, {"resolution": "现场劝解", "on": "2026-11-01"})


def test_numbers_run_by_year_and_are_not_reused(station: Context) -> None:
    ids = add(station, "dispute_lead", [dispute_lead(), dispute_lead(found_on="2025-12-30")]).ids
    assert [fetch(station, lead)["lead_no"] for lead in ids] == ["PC-2026-0001", "PC-2025-0001"]


def test_a_special_round_needs_its_name_and_days_in_order(station: Context) -> None:
    with pytest.raises(Refused) as refused:
        add(station, "screening_round", [screening_round(round_type="专项排查", end_on="2026-11-01")])
    assert {problem.field for problem in refused.value.problems} == {"theme", "end_on"}


def test_a_round_without_leads_is_a_zero_report_not_an_error(station: Context) -> None:
    saved = add(station, "screening_round", [screening_round(households_visited=0)])
    assert fetch(station, saved.ids[0])["households_visited"] == 0
