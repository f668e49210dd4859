"""What the law and the forms demand before a case may go on, each with its article."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.records import add, change, do, fetch
from models.errors import GuardFailed, Refused
from tests.app.test_mediation_states import (
    ACCEPT,
    AGREED,
    DOCS_ORAL,
    PARAMS,
    SESSION,
    VISIT,
    WAYS,
    WRITTEN,
    walk,
)
from tests.builders.mediation import ENTRUSTED, add_organisations, company, mediation_case, party, signatures

ITEMS = [
    {"obligor": "刘福", "obligee": "何贵", "content": "第一期", "amount": 20_000, "due_on": "2026-11-20"},
    {"obligor": "刘福", "obligee": "何贵", "content": "第二期", "amount": 30_000, "due_on": "2026-12-20"},
]


def case_in(ctx: Context, state: str, **changes: Any) -> str:
    add_organisations(ctx)
    case = add(ctx, "mediation_case", [mediation_case(**changes)]).ids[0]
    walk(ctx, case, WAYS[state])
    return case


def with_items(ctx: Context) -> str:
    case = case_in(ctx, "mediating")
    do(ctx, "agree_oral", case, {**AGREED, "amount": 50_000, "perform_due": None, "items": ITEMS})
    return case


@pytest.mark.parametrize(
    ("given", "article"),
    [
        ({"consent_state": "一方拒绝"}, "人民调解法第十七条"),
        ({"exclusion": "exclusive"}, "若干规定第二十二条"),
        ({"exclusion": "forbidden"}, "若干规定第二十二条"),
        ({"exclusion": "handled"}, "若干规定第二十二条"),
    ],
)
def test_a_dispute_the_law_excludes_is_not_accepted(
    station: Context, given: dict[str, Any], article: str
) -> None:
    case = case_in(station, "registered")
    with pytest.raises(GuardFailed, match=article):
        do(station, "accept", case, {**ACCEPT, **given})
    assert fetch(station, case)["state"] == "registered"


def test_a_dispute_the_police_hand_back_may_be_accepted_though_they_had_it(station: Context) -> None:
    case = case_in(station, "registered", source="33", apply_form="口头", **ENTRUSTED)
    do(station, "accept", case, {**ACCEPT, "accepted_on": "2026-11-05", "exclusion": "handled"})
    assert fetch(station, case)["state"] == "accepted"


def test_nobody_accepts_without_a_lead_mediator_and_naming_one_is_enough(station: Context) -> None:
    case = case_in(station, "registered", mediators=[])
    with pytest.raises(GuardFailed, match="人民调解法第十九条"):
        do(station, "accept", case, ACCEPT)
    do(station, "accept", case, {**ACCEPT, "lead": "周小满"})
    (mediator,) = fetch(station, case)["mediators"]
    assert (mediator["name"], mediator["role"], mediator["assigned_on"]) == ("周小满", "lead", "2026-11-03")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"parties": [], "title": "两家屋檐滴水纠纷"}, "E301", "parties"),
        ({"parties": [party("刘福", "甲方"), party("何贵", "申请人")]}, "E402", "parties"),
        ({"source": "20", "apply_form": "口头"}, "E301", "requests"),
        ({"source": "33", "apply_form": "口头"}, "E301", "source_org"),
        ({"parties": [party("刘福", "甲方"), company(uscc=None)]}, "E301", "parties[2].uscc"),
        ({"parties": [party("刘福", "甲方"), company(uscc="91420981MA4K1234T9")]}, "E239", "parties[2].uscc"),
        (
            {"parties": [party("刘福", "甲方", id_no="420981197503021235"), party("何贵", "乙方")]},
            "E236",
            "parties[1].id_no",
        ),
    ],
)
def test_a_registration_that_cannot_stand_is_refused(
    station: Context, changes: dict[str, Any], code: str, field: str
) -> None:
    add_organisations(station)
    with pytest.raises(Refused) as refused:
        add(station, "mediation_case", [mediation_case(**changes)])
    assert (code, field) in {(p.code, p.field) for p in refused.value.problems}
    assert all(problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent_state": "一方拒绝"}, "consent_state"),
        ({"exclusion": "forbidden"}, "consent_state"),
        ({"mediators": []}, "mediators"),
        ({"volume_no": None}, "volume_no"),
        ({"difficulty": None}, "difficulty"),
    ],
)
def test_a_case_typed_in_after_acceptance_meets_the_same_conditions(
    station: Context, changes: dict[str, Any], field: str
) -> None:
    from tests.builders.mediation import accepted_case

    add_organisations(station)
    with pytest.raises(Refused) as refused:
        add(station, "mediation_case", [accepted_case(**changes)])
    assert field in {problem.field for problem in refused.value.problems}


def test_mediation_begins_after_rights_and_duties_are_told(station: Context) -> None:
    case = case_in(station, "accepted")
    with pytest.raises(GuardFailed, match="第三十条"):
        do(station, "start", case, {**SESSION, "rights_notified": False})
    do(station, "start", case, SESSION)
    later = {**SESSION, "held_at": "2026-11-07 09:00", "rights_notified": False}
    do(station, "record_session", case, later)
    assert [row["rights_notified"] for row in fetch(station, case)["sessions"]] == [True, False]


def test_no_agreement_and_no_failure_without_a_session_that_told_the_rights(station: Context) -> None:
    case = case_in(station, "accepted")
    do(station, "extend", case, PARAMS["extend"])
    for verb in ("agree_oral", "agree_written", "fail"):
        with pytest.raises(GuardFailed, match="告知当事人权利义务"):
            do(station, verb, case, PARAMS[verb])
    do(station, "record_session", case, SESSION)
    assert do(station, "agree_oral", case, AGREED)[1] == "performing"


@pytest.mark.parametrize(
    ("given", "gap"),
    [
        ({"sealed_on": None}, "未填盖章日期"),
        ({"signed_on": None, "signatures": signatures("2026-11-10", "刘福")}, "何贵未签字"),
        (
            {"signed_on": None, "signatures": signatures("2026-11-10", "刘福", "何贵")[:2]},
            "调解员未签字",
        ),
    ],
)
def test_a_written_agreement_needs_every_signature_and_the_seal(
    station: Context, given: dict[str, Any], gap: str
) -> None:
    case = case_in(station, "mediating")
    with pytest.raises(GuardFailed, match=rf"人民调解法第二十九条.*{gap}"):
        do(station, "agree_written", case, {**WRITTEN, **given})


def test_an_agent_may_sign_for_a_party(station: Context) -> None:
    case = case_in(station, "mediating")
    signed = signatures("2026-11-10", "刘福")
    signed.append({"role": "代理人", "name": "何平", "on_behalf_of": "何贵", "signed_on": "2026-11-11"})
    do(station, "agree_written", case, {**WRITTEN, "signed_on": None, "signatures": signed})
    (agreement,) = fetch(station, case)["agreements"]
    assert agreement["effective_on"] == "2026-11-11"
    assert agreement["copies"] == 3


def test_an_oral_agreement_takes_effect_on_the_day_it_is_reached(station: Context) -> None:
    case = case_in(station, "performing")
    row = fetch(station, case)
    assert row["agreements"][0]["effective_on"] == row["concluded_on"] == "2026-11-10"
    assert (row["outcome"], row["agreement_form"], row["agreement_amount"]) == ("1", "2", 0)


def test_an_extension_needs_consent_and_a_later_day(station: Context) -> None:
    case = case_in(station, "mediating")
    with pytest.raises(GuardFailed, match="各方当事人同意"):
        do(station, "extend", case, {**PARAMS["extend"], "both_agree": False})
    with pytest.raises(GuardFailed, match="2026-12-03"):
        do(station, "extend", case, {**PARAMS["extend"], "extended_to": "2026-12-03"})


def test_one_month_runs_from_acceptance_and_stands_still_while_suspended(station: Context) -> None:
    case = case_in(station, "mediating")
    assert fetch(station, case)["due_on"] == "2026-12-03"
    do(station, "suspend", case, {"reason": "鉴定", "on": "2026-11-06"})
    do(station, "resume", case, {"on": "2026-11-16"})
    row = fetch(station, case)
    assert (row["due_on"], row["suspended_days"], row["suspended_on"]) == ("2026-12-13", 10, None)
    do(station, "extend", case, PARAMS["extend"])
    assert fetch(station, case)["due_on"] == "2026-12-31"
    do(station, "suspend", case, {"reason": "鉴定", "on": "2026-11-20"})
    do(station, "resume", case, {"on": "2026-11-22"})
    assert fetch(station, case)["due_on"] == "2027-01-02"


def test_the_county_may_set_thirty_days(station: Context, fresh: Any) -> None:
    from app.settings import change_setting

    change_setting(station, "mediation_period_days", 30)
    case = case_in(fresh(station), "registered")
    do(fresh(station), "accept", case, {**ACCEPT, "accepted_on": "2026-11-02"})
    assert fetch(station, case)["due_on"] == "2026-12-02"


@pytest.mark.parametrize("kind", ["2", "4"])
def test_a_risk_of_crime_must_be_reported_at_once(station: Context, kind: str) -> None:
    case = case_in(station, "mediating")
    with pytest.raises(GuardFailed, match="人民调解法第二十五条"):
        do(station, "escalate", case, {"prevent_types": [kind], "measures": "分开双方"})
    told = {"reported_to": "青石派出所", "reported_on": "2026-11-06", "level": "3"}
    do(station, "escalate", case, {"prevent_types": [kind], "measures": "分开双方", **told})
    row = fetch(station, case)
    assert (row["prediction"], row["level"], row["state"]) == ([kind], "3", "mediating")
    assert row["events"][-1]["receiver"] == "青石派出所"


def test_a_case_handed_over_before_acceptance_counts_in_no_month(station: Context) -> None:
    early, late = case_in(station, "registered"), None
    do(station, "transfer_out", early, PARAMS["transfer_out"])
    late = add(station, "mediation_case", [mediation_case(brief="两家为灌溉用水先后顺序争执不下")]).ids[0]
    walk(station, late, WAYS["transferred"])
    assert [fetch(station, case)["concluded_on"] for case in (early, late)] == [None, "2026-11-12"]
    assert {fetch(station, case)["outcome"] for case in (early, late)} == {"4"}


def test_instalments_are_settled_one_by_one_before_the_case_is_performed(station: Context) -> None:
    case = with_items(station)
    row = fetch(station, case)
    assert row["agreements"][0]["perform_due"] == "2026-12-20"
    assert [item["state"] for item in row["agreements"][0]["items"]] == ["overdue", "not_due"]
    do(station, "perform", case, {"item": "1", "done_on": "2026-11-20", "done_amount": 5_000})
    assert fetch(station, case)["agreements"][0]["items"][0]["state"] == "partial"
    with pytest.raises(GuardFailed, match="超过应履行金额"):
        do(station, "perform", case, {"item": "1", "done_amount": 15_001})
    do(station, "perform", case, {"item": "1", "done_on": "2026-11-21", "proof_note": "收条"})
    with pytest.raises(GuardFailed, match="已经办结"):
        do(station, "perform", case, {"item": "1"})
    with pytest.raises(GuardFailed, match=r"还有 1 项未履行：第2项（2026-12-20）"):
        do(station, "complete", case, {"proof": "收条"})
    do(station, "perform", case, {"item": "2", "waive": True, "proof_note": "权利人放弃"})
    do(station, "complete", case, {})
    row = fetch(station, case)
    assert (row["performance"], row["performed_on"]) == ("1", "2026-11-21")
    assert [item["state"] for item in row["agreements"][0]["items"]] == ["done", "waived"]


def test_performance_must_rest_on_a_receipt_or_a_visit(station: Context) -> None:
    case = case_in(station, "performing")
    with pytest.raises(GuardFailed, match="没有履行凭证"):
        do(station, "complete", case, {"performed_on": "2026-11-20"})
    do(station, "follow_up", case, {**VISIT, "visit_on": "2026-11-20"})
    assert do(station, "complete", case, {"performed_on": "2026-11-20"})[1] == "performed"
    assert fetch(station, case)["satisfaction"] == "satisfied"


def test_an_unknown_item_is_refused(station: Context) -> None:
    case = with_items(station)
    with pytest.raises(GuardFailed, match="没有第“9”项"):
        do(station, "perform", case, {"item": "9"})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"joint_flag": False}, "双方当事人共同申请"),
        ({"applied_on": "2026-11-09"}, "早于协议生效日期"),
        ({"applied_on": "2026-12-11"}, "三十日内共同申请.*2026-12-10"),
    ],
)
def test_confirmation_is_applied_for_jointly_within_thirty_days(
    station: Context, given: dict[str, Any], sentence: str
) -> None:
    case = case_in(station, "performing")
    assert fetch(station, case)["confirm_deadline"] == "2026-12-10"
    with pytest.raises(GuardFailed, match=f"人民调解法第三十三条|{sentence}") as refused:
        do(station, "apply_confirmation", case, {**PARAMS["apply_confirmation"], **given})
    import re

    assert re.search(sentence, str(refused.value))


def test_the_last_day_is_still_in_time_and_the_court_answers(station: Context) -> None:
    case = case_in(station, "performing")
    assert fetch(station, case)["confirm_state"] == "none"
    do(station, "apply_confirmation", case, {**PARAMS["apply_confirmation"], "applied_on": "2026-12-10"})
    row = fetch(station, case)
    assert (row["confirm_state"], row["performance"]) == ("applied", "4")
    with pytest.raises(GuardFailed, match="还没有结果"):
        do(station, "apply_confirmation", case, PARAMS["apply_confirmation"])
    with pytest.raises(GuardFailed, match="早于申请日期"):
        do(station, "confirm_accepted", case, {"accepted_on": "2026-12-09"})
    do(station, "confirm_accepted", case, {"accepted_on": "2026-12-12", "court_case_no": "（2026）调确3号"})
    assert fetch(station, case)["confirm_state"] == "accepted"
    do(station, "confirm_result", case, {"result": "裁定有效", "result_on": "2026-12-20"})
    assert fetch(station, case)["confirm_state"] == "valid"
    with pytest.raises(GuardFailed, match="没有正在办理"):
        do(station, "confirm_result", case, {"result": "裁定有效"})


def test_a_last_day_on_a_weekend_moves_to_monday(station: Context) -> None:
    """民法典第二百零三条: effective 2026-11-12, thirty days end on Saturday 2026-12-12."""
    case = case_in(station, "mediating")
    do(station, "agree_oral", case, {**AGREED, "agreed_on": "2026-11-12"})
    late = {**PARAMS["apply_confirmation"], "applied_on": "2026-12-15"}
    with pytest.raises(GuardFailed, match="2026-12-14"):
        do(station, "apply_confirmation", case, late)
    do(station, "apply_confirmation", case, {**late, "applied_on": "2026-12-14"})
    assert fetch(station, case)["confirmations"][0]["deadline"] == "2026-12-12"


def test_a_written_agreement_is_visited_before_the_case_is_closed(station: Context, fresh: Any) -> None:
    from app.settings import change_setting

    case = case_in(station, "mediating")
    do(station, "agree_written", case, WRITTEN)
    do(station, "complete", case, PARAMS["complete"])
    with pytest.raises(GuardFailed, match="须至少回访一次"):
        do(station, "close", case, PARAMS["close"])
    change_setting(station, "require_follow_up", False)
    assert do(fresh(station), "close", case, PARAMS["close"])[1] == "closed"


def docs(*codes: str) -> list[dict[str, Any]]:
    return [{"doc": code, "page_from": n, "page_to": n} for n, code in enumerate(codes, 1)]


WRITTEN_DOCS = ("00", "01", "02", "04", "05", "09", "10", "12", "16")


@pytest.mark.parametrize(
    ("kind", "complete", "named"),
    [
        ("oral", ("03", "10b"), "受理登记表"),
        ("written", WRITTEN_DOCS, "调解卷宗封面"),
        ("failed", ("03", "04", "09", "18", "16"), "申请书》或《人民调解受理登记表"),
        ("transferred", ("03", "19", "20"), "移送"),
    ],
)
def test_a_volume_lacking_a_mandatory_document_is_not_archived(
    station: Context, kind: str, complete: tuple[str, ...], named: str
) -> None:
    case = closed_case(station, kind)
    for lacking in complete:
        rest = docs(*(code for code in complete if code != lacking))
        with pytest.raises(GuardFailed, match="缺少必备文书"):
            do(station, "archive", case, {"keep_period": "10年", "docs": rest})
    with pytest.raises(GuardFailed, match=named):
        do(station, "archive", case, {"keep_period": "10年"})
    assert fetch(station, case)["state"] == "closed"
    do(station, "archive", case, {"keep_period": "10年", "docs": docs(*complete), "cabinet": "2", "box": "7"})
    (volume,) = fetch(station, case)["archive"]
    assert (volume["cabinet"], volume["keep_period"], len(volume["docs"])) == ("2", "y10", len(complete))
    assert volume["docs"][0]["name"] == station.codes["volume_document"].label(complete[0])


def closed_case(ctx: Context, kind: str) -> str:
    if kind == "oral":
        return case_in(ctx, "closed")
    if kind == "written":
        case = case_in(ctx, "mediating")
        walk(ctx, case, [("agree_written", WRITTEN), ("complete", PARAMS["complete"]), ("follow_up", VISIT)])
    else:
        case = case_in(ctx, kind)
    do(ctx, "close", case, PARAMS["close"])
    return case


def test_pages_are_numbered_before_the_volume_is_archived(station: Context) -> None:
    case = case_in(station, "closed")
    with pytest.raises(GuardFailed, match="没有编页号"):
        do(station, "archive", case, {"keep_period": "10年", "docs": [{"doc": "03"}, {"doc": "10b"}]})
    change(station, case, {"archive": [{"docs": [DOCS_ORAL[0]]}]})
    do(station, "archive", case, {"keep_period": "10年", "docs": [DOCS_ORAL[1]]})
    assert [row["doc"] for row in fetch(station, case)["archive"][0]["docs"]] == ["03", "10b"]


def test_reopening_clears_the_conclusion_and_keeps_its_history(station: Context) -> None:
    from app.history import history

    case = case_in(station, "closed")
    do(station, "reopen", case, PARAMS["reopen"])
    row = fetch(station, case)
    assert row["state"] == "mediating"
    for name in (
        "concluded_on",
        "outcome",
        "agreement_form",
        "agreement_amount",
        "performed_on",
        "closed_on",
    ):
        assert row[name] is None, name
    assert row["agreements"][0]["superseded_on"] == "2026-11-23"
    assert "2026-11-10" in row["events"][-1]["note"]
    assert row["due_on"] == "2026-12-23"
    assert any("2026-11-10" in str(entry) for entry in history(station, case))
    do(station, "agree_oral", case, {**AGREED, "agreed_on": "2026-11-24", "amount": 80_000})
    row = fetch(station, case)
    assert (row["concluded_on"], row["agreement_amount"]) == ("2026-11-24", 80_000)


def test_the_log_of_a_case_is_only_ever_added_to(station: Context) -> None:
    case = case_in(station, "accepted")
    event = fetch(station, case)["events"][0]
    for tampered in ({"note": "改写"}, {"void": "不要了"}):
        with pytest.raises(Refused, match="只能追加"):
            change(station, case, {"events": [{"id": event["id"], **tampered}]})
    assert [row["event"] for row in fetch(station, case)["events"]] == ["register", "accept"]
