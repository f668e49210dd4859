"""Names: the form they are kept in, folding for search, and every pinyin they may be searched by."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.names import MOST_READINGS, fold, initials, is_han_name, normalise_name, readings, split_surname


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("欧 阳 小 明", "欧阳小明"),
        (" 李四 ", "李四"),
        ("张\u200b三", "张三"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽․买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("Ｊｏｈｎ", "John"),
        ("𬭁 三", "𬭁三"),
    ],
)
def test_a_name_has_one_written_form(text: str, name: str) -> None:
    assert normalise_name(text) == name
    assert normalise_name(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＡＢＣ１２３", "abc123"), ("张　三", "张三"), ("Zhang San", "zhangsan"), ("买买提．江", "买买提·江")],
)
def test_folding_makes_width_case_and_blanks_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("surname", "first", "second"),
    [
        ("曾", "zeng", "ceng"),
        ("仇", "qiu", "chou"),
        ("查", "zha", "cha"),
        ("解", "xie", "jie"),
        ("区", "ou", "qu"),
        ("盖", "ge", "gai"),
        ("单", "shan", "dan"),
        ("朴", "piao", "pu"),
        ("尉迟", "yuchi", "weichi"),
        ("万俟", "moqi", "wansi"),
        ("长孙", "zhangsun", "changsun"),
        ("翟", "zhai", "di"),
        ("乐", "yue", "le"),
    ],
)
def test_a_surname_read_in_two_ways_is_found_by_either(surname: str, first: str, second: str) -> None:
    assert readings(f"{surname}小明")[:2] == (f"{first}xiaoming", f"{second}xiaoming")


@pytest.mark.parametrize(
    ("name", "spoken", "letters"),
    [
        ("王小明", ("wangxiaoming",), ("wxm",)),
        ("任盈盈", ("renyingying",), ("ryy",)),
        ("吕布", ("lvbu",), ("lb",)),
        ("欧阳锋", ("ouyangfeng",), ("oyf",)),
        ("王乐", ("wangle", "wangyue"), ("wl", "wy")),
        ("曾行", ("zengxing", "cengxing", "zenghang", "cenghang"), ("zx", "cx", "zh", "ch")),
        ("阿依古丽·买买提", ("ayigulimaimaiti",), ("ayglmmt",)),
        ("John 2", ("john2",), ("john2",)),
        ("尉", ("wei", "yu"), ("w", "y")),
        ("", (), ()),
        ("·", (), ()),
    ],
)
def test_pinyin_and_initials_of_a_name(name: str, spoken: tuple[str, ...], letters: tuple[str, ...]) -> None:
    assert (readings(name), initials(name)) == (spoken, letters)


def test_the_readings_of_a_long_name_stay_few() -> None:
    assert len(readings("曾乐行长重朝传")) == MOST_READINGS
    assert len(initials("曾乐行长重朝传")) <= MOST_READINGS


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("张三", ("张", "三")),
        ("欧阳锋", ("欧阳", "锋")),
        ("万俟", ("万", "俟")),
        ("张", ("张", "")),
        ("", ("", "")),
    ],
)
def test_a_compound_surname_stays_whole(name: str, parts: tuple[str, str]) -> None:
    assert split_surname(name) == parts


def test_han_names_are_two_to_four_marks() -> None:
    found = [is_han_name(name) for name in ("张", "张三", "欧阳小明", "阿依古丽买买提", "张3", "𬭁三")]
    assert found == [False, True, True, False, False, True]


def test_no_heavy_library_is_loaded_for_names_dates_money_and_masking() -> None:
    code = (
        "import sys, models.names, models.identity, models.money, models.masking, models.phones;"
        "models.names.readings('曾国强');"
        "heavy = {'pypinyin', 'cryptography', 'sqlalchemy', 'openpyxl'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
