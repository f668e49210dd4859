"""Dates: every spelling of the registers, and the arithmetic of deadlines, terms, ages and periods."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import CalendarDay, WorkCalendar
from models.dates import (
    DateError,
    PartialDate,
    Period,
    add_months,
    age_on,
    days_inclusive,
    due_after,
    excel_serial,
    is_partial,
    judicial_age_on,
    nth_day,
    parse_date,
    parse_moment,
    parse_partial,
    term_end,
)

TODAY = dt.date(2026, 11, 23)
CALENDAR = WorkCalendar.shipped()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def codes(text: str, year_hint: int | None = None) -> list[str]:
    return [found.code for found in parse_date(text, TODAY, year_hint=year_hint).warnings]


FULL_DATES = """
2025-3-5|2025-03-05|2025/3/5|2025.3.5|2025.3.5.|20250305|2025年3月5日|2025年3月5号|二〇二五年三月五日|二○二五年三月五日
二O二五年三月五日|２０２５年３月５日| 2025.3.5  |2025年3月5日\u3000|2025 年 3 月 5 日|2025年3月5日（星期三）
2025、3、5|2025—3—5|2025.3/5|2025年3.5|2025-03-05 00:00:00
"""


@pytest.mark.parametrize("text", FULL_DATES.strip().replace("\n", "|").split("|"))
def test_a_full_date_is_read_in_every_spelling_without_warning(text: str) -> None:
    found = parse_date(text, TODAY)
    assert (found.value, found.precision, found.warnings) == ("2025-03-05", "day", ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25.3.5", "2025-03-05"),
        ("17-6-3", "2017-06-03"),
        ("26.11.23", "2026-11-23"),
        ("26.11.24", "1926-11-24"),
        ("99年1月2日", "1999-01-02"),
        ("250305", "2025-03-05"),
    ],
)
def test_two_digit_year_is_20yy_unless_in_the_future_and_always_warned_of(text: str, value: str) -> None:
    found = parse_date(text, TODAY)
    assert found.value == value
    assert [warning.code for warning in found.warnings] == ["W211"]


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2025.03", "~2025-03~2025.03", "month"),
        ("2025-03", "~2025-03", "month"),
        ("2025年3月", "~2025-03~2025年3月", "month"),
        ("2025年3月中旬", "~2025-03~2025年3月中旬", "month"),
        ("2025年3月初", "~2025-03~2025年3月初", "month"),
        ("202503", "~2025-03~202503", "month"),
        ("2025年", "~2025~2025年", "year"),
        ("2025", "~2025", "year"),
        ("2025年底", "~2025~2025年底", "year"),
        ("3月5日", "~~3月5日", "raw"),
        ("3月", "~~3月", "raw"),
    ],
)
def test_a_partial_date_keeps_its_words_and_is_warned_of(text: str, value: str, precision: str) -> None:
    found = parse_date(text, TODAY)
    assert (found.value, found.precision) == (value, precision)
    assert codes(text) == ["W215"]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("3月5日", "2025-03-05", ["W212"]),
        ("三月五日", "2025-03-05", ["W212"]),
        ("3-5", "2025-03-05", ["W212"]),
        ("3.5", "2025-03-05", ["W212"]),
        ("3.10", "2025-03-10", ["W212", "W213"]),
        ("3.1", "2025-03-01", ["W212", "W213"]),
        ("3月", "~2025-03~3月", ["W212", "W215"]),
        ("25.03", "~2025-03~25.03", ["W211", "W215"]),
        ("2025.1", "~2025-01~2025.1", ["W215", "W213"]),
    ],
)
def test_the_year_of_the_title_completes_a_date_and_doubtful_decimals_are_asked_about(
    text: str, value: str, expected: list[str]
) -> None:
    assert parse_date(text, TODAY, year_hint=2025).value == value
    assert codes(text, 2025) == expected


def test_the_doubt_about_3_1_names_both_days() -> None:
    (_, doubt) = parse_date("3.1", TODAY, year_hint=2025).warnings
    assert "3月1日与3月10日" in doubt.message


@pytest.mark.parametrize("text", ["农历正月初八", "阴历腊月廿三", "二〇二五年正月初八", "2025年闰六月初一"])
def test_a_lunar_date_is_kept_as_written(text: str) -> None:
    found = parse_date(text, TODAY, year_hint=2025)
    assert (found.value, found.precision) == (f"~~{text}", "raw")
    assert codes(text) == ["W214"]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025.3.5-3.8", "2025-03-05", "2025-03-08"),
        ("2025.3.5 - 3.8", "2025-03-05", "2025-03-08"),
        ("2025年3月5日至8日", "2025-03-05", "2025-03-08"),
        ("2025年3月5日—3月8日", "2025-03-05", "2025-03-08"),
        ("2025年3月5-8日", "2025-03-05", "2025-03-08"),
        ("2025-3-5至2025-3-8", "2025-03-05", "2025-03-08"),
        ("2025-3-5-3-8", "2025-03-05", "2025-03-08"),
        ("2025-3-5-2025-3-8", "2025-03-05", "2025-03-08"),
        ("2025-03-05～2025-03-08", "2025-03-05", "2025-03-08"),
        ("2025年3-5月", "~2025-03~2025年3-5月", "~2025-05~2025年3-5月"),
        ("2026-11-03 9:30-11:30", "2026-11-03T09:30", "2026-11-03T11:30"),
    ],
)
def test_a_range_gives_start_and_end(text: str, start: str, end: str) -> None:
    found = parse_date(text, TODAY)
    assert (found.value, found.end) == (start, end)


def test_a_range_over_new_year_is_said_and_a_backward_range_refused() -> None:
    found = parse_date("2025.12.30-1.2", TODAY)
    assert (found.value, found.end) == ("2025-12-30", "2026-01-02")
    assert [warning.code for warning in found.warnings] == ["W216"]
    with pytest.raises(DateError, match="终止日早于起始日"):
        parse_date("2025.3.8-3.5", TODAY)


def test_a_range_without_year_stays_raw() -> None:
    assert parse_date("3月5日-8日", TODAY).value == "~~3月5日-8日"
    assert parse_date("3月5日-8日", TODAY, year_hint=2025).end == "2025-03-08"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-03 9:30", "2026-11-03T09:30"),
        ("2026-11-03T09:30", "2026-11-03T09:30"),
        ("2026-11-03 09:30:15", "2026-11-03T09:30"),
        ("2026年11月3日9时30分", "2026-11-03T09:30"),
        ("2026年11月3日上午9点半", "2026-11-03T09:30"),
        ("2026年11月3日下午3时", "2026-11-03T15:00"),
        ("2026.11.3 9:30", "2026-11-03T09:30"),
    ],
)
def test_a_time_of_day_is_read(text: str, value: str) -> None:
    found = parse_date(text, TODAY)
    assert (found.value, found.precision, found.day) == (value, "minute", "2026-11-03")
    assert parse_moment(text, TODAY) == value


def test_a_moment_needs_a_whole_day() -> None:
    assert parse_moment("2026-11-03", TODAY) == "2026-11-03T00:00"
    with pytest.raises(DateError, match="没有写全年月日"):
        parse_moment("2026年11月", TODAY)


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("2025-2-30", "E212", "2025年2月没有30日"),
        ("2026-02-29", "E212", "2026年2月没有29日"),
        ("2025.13.1", "E212", "月份 13 不存在"),
        ("20250230", "E212", "2025年2月没有30日"),
        ("1700-1-1", "E212", "年份 1700"),
        ("2026-11-03 25:00", "E212", "时间 25:00 不存在"),
        ("2月30日", "E212", "没有30日"),
        ("不详", "E211", "读不出日期"),
        ("05/03/2025", "E211", "读不出日期"),
        ("同上", "E211", "读不出日期"),
        ("", "E211", "读不出日期"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(text: str, code: str, sentence: str) -> None:
    with pytest.raises(DateError, match=sentence) as caught:
        parse_date(text, TODAY)
    assert caught.value.problem.code == code
    assert str(caught.value) == caught.value.problem.message + caught.value.problem.hint
    assert caught.value.problem.seen == text


def test_the_day_number_of_a_spreadsheet_is_read_and_said() -> None:
    assert excel_serial(45721) == day("2025-03-05")
    assert excel_serial(44259, epoch_1904=True) == day("2025-03-05")
    assert (parse_date("45721", TODAY).value, codes("45721")) == ("2025-03-05", ["W217"])


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_any_day_survives_each_usual_spelling(any_day: dt.date) -> None:
    for text in (
        any_day.isoformat(),
        f"{any_day.year}.{any_day.month}.{any_day.day}",
        f"{any_day.year}年{any_day.month}月{any_day.day}日",
        f"{any_day:%Y%m%d}",
    ):
        assert parse_date(text, TODAY).value == any_day.isoformat()


@pytest.mark.parametrize(
    "text", ["2026-11-03", "~2026-11", "~2026", "~2026-11~十一月中旬", "~~正月初八", "~~a~b"]
)
def test_stored_date_texts_survive_reading_and_writing(text: str) -> None:
    assert parse_partial(text).text == text
    assert parse_date(text, TODAY).value == text
    assert is_partial(text) is text.startswith("~")


@pytest.mark.parametrize("text", ["~", "~~", "~2026-13", "2026-11", "~26", "~2026-11-03"])
def test_malformed_partial_dates_are_refused(text: str) -> None:
    with pytest.raises(DateError):
        parse_partial(text)


def test_a_partial_date_sorts_after_every_date_and_lies_in_no_period() -> None:
    partial = PartialDate(2026, 11, raw="十一月").text
    assert max(partial, "2099-12-31", "2026-11-01") == partial
    assert not Period(2026, 11).contains(partial)
    assert (PartialDate(2026, 11).label, PartialDate(2026).label) == ("2026年11月", "2026年")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-08-31", 6, "2025-02-28"),  # DA5
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-03-10", 12, "2027-03-10"),  # G12
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_adding_months_stops_at_the_month_end(start: str, months: int, expected: str) -> None:
    assert add_months(day(start), months) == day(expected)


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        ("2026-03-16", {"years": 1, "months": 6}, "2027-09-15"),  # G1 缓刑考验期
        ("2026-05-08", {"years": 1, "days": -74}, "2027-02-22"),  # G2 管制, 先行羁押37日折抵74日
        ("2026-11-30", {"months": 3}, "2027-02-28"),  # G4 电子定位（社区矫正法第29条）
        ("2024-02-29", {"years": 5}, "2029-02-28"),  # G6
        ("2023-07-15", {"years": 5}, "2028-07-14"),
        ("2025-01-01", {"years": 3}, "2027-12-31"),
        ("2024-05-10", {"years": 2}, "2026-05-09"),  # DA6
        ("2026-08-31", {"months": 6}, "2027-02-28"),  # G10
        ("2026-08-30", {"months": 6}, "2027-02-28"),
        ("2026-02-28", {"months": 1}, "2026-03-27"),
        ("2026-11-01", {"days": 10}, "2026-11-10"),
    ],
)
def test_a_term_ends_the_day_before_the_corresponding_day(
    start: str, term: dict[str, int], expected: str
) -> None:
    assert term_end(day(start), **term) == day(expected)


def test_the_day_a_term_ends_never_moves_off_a_holiday() -> None:
    end = term_end(day("2025-10-04"), years=1)  # G9
    assert end == day("2026-10-03")
    assert not CALENDAR.is_workday(end)
    assert due_after(end, -30, "day", CALENDAR, rolls=True).legal == day("2026-09-03")


@pytest.mark.parametrize(
    ("event", "n", "unit", "rolls", "strict", "legal"),
    [
        ("2026-09-18", 10, "day", True, "2026-09-28", "2026-09-28"),  # G3 社区矫正法第21条
        ("2026-09-24", 10, "day", True, "2026-10-04", "2026-10-08"),
        ("2026-09-24", 10, "day", False, "2026-10-04", "2026-10-04"),  # DA4
        ("2026-09-23", 10, "workday", True, "2026-10-14", "2026-10-14"),  # G8
        ("2026-09-23", 5, "workday", True, "2026-10-08", "2026-10-08"),
        ("2026-10-23", 1, "month", True, "2026-11-23", "2026-11-23"),
        ("2024-08-31", 6, "month", False, "2025-02-28", "2025-02-28"),
        ("2024-02-29", 1, "year", True, "2025-02-28", "2025-02-28"),
        ("2027-02-28", -30, "day", True, "2027-01-29", "2027-01-29"),  # G10
        ("2026-10-31", 0, "day", True, "2026-10-31", "2026-11-02"),
        ("2026-09-10", 10, "day", True, "2026-09-20", "2026-09-20"),  # 调休上班的周日
    ],
)
def test_a_deadline_leaves_out_its_event_day_and_rolls_only_where_told(
    event: str, n: int, unit: str, rolls: bool, strict: str, legal: str
) -> None:
    due = due_after(day(event), n, unit, CALENDAR, rolls=rolls)
    assert (due.strict, due.legal) == (day(strict), day(legal))
    assert (due.strict_text, due.legal_text) == (strict, legal)


def test_hours_run_through_weekends() -> None:
    due = due_after(moment("2026-11-20T16:30"), 48, "hour", CALENDAR, rolls=True)
    assert due.legal_text == due.strict_text == "2026-11-22T16:30"
    assert not due.is_overdue(moment("2026-11-22T16:30"))
    assert due.is_overdue(moment("2026-11-22T16:31"))


def test_overdue_counts_from_the_legal_day() -> None:
    due = due_after(day("2026-09-24"), 10, "day", CALENDAR, rolls=True)
    assert due.overdue_days(day("2026-10-08")) == 0
    assert due.overdue_days(day("2026-10-10")) == 2
    assert not due.is_overdue(moment("2026-10-08T23:59"))
    assert due.is_overdue(moment("2026-10-09T00:00"))


@pytest.mark.parametrize(
    ("event", "n", "unit", "rolls", "uncertain"),
    [
        ("2026-12-25", 10, "day", True, 2027),
        ("2026-12-25", 10, "day", False, None),
        ("2026-12-25", 10, "workday", True, 2027),
        ("2026-11-02", 10, "day", True, None),
    ],
)
def test_a_deadline_in_a_year_without_holidays_says_so(
    event: str, n: int, unit: str, rolls: bool, uncertain: int | None
) -> None:
    assert due_after(day(event), n, unit, CALENDAR, rolls=rolls).uncertain == uncertain


def test_a_local_entry_moves_the_deadline() -> None:
    local = CALENDAR.with_local([CalendarDay(day("2027-01-04"), "holiday", "元旦", "国务院通知")], [2027])
    due = due_after(day("2026-12-25"), 10, "day", local, rolls=True)
    assert (due.strict, due.legal, due.uncertain) == (day("2027-01-04"), day("2027-01-05"), None)


def test_days_of_a_stretch_are_counted_from_its_first_day() -> None:
    first = day("2026-06-02")  # G7 脱管
    assert (nth_day(first, 10), nth_day(first, 11)) == (day("2026-06-11"), day("2026-06-12"))
    assert term_end(first, months=1) + dt.timedelta(days=1) == day("2026-07-02")
    assert days_inclusive(day("2026-09-01"), day("2026-09-12")) == 12  # DA8


@pytest.mark.parametrize(
    ("birth", "on", "civil", "judicial"),
    [
        ("2008-11-23", "2026-11-22", 17, 17),
        ("2008-11-23", "2026-11-23", 18, 17),  # G11 法释〔2006〕1号: 生日次日起
        ("2008-11-23", "2026-11-24", 18, 18),
        ("2008-02-29", "2026-02-28", 18, 17),
        ("2008-02-29", "2026-03-01", 18, 18),
    ],
)
def test_judicial_age_is_reached_the_day_after_the_birthday(
    birth: str, on: str, civil: int, judicial: int
) -> None:
    assert (age_on(day(birth), day(on)), judicial_age_on(day(birth), day(on))) == (civil, judicial)


@settings(deadline=None, max_examples=300)
@given(
    st.text("0123456789年月日号.-/~至 :时分上下午初末底十二〇正腊O", max_size=14),
    st.sampled_from([None, 2025]),
)
def test_any_text_is_read_or_refused_with_a_sentence(text: str, year_hint: int | None) -> None:
    try:
        found = parse_date(text, TODAY, year_hint=year_hint)
    except DateError:
        return
    assert parse_partial(found.day).text == found.day
    assert found.end is None or found.end >= found.value
