"""Every command answers people in text and programs in one JSON document with the promised keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.catalog import CATALOG
from tests.builders import build
from tests.cli.conftest import Run, copy_ledger
from tests.conftest import PASSWORD

FIELD_KEYS = {"name", "label", "kind", "required", "codes"}

MONTH_KEYS = {"bundle", "version", "short_code", "files"}

# name, words, input, keys of the answer (of its first item if it is a list), exit status
CALLS: list[tuple[str, list[str], object, set[str], int]] = [
    ("registers", ["registers"], None, {"key", "label", "fields", "children", "code_lists"}, 0),
    ("one register", ["registers", "person"], None, {"key", "label", "fields"}, 0),
    ("add", ["add", "person"], {"name": "甲某"}, {"ids"}, 0),
    ("set", ["set", "陈大山"], {"occupation": "木匠"}, {"id", "changed"}, 0),
    ("list", ["list", "person"], None, {"id", "name"}, 0),
    ("show", ["show", "陈大山"], None, {"id", "name", "id_docs"}, 0),
    ("history", ["history", "陈大山"], None, {"id", "changes"}, 0),
    ("timeline", ["timeline", "陈大山"], None, set(), 0),
    ("search", ["search", "cds"], None, {"id", "register", "title", "subtitle", "matched"}, 0),
    ("void", ["void", "陈大山", "--reason", "录错"], None, {"id"}, 0),
    ("undo", ["undo"], None, {"batch", "records"}, 0),
    ("undo --list", ["undo", "--list"], None, {"batch", "label", "undone"}, 0),
    ("do --list", ["do", "--list", "person"], None, {"verb", "label", "params"}, 0),
    ("due", ["due"], None, set(), 0),
    ("stats", ["stats", "T1", "--period", "2026-10"], None, {"period", "basis", "rows", "checks"}, 0),
    ("stats --list", ["stats", "--list"], None, {"table", "title", "columns"}, 0),
    ("trace", ["trace", "T1", "total", "c1", "--period", "2026-10"], None, set(), 0),
    ("month check", ["month", "check", "2026-10"], None, {"problems"}, 0),
    ("month status", ["month", "status"], None, {"period", "state", "version"}, 0),
    ("month close", ["month", "close", "2026-10", "--out", "out"], None, MONTH_KEYS, 0),
    ("card", ["card", "--out", "cards"], None, {"file", "spoken_code"}, 0),
    ("export", ["export", "person", "--out", "p.xlsx"], None, {"rows"}, 0),
    ("attachments", ["attachments", "陈大山"], None, {"id", "attachments"}, 0),
    ("backup", ["backup", "--out", "b.ybz"], None, {"ok", "backup"}, 0),
    ("check", ["check"], None, {"ok", "damage"}, 0),
    ("export-plain", ["export-plain", "--out", "plain"], None, {"files"}, 0),
    ("setting", ["setting"], None, {"name", "value", "label"}, 0),
    ("setting name", ["setting", "officer"], None, {"name", "value"}, 0),
    ("setting value", ["setting", "officer", "周小满"], None, {"name", "value"}, 0),
    ("numbers", ["numbers"], None, {"held", "sequences"}, 0),
    ("recovery-code", ["recovery-code"], None, {"recovery_code"}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "given", "keys", "status"), [call[1:] for call in CALLS], ids=[call[0] for call in CALLS]
)
def test_a_command_answers_programs_in_json(
    ybz: Run, person: str, words: list[str], given: object, keys: set[str], status: int
) -> None:
    told = ybz(*words, "--json", given=given)
    assert (told.status, told.err) == (status, "")
    assert told.out.count("\n") == 1, "nothing but one document"
    first = told.data[0] if isinstance(told.data, list) and told.data else told.data
    assert keys <= set(first)


@pytest.mark.parametrize(
    ("words", "given", "status"), [(*call[1:3], call[4]) for call in CALLS], ids=[call[0] for call in CALLS]
)
def test_a_command_answers_people_in_words(
    ybz: Run, person: str, words: list[str], given: object, status: int
) -> None:
    said = ybz(*words, given=given)
    assert (said.status, said.err) == (status, "")
    assert said.out.strip()
    assert not said.out.startswith(("{", "["))


def test_every_command_of_the_catalogue_explains_itself(ybz: Run) -> None:
    for entry in CATALOG:
        helped = ybz(entry.name, "--help")
        assert (helped.status, helped.err) == (0, ""), entry.name
        assert helped.out.startswith(f"用法：ybz {entry.name}")


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["--json"]])
def test_without_a_command_the_help_is_shown(ybz: Run, words: list[str]) -> None:
    helped = ybz(*words)
    assert helped.status == 0
    assert all(entry.name in helped.out for entry in CATALOG)


def test_the_registers_name_their_fields(ybz: Run) -> None:
    for register in ybz("registers", "--json").data:
        assert all(set(field) >= FIELD_KEYS for field in register["fields"])
        lists = {field["codes"] for field in register["fields"] if field["codes"]}
        assert lists <= set(register["code_lists"])


def test_a_new_ledger_prints_its_recovery_code_once_and_opens(ybz: Run, tmp_path: Path) -> None:
    path = tmp_path / "新" / "台账.ybz"
    made = ybz("new", path, "--station", "白水司法所", "--code", "BS01", "--json")
    assert made.status == 0, made.err
    assert set(made.data) == {"ledger", "device", "recovery_code"}
    assert ybz("--ledger", path, "check", "--json").data["ok"] is True
    assert made.data["recovery_code"] not in path.read_bytes().decode("latin-1")
    again = ybz("new", path, "--station", "白水司法所", "--code", "BS01")
    assert (again.status, again.out) == (1, "")


def test_the_recovery_code_opens_and_sets_a_new_password(ybz: Run, surroundings: pytest.MonkeyPatch) -> None:
    code = ybz("recovery-code", "--json").data["recovery_code"]
    surroundings.delenv("YBZ_PASSWORD")
    surroundings.setenv("YBZ_RECOVERY_CODE", code)
    surroundings.setenv("YBZ_NEW_PASSWORD", "新的密码-2026")
    assert ybz("password", "--json").data == {"changed": True}
    surroundings.setenv("YBZ_PASSWORD", PASSWORD)
    assert ybz("check").status == 1
    surroundings.setenv("YBZ_PASSWORD", "新的密码-2026")
    assert ybz("check").status == 0


def test_a_backup_is_restored_as_a_new_epoch(ybz: Run, person: str, tmp_path: Path) -> None:
    assert ybz("backup", "--out", "备份.ybz", "--json").data["ok"] is True
    restored = ybz("restore", "备份.ybz", "--to", "恢复.ybz", "--json")
    assert restored.data == {"ok": True, "ledger": str(tmp_path / "恢复.ybz"), "epoch": 2}
    shown = ybz("--ledger", "恢复.ybz", "show", person, "--json")
    assert shown.data["name"] == "陈大山"
    held = ybz("--ledger", "恢复.ybz", "numbers", "--json").data
    assert held["held"] is True
    confirmed = ybz("--ledger", "恢复.ybz", "numbers", "--confirm", "--json").data
    assert confirmed["held"] is False


def test_a_verb_gives_id_and_state(ybz: Run) -> None:
    lead = ybz("add", "dispute_lead", "--json", given=build("dispute_lead")).data["ids"][0]
    done = ybz("do", "verify", lead, "--json", given={})
    assert done.data == {"id": lead, "state": "verified"}
    assert "状态：" in ybz("do", "handle", lead).out


def test_an_attachment_is_taken_in_and_its_loss_is_seen(ybz: Run, person: str, tmp_path: Path) -> None:
    source = tmp_path / "照片.txt"
    source.write_text("一张照片", "utf-8")
    held = ybz("attach", "陈大山", source, "--json")
    assert held.status == 0, held.err
    assert {"sha256", "sm3", "size", "record"} <= set(held.data)
    assert ybz("check", "--json").data["attachments"] == 1
    next((tmp_path / "台账.ybz.files").rglob(held.data["sha256"])).unlink()
    listed = ybz("attachments", "陈大山", "--json")
    assert (listed.status, listed.data["attachments"][0]["present"]) == (3, False)
    checked = ybz("check", "--json")
    assert (checked.status, checked.data["ok"]) == (3, False)


def test_a_waiting_item_can_be_marked(ybz: Run) -> None:
    lead = build("dispute_lead", found_on="2026-01-05", due_on="2026-01-20", risk_level="红")
    ybz("add", "dispute_lead", given=lead | {"responsible": "周小满", "duty_leader": "李书记"})
    items = ybz("due", "--json").data
    assert items
    assert {"id", "record", "rule", "title", "due_strict", "due_legal", "severity", "basis"} <= set(items[0])
    assert {"number_basis", "overdue_days"} <= set(items[0])
    item = items[0]["id"]
    marked = ybz("due", "--mark", item, "--kind", "not_applicable", "--reason", "已另案处理", "--json")
    assert marked.data == {"id": item, "marked": "not_applicable"}
    assert item not in {one["id"] for one in ybz("due", "--json").data}
    assert ybz("due", "--unmark", item, "--reason", "弄错").status == 0
    assert item in {one["id"] for one in ybz("due", "--json").data}


def test_station_and_county_exchange_a_month(
    ybz: Run, county_ledger: Path, templates: dict[str, Path], tmp_path: Path
) -> None:
    county = ("--ledger", county_ledger)
    card = ybz("card", "--out", "a", "--json").data
    theirs = ybz(*county, "card", "--out", "b", "--json").data
    assert ybz(*county, "enrol", card["file"], "--code", card["spoken_code"], "--json").status == 0
    assert ybz("enrol", theirs["file"], "--code", theirs["spoken_code"]).status == 0
    ybz("add", "outreach_event", given=build("outreach_event", held_on="2026-10-15"))
    closed = ybz("month", "close", "2026-10", "--out", "out", "--json")
    assert closed.status == 0, closed.err
    bundle = closed.data["bundle"]
    planned = ybz(*county, "receive", bundle, "--json")
    assert (planned.data["kind"], planned.data["applied"]) == ("submit", False)
    taken = ybz(*county, "receive", bundle, "--yes", "--json")
    assert taken.data["applied"] is True
    overview = ybz(*county, "county", "matrix", "--json").data
    assert overview["received"] == 1
    receipt = ybz(*county, "county", "receipt", closed.data["short_code"], "--out", "r", "--accept", "--json")
    assert receipt.status == 0, receipt.err
    assert ybz("receive", receipt.data["file"], "--yes", "--json").data["kind"] == "receipt"
    months = {one["period"]: one["state"] for one in ybz("month", "status", "--json").data}
    assert months["2026-10"] == "accepted"
    summed = ybz(*county, "county", "consolidate", "2026-10", "--out", tmp_path / "汇总.xlsx", "--json")
    assert summed.status == 0, summed.err
    assert (tmp_path / "汇总.xlsx").is_file()


def test_a_demonstration_has_records_of_every_kind(
    ybz: Run, surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: dict[str, Any] = {}

    def demo_station(path: Path, year: int, *, password: str, now: object) -> dict[str, int]:
        made.update(path=path, year=year, password=password)
        return {"person": 3}

    surroundings.setattr("app.demo.demo_station", demo_station)
    answer = ybz("demo", tmp_path / "演示.ybz", "--year", "2024", "--json")
    assert answer.data == {"ledger": str(tmp_path / "演示.ybz"), "records": {"person": 3}}
    assert made == {"path": tmp_path / "演示.ybz", "year": 2024, "password": PASSWORD}
    assert ybz("demo").status == 2


def test_the_self_test_passes(ybz: Run) -> None:
    tested = ybz("selftest")
    assert (tested.status, tested.out.strip()) == (0, "自检通过。")


@pytest.mark.parametrize("place", ["option before", "option after", "environment"])
def test_the_day_can_be_set_in_every_way(
    ybz: Run, surroundings: pytest.MonkeyPatch, person: str, place: str
) -> None:
    day = "2025-03-04T10:30"
    words: list[str] = ["set", person, "--json"]
    if place == "environment":
        surroundings.setenv("YBZ_TODAY", day)
    elif place == "option before":
        words = ["--today", day, *words]
    else:
        words = [*words, f"--today={day}"]
    assert ybz(*words, given={"occupation": "教师"}).status == 0
    assert ybz("show", person, "--json").data["updated_at"] == "2025-03-04T10:30:00"


def test_who_acts_is_kept(ybz: Run, surroundings: pytest.MonkeyPatch, person: str) -> None:
    ybz("set", person, "--actor", "李四", given={"occupation": "教师"})
    surroundings.setenv("YBZ_OFFICER", "王五")
    ybz("set", person, given={"occupation": "医生"})
    actors = [change["actor"] for change in ybz("history", person, "--json").data["changes"]]
    assert actors[-2:] == ["李四", "王五"]


def test_two_ledgers_do_not_mix(ybz: Run, templates: dict[str, Path], tmp_path: Path, person: str) -> None:
    other = copy_ledger(templates["station"], tmp_path / "别的.ybz")
    assert ybz("list", "person", "--ledger", other, "--json").data == []
    assert json.loads(ybz("list", "person", "--json").out)


def test_a_month_not_handed_in_is_taken_back_and_an_unknown_task_refused(ybz: Run) -> None:
    ybz("month", "close", "2026-10", "--out", "out", "--json")
    assert ybz("month", "void", "2026-10", "--reason", "漏了一件", "--json").status == 0
    months = {one["period"]: one["state"] for one in ybz("month", "status", "--json").data}
    assert months.get("2026-10", "open") == "open"
    refused = ybz("month", "done", "不存在")
    assert (refused.status, refused.err.count("\n")) == (1, 1)
