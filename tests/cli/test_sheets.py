"""Workbooks handed out and taken in: the same rows, edited rows, rows that are refused, nothing twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.registers import REGISTERS
from tests.builders import build, needed
from tests.cli.conftest import Run

VOLATILE = {"created_at", "created_by", "updated_at", "updated_by", "origin", "reported_on"}
LEAD = {
    "found_on": "2026-11-03", "found_by": "周小满", "channel": "网格员", "village_id": "青石村",
    "parties_text": "刘福与何贵", "dispute_type": "邻里纠纷", "brief": "屋檐滴水", "risk_level": "黄",
}  # fmt: skip


def settled(row: Any) -> Any:
    """Leave out what says when and how a row came in."""
    if isinstance(row, dict):
        return {name: settled(value) for name, value in row.items() if name not in VOLATILE}
    return [settled(item) for item in row] if isinstance(row, list) else row


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[1] if cell.value}


def first_row(sheet: Worksheet) -> int:
    """Give the first row below the header: our own sheets mark their header rows."""
    mark = columns(sheet)["_mark"]
    return max(row for row in range(1, 20) if sheet.cell(row, mark).value == "head") + 1


def edit(path: Path, change: Callable[[Worksheet, dict[str, int], int], None], sheet: int = 0) -> None:
    book = load_workbook(path)
    page = book.worksheets[sheet]
    change(page, columns(page), first_row(page))
    book.save(path)


def fill(path: Path, rows: list[Mapping[str, Any]]) -> None:
    """Fill a blank form as a grid worker would."""

    def write(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        for number, row in enumerate(rows):
            for name, value in row.items():
                sheet.cell(first + number, keys[f"dispute_lead.{name}"]).value = value

    edit(path, write)


@pytest.fixture
def form(ybz: Run, tmp_path: Path) -> Path:
    """The empty sheet for leads."""
    path = tmp_path / "线索.xlsx"
    assert ybz("export", "dispute_lead", "--blank", "--out", path).status == 0
    return path


@pytest.mark.parametrize("key", [one.key for one in REGISTERS])
def test_an_export_goes_back_in_unchanged_and_into_another_ledger_whole(
    ybz: Run, other_ledger: Path, tmp_path: Path, key: str
) -> None:
    for other in needed(key):
        ybz("add", other, given=build(other))
    made = ybz("add", key, "--json", given=build(key))
    assert made.status == 0, made.err
    (identity,) = made.data["ids"]
    for name in (*needed(key), key):
        assert ybz("export", name, "--out", f"{name}.xlsx", "--sensitive").status == 0
    again = ybz("import", f"{key}.xlsx", "--register", key, "--json")
    counts = {name: again.data[name] for name in ("added", "changed", "rejected")}
    assert counts == {"added": 0, "changed": 0, "rejected": 0}, again.data["problems"]
    assert again.data["same"] == len(ybz("list", key, "--json").data)
    assert again.data["batch"] is None
    other_side = ("--ledger", other_ledger)
    for name in needed(key):
        assert ybz(*other_side, "import", f"{name}.xlsx", "--register", name).status == 0
    taken = ybz(*other_side, "import", f"{key}.xlsx", "--register", key, "--json")
    assert taken.data["rejected"] == 0, taken.data["problems"]
    here = ybz("show", identity, "--reveal", "--json").data
    there = ybz(*other_side, "show", identity, "--reveal", "--json").data
    assert settled(there) == settled(here)
    repeated = ybz(*other_side, "import", f"{key}.xlsx", "--register", key, "--json").data
    assert (repeated["added"], repeated["changed"], repeated["rejected"]) == (0, 0, 0)


def test_the_form_of_a_grid_worker_comes_in_and_is_not_counted_twice(ybz: Run, form: Path) -> None:
    fill(form, [LEAD, {**LEAD, "found_on": date(2026, 11, 4), "amount": "1.2万元", "people_count": "4人"}])
    taken = ybz("import", form, "--register", "dispute_lead", "--json")
    assert taken.status == 0, taken.data["problems"]
    assert (taken.data["added"], taken.data["rejected"], taken.data["incomplete"]) == (2, 0, 0)
    assert taken.data["mapping"]["主要情况"] == "brief"
    assert [row["status"] for row in taken.data["rows"]] == ["added", "added"]
    leads = ybz("list", "dispute_lead", "--json").data
    assert [(one["found_on"], one["amount"], one["people_count"]) for one in leads] == [
        ("2026-11-04", 1200000, 4), ("2026-11-03", None, None),
    ]  # fmt: skip
    assert {one["origin"] for one in leads} == {"imported"}
    again = ybz("import", form, "--register", "dispute_lead", "--json").data
    assert (again["added"], again["same"], again["batch"]) == (0, 2, None)


def test_a_lead_worked_on_since_is_still_the_same(ybz: Run, form: Path) -> None:
    fill(form, [LEAD])
    lead = ybz("import", form, "--register", "dispute_lead", "--json").data["rows"][0]["id"]
    ybz("set", lead, given={"brief": "屋檐滴水流入院内，已上门查看", "found_on": "2026-11-02"})
    ybz("do", "verify", lead)
    again = ybz("import", form, "--register", "dispute_lead", "--json").data
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 1)
    assert ybz("show", lead, "--json").data["brief"] == "屋檐滴水流入院内，已上门查看"


def test_two_alike_rows_of_one_sheet_are_two_leads(ybz: Run, form: Path) -> None:
    fill(form, [LEAD, LEAD])
    assert ybz("import", form, "--register", "dispute_lead", "--json").data["added"] == 2
    assert ybz("import", form, "--register", "dispute_lead", "--json").data["same"] == 2


def test_an_import_is_one_action_that_can_be_undone_and_done_again(ybz: Run, form: Path) -> None:
    fill(form, [LEAD, {**LEAD, "brief": "另一件"}])
    batch = ybz("import", form, "--register", "dispute_lead", "--json").data["batch"]
    assert ybz("undo", batch, "--json").data["records"] == 2
    assert ybz("list", "dispute_lead", "--json").data == []
    assert ybz("import", form, "--register", "dispute_lead", "--json").data["added"] == 2


BAD_CELLS: list[tuple[str, Any, str]] = [
    ("found_on", "2026-02-30", "E202"),
    ("found_on", None, "E301"),
    ("found_on", "2026-12-24", "E401"),
    ("channel", "不存在的来源", "E203"),
    ("village_id", "无名村", "E203"),
    ("people_count", "许多", "E201"),
    ("amount", "若干", "E201"),
    ("parties_text", None, "E301"),
    ("party_phone", 1.380000123456789e20, "E201"),
]


@pytest.mark.parametrize(("name", "value", "code"), BAD_CELLS)
def test_a_row_that_is_refused_is_named_to_the_cell_and_stops_no_other(
    ybz: Run, form: Path, tmp_path: Path, name: str, value: Any, code: str
) -> None:
    fill(form, [LEAD, {**LEAD, name: value}, {**LEAD, "brief": "第三件"}])
    taken = ybz("import", form, "--register", "dispute_lead", "--json", "--report", tmp_path / "结果.xlsx")
    assert (taken.status, taken.data["added"], taken.data["rejected"]) == (3, 2, 1)
    (problem,) = [one for one in taken.data["problems"] if one["severity"] == "error"]
    sheet = load_workbook(form).worksheets[0]
    letter = get_column_letter(columns(sheet)[f"dispute_lead.{name}"])
    assert (problem["code"], problem["row"], problem["column"], problem["field"]) == (
        code, first_row(sheet) + 1, letter, name,
    )  # fmt: skip
    assert problem["message"]
    assert problem["hint"]
    assert problem["sheet"] == sheet.title
    report = load_workbook(tmp_path / "结果.xlsx")
    assert report.sheetnames[:2] == ["问题", "各行结果"]
    assert problem["message"] in [cell.value for row in report["问题"] for cell in row]


def test_a_rehearsal_counts_the_same_and_writes_nothing(ybz: Run, form: Path, ledger: Path) -> None:
    fill(form, [LEAD, {**LEAD, "channel": "x"}])
    planned = ybz("import", form, "--register", "dispute_lead", "--dry-run", "--json")
    assert planned.status == 3
    assert ybz("list", "dispute_lead", "--json").data == []
    assert ybz("undo", "--list", "--json").data[0]["verb"] != "dispute_lead.import"
    done = ybz("import", form, "--register", "dispute_lead", "--json").data
    different = {"batch", "dry_run", "rows"}
    assert {k: v for k, v in planned.data.items() if k not in different} == {
        k: v for k, v in done.items() if k not in different
    }
    assert planned.data["batch"] is None
    assert ybz("search", "屋檐滴水", "--json").data


def test_a_backup_is_taken_before(ybz: Run, form: Path, ledger: Path) -> None:
    shutil.rmtree(ledger.with_name(f"{ledger.name}.backups"), ignore_errors=True)
    fill(form, [LEAD])
    ybz("add", "person", given={"name": "甲某"})
    before = set(ledger.with_name(f"{ledger.name}.backups").glob("*.ybz"))
    ybz("set", "甲某", given={"occupation": "木匠"})
    ybz("import", form, "--register", "dispute_lead")
    after = set(ledger.with_name(f"{ledger.name}.backups").glob("*.ybz"))
    assert len(after - before) >= 1


def test_an_edited_export_changes_the_record(ybz: Run, person: str, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    ybz("set", person, given={"occupation": "木匠", "tags": ["甲、乙", "丙"]})
    ybz("export", "person", "--out", path)

    def change(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        sheet.cell(first, keys["person.phone_main"]).value = "13900005678"
        sheet.cell(first, keys["person.occupation"]).value = None

    edit(path, change)
    taken = ybz("import", path, "--register", "person", "--json").data
    assert (taken["changed"], taken["rejected"]) == (1, 0), taken["problems"]
    row = ybz("show", person, "--reveal", "--json").data
    assert (row["phone_main"], row["occupation"], row["tags"]) == ("13900005678", None, ["甲、乙", "丙"])


def test_a_child_row_can_be_changed_and_added(ybz: Run, person: str, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    ybz("export", "person", "--out", path)

    def change(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        sheet.cell(first, keys["id_doc.issue_org"]).value = "青山县公安局"

    def add(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        sheet.cell(first, keys["_owner"]).value = "陈大山"
        sheet.cell(first, keys["contact.kind"]).value = "手机"
        sheet.cell(first, keys["contact.value"]).value = "13700001111"

    names = load_workbook(path).sheetnames
    edit(path, change, names.index("证件"))
    edit(path, add, names.index("联系方式"))
    taken = ybz("import", path, "--register", "person", "--json").data
    assert (taken["changed"], taken["rejected"]) == (1, 0), taken["problems"]
    row = ybz("show", person, "--reveal", "--json").data
    assert row["id_docs"][0]["issue_org"] == "青山县公安局"
    assert row["contacts"][0]["value"] == "13700001111"


def test_an_old_export_does_not_take_newer_work_back(ybz: Run, person: str, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    ybz("export", "person", "--out", path)
    ybz("set", person, given={"occupation": "木匠"})
    assert ybz("import", path, "--register", "person", "--json").data["same"] == 1
    assert ybz("show", person, "--json").data["occupation"] == "木匠"

    def change(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        sheet.cell(first, keys["person.employer"]).value = "青石小学"

    edit(path, change)
    taken = ybz("import", path, "--register", "person", "--json")
    assert (taken.status, taken.data["rejected"]) == (3, 1)
    assert taken.data["problems"][0]["code"] == "E503"


def test_a_copied_row_and_a_voided_record_are_refused(ybz: Run, person: str, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    ybz("export", "person", "--out", path)

    def copy(sheet: Worksheet, keys: dict[str, int], first: int) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(first + 1, column).value = sheet.cell(first, column).value

    edit(path, copy)
    taken = ybz("import", path, "--register", "person", "--json").data
    assert [one["code"] for one in taken["problems"]] == ["E703"]
    ybz("void", person, "--reason", "录错")
    voided = ybz("import", path, "--register", "person", "--json").data
    assert {one["code"] for one in voided["problems"]} == {"E502", "E703"}


def test_numbers_that_came_in_are_not_given_out_again(ybz: Run, other_ledger: Path, tmp_path: Path) -> None:
    ybz("add", "dispute_lead", given=[LEAD, {**LEAD, "brief": "第二件"}])
    ybz("export", "dispute_lead", "--out", tmp_path / "l.xlsx")
    there = ("--ledger", other_ledger)
    ybz(*there, "import", tmp_path / "l.xlsx", "--register", "dispute_lead")
    ybz(*there, "add", "dispute_lead", given={**LEAD, "brief": "第三件"})
    numbers = sorted(one["lead_no"] for one in ybz(*there, "list", "dispute_lead", "--json").data)
    assert numbers == ["PC-2026-0001", "PC-2026-0002", "PC-2026-0003"]


def test_a_plain_table_is_read_by_its_headers(ybz: Run, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["矛盾纠纷排查登记表"])
    sheet.append(["序号", "排查时间", "网格员", "来源", "村", "当事人", "纠纷类别", "简要情况", "金额"])
    sheet.append([1, "2026.11.3", "周小满", "网格员", "青石村", "刘福与何贵", "邻里", "屋檐滴水", 3500])
    book.save(tmp_path / "t.xlsx")
    taken = ybz("import", tmp_path / "t.xlsx", "--register", "dispute_lead", "--json")
    assert taken.status == 0, taken.data["problems"]
    assert taken.data["mapping"]["序号"] is None
    assert taken.data["mapping"]["简要情况"] == "brief"
    (lead,) = ybz("list", "dispute_lead", "--json").data
    assert (lead["found_on"], lead["amount"]) == ("2026-11-03", 350000)


def test_a_csv_is_read_too(ybz: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{','.join(LEAD)}\n{','.join(LEAD.values())}\n", "gb18030")
    assert ybz("import", path, "--register", "dispute_lead", "--json").data["added"] == 1


def test_a_sheet_can_be_chosen_and_another_register_is_refused(ybz: Run, form: Path) -> None:
    fill(form, [LEAD])
    name = load_workbook(form).sheetnames[0]
    assert ybz("import", form, "--register", "dispute_lead", "--sheet", name).status == 0
    wrong = ybz("import", form, "--register", "dispute_lead", "--sheet", "别的")
    assert (wrong.status, "没有名为“别的”的工作表" in wrong.err) == (1, True)
    other = ybz("import", form, "--register", "person")
    assert (other.status, "不能作为“人员”导入" in other.err) == (1, True)


def test_a_table_without_known_headers_is_refused(ybz: Run, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["甲", "乙"])
    book.save(tmp_path / "t.xlsx")
    refused = ybz("import", tmp_path / "t.xlsx", "--register", "person")
    assert (refused.status, "没有找到“人员”的表头" in refused.err) == (1, True)


def test_what_stays_in_the_office_is_not_exported(ybz: Run, person: str, tmp_path: Path) -> None:
    ybz("set", person, given={"private_note": "邻里传言", "prior_records": [{"charge": "盗窃"}]})

    def texts(path: Path) -> set[str]:
        pages = load_workbook(path).worksheets
        return {str(cell.value) for page in pages for row in page for cell in row}

    ybz("export", "person", "--out", tmp_path / "a.xlsx")
    assert {"邻里传言", "盗窃"} & texts(tmp_path / "a.xlsx") == set()
    ybz("export", "person", "--out", tmp_path / "b.xlsx", "--sensitive")
    assert {"邻里传言", "盗窃"} <= texts(tmp_path / "b.xlsx")
    verbs = [one["verb"] for one in ybz("undo", "--list", "--json").data]
    assert verbs[:2] == ["export", "export"]


def test_an_export_can_be_narrowed(ybz: Run, tmp_path: Path) -> None:
    ybz("add", "person", given=[{"name": "甲某", "sex": "男"}, {"name": "乙某", "sex": "女"}])
    made = ybz("export", "person", "--out", tmp_path / "w.xlsx", "--where", "sex=女", "--json")
    assert made.data["rows"] == 1


def test_a_statistical_table_becomes_a_workbook(ybz: Run, tmp_path: Path) -> None:
    out = tmp_path / "T1.xlsx"
    made = ybz("stats", "T1", "--period", "2026-10", "--out", out, "--json")
    assert made.status == 0, made.err
    sheet = load_workbook(out).worksheets[0]
    keys = columns(sheet)
    total = first_row(sheet)
    assert sheet.cell(total, keys["t1.c1"]).value == made.data["rows"]["total"]["c1"]
