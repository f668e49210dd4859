"""Masking: what each level shows of each kind of value, and that nothing hidden leaks."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.masking import HIDDEN, Level, UnknownKind, mask

TODAY = dt.date(2026, 11, 23)
LEVELS: tuple[Level, ...] = ("L1", "L2", "L3")
NUMBER = "420981199001011234"
ADDRESS = "湖北省孝感市安陆市李店镇桃园村3组12号"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", NUMBER, ("420981********1234", "4209************34", "")),
        ("id_number", "11010519491231002X", ("110105********002X", "1101************2X", "")),
        ("id_number", "320311770706001", ("32***********01", "32***********01", "")),
        ("id_number", "E12345678", ("E1*****78", "E1*****78", "")),
        ("id_number", "12345", ("*****", "*****", "")),
        ("passport", "H12345678", ("H1*****78", "H1*****78", "")),
        ("name", "张三", ("张三", "张*", "张某")),
        ("name", "张小明", ("张小明", "张*明", "张某")),
        ("name", "欧阳小明", ("欧阳小明", "欧阳**", "欧阳某")),
        ("name", "欧阳锋", ("欧阳锋", "欧阳**", "欧阳某")),
        ("name", "阿依古丽·买买提", ("阿依古丽·买买提", "阿***", "阿某")),
        ("name", "John Smith", ("John Smith", "J***", "J某")),
        ("name", "张", ("张", "张*", "张某")),
        ("phone", "13812341234", ("138****1234", "138****1234", "")),
        ("phone", "13812341234、13912345678", ("138****1234、139****5678", "138****1234、139****5678", "")),
        ("phone", "13812341234（妻子李四）", ("138****1234", "138****1234", "")),
        ("phone", "0712-2345678", ("0712-****678", "0712-****678", "")),
        ("phone", "07122345678", ("****678", "****678", "")),
        ("phone", "问村主任", ("****", "****", "")),
        ("address", ADDRESS, (ADDRESS, "湖北省孝感市安陆市李店镇桃园村", "湖北省孝感市安陆市")),
        ("birth_date", "1990-05-01", ("1990-05-01", "1990年", "")),
        ("birth_date", "~1990-05", ("1990年5月", "1990年", "")),
        ("birth_date", "~~正月初八", ("正月初八", "", "")),
        ("birth_date", "一九九〇年", ("", "", "")),
        ("bank_card", "6222021234567890123", ("****0123", "****0123", "")),
        ("bank_card", "1234", ("****", "****", "")),
        ("sensitive", "盗窃罪", (HIDDEN, "", "")),
        ("sensitive", ["01", "03"], (HIDDEN, "", "")),
        ("normal", "桃园村", ("桃园村", "桃园村", "桃园村")),
        ("name", None, ("", "", "")),
        ("sensitive", "", ("", "", "")),
    ],
)
def test_each_level_shows_what_the_table_says(kind: str, value: object, shown: tuple[str, str, str]) -> None:
    assert tuple(mask(kind, value, level) for level in LEVELS) == shown


@pytest.mark.parametrize("name", ["李小明", "李明", "李某某某"])
def test_the_name_of_a_minor_is_hidden_on_every_level(name: str) -> None:
    # 未成年人保护法第103条: nothing that tells who a minor is may be made public
    assert [mask("name", name, level, minor=True) for level in LEVELS] == ["李**", "李**", "某未成年人"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", NUMBER, "男，36岁"),
        ("id_number", "420981199013011234", ""),
        ("id_number", "E12345678", ""),
        ("birth_date", "1990-05-01", "30—39岁"),
        ("birth_date", "2008-11-23", "未成年人"),
        ("birth_date", "2008-11-22", "18—19岁"),
        ("birth_date", "~1990-05", ""),
    ],
)
def test_in_public_only_sex_and_age_are_told(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value, "L3", today=TODAY) == shown


@pytest.mark.parametrize(
    ("address", "outside", "public"),
    [
        ("湖北省安陆市府城街道东升社区5号楼", "湖北省安陆市府城街道东升社区", "湖北省安陆市"),
        ("北京市海淀区中关村街道东升社区5号", "北京市海淀区中关村街道东升社区", "北京市海淀区"),
        ("广西壮族自治区马山县白山镇1号", "广西壮族自治区马山县白山镇", "广西壮族自治区马山县"),
        ("重庆市彭水自治县汉葭街道文庙社区1号", "重庆市彭水自治县汉葭街道文庙社区", "重庆市彭水自治县"),
        ("李店镇桃园村3组", "李店镇桃园村", ""),
        ("桃园村3组", "桃园村", ""),
        ("杨村镇李村3组", "杨村镇李村", ""),
        ("安陆市幸福小区5栋2单元", "安陆市", "安陆市"),
        ("幸福小区3栋", "", ""),
        ("安陆市解放大道12号东升社区", "安陆市", "安陆市"),
        ("人民路5号", "", ""),
    ],
)
def test_an_address_ends_at_the_village_outside_and_at_the_county_in_public(
    address: str, outside: str, public: str
) -> None:
    assert (mask("address", address, "L2"), mask("address", address, "L3")) == (outside, public)


@pytest.mark.parametrize(("kind", "level"), [("secret", "L1"), ("name", "L4"), ("", "L2")])
def test_an_unknown_kind_or_level_shows_nothing(kind: str, level: Level) -> None:
    with pytest.raises(UnknownKind, match="未予显示"):
        mask(kind, "张三", level)


@settings(deadline=None)
@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_a_masked_number_shows_at_most_ten_digits_at_l1_and_six_at_l2(number: str) -> None:
    for level, most in (("L1", 10), ("L2", 6), ("L3", 0)):
        shown = mask("id_number", number, level)
        assert len(re.findall(r"[0-9X]", shown)) <= most
        assert number not in shown


@settings(deadline=None)
@given(
    st.text(min_size=1, max_size=30),
    st.sampled_from(["phone", "bank_card", "id_number", "passport", "sensitive"]),
)
def test_no_text_passes_a_mask_whole(text: str, kind: str) -> None:
    for level in LEVELS:
        shown = mask(kind, text, level)
        assert not shown or shown != text.strip() or set(shown) <= set("*") or shown == HIDDEN


@settings(deadline=None)
@given(st.integers(1, 999), st.sampled_from(["组", "号", "栋"]))
def test_no_house_number_leaves_the_station(number: int, unit: str) -> None:
    shown = mask("address", f"湖北省安陆市李店镇桃园村{number}{unit}", "L2")
    assert not re.search(r"\d", shown)
