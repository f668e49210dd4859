"""Persons: one file each, documents read for sex and birth, duplicates refused, merges reversible."""

from __future__ import annotations

import pytest

from app.context import Context
from app.history import history, undo
from app.person.duplicates import similar
from app.person.file import references_to_persons, timeline
from app.records import add, change, do, fetch
from models.errors import GuardFailed, Refused

ZHANG = {"name": "张三", "village_id": "青石村", "id_docs": [{"number": "11010519491231002x"}]}


def test_sex_birth_and_normal_form_come_from_the_document(station: Context) -> None:
    person = fetch(station, add(station, "person", [ZHANG]).ids[0])
    assert (person["sex"], person["birth_date"]) == ("2", "1949-12-31")
    document = person["id_docs"][0]
    assert (document["number"], document["raw"]) == ("11010519491231002X", "11010519491231002x")
    assert document["is_primary"] is True


def test_han_name_loses_inner_blanks_and_keeps_how_it_was_written(station: Context) -> None:
    person = fetch(station, add(station, "person", [{"name": "李 四"}]).ids[0])
    assert (person["name"], person["name_as_written"]) == ("李四", "李 四")


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({}, "E301", "name"),
        ({"name": "王五", "sex": "5"}, "E203", "sex"),
        ({"name": "王五", "birth_date": "2026-02-30"}, "E202", "birth_date"),
        ({"name": "王五", "hobby": "钓鱼"}, "E101", "hobby"),
        ({"name": "王五", "id_docs": [{"number": "110105194912310021"}]}, "E236", "id_docs[1].number"),
        ({"name": "王五", "id_docs": [{"type": "990"}]}, "E301", "id_docs[1].note"),
        ({"name": "王五", "village_id": "无名村"}, "E203", "village_id"),
    ],
)
def test_bad_input_is_refused_with_field_and_hint(
    station: Context, row: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(station, "person", [row])
    problem = refused.value.problems[0]
    assert (problem.code, problem.field) == (code, field)
    assert problem.message
    assert problem.hint


def test_nothing_is_added_when_one_row_of_many_is_bad(station: Context) -> None:
    with pytest.raises(Refused):
        add(station, "person", [{"name": "甲某"}, {"name": ""}])
    with pytest.raises(Exception, match="没有找到"):
        fetch(station, "甲某")


def test_same_document_is_the_same_person(station: Context) -> None:
    add(station, "person", [ZHANG])
    with pytest.raises(Refused) as refused:
        add(station, "person", [{"name": "章三", "id_docs": [{"number": "11010519491231002X"}]}])
    assert refused.value.problems[0].code == "E701"


def test_same_name_and_village_is_only_a_hint_and_the_decision_is_remembered(station: Context) -> None:
    first = add(station, "person", [{"name": "赵六", "village_id": "青石村"}]).ids[0]
    saved = add(station, "person", [{"name": "赵六", "village_id": "青石村"}])
    assert [warning.code for warning in saved.warnings] == ["W701"]
    do(station, "decide", saved.ids[0], {"other": first, "verdict": "different", "reason": "堂兄弟"})
    levels = {hint.person: hint.level for hint in similar(station, fetch(station, saved.ids[0]))}
    assert levels == {first: "different"}


def test_merge_is_a_pointer_that_can_be_taken_back(station: Context) -> None:
    one, other = add(station, "person", [{"name": "钱七"}, {"name": "钱柒"}]).ids
    do(station, "merge", other, {"into": one})
    assert fetch(station, other)["merged_into"] == one
    with pytest.raises(GuardFailed):
        do(station, "merge", other, {"into": one})
    do(station, "split", other, {"reason": "查明为父子"})
    assert fetch(station, other)["merged_into"] is None


def test_unknown_empty_and_not_applicable_differ(station: Context) -> None:
    person_id = add(station, "person", [{"name": "孙八", "education": {"missing": "unknown"}}]).ids[0]
    assert fetch(station, person_id)["missing"] == {"education": "unknown"}
    change(station, person_id, {"education": {"missing": "not_applicable"}})
    assert fetch(station, person_id)["missing"] == {"education": "not_applicable"}
    change(station, person_id, {"education": "本科"})
    stored = fetch(station, person_id)
    assert (stored["education"], stored["missing"]) == ("20", None)


def test_history_tells_old_and_new_and_undo_puts_back(station: Context) -> None:
    person_id = add(station, "person", [{"name": "周九", "phone_main": "13800001234"}]).ids[0]
    change(station, person_id, {"phone_main": "13900001234"})
    last = history(station, person_id)[-1].fields[0]
    assert (last.label, last.old, last.new) == ("联系电话", "13800001234", "13900001234")
    undo(station)
    assert fetch(station, person_id)["phone_main"] == "13800001234"


def test_every_reference_to_a_person_is_found_from_the_descriptions(station: Context) -> None:
    named = {(kind.__tablename__, name) for kind, name, _ in references_to_persons()}
    assert ("relation", "to_person_id") in named
    father = add(station, "person", [{"name": "吴父"}]).ids[0]
    child = add(
        station, "person", [{"name": "吴小", "relations": [{"relation": "父亲", "to_person_id": father}]}]
    ).ids[0]
    assert [line.record for line in timeline(station, father)] == [child]
