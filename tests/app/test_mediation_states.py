"""The way of a case: each step allowed by the procedure, and every other one refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from app.context import Context
from app.mediation import MEDIATION_CASE
from app.records import add, do, fetch
from models.errors import IllegalTransition
from models.mediation import CaseState
from tests.builders.mediation import add_organisations, mediation_case

Moves = tuple[tuple[str, dict[str, Any]], ...]

ACCEPT = {"accepted_on": "2026-11-03", "consent_state": "各方同意", "difficulty": "1"}
SESSION = {
    "held_at": "2026-11-05 09:00", "place": "村委会", "rights_notified": True, "content": "双方陈述",
}  # fmt: skip
AGREED = {
    "agreed_on": "2026-11-10", "terms": ["刘福加装水槽"], "amount": 0, "perform_mode": "一次性履行",
    "perform_due": "2026-11-20",
}  # fmt: skip
WRITTEN = {**AGREED, "signed_on": "2026-11-10", "sealed_on": "2026-11-10"}
ENDED = {"on": "2026-11-12", "fail_reason": "分歧过大", "advised_path": "诉讼"}
VISIT = {
    "visit_on": "2026-11-21", "visitee": "何贵", "performance": "01", "satisfaction": "满意",
    "situation": "已履行",
}  # fmt: skip
DOCS_ORAL = [{"doc": "03", "page_from": 1, "page_to": 1}, {"doc": "10b", "page_from": 2, "page_to": 2}]
PARAMS: dict[str, dict[str, Any]] = {
    "accept": ACCEPT,
    "reject": {"reject_reason": "handled", "advised_path": "诉讼", "advised_on": "2026-11-03"},
    "start": SESSION,
    "record_session": {**SESSION, "held_at": "2026-11-06 09:00"},
    "suspend": {"reason": "鉴定", "on": "2026-11-06"},
    "resume": {"on": "2026-11-16"},
    "extend": {"extended_to": "2026-12-31", "reason": "等待鉴定结论", "both_agree": True},
    "agree_written": WRITTEN,
    "agree_oral": AGREED,
    "fail": ENDED,
    "withdraw": ENDED,
    "escalate": {"prevent_types": ["3"], "measures": "村干部入户稳控"},
    "transfer_out": {"unit": "青石法庭", "on": "2026-11-12"},
    "perform": {"item": "1", "done_on": "2026-11-18"},
    "complete": {"performed_on": "2026-11-20", "proof": "收条一张"},
    "urge": {"measures": "电话督促", "on": "2026-11-22"},
    "renege": {"on": "2026-11-22", "sued_on": "2026-11-22"},
    "apply_confirmation": {"joint_flag": True, "court": "青山县人民法院", "applied_on": "2026-11-15"},
    "confirm_accepted": {"accepted_on": "2026-11-16"},
    "confirm_result": {"result": "裁定有效", "result_on": "2026-11-19"},
    "follow_up": VISIT,
    "close": {"closed_on": "2026-11-22"},
    "archive": {"keep_period": "10年", "docs": DOCS_ORAL, "archived_on": "2026-11-23"},
    "reopen": {"reason": "一方反悔后双方愿意再调", "on": "2026-11-23"},
}
ITEM = {"obligor": "刘福", "obligee": "何贵", "content": "修缮费", "amount": 30_000, "due_on": "2026-11-20"}


def moves(*names: str) -> Moves:
    return tuple((name, PARAMS[name]) for name in names)


MEDIATING = ("accept", "start")
PERFORMED = (*MEDIATING, "agree_oral", "complete")
WAYS: dict[str, Moves] = {
    "registered": (),
    "accepted": moves("accept"),
    "rejected": moves("reject"),
    "mediating": moves(*MEDIATING),
    "suspended": moves(*MEDIATING, "suspend"),
    "performing": moves(*MEDIATING, "agree_oral"),
    "performed": moves(*PERFORMED),
    "failed": moves(*MEDIATING, "fail"),
    "transferred": moves("accept", "transfer_out"),
    "closed": moves(*PERFORMED, "close"),
    "archived": moves(*PERFORMED, "close", "archive"),
}
OPEN = {"registered", "accepted", "mediating", "suspended", "performing"}
# The rows of the procedure: verb, the states it may start from, the state it leads to ("" keeps the state).
TABLE: dict[str, tuple[set[str], str]] = {
    "accept": ({"registered"}, "accepted"),
    "reject": ({"registered"}, "rejected"),
    "start": ({"accepted"}, "mediating"),
    "record_session": ({"mediating"}, "mediating"),
    "suspend": ({"mediating"}, "suspended"),
    "resume": ({"suspended"}, "mediating"),
    "extend": ({"accepted", "mediating"}, "mediating"),
    "agree_written": ({"mediating"}, "performing"),
    "agree_oral": ({"mediating"}, "performing"),
    "fail": ({"mediating"}, "failed"),
    "withdraw": ({"accepted", "mediating"}, "failed"),
    "escalate": (OPEN, ""),
    "transfer_out": (OPEN, "transferred"),
    "perform": ({"performing"}, "performing"),
    "complete": ({"performing"}, "performed"),
    "urge": ({"performing"}, "performing"),
    "renege": ({"performing"}, "closed"),
    "apply_confirmation": ({"performing", "performed"}, ""),
    "confirm_accepted": ({"performing", "performed", "closed"}, ""),
    "confirm_result": ({"performing", "performed", "closed"}, ""),
    "follow_up": ({"performing", "performed", "failed", "transferred", "closed"}, ""),
    "close": ({"performed", "failed", "transferred"}, "closed"),
    "archive": ({"closed"}, "archived"),
    "reopen": ({"closed"}, "mediating"),
}
NEEDS_BEFORE = {"confirm_accepted": ("apply_confirmation",), "confirm_result": ("apply_confirmation",)}


def pairs(*, legal: bool) -> list[tuple[str, str]]:
    return [
        (verb, state.value)
        for verb, (states, _) in TABLE.items()
        for state in CaseState
        if (state.value in states) is legal
    ]


def walk(ctx: Context, case: str, steps: Iterable[tuple[str, dict[str, Any]]]) -> None:
    for name, given in steps:
        do(ctx, name, case, given)


def new_case(ctx: Context) -> str:
    add_organisations(ctx)
    return add(ctx, "mediation_case", [mediation_case()]).ids[0]


def at(ctx: Context, state: str, verb: str) -> str:
    """Bring a new case into a state, the way the verb needs it."""
    case = new_case(ctx)
    steps = list(WAYS[state])
    if verb == "perform":
        steps[-1] = ("agree_oral", {**AGREED, "amount": 30_000, "items": [ITEM]})
    if verb in NEEDS_BEFORE and state == "closed":
        steps.insert(-1, ("apply_confirmation", PARAMS["apply_confirmation"]))
    elif verb in NEEDS_BEFORE:
        steps.append(("apply_confirmation", PARAMS["apply_confirmation"]))
    walk(ctx, case, steps)
    assert fetch(ctx, case)["state"] == state
    return case


def test_the_table_names_every_step_of_the_register() -> None:
    assert set(TABLE) == set(MEDIATION_CASE.verb) == set(PARAMS)
    assert set(WAYS) == set(CaseState)


@pytest.mark.parametrize(("verb", "state"), pairs(legal=True))
def test_a_step_of_the_procedure_leads_where_the_table_says(station: Context, verb: str, state: str) -> None:
    case = at(station, state, verb)
    logged = len(fetch(station, case)["events"])
    _, after = do(station, verb, case, PARAMS[verb])
    assert after == (TABLE[verb][1] or state)
    events = fetch(station, case)["events"]
    assert len(events) == logged + 1
    assert (events[-1]["from_state"], events[-1]["to_state"]) == (state, after)
    assert events[-1]["actor"] == station.actor
    assert station.codes["case_event"].get(events[-1]["event"]) is not None


@pytest.mark.parametrize("state", list(CaseState))
def test_a_step_the_table_does_not_name_is_refused(station: Context, state: str) -> None:
    case = new_case(station)
    walk(station, case, WAYS[state])
    before = fetch(station, case)
    for verb, from_state in pairs(legal=False):
        if from_state == state:
            with pytest.raises(IllegalTransition, match="不能办理"):
                do(station, verb, case, PARAMS[verb])
    assert fetch(station, case) == before


def test_the_state_is_never_typed(station: Context) -> None:
    from app.records import change
    from models.errors import GuardFailed

    case = new_case(station)
    with pytest.raises(GuardFailed, match="状态不能直接修改"):
        change(station, case, {"state": "closed"})
