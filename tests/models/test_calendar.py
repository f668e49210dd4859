"""The working-day calendar against the State Council's notices, and what it says of years without one."""

from __future__ import annotations

import datetime as dt

import pytest

from models.calendar import CalendarDay, CalendarError, WorkCalendar, read_days

CALENDAR = WorkCalendar.shipped()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        # 国办发明电〔2023〕7号
        ("2024-01-01", "2024-01-01", "元旦"),
        ("2024-02-10", "2024-02-17", "春节"),
        ("2024-04-04", "2024-04-06", "清明节"),
        ("2024-05-01", "2024-05-05", "劳动节"),
        ("2024-06-10", "2024-06-10", "端午节"),
        ("2024-09-15", "2024-09-17", "中秋节"),
        ("2024-10-01", "2024-10-07", "国庆节"),
        # 国办发明电〔2024〕12号
        ("2025-01-01", "2025-01-01", "元旦"),
        ("2025-01-28", "2025-02-04", "春节"),
        ("2025-04-04", "2025-04-06", "清明节"),
        ("2025-05-01", "2025-05-05", "劳动节"),
        ("2025-05-31", "2025-06-02", "端午节"),
        ("2025-10-01", "2025-10-08", "国庆节、中秋节"),
        # 国办发明电〔2025〕7号
        ("2026-01-01", "2026-01-03", "元旦"),
        ("2026-02-15", "2026-02-23", "春节"),
        ("2026-04-04", "2026-04-06", "清明节"),
        ("2026-05-01", "2026-05-05", "劳动节"),
        ("2026-06-19", "2026-06-21", "端午节"),
        ("2026-09-25", "2026-09-27", "中秋节"),
        ("2026-10-01", "2026-10-07", "国庆节"),
    ],
)
def test_published_holidays_are_no_working_days(first: str, last: str, name: str) -> None:
    span = (day(last) - day(first)).days + 1
    days = [day(first) + dt.timedelta(days=step) for step in range(span)]
    assert {CALENDAR.kind_of(found) for found in days} == {"holiday"}
    assert {CALENDAR.name_of(found) for found in days} == {name}


@pytest.mark.parametrize(
    ("year", "moved"),
    [
        (2024, ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"]),
        (2025, ["01-26", "02-08", "04-27", "09-28", "10-11"]),
        (2026, ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]),
    ],
)
def test_moved_working_days_are_exactly_those_published(year: int, moved: list[str]) -> None:
    days = [dt.date(year, 1, 1) + dt.timedelta(days=step) for step in range(366)]
    found = [f"{one:%m-%d}" for one in days if one.year == year and CALENDAR.kind_of(one) == "makeup"]
    assert found == moved
    assert all(CALENDAR.is_workday(day(f"{year}-{one}")) for one in moved)


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_number_of_working_days_of_a_year(year: int, workdays: int) -> None:
    days = (dt.date(year, 1, 1) + dt.timedelta(days=step) for step in range(366))
    assert sum(CALENDAR.is_workday(one) for one in days if one.year == year) == workdays


def test_a_year_without_notice_is_not_covered_and_named() -> None:
    assert [CALENDAR.covers(year) for year in (2023, 2024, 2026, 2027)] == [False, True, True, False]
    assert CALENDAR.missing_year(day("2026-12-30"), day("2027-01-05")) == 2027
    assert CALENDAR.missing_year(day("2027-01-05"), day("2026-12-30")) == 2027
    assert CALENDAR.missing_year(day("2026-01-01"), day("2026-12-31")) is None
    assert CALENDAR.kind_of(day("2027-05-01")) == "weekend"
    assert CALENDAR.is_workday(day("2027-01-01"))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-09-23", 10, "2026-10-14"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-03"),
    ],
)
def test_working_days_are_counted_without_the_first(start: str, n: int, expected: str) -> None:
    assert CALENDAR.add_workdays(day(start), n) == day(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2026-10-01", "2026-10-08"), ("2026-10-10", "2026-10-10"), ("2026-02-15", "2026-02-24")],
)
def test_next_working_day_is_the_day_itself_or_the_first_after(start: str, expected: str) -> None:
    assert CALENDAR.next_workday(day(start)) == day(expected)


def test_local_entries_lie_over_the_shipped_ones_without_changing_them() -> None:
    local = CALENDAR.with_local(
        [
            CalendarDay(day("2026-11-25"), "holiday", "自治州州庆", "州政府通知"),
            CalendarDay(day("2026-10-10"), "normal", "", "更正"),
        ]
    )
    assert not local.is_workday(day("2026-11-25"))
    assert local.name_of(day("2026-11-25")) == "自治州州庆"
    assert (local.kind_of(day("2026-10-10")), local.name_of(day("2026-10-10"))) == ("weekend", "")
    assert CALENDAR.is_workday(day("2026-11-25"))
    assert CALENDAR.kind_of(day("2026-10-10")) == "makeup"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("date,kind,name,source\n2027-13-01,holiday,元旦,x", "第 2 行"),
        ("date,kind,name,source\n2027-01-01,free,元旦,x", "free"),
        ("day,kind\n2027-01-01,holiday", "缺列"),
    ],
)
def test_a_damaged_table_is_refused_with_its_row(text: str, reason: str) -> None:
    with pytest.raises(CalendarError, match=reason):
        read_days(text, "holidays_2027.csv")
