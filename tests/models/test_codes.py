"""The code lists: what the standards fix, what old ledgers write, and what a county may add."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from importlib import resources

import pytest

import models
from models.codes import (
    HEADER,
    CodeBook,
    CodeEntry,
    CodeList,
    load_codebook,
    parse_list,
    topic_groups,
    word_key,
)
from models.fields import Kind, fields_of
from models.records import entities

BOOK = load_codebook()
STATION_LISTS = {"village", "grid"}  # filled by the station
CONFIDENCE = re.compile(r"（(国家标准|部颁|地方|自定)(，[^（）]+)?）$")

NAMES = """
sex marital ethnic education political health occupation_status relation nationality id_doc_type region
hukou_type mental_health four_history three_involve military seal_state birth_precision address_kind
contact_kind guardian_kind guarantor_state prior_kind attachment_kind attachment_sensitivity missing_reason
origin dispute_type sub_type source org_type ind_type studio_type difficulty handle_level risk intensity
assessment prevent_type lead_state lead_resolution lead_channel screen_type joint_unit med_mode session_mode
outcome fail_reason reject_reason advised_path transformation agree_form performance follow_performance
perform_mode special_group case_attr keep_period apply_form consent_state satisfaction migrant_wage
case_state case_event suspend_reason legal_relation party_side party_type session_result evidence_kind
court_basis confirm_result confirm_state follow_method mediator_role chosen_by authority transfer_direction
item_state court_result external_system volume_document post employ mediator_origin appoint_mode
leave_reason mediator_grade six_entry pub_form platform pub_node topic_group law_topic consult_cat
audience_type event_state post_form repost_level school_stage from_unit class_form plan_state village grid
"""

# GB/T 2260; 83 stands for 台湾 in the numbers of residence permits
PROVINCES = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83
"""
CASE_STATES = """
registered accepted rejected mediating suspended performing performed failed transferred closed archived
"""


def codes_of(name: str) -> list[str]:
    return [entry.code for entry in BOOK[name]]


def shipped_bytes(name: str) -> bytes:
    return resources.files("resources").joinpath("codes", f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", NAMES.split())
def test_every_list_the_registers_need_is_shipped(name: str) -> None:
    assert name in BOOK
    assert (len(BOOK[name]) == 0) == (name in STATION_LISTS)


@pytest.mark.parametrize("name", list(BOOK))
def test_a_list_is_plain_utf8_and_says_where_its_codes_come_from(name: str) -> None:
    raw = shipped_bytes(name)
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert raw.decode("utf-8").split("\n")[1] == ",".join(HEADER)
    assert CONFIDENCE.search(BOOK[name].standard), BOOK[name].standard


@pytest.mark.parametrize("name", list(BOOK))
def test_no_code_and_no_word_of_a_list_stands_for_two_entries(name: str) -> None:
    found = BOOK[name]
    assert [code for code, n in Counter(codes_of(name)).items() if n > 1] == []
    owners: dict[str, set[str]] = {}
    for entry in found:
        for word in (entry.label, *entry.synonyms):
            assert found.word(word), (entry.code, "an empty word")
            owners.setdefault(found.word(word), set()).add(entry.code)
    assert {word: codes for word, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("name", list(BOOK))
def test_code_label_and_synonyms_of_every_entry_lead_back_to_it(name: str) -> None:
    found = BOOK[name]
    for entry in found:
        for word in (entry.code, entry.label, *entry.synonyms):
            assert found.find(word) == entry, word


@pytest.mark.parametrize("name", list(BOOK))
def test_codes_are_short_ascii_and_parents_stand_in_the_same_list(name: str) -> None:
    for entry in BOOK[name]:
        assert re.fullmatch(r"[A-Za-z0-9_]{1,24}", entry.code), entry.code
        assert entry.label == entry.label.strip() != ""
        assert entry.parent is None or entry.parent in BOOK[name], entry.code


def test_dispute_types_are_the_eighteen_leaves_in_the_order_of_the_table() -> None:
    assert [f"{n:02d}" for n in range(1, 18)] + ["99"] == codes_of("dispute_type")
    groups = {entry.code: entry.group for entry in BOOK["dispute_type"] if entry.group}
    assert groups == {"10": "labour", "11": "labour", "12": "consumer", "13": "consumer", "14": "consumer"}


def test_entrusted_sources_roll_up_to_30_and_to_nothing_else() -> None:
    assert codes_of("source") == ["10", "20", "31", "32", "33", "34", "35"]
    groups = {entry.code: entry.group for entry in BOOK["source"]}
    assert {code for code, group in groups.items() if group == "30"} == {"31", "32", "33", "34", "35"}
    assert groups["10"] is None
    assert groups["20"] is None


def test_ethnic_groups_are_the_56_of_gbt_3304_and_two_customary_codes() -> None:
    assert codes_of("ethnic") == [f"{n:02d}" for n in range(1, 57)] + ["97", "98"]
    letters = [entry.note for entry in BOOK["ethnic"]][:56]
    assert len(set(letters)) == 56
    assert all(re.fullmatch(r"字母代码 [A-Z]{2}", note) for note in letters)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sex", "1 2 0 9"),  # GB/T 2261.1-2003
        ("marital", "10 20 21 22 23 30 40 90"),  # GB/T 2261.2-2003
        ("political", " ".join(f"{n:02d}" for n in range(1, 14))),  # GB/T 4762-1984
        ("occupation_status", "11 13 17 21 24 27 31 37 51 54 70 80 90"),  # GB/T 2261.4-2003
        ("org_type", "1 2 3 4 5 6"),
        ("difficulty", "1 2 3 4 0"),
        ("risk", "red orange yellow blue"),
        ("outcome", "1 2 3 4"),
        ("performance", "0 1 2 3 4 5 9"),
        ("transformation", "0 1 2 3"),
        ("follow_performance", "01 02 03 04"),
        ("six_entry", "organ village community school enterprise unit"),
        ("missing_reason", "unknown not_applicable refused"),
        ("case_state", CASE_STATES),
    ],
)
def test_codes_fixed_by_standard_table_or_procedure_do_not_drift(name: str, expected: str) -> None:
    assert codes_of(name) == expected.split()


def test_education_form_shows_eight_items_and_details_hang_below_them() -> None:
    top = [entry.code for entry in BOOK["education"] if entry.parent is None]
    assert top == ["10", "20", "30", "40", "60", "70", "80", "90"]  # GB/T 4658-2006
    assert all(entry.parent in (None, entry.code[0] + "0") for entry in BOOK["education"])


def test_regions_name_every_province_and_the_prefixes_of_residence_permits() -> None:
    provinces = {entry.code for entry in BOOK["region"] if entry.parent is None}
    assert provinces == {f"{code}0000" for code in PROVINCES.split()}
    assert all(entry.code[:2] == entry.parent[:2] for entry in BOOK["region"] if entry.parent)


def test_nationalities_are_iso_3166_alpha_3_with_their_numeric_codes() -> None:
    listed = [entry for entry in BOOK["nationality"] if entry.code != "XXA"]
    assert len(listed) == 249
    assert all(re.fullmatch(r"[A-Z]{3}", entry.code) for entry in listed)
    numeric = [re.match(r"[A-Z]{2} (\d{3})", entry.note) for entry in listed]
    assert len({found[1] for found in numeric if found}) == 249
    assert BOOK["nationality"].label("CHN") == "中国"


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("marital", "离异", "40"),
        ("marital", "有配偶", "20"),
        ("marital", "丧妻", "30"),
        ("ethnic", "汉", "01"),
        ("ethnic", " 土 家 族 ", "15"),
        ("ethnic", "土", "30"),
        ("ethnic", "穿青人", "97"),
        ("education", "文盲半文盲", "90"),
        ("education", "大专", "30"),
        ("political", "党员", "01"),
        ("relation", "儿子", "20"),
        ("relation", "邻居", "90"),
        ("id_doc_type", "回乡证", "516"),
        ("id_doc_type", "414f", "414F"),
        ("nationality", "chn", "CHN"),
        ("region", "湖北大悟县", "420922"),
        ("region", "内蒙古", "150000"),
        ("dispute_type", "土地", "07"),
        ("dispute_type", "土地纠纷", "07"),
        ("dispute_type", "婚姻、家庭", "01"),
        ("dispute_type", "劳动争议纠纷", "11"),
        ("dispute_type", "０７", "07"),
        ("source", "派出所", "33"),
        ("source", "12345", "35"),
        ("source", "主动排查", "10"),
        ("org_type", "居(社区)调委会", "2"),
        ("difficulty", "简易", "1"),
        ("difficulty", "重大疑难", "4"),
        ("outcome", "已调处", "1"),
        ("agree_form", "书面", "1"),
        ("lead_channel", "派出所１１０", "police"),
        ("special_group", "刑释解教人员", "released"),
        ("law_topic", "民法典—继承", "civil_succession"),
    ],
)
def test_words_of_old_ledgers_resolve(name: str, written: str, code: str) -> None:
    found = BOOK[name].find(written, trusted=False)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("dispute_type", ""),
        ("dispute_type", " 、 "),
        (
            "dispute_type",
            "劳资",
        ),  # wage arrears of migrant workers or another labour dispute: a person decides
        ("source", "委托移送"),  # the table wants the sender
        ("region", "鼓楼区"),  # there are several
        ("ethnic", "族"),
        ("outcome", "调解中"),  # a state, no outcome
    ],
)
def test_words_that_could_mean_several_things_are_not_guessed(name: str, written: str) -> None:
    assert BOOK[name].find(written, trusted=False) is None


@pytest.mark.parametrize("digit", ["0", "1", "2", "9", " 1 ", "１", "01"])
def test_bare_digits_in_a_sheet_never_decide_a_sex(digit: str) -> None:
    assert BOOK["sex"].find(digit, trusted=False) is None


@pytest.mark.parametrize(("written", "code"), [("1", "1"), ("2", "2"), ("01", None), ("3", None)])
def test_own_input_reads_a_sex_code_only_when_it_is_exactly_one(written: str, code: str | None) -> None:
    found = BOOK["sex"].find(written)
    assert (found.code if found else None) == code


def test_words_for_sex_are_read_from_sheets() -> None:
    assert [
        BOOK["sex"].label(e.code) for w in ("男", "女性") if (e := BOOK["sex"].find(w, trusted=False))
    ] == [
        "男",
        "女",
    ]


def test_label_of_nothing_is_empty_and_of_a_foreign_code_is_the_code() -> None:
    assert BOOK["village"].label(None) == ""
    assert BOOK["village"].label("v99") == "v99"
    assert BOOK["dispute_type"].get("98") is None
    assert BOOK["dispute_type"].get(None) is None


VILLAGES = (
    CodeEntry("v1", "东风村", synonyms=("东风",)),
    CodeEntry("v2", "红旗村", valid_from="2020-01-01", valid_to="2024-12-31"),
)


def test_a_station_fills_its_villages_without_touching_the_shipped_list() -> None:
    book = BOOK.with_local({"village": VILLAGES})
    assert book["village"].label("v1") == "东风村"
    assert len(BOOK["village"]) == 0
    again = book.with_local({"village": [CodeEntry("v3", "新村")], "sub_type": [CodeEntry("well", "水井")]})
    assert [entry.code for entry in again["village"]] == ["v1", "v2", "v3"]
    assert again["sub_type"].label("well") == "水井"
    assert again["sub_type"].label("bride_price") == "彩礼"


def test_a_local_entry_replaces_a_shipped_code_in_its_place() -> None:
    changed = BOOK.with_local({"risk": [CodeEntry("orange", "橙（重点）")]})["risk"]
    assert [entry.label for entry in changed] == ["红", "橙（重点）", "黄", "蓝"]


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (None, ["v1", "v2"]),
        ("2019-12-31", ["v1"]),
        ("2020-01-01", ["v1", "v2"]),
        ("2024-12-31", ["v1", "v2"]),
        ("2025-01-01", ["v1"]),
    ],
)
def test_an_expired_code_can_be_read_but_no_longer_chosen(on: str | None, codes: list[str]) -> None:
    villages = CodeList("village", "", VILLAGES)
    assert [entry.code for entry in villages.choices(on)] == codes
    assert villages.label("v2") == "红旗村"


def test_a_word_two_local_entries_claim_is_answered_by_neither() -> None:
    twins = CodeList("village", "", (CodeEntry("a", "新村"), CodeEntry("b", "新村"), CodeEntry("c", "老村")))
    assert twins.find("新村") is None
    assert twins.find("b") == CodeEntry("b", "新村")
    assert twins.find("老村") == CodeEntry("c", "老村")


def test_a_label_outranks_the_synonym_of_another_entry() -> None:
    listed = CodeList("sub_type", "", (CodeEntry("a", "甲", synonyms=("水井",)), CodeEntry("b", "水井")))
    found = listed.find("水井")
    assert found is not None
    assert found.code == "b"


def test_the_book_is_a_mapping_and_a_missing_list_is_a_mistake_of_ours() -> None:
    assert "no_such_list" not in BOOK
    with pytest.raises(KeyError):
        BOOK["no_such_list"]
    with pytest.raises(KeyError):
        BOOK.with_local({"no_such_list": []})
    assert load_codebook() is BOOK
    assert sorted(BOOK) == sorted(set(BOOK))
    assert len(BOOK) == len(list(BOOK))


def test_a_book_can_be_made_of_any_lists() -> None:
    book = CodeBook({"village": CodeList("village", "", VILLAGES)})
    assert list(book) == ["village"]
    assert "v1" in book["village"]


@pytest.mark.parametrize(
    "text",
    ["code,label\n1,a\n", "# standard: x（自定）\ncode,label\n1,a\n", "# standard: x（自定）\n"],
)
def test_a_damaged_list_is_told_apart_from_an_empty_one(text: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        parse_list("damaged", text)


def test_words_are_compared_without_width_space_case_and_punctuation() -> None:
    assert word_key(" ＬＥＤ／宣传栏（村口）") == "led宣传栏村口"
    assert word_key("族", "族") == "族"


def test_publicity_topics_disputes_and_consultations_share_one_set_of_groups() -> None:
    groups = topic_groups(BOOK)
    known = set(codes_of("topic_group"))
    for name in ("law_topic", "dispute_type", "consult_cat"):
        assert set(groups[name]) == set(codes_of(name))
        assert set(groups[name].values()) <= known
    unmapped = {code for code, group in groups["dispute_type"].items() if group == "other"}
    assert unmapped == {"99"}
    demand = set(groups["dispute_type"].values()) | set(groups["consult_cat"].values())
    assert demand <= set(groups["law_topic"].values())
    assert (
        groups["law_topic"]["civil_family"] == groups["dispute_type"]["01"] == groups["consult_cat"]["family"]
    )


def test_a_county_topic_without_group_counts_as_other() -> None:
    book = BOOK.with_local({"law_topic": [CodeEntry("beekeeping", "养蜂")]})
    assert topic_groups(book)["law_topic"]["beekeeping"] == "other"


def test_a_session_is_held_in_a_mode_the_case_can_name() -> None:
    modes = {entry.code: entry.label for entry in BOOK["med_mode"]}
    assert {entry.code: entry.label for entry in BOOK["session_mode"]}.items() <= modes.items()


def test_result_of_confirmation_is_also_a_state_of_it() -> None:
    assert set(codes_of("confirm_result")) <= set(codes_of("confirm_state"))


def test_sub_types_belong_to_a_dispute_type() -> None:
    assert all(e.group in BOOK["dispute_type"] for e in BOOK["sub_type"] if e.code != "other")


def test_dates_of_publicity_nodes_are_written_so_that_a_calendar_can_read_them() -> None:
    dated = [e for e in BOOK["pub_node"] if re.match(r"\d\d-\d\d(~\d\d-\d\d)?(，|$)", e.note)]
    moving = {entry.code for entry in BOOK["pub_node"]} - {entry.code for entry in dated}
    assert moving == {"spring", "harvest", "elder_day"}


def test_every_field_names_a_list_that_exists_and_a_default_it_holds() -> None:
    for module in pkgutil.iter_modules(models.__path__, "models."):
        if not module.name.endswith("migrations"):
            importlib.import_module(module.name)
    coded = [
        (entity.__tablename__, field)
        for entity in entities()
        for field in fields_of(entity).values()
        if field.kind in (Kind.CODE, Kind.CODES) or field.codes
    ]
    assert [(table, field.name, field.codes) for table, field in coded if field.codes not in BOOK] == []
    for table, field in coded:
        chosen = field.default if isinstance(field.default, list | tuple) else [field.default]
        for code in chosen:
            assert code is None or code in BOOK[str(field.codes)], (table, field.name, code)
