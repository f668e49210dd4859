"""Amounts and counts: the spellings of the registers in, 元, 万元 and banking capitals out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.money import MoneyError, capital, format_wan, format_yuan, parse_count, parse_money


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("18.6万元", 18_600_000),
        ("18.6万", 18_600_000),
        ("186000", 18_600_000),
        ("186,000.00", 18_600_000),
        ("￥186000", 18_600_000),
        ("¥186,000元", 18_600_000),
        ("１８６０００元", 18_600_000),
        ("拾捌万陆仟元整", 18_600_000),
        ("人民币壹拾捌万陆仟元整", 18_600_000),
        ("十八万六千元", 18_600_000),
        ("十八万六", 18_600_000),
        ("3万5千元", 3_500_000),
        ("一万二千元", 1_200_000),
        ("一万零五百元", 1_050_000),
        ("3千5百元", 350_000),
        ("1.5千元", 150_000),
        ("3元5角", 350),
        ("3元5角2分", 352),
        ("5角", 50),
        ("五分", 5),
        ("叁佰贰拾伍元零肆分", 32_504),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", 1_234_567),
        ("叁仟元整（3000元）", 300_000),
        ("3000元整", 300_000),
        ("共计3000元", 300_000),
        ("0", 0),
        ("零元", 0),
        (186000, 18_600_000),
        (0.1 + 0.2, 30),
    ],
)
def test_an_amount_is_read_in_every_spelling_without_warning(text: str | float, cents: int) -> None:
    found = parse_money(text)
    assert (found.value, found.approx, found.warnings) == (cents, False, ())


@pytest.mark.parametrize("text", ["", "/", "／", "—", "——", "-", "无", " "])
def test_empty_is_not_zero(text: str) -> None:
    assert parse_money(text).value is None
    assert parse_count(text).value is None


@pytest.mark.parametrize(
    ("text", "unit", "cents"),
    [
        ("18.6", "万元", 18_600_000),
        (18.6, "万元", 18_600_000),
        ("5000元", "万元", 500_000),
        ("1.2万", "万元", 1_200_000),
        ("十二", "万元", 12_000_000),
        ("0", "万元", 0),
    ],
)
def test_the_unit_of_the_column_applies_unless_the_cell_names_its_own(
    text: str | float, unit: str, cents: int
) -> None:
    assert parse_money(text, unit).value == cents


@pytest.mark.parametrize(
    ("text", "cents"), [("1.2万余元", 1_200_000), ("约5000元", 500_000), ("3000元左右", 300_000)]
)
def test_about_is_marked_and_warned_of(text: str, cents: int) -> None:
    found = parse_money(text)
    assert (found.value, found.approx) == (cents, True)
    assert [warning.code for warning in found.warnings] == ["W221"]


@pytest.mark.parametrize(("text", "asked"), [("1000万元", False), ("1000.01万元", True), ("2亿元", True)])
def test_more_than_ten_million_yuan_is_asked_about(text: str, asked: bool) -> None:
    assert [warning.code for warning in parse_money(text).warnings] == (["W222"] if asked else [])


def test_less_than_a_cent_is_rounded_and_said() -> None:
    found = parse_money("1.235")
    assert (found.value, [warning.code for warning in found.warnings]) == (124, ["W223"])


@pytest.mark.parametrize(
    "text", ["3000-5000元", "500元/月", "abc", "-500", "5,00", "万元", "三千（5000元）", "1.2.3", "元"]
)
def test_what_is_no_single_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="读不出金额") as caught:
        parse_money(text)
    assert (caught.value.problem.code, caught.value.problem.seen) == ("E221", text)


def test_an_unknown_column_unit_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        parse_money("5", "斤")


@pytest.mark.parametrize(
    ("text", "number", "approx"),
    [
        ("2000余人", 2000, True),
        ("约300人", 300, True),
        ("5万余份", 50_000, True),
        ("10w+", 100_000, True),
        ("近2万人次", 20_000, True),
        ("两百多人", 200, True),
        ("十几人", 10, True),
        ("12人次", 12, False),
        ("十二", 12, False),
        ("一百二十场", 120, False),
        ("1.2万", 12_000, False),
        ("3千", 3000, False),
        ("1,200人", 1200, False),
        ("0", 0, False),
        (12.0, 12, False),
    ],
)
def test_a_count_is_read_and_an_approximate_one_marked(text: str | float, number: int, approx: bool) -> None:
    found = parse_count(text)
    assert (found.value, found.approx) == (number, approx)
    assert [warning.code for warning in found.warnings] == (["W221"] if approx else [])


@pytest.mark.parametrize("text", ["数百人", "几十人", "若干", "1.5", "3-5人", "-3"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="读不出整数"):
        parse_count(text)


@pytest.mark.parametrize(
    ("cents", "yuan", "wan"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.00"),
        (18_600_000, "186,000.00", "18.60"),
        (18_605_000, "186,050.00", "18.61"),
        (18_604_999, "186,049.99", "18.60"),
        (1_234_567, "12,345.67", "1.23"),
        (-18_600_000, "-186,000.00", "-18.60"),
        (-500, "-5.00", "0.00"),
    ],
)
def test_amounts_are_printed_in_yuan_and_rounded_half_up_in_wan(cents: int, yuan: str, wan: str) -> None:
    assert (format_yuan(cents), format_wan(cents)) == (yuan, wan)


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        # 《支付结算办法》附一的写法
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (105, "壹元零伍分"),
        (1000, "壹拾元整"),
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (18_600_000, "壹拾捌万陆仟元整"),
        (1_234_567, "壹万贰仟叁佰肆拾伍元陆角柒分"),
        (10_000_500, "壹拾万零伍元整"),
        (10_050_000, "壹拾万零伍佰元整"),
        (100_000_000, "壹佰万元整"),
        (100_001_000_000, "壹拾亿零壹万元整"),
        (-500, "负伍元整"),
    ],
)
def test_amounts_in_capitals(cents: int, text: str) -> None:
    assert capital(cents) == text


@settings(deadline=None)
@given(st.integers(0, 10**13))
def test_what_is_printed_can_be_read_again(cents: int) -> None:
    assert parse_money(format_yuan(cents)).value == cents
    assert parse_money(capital(cents)).value == cents


@settings(deadline=None, max_examples=300)
@given(st.text("0123456789.,万千百十元角分壹贰零约余+整人份w/—", max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    for read in (parse_money, parse_count):
        try:
            found = read(text)
        except MoneyError:
            continue
        assert found.value is None or found.value >= 0
