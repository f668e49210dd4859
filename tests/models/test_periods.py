"""Reporting periods: their names, their days on natural and shifted months, and their neighbours."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dates import DateError, Period, month_of, parse_period


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "key", "label", "start", "end"),
    [
        ("2026-11", "2026-11", "2026年11月", "2026-11-01", "2026-11-30"),
        ("2026年2月", "2026-02", "2026年2月", "2026-02-01", "2026-02-28"),
        ("202611", "2026-11", "2026年11月", "2026-11-01", "2026-11-30"),
        ("二〇二六年十一月", "2026-11", "2026年11月", "2026-11-01", "2026-11-30"),
        ("2026", "2026", "2026年", "2026-01-01", "2026-12-31"),
        ("2026年度", "2026", "2026年", "2026-01-01", "2026-12-31"),
        ("2026Q3", "2026Q3", "2026年第三季度", "2026-07-01", "2026-09-30"),
        ("2026年四季度", "2026Q4", "2026年第四季度", "2026-10-01", "2026-12-31"),
        ("2026H1", "2026H1", "2026年上半年", "2026-01-01", "2026-06-30"),
        ("2026年下半年", "2026H2", "2026年下半年", "2026-07-01", "2026-12-31"),
        ("2026-01..2026-11", "2026-01..2026-11", "2026年1月至11月", "2026-01-01", "2026-11-30"),
    ],
)
def test_periods_are_read_and_named(text: str, key: str, label: str, start: str, end: str) -> None:
    period = parse_period(text)
    assert (period.key, period.label) == (key, label)
    assert (period.start, period.end) == (day(start), day(end))
    assert parse_period(period.key) == period


@pytest.mark.parametrize("text", ["2026-13", "2026Q5", "2026H3", "十一月", "", "2026-05..2026-01", "0026"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(DateError, match="不是可用的统计期间"):
        parse_period(text)


@pytest.mark.parametrize(
    ("key", "first_day", "start", "end"),
    [
        ("2026-11", 26, "2026-10-26", "2026-11-25"),
        ("2026-01", 26, "2025-12-26", "2026-01-25"),
        ("2026-11", 21, "2026-10-21", "2026-11-20"),
        ("2026", 26, "2025-12-26", "2026-12-25"),
        ("2026Q1", 26, "2025-12-26", "2026-03-25"),
    ],
)
def test_a_shifted_month_begins_in_the_month_before(key: str, first_day: int, start: str, end: str) -> None:
    period = parse_period(key, first_day)
    assert (period.start, period.end) == (day(start), day(end))


@pytest.mark.parametrize(
    ("key", "previous", "last_year", "to_date"),
    [
        ("2026-11", "2026-10", "2025-11", "2026-01..2026-11"),
        ("2026-01", "2025-12", "2025-01", "2026-01"),
        ("2026Q1", "2025Q4", "2025Q1", "2026Q1"),
        ("2026Q2", "2026Q1", "2025Q2", "2026H1"),
        ("2026H1", "2025H2", "2025H1", "2026H1"),
        ("2026", "2025", "2025", "2026"),
    ],
)
def test_a_period_knows_its_neighbours(key: str, previous: str, last_year: str, to_date: str) -> None:
    period = parse_period(key, 26)
    assert period.previous().key == previous
    assert period.previous().next() == period
    assert period.same_last_year().key == last_year
    assert period.year_to_date().key == to_date
    assert period.year_to_date().month_start_day == 26


def test_a_period_holds_its_days_and_the_whole_of_its_last_day() -> None:
    november = Period(2026, 11, month_start_day=26)
    assert november.contains("2026-11-25T23:59")
    assert not november.contains("2026-11-26")
    assert november.contains(day("2026-10-26"))
    assert not november.contains(None)
    assert november.bounds == ("2026-10-26", "2026-11-26")


@settings(deadline=None)
@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31)), st.integers(1, 28))
def test_each_day_lies_in_exactly_one_month(any_day: dt.date, first_day: int) -> None:
    month = month_of(any_day, first_day)
    assert month.contains(any_day)
    assert not month.previous().contains(any_day)
    assert month.previous().end + dt.timedelta(days=1) == month.start
    assert [part.key for part in month.year_to_date().each_month()][-1] == month.key
