"""The shapes a rule may take: counting, rolling, windows, repeats, the calendar, hours, local numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.context import Context
from app.due import DueItem, RuleError, due, override_rule, rules_in_force, shipped_rules
from app.due.loading import changed, read_rule, rule_named
from app.due.special import node_span, report_day
from app.due.windows import window_of
from models.codes import CodeEntry
from models.dates import Period
from tests.app.due_rows import agreement, case, event, item, on_day, put, settled, visit

BASE: dict[str, Any] = {
    "id": "rule", "label": "事项", "register": "mediation_case", "source": "mediation_case",
    "start": "registered_on", "fact": "{date}登记", "severity": 1, "number_basis": "law", "basis": "某法",
}  # fmt: skip


def board(ctx: Context, **changes: Any) -> list[DueItem]:
    return due(ctx, until=date(2030, 12, 31), rules=[read_rule({**BASE, **changes})])


def only(ctx: Context, **changes: Any) -> DueItem:
    (found,) = board(ctx, **changes)
    return found


# start, n, unit, rolls, last day as counted, last day in law, words
COUNTED = [
    ("2026-09-18", 10, "day", True, "2026-09-28", "2026-09-28", "当日不计，满10日"),
    ("2026-09-24", 10, "day", True, "2026-10-04", "2026-10-08", "该日为国庆节，顺延至2026年10月8日"),
    ("2026-09-24", 10, "day", False, "2026-10-04", "2026-10-04", "满10日为2026年10月4日；"),
    ("2026-09-30", 10, "day", True, "2026-10-10", "2026-10-10", "该日为调休上班日，不顺延"),
    ("2026-09-23", 10, "workday", False, "2026-10-14", "2026-10-14", "第10个工作日"),
    ("2026-09-23", 5, "workday", False, "2026-10-08", "2026-10-08", "第5个工作日"),
    ("2026-08-31", 6, "month", False, "2027-02-28", "2027-02-28", "当月没有对应日，为月末日"),
    ("2026-11-20", 1, "month", True, "2026-12-20", "2026-12-21", "该日为周末，顺延至2026年12月21日"),
    ("2024-02-29", 1, "year", False, "2025-02-28", "2025-02-28", "满1年"),
    ("2026-12-03", 30, "day", True, "2027-01-02", "2027-01-04", "2027年放假安排未公布，按周末推算"),
    ("2026-12-29", 3, "workday", False, "2027-01-01", "2027-01-01", "2027年放假安排未公布"),
    ("2026-11-23", 0, "day", False, "2026-11-23", "2026-11-23", "应于当日"),
    ("2026-12-20", -30, "day", True, "2026-11-20", "2026-11-20", "提前30日为2026年11月20日"),
    ("2026-11-10", 0, "month_end", False, "2026-11-30", "2026-11-30", "报送期末为2026年11月30日"),
    ("2026-11-10", 1, "month_end", False, "2026-12-31", "2026-12-31", "报送期末为2026年12月31日"),
]


@pytest.mark.parametrize(("start", "n", "unit", "rolls", "strict", "legal", "words"), COUNTED)
def test_the_first_day_is_not_counted_and_only_what_the_law_lets_roll_rolls(
    station: Context, start: str, n: int, unit: str, rolls: bool, strict: str, legal: str, words: str
) -> None:
    put(station, [case("registered", registered_on=start)])
    found = only(station, offset={"n": n, "unit": unit}, rolls=rolls)
    assert (found.due_strict, found.due_legal) == (strict, legal)
    assert words in found.explains


def test_a_shifted_reporting_month_ends_on_its_own_day(station: Context) -> None:
    put(station, [case("registered", registered_on="2026-11-26")])
    shifted = on_day(station, "2026-11-26", month_start_day=26)
    assert only(shifted, offset={"n": 0, "unit": "month_end"}).due_legal == "2026-12-25"


@pytest.mark.parametrize(
    ("now", "overdue"), [("2026-11-23T13:59", False), ("2026-11-23T14:00", False), ("2026-11-23T14:01", True)]
)
def test_a_clock_in_hours_runs_over_the_weekend_to_the_minute(
    station: Context, now: str, overdue: bool
) -> None:
    put(
        station,
        [case("registered"), ("case_session", "s", {"parent_id": "case", "held_at": "2026-11-21T14:00"})],
    )
    found = only(
        on_day(station, now), source="case_session", start="held_at", offset={"n": 48, "unit": "hour"}
    )
    assert found.due_legal == "2026-11-23T14:00"
    assert found.is_overdue is overdue
    assert "满48小时为2026年11月23日14时00分" in found.explains


def test_days_after_a_moment_count_from_its_day(station: Context) -> None:
    put(
        station,
        [case("registered"), ("case_session", "s", {"parent_id": "case", "held_at": "2026-11-21T23:30"})],
    )
    found = only(station, source="case_session", start="held_at", offset={"n": 3, "unit": "day"})
    assert (found.start_on, found.due_legal) == ("2026-11-21", "2026-11-24")


@pytest.mark.parametrize("start", [None, "~2026-11", "~~去年秋天"])
def test_a_missing_or_partial_start_gives_no_item(station: Context, start: str | None) -> None:
    put(station, [case("registered", registered_on=start)])
    assert board(station, offset={"n": 3, "unit": "day"}) == []


# 走访每周两次、每月一次……：同一记录上的日历期次
@pytest.mark.parametrize(
    ("every", "times", "visits", "due_on", "seen"),
    [
        ("week", 2, ["2026-11-23"], "2026-11-29", "已有1次"),
        ("week", 2, ["2026-11-23", "2026-11-24"], None, ""),
        ("week", 1, ["2026-11-22"], "2026-11-29", "已有0次"),
        ("half_month", 1, ["2026-11-15"], "2026-11-30", "2026年11月下半月"),
        ("month", 1, ["2026-10-31"], "2026-11-30", "2026年11月"),
        ("month", 1, ["2026-11-01"], None, ""),
        ("quarter", 1, ["2026-09-30"], "2026-12-31", "第四季度"),
        ("half_year", 1, [], "2026-12-31", "下半年"),
        ("year", 1, ["2025-12-31"], "2026-12-31", "2026年"),
    ],
)
def test_a_duty_by_week_or_month_counts_what_was_done_in_it(
    station: Context, every: str, times: int, visits: list[str], due_on: str | None, seen: str
) -> None:
    put(station, [settled(), *map(visit, visits)])
    by = {"exists": "follow_up", "on": "visit_on"}
    found = board(station, start="", repeat={"every": every, "times": times, "by": by})
    assert [one.due_legal for one in found] == ([due_on] if due_on else [])
    assert all(seen in one.explains for one in found)


def test_missed_months_stay_on_the_board_as_far_as_the_rule_looks_back(station: Context) -> None:
    put(station, [settled(registered_on="2026-10-15"), visit("2026-10-20")])
    by = {"exists": "follow_up", "on": "visit_on"}
    found = board(station, repeat={"every": "month", "look_back": 2, "by": by})
    assert [one.id for one in found] == ["rule:case:2026-11"], "October was done, September had not begun"


def test_a_rolling_duty_comes_back_from_the_last_time_it_was_done(station: Context) -> None:
    put(station, [settled(), agreement(), item(due_on="2026-11-02")])
    rule = [rule_named("instalment_overdue")]

    def last_day(day: str) -> str:
        (found,) = due(on_day(station, day), until=date(2030, 1, 1), rules=rule)
        return found.due_legal

    assert last_day("2026-11-03") == "2026-11-09", "七日一次，自到期日起"
    put(station, [event("urge", "2026-11-08")])
    assert last_day("2026-11-09") == "2026-11-15"
    put(station, [event("urge", "2026-11-20")])
    assert last_day("2026-11-23") == "2026-11-27"
    put(station, [event("session", "2026-11-22")])
    assert last_day("2026-11-23") == "2026-11-27", "only urging counts"


@pytest.mark.parametrize("unit", ["month", "workday"])
def test_a_rolling_duty_may_run_by_months_or_working_days(station: Context, unit: str) -> None:
    put(station, [settled(registered_on="2026-08-31")])
    expected = {"month": "2026-11-30", "workday": "2026-09-03"}[unit]
    by = {"exists": "follow_up", "on": "visit_on"}
    assert only(station, repeat={"n": 3, "unit": unit, "by": by}).due_legal == expected


def test_nothing_is_urged_before_the_day_has_passed(station: Context) -> None:
    put(station, [settled(), agreement(), item(due_on="2026-11-23")])
    rule = [rule_named("instalment_overdue")]
    assert due(on_day(station, "2026-11-23"), until=date(2030, 1, 1), rules=rule) == []
    assert len(due(on_day(station, "2026-11-24"), until=date(2030, 1, 1), rules=rule)) == 1


def test_evidence_may_be_a_field_a_condition_or_a_row(station: Context) -> None:
    put(station, [case("registered", consent_state="agreed")])
    offset = {"n": 3, "unit": "day"}
    assert len(board(station, offset=offset, satisfied=[{"filled": "accepted_on"}])) == 1
    assert board(station, offset=offset, satisfied=[{"filled": "consent_state"}]) == []
    assert board(station, offset=offset, satisfied=[{"where": {"consent_state": "agreed"}}]) == []
    assert len(board(station, offset=offset, satisfied=[{"where": {"acceptor": "周小满"}}])) == 1
    follow = {"exists": "follow_up", "on": "visit_on"}
    put(station, [visit("2026-11-01")])
    assert len(board(station, offset=offset, satisfied=[follow])) == 1, "before the start proves nothing"
    put(station, [visit("2026-11-02")])
    assert board(station, offset=offset, satisfied=[follow]) == []
    assert len(board(station, offset=offset, satisfied=[{**follow, "strict": True}])) == 1


def test_a_void_row_proves_nothing(station: Context) -> None:
    put(station, [settled(), agreement(agreed_on="2026-11-10"), visit("2026-11-12")])
    rule = [rule_named("follow_up_agreement")]
    assert due(station, until=date(2030, 1, 1), rules=rule) == []
    with station.ledger.writing(station, "test", "作废") as writer:
        from models.mediation import FollowUp

        writer.void(FollowUp, "visit-2026-11-12", "记错")
    assert len(due(station, until=date(2030, 1, 1), rules=rule)) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"severity": 4}, {"number_basis": "custom"}, {"offset": {"n": 1, "unit": "moon"}}, {"basis": ""},
        {"repeat": {"every": "moon"}}, {"offset": None, "source": ""}, {"colour": "red"},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(broken: dict[str, Any]) -> None:
    given = {**BASE, "offset": {"n": 1, "unit": "day"}, **broken}
    with pytest.raises(ValueError, match="rule"):
        read_rule({key: value for key, value in given.items() if value is not None})


# 本地改动


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    [
        ("follow_up_agreement", {"n": 10}, "本地规定10日（程序原定15日，建议期限（默认））"),
        ("case_acceptance", {"n": 5, "unit": "day"}, "本地规定5日（程序原定3个工作日，建议期限（默认））"),
        ("judicial_confirmation", {"n": 20}, "本地规定20日（程序原定30日，法定期限）"),
        ("village_screening", {"unit": "week"}, "本地规定每周1次（程序原定每半月1次，建议期限（默认））"),
        ("instalment_overdue", {"n": 3}, "本地规定每3日（程序原定每7日，建议期限（默认））"),
    ],
)
def test_a_local_number_is_used_and_the_shipped_one_stays_told(
    station: Context, rule: str, change: dict[str, Any], words: str
) -> None:
    put(
        station,
        [
            settled(),
            agreement(agreed_on="2026-11-10", effective_on="2026-11-10", confirm_intent=True),
            item(due_on="2026-11-10"),
            ("mediation_case", "new", {"title": "新", "state": "registered", "registered_on": "2026-11-20"}),
        ],
    )
    local = on_day(station, "2026-11-23", rule_overrides={rule: change})
    found = [one for one in due(local, until=date(2030, 1, 1)) if one.rule == rule]
    assert found
    assert all(one.number_basis == "local" for one in found)
    assert all(words in one.explains for one in found)


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    [
        ("judicial_confirmation", {"n": 60}, "只能改短"),
        ("judicial_confirmation", {"n": 1, "unit": "month"}, "只能改短"),
        ("judicial_confirmation", {"off": True}, "不能停用"),
        ("org_term", {"n": 5}, "日期取自登记"),
        ("archive", {"n": -1}, "不小于 0"),
        ("archive", {"n": True}, "不小于 0"),
        ("archive", {"unit": "moon"}, "单位“moon”不能用"),
        ("archive", {"days": 3}, "只能写"),
        ("village_screening", {"n": 0}, "不小于 1"),
        ("village_screening", {"unit": "day"}, "单位“day”不能用"),
    ],
)
def test_a_local_change_that_cannot_be_used_is_refused(
    station: Context, rule: str, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        changed(rule_named(rule), change)
    with pytest.raises(RuleError, match=words):
        due(on_day(station, "2026-11-23", rule_overrides={rule: change}))


def test_a_rule_nobody_knows_is_named(station: Context) -> None:
    with pytest.raises(RuleError, match="没有名为“nonsense”的规则"):
        due(on_day(station, "2026-11-23", rule_overrides={"nonsense": {"n": 3}}))
    with pytest.raises(RuleError, match="没有名为“nonsense”的期限规则"):
        override_rule(station, "nonsense", n=3)


def test_a_county_sets_a_number_and_takes_it_back(station: Context, fresh: Any) -> None:
    assert override_rule(station, "立卷归档", n=60).number_basis == "local"
    override_rule(fresh(station), "event_photo", off=True)
    now = fresh(station)
    rules = {rule.id: rule for rule in rules_in_force(now.settings)}
    assert rules["archive"].offset is not None
    assert rules["archive"].offset.n == 60
    assert "event_photo" not in rules
    override_rule(now, "archive")
    override_rule(fresh(now), "event_photo")
    shipped = {rule.id for rule in shipped_rules() if rule.enabled and not rule.setting}
    assert {rule.id for rule in rules_in_force(fresh(now).settings)} == shipped


def test_a_number_from_a_setting_is_local_once_the_county_sets_it(station: Context) -> None:
    (ours,) = (one for one in due(on_day(station, "2026-12-01")) if one.rule == "month_report")
    assert (ours.due_legal, ours.number_basis) == ("2026-12-03", "default")
    local = on_day(station, "2026-12-01", report_due_day=5)
    (theirs,) = (one for one in due(local) if one.rule == "month_report")
    assert (theirs.due_legal, theirs.number_basis) == ("2026-12-05", "local")
    put(station, [case("mediating", accepted_on="2026-11-03", due_on="2026-12-03")])
    thirty = on_day(station, "2026-12-01", mediation_period_days=30)
    (period,) = (one for one in due(thirty) if one.rule == "mediation_period")
    assert period.number_basis == "local"


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        (Period(2026, 11), 3, "2026-12-03"),
        (Period(2026, 12), 3, "2027-01-03"),
        (Period(2026, 1), 31, "2026-02-28"),
        (Period(2026, 11, 1, 26), 28, "2026-11-28"),
        (Period(2026, 11, 1, 26), 3, "2026-12-03"),
        (Period(2026, 11, 1, 26), 25, "2026-12-25"),
    ],
)
def test_the_report_is_due_on_the_next_such_day_after_its_month(
    period: Period, day: int, expected: str
) -> None:
    assert report_day(period, day).isoformat() == expected


@pytest.mark.parametrize(
    ("note", "today", "expected"),
    [
        ("12-04", "2026-11-23", ("2026-12-04", "2026-12-04")),
        ("12-04", "2026-12-05", ("2027-12-04", "2027-12-04")),
        ("11-01~11-30，月份以上级文件为准", "2026-11-23", ("2026-11-01", "2026-11-30")),
        ("农历九月初九", "2026-10-18", ("2026-10-18", "2026-10-18")),
        ("农历九月初九", "2026-10-19", ("2027-10-08", "2027-10-08")),
        ("农历九月初九", "2031-01-01", None),
    ],
)
def test_a_node_is_the_one_running_or_coming_next(
    note: str, today: str, expected: tuple[str, str] | None
) -> None:
    dates = {"elder": ["2026-10-18", "2027-10-08"]}
    span = node_span(CodeEntry("elder", "重阳", note=note), date.fromisoformat(today), dates)
    assert (None if span is None else tuple(day.isoformat() for day in span)) == expected


@pytest.mark.parametrize(
    ("unit", "day", "key", "first", "last"),
    [
        ("week", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"),
        ("half_month", "2026-02-16", "2026-02b", "2026-02-16", "2026-02-28"),
        ("quarter", "2026-03-31", "2026Q1", "2026-01-01", "2026-03-31"),
        ("half_year", "2026-06-30", "2026H1", "2026-01-01", "2026-06-30"),
    ],
)
def test_the_stretches_of_the_calendar(unit: str, day: str, key: str, first: str, last: str) -> None:
    window = window_of(unit, date.fromisoformat(day))
    assert (window.key, window.first.isoformat(), window.last.isoformat()) == (key, first, last)
