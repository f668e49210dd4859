"""Identity numbers: GB 11643 in the standard's order, other documents, and numbers a spreadsheet damaged."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.identity import (
    DOCUMENTS,
    IdCheck,
    check_cell,
    check_credit_code,
    check_digit,
    check_id,
    normalise_number,
)

TODAY = dt.date(2026, 11, 23)


def number_of(birth: str, sequence: str = "123", region: str = "420981") -> str:
    head = region + birth + sequence
    return head + check_digit(head)


def errors(found: IdCheck) -> list[str]:
    return [problem.code for problem in found.errors]


def warnings(found: IdCheck) -> list[str]:
    return [problem.code for problem in found.warnings]


@pytest.mark.parametrize(
    ("number", "kind", "sex", "birth", "region", "doubts"),
    [
        # GB 11643-1999 附录 and the numbers computed from its rule
        ("11010519491231002X", "111", "2", "1949-12-31", "110105", []),
        ("440524188001010014", "111", "1", "1880-01-01", "440524", ["W233"]),
        ("420900200002290034", "111", "1", "2000-02-29", "420900", []),
        ("810000199408230021", "812", "2", "1994-08-23", "810000", []),
        ("820000196512010019", "812", "1", "1965-12-01", "820000", []),
        ("830000199201300022", "813", "2", "1992-01-30", "830000", []),
        ("911124198108030024", "553", "2", "1981-08-03", "911124", []),
    ],
)
def test_good_numbers_tell_kind_sex_birth_and_region(
    number: str, kind: str, sex: str, birth: str, region: str, doubts: list[str]
) -> None:
    found = check_id(number, today=TODAY)
    assert found.ok
    assert (found.number, found.doc_type, found.sex) == (number, kind, sex)
    assert (found.birth_date, found.region, warnings(found)) == (birth, region, doubts)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("420900199002290012", ["E234"]),  # check digit right, 1990-02-29 does not exist
        ("110105194912310021", ["E236"]),  # X expected
        ("11010519491231002", ["E231"]),
        ("1101051949123100211", ["E231"]),
        ("11010519491231A02X", ["E231"]),
        ("X1010519491231002X", ["E231"]),
        ("", ["E231"]),
        ("11010519491231002×", ["E232"]),
        ("11010519491231002*", ["E232"]),
        ("1101051949＊＊＊＊002X", ["E232"]),
        ("110105194913310020", ["E234", "E236"]),
        (number_of("20270101"), ["E235"]),
        (number_of("20261124"), ["E235"]),
        (number_of("18391231"), ["E235"]),
    ],
)
def test_wrong_numbers_are_refused_in_the_order_of_the_standard(number: str, expected: list[str]) -> None:
    found = check_id(number, today=TODAY)
    assert errors(found) == expected
    assert (found.sex, found.birth_date, found.region, found.raw) == ("", "", "", number)
    assert all(problem.message and problem.hint for problem in found.errors)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("", "没有填写"),
        ("11010519491231002", "是 17 位"),
        ("11010519491231A02X", "第 15 位是“A”"),
        ("11010519491231002Y", "第 18 位是“Y”"),
    ],
)
def test_a_number_of_the_wrong_shape_is_told_what_is_off(number: str, told: str) -> None:
    (problem,) = check_id(number, today=TODAY).errors
    assert problem.message == f"证件号码应为 18 位数字（末位可为 X），现在{told}。"


@pytest.mark.parametrize(
    "raw",
    [
        "11010519491231002x",
        "11010519491231002Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "\u200b110105\u00a019491231002X",
    ],
)
def test_width_case_blanks_and_quote_marks_make_no_difference(raw: str) -> None:
    found = check_id(raw, today=TODAY)
    assert (found.number, found.raw, errors(found)) == ("11010519491231002X", raw, [])


def test_an_old_number_of_15_digits_is_lengthened_and_asked_about() -> None:
    found = check_id("320311770706001", today=TODAY)
    assert (found.number, found.raw) == ("320311197707060018", "320311770706001")
    assert (found.birth_date, found.sex, warnings(found)) == ("1977-07-06", "1", ["W231"])
    assert check_cell(320311770706001.0, today=TODAY).number == "320311197707060018"


def test_a_centenarian_sequence_of_an_old_number_is_pointed_out() -> None:
    found = check_id("320311070706998", today=TODAY)
    assert "19 世纪" in found.warnings[0].message


@pytest.mark.parametrize(
    "value", [420981199001011234, 4.20981199001011e17, 1e15, 10**15, -1e16, 110105194912310021]
)
def test_a_number_cell_of_sixteen_digits_is_damaged_whatever_its_check_digit(value: float) -> None:
    assert errors(check_cell(value, today=TODAY)) == ["E233"]
    assert check_cell(value, today=TODAY).number == ""


@pytest.mark.parametrize(
    "text", ["4.20898E+17", "4.20898e+17", "４．２０８９８Ｅ＋１７", "4E17", "420981199001011000.0"]
)
def test_scientific_notation_is_damaged(text: str) -> None:
    found = check_cell(text, today=TODAY)
    assert errors(found) == ["E233"]
    assert "后三位已丢失" in found.errors[0].message


def ending_000(*, right: bool) -> str:
    """A number ending 000 whose check digit is right (or wrong)."""
    heads = (
        f"4209811990{month:02d}{day:02d}{first}00"
        for month in range(1, 13)
        for day in range(1, 29)
        for first in "123"
    )
    return next(head + "0" for head in heads if (check_digit(head) == "0") is right)


def test_a_text_ending_000_is_damaged_unless_its_check_digit_is_right() -> None:
    damaged = check_id(ending_000(right=False), today=TODAY)
    assert (errors(damaged), damaged.may_override) == (["E233"], False)
    genuine = check_id(ending_000(right=True), today=TODAY)
    assert (errors(genuine), warnings(genuine)) == ([], ["W232"])
    assert "需人工核" in genuine.warnings[0].message


def test_only_a_wrong_check_digit_may_be_overridden() -> None:
    assert check_id("110105194912310021", today=TODAY).may_override
    assert not check_id("110105194913310020", today=TODAY).may_override
    assert not check_id("11010519491231002X", today=TODAY).may_override


def test_doubts_do_not_refuse() -> None:
    assert warnings(check_id(number_of("19051122"), today=TODAY)) == ["W233"]
    assert warnings(check_id(number_of("19051124"), today=TODAY)) == []
    assert warnings(check_id(number_of("19900101", region="990101"), "111", today=TODAY)) == ["W234"]
    found = check_id("11010519491231002X", today=TODAY, sex="1", birth_date="1949-12-30")
    assert (errors(found), warnings(found)) == ([], ["W235", "W236"])
    assert warnings(check_id("11010519491231002X", today=TODAY, sex="2", birth_date="1949-12-31")) == []


def test_residence_permits_keep_to_their_prefixes() -> None:
    assert errors(check_id("11010519491231002X", "812", today=TODAY)) == ["E237"]
    assert errors(check_id("810000199408230021", "813", today=TODAY)) == ["E237"]
    assert errors(check_id("810000199408230022", "812", today=TODAY)) == ["E236"]
    assert warnings(check_id("810000199408230021", "111", today=TODAY)) == ["W238"]


@pytest.mark.parametrize(
    ("number", "kind", "good"),
    [
        ("E12345678", "414", True),
        ("EA1234567", "414", True),
        ("G12345678", "414", True),
        ("e12345678", "414", True),
        ("E1234567", "414", False),
        ("X12345678", "414", False),
        ("H12345678", "516", True),
        ("M1234567890", "516", True),
        ("H123456789", "516", False),
        ("T12345678", "516", False),
        ("12345678", "511", True),
        ("1234567890A", "511", True),
        ("1234567", "511", False),
        ("USA110105810803", "553", True),
        ("USA11010581080", "553", False),
        ("911124198108030025", "553", False),
        ("AB12345", "414F", True),
        ("AB-123", "414F", False),
        ("军字第123456号", "114", True),
        ("无", "990", True),
        ("123", "000", False),
    ],
)
def test_other_documents_have_their_own_form_and_tell_no_sex(number: str, kind: str, good: bool) -> None:
    found = check_id(number, kind, today=TODAY)
    assert found.ok is good
    assert (found.sex, found.birth_date) == ("", "")


@pytest.mark.parametrize(
    ("number", "kind"), [("H12345678", "516"), ("E12345678", "414"), ("ABC123456789012", "553")]
)
def test_the_kind_of_a_document_is_told_from_its_number(number: str, kind: str) -> None:
    found = check_id(number, today=TODAY)
    assert (found.doc_type, found.ok) == (kind, True)
    assert kind in DOCUMENTS


@settings(deadline=None)
@given(
    st.dates(dt.date(1907, 1, 1), TODAY),
    st.integers(1, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_one_wrong_digit_never_passes_the_check(
    birth: dt.date, sequence: int, place: int, shift: int
) -> None:
    good = number_of(f"{birth:%Y%m%d}", f"{sequence:03d}")
    assert check_id(good, today=TODAY).ok
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert not check_id(wrong, "111", today=TODAY).ok


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_gets_an_answer_and_normalising_twice_changes_nothing(text: str) -> None:
    found = check_cell(text, today=TODAY)
    assert found.raw == text
    assert found.ok or found.errors[0].hint
    assert normalise_number(normalise_number(text)) == normalise_number(text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91350100M000100Y43", []),  # GB 32100-2015 附录的示例
        ("91350100m000100y43", []),
        ("91350100M000100Y44", ["E239"]),
        ("91350100M000100Y4", ["E238"]),
        ("91350100I000100Y43", ["E238"]),
    ],
)
def test_credit_codes_of_organisations(code: str, expected: list[str]) -> None:
    found = check_credit_code(code)
    assert [problem.code for problem in found.errors] == expected
    assert found.raw == code
