"""Lists, filters, masking and what is noted, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.registers import register_named
from app.revealing import covered
from tests.builders import build
from tests.cli.conftest import Run

PEOPLE = [
    {
        "name": "甲某",
        "sex": "男",
        "birth_date": "1980-01-05",
        "village_id": "青石村",
        "tags": ["党员", "退役"],
    },
    {"name": "乙某", "sex": "女", "birth_date": "1990-06-30", "village_id": "白水村", "tags": ["党员"]},
    {"name": "丙某", "sex": "男", "birth_date": "~1990-07", "village_id": "红岩村", "is_three_none": True},
    {"name": "丁某", "sex": {"missing": "unknown"}, "four_history": []},
]


@pytest.fixture
def people(ybz: Run) -> list[str]:
    made = ybz("add", "person", "--json", given=PEOPLE)
    assert made.status == 0, made.err
    return list(made.data["ids"])


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (["sex=男"], "甲丙"),
        (["sex=1"], "甲丙"),
        (["sex=男,女"], "甲乙丙"),
        (["sex=男，女"], "甲乙丙"),
        (["sex="], "丁"),
        (["sex=!男"], "乙丁"),
        (["village_id=青石村"], "甲"),
        (["village_id=青石"], "甲"),
        (["birth_date=1980-01-05"], "甲"),
        (["birth_date=1980..1990-06"], "甲乙"),
        (["birth_date=1980-02.."], "乙"),
        (["birth_date=..1985"], "甲"),
        (["birth_date=1990"], "乙"),
        (["tags=退役"], "甲"),
        (["tags=党员", "sex=女"], "乙"),
        (["is_three_none=是"], "丙"),
        (["name=丁某"], "丁"),
        (["name=%"], ""),
        (["tags=%"], ""),
    ],
)
def test_a_list_holds_what_its_filters_ask_for(
    ybz: Run, people: list[str], where: list[str], names: str
) -> None:
    assert people
    words = [word for one in where for word in ("--where", one)]
    found = ybz("list", "person", *words, "--json").data
    assert "".join(sorted(one["name"][0] for one in found)) == "".join(sorted(names))


def test_filters_reach_children_references_and_money(ybz: Run) -> None:
    ybz("add", "screening_round", given=build("screening_round"))
    number = ybz("list", "screening_round", "--json").data[0]["round_no"]
    lead = build("dispute_lead", amount=1860000, round_id=number)
    ybz("add", "dispute_lead", given=[lead, build("dispute_lead", brief="另一件", amount=50)])
    for where in (f"round_id={number}", "amount=1.86万元", "amount=100..", "amount=18600..18600"):
        assert len(ybz("list", "dispute_lead", "--where", where, "--json").data) == 1, where
    ybz("add", "person", given={"name": "陈大山", "id_docs": [{"number": "11010519491231002X"}]})
    assert ybz("list", "person", "--where", "id_docs.number=11010519491231002X", "--json").data
    assert not ybz("list", "person", "--where", "id_docs.number=110105", "--json").data


def test_a_list_runs_from_the_newest_and_can_be_sorted(ybz: Run) -> None:
    days = ["2026-11-03", "2026-11-05", "2026-11-04"]
    ybz("add", "dispute_lead", given=[build("dispute_lead", found_on=day) for day in days])

    def listed(*words: str) -> list[str]:
        return [one["found_on"] for one in ybz("list", "dispute_lead", *words, "--json").data]

    assert listed() == sorted(days, reverse=True)
    assert listed("--limit", "2") == ["2026-11-05", "2026-11-04"]
    assert listed("--order", "found_on") == sorted(days)
    assert listed("--order=-found_on") == sorted(days, reverse=True)


def test_a_voided_record_leaves_the_list_and_comes_back(ybz: Run, people: list[str]) -> None:
    ybz("void", people[0], "--reason", "重复建档")
    assert len(ybz("list", "person", "--json").data) == 3
    assert [one["id"] for one in ybz("list", "person", "--void", "--json").data] == [people[0]]
    assert "重复建档" in ybz("show", people[0]).out
    assert ybz("revive", people[0], "--json").data == {"id": people[0], "void": False}
    assert len(ybz("list", "person", "--json").data) == 4


def test_sensitive_values_are_masked_until_somebody_answers_for_it(ybz: Run, person: str) -> None:
    ybz("set", person, given={"health_note": "高血压"})
    secrets = ("11010519491231002X", "13800001234", "高血压")
    for words in (["show", person], ["history", person], ["list", "person"]):
        for form in ([], ["--json"]):
            said = ybz(*words, *form).out
            assert not [one for one in secrets if one in said], words
    before = len(ybz("undo", "--list", "--json").data)
    said = ybz("show", person, "--reveal").out
    assert all(one in said for one in secrets)
    told = ybz("history", person, "--reveal", "--json").out
    assert all(one in told for one in secrets)
    events = ybz("undo", "--list", "--json").data
    assert len(events) == before + 2
    assert {one["verb"] for one in events[:2]} == {"reveal"}


def test_a_minor_is_named_by_surname_alone(ybz: Run) -> None:
    child = {"name": "陈小山", "birth_date": "2015-05-05", "guardians": []}
    made = ybz("add", "person", "--json", given=child).data["ids"][0]
    assert ybz("show", made, "--json").data["name"] == "陈**"


def test_masking_covers_every_sensitive_field_of_every_register() -> None:
    register = register_named("person")
    row = {"phone_main": "13800001234", "id_docs": [{"number": "11010519491231002X"}], "religion": "某教"}
    shown = json.dumps(covered(register.entity, row), ensure_ascii=False)
    assert not any(secret in shown for secret in ("13800001234", "11010519491231002X", "某教"))


def test_undo_takes_back_the_last_action_or_the_named_one(ybz: Run, people: list[str]) -> None:
    ybz("set", people[0], given={"occupation": "木匠"})
    ybz("set", people[1], given={"occupation": "瓦匠"})
    listed = ybz("undo", "--list", "--json").data
    assert ybz("undo", listed[1]["number"], "--json").data["records"] == 1
    jobs = [ybz("show", one, "--json").data["occupation"] for one in people[:2]]
    assert jobs == [None, "瓦匠"]
    assert ybz("undo", "--json").data["records"] == 1
    assert ybz("undo", listed[1]["number"]).status == 1


def test_a_file_of_rows_is_all_or_nothing(ybz: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"name": "甲某"}, {"name": ""}]), "utf-8")
    refused = ybz("add", "person", "--file", path, "--json")
    assert (refused.status, refused.data["problems"][0]["row"]) == (1, 2)
    assert ybz("list", "person", "--json").data == []


def test_search_finds_by_characters_pinyin_initials_and_last_digits(ybz: Run, person: str) -> None:
    for words, how in (("大山", "姓名"), ("chendashan", "拼音"), ("cds", "首字母"), ("1234", "尾号")):
        (hit,) = ybz("search", words, "--json").data
        assert (hit["id"], hit["matched"]) == (person, how)
    assert ybz("search", "cds", "--register", "school", "--json").data == []


def test_a_timeline_tells_where_a_person_stands(ybz: Run, person: str) -> None:
    child = {"name": "陈小山", "relations": [{"relation": "父亲", "to_person_id": person}]}
    made = ybz("add", "person", "--json", given=child).data["ids"][0]
    assert [line["id"] for line in ybz("timeline", person, "--json").data] == [made]


def test_everything_can_be_taken_out_as_open_files(ybz: Run, person: str, tmp_path: Path) -> None:
    (tmp_path / "原件.txt").write_text("原件内容", "utf-8")
    ybz("attach", person, tmp_path / "原件.txt")
    ybz("attach", person, tmp_path / "原件.txt")
    ybz("add", "person", given={"name": "作废某"})
    ybz("void", "作废某", "--reason", "录错")
    made = ybz("export-plain", "--out", tmp_path / "plain", "--json")
    assert made.status == 0, made.err
    names = {Path(path).name for path in made.data["files"]}
    assert {"人员.xlsx", "代码条目.xlsx", "原件.txt", "原件（2）.txt", "修改史.jsonl", "说明.txt"} <= names
    assert (tmp_path / "plain" / "附件" / person / "原件.txt").read_text("utf-8") == "原件内容"
    lines = (tmp_path / "plain" / "修改史.jsonl").read_text("utf-8").splitlines()
    assert any(json.loads(line)["values"].get("name") == "作废某" for line in lines)
    taken = ybz("import", tmp_path / "plain" / "人员.xlsx", "--register", "person", "--json").data
    assert (taken["same"], taken["added"], taken["rejected"]) == (1, 0, 0)


def test_check_finds_a_frozen_month_that_was_touched(ybz: Run, ledger: Path) -> None:
    import sqlalchemy as sa

    from app.ledger.ledger import open_ledger
    from models.records import table_of
    from models.submission import SubmissionRow
    from tests.conftest import PASSWORD

    ybz("add", "outreach_event", given=build("outreach_event", held_on="2026-10-15"))
    ybz("month", "close", "2026-10", "--out", "o")
    assert ybz("check").status == 0
    opened = open_ledger(ledger, password=PASSWORD)
    with opened.engine.connect() as conn:
        conn.execute(sa.delete(table_of(SubmissionRow)))
        conn.commit()
    opened.close()
    checked = ybz("check", "--json")
    assert (checked.status, checked.data["ok"]) == (3, False)
    assert "2026-10 第 1 版" in checked.data["damage"][0]


def test_a_setting_is_read_in_the_kind_of_its_default(ybz: Run) -> None:
    assert ybz("setting", "difficult_codes", "2,3", "--json").data["value"] == ["2", "3"]
    assert ybz("setting", "oral_sequence", "是", "--json").data["value"] is True
    assert ybz("setting", "report_due_day", "5", "--json").data["value"] == 5
    assert ybz("setting", "county_name", "青山县司法局", "--json").data["value"] == "青山县司法局"


def test_a_list_says_why_there_is_no_value(ybz: Run) -> None:
    assert (
        ybz("add", "person", given={"name": {"missing": "unknown"}, "sex": {"missing": "refused"}}).status
        == 0
    )
    listed = ybz("list", "person").out
    assert "不详" in listed
    assert "拒绝提供" in listed


def test_a_history_names_the_records_a_change_pointed_to(ybz: Run, person: str) -> None:
    assert ybz("add", "mediation_org", given=build("mediation_org")).status == 0
    made = ybz("add", "mediator_post", "--json", given=build("mediator_post"))
    said = ybz("history", made.data["ids"][0]).out
    assert "陈大山" in said
    assert person not in said
