from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from exports.workbook.keyed import SheetTable, sheet_table
from exports.workbook.reader import read_workbook
from exports.workbook.sheet import CellKind, Workbook
from exports.workbook.table import ColumnSpec, Labels, cell_value, column_spec, register_sheet
from exports.workbook.writer import write_workbook
from models.fields import Field, Kind

LABELS = Labels(
    codes={"DISPUTE_TYPE": {"01": "婚姻家庭纠纷", "02": "邻里纠纷", "99": "旧类"}},
    references={"p1": "王某甲", "p2": "李某乙"},
    offered={"DISPUTE_TYPE": ("01", "02")},
)
SPECS = (
    ColumnSpec("mediation_case.title", "title", "案由"),
    ColumnSpec("mediation_case.type", "type", "类型", CellKind.CODE, codes="DISPUTE_TYPE"),
    ColumnSpec("mediation_case.amount", "amount", "金额（元）", CellKind.MONEY),
    ColumnSpec("mediation_case.oral", "oral", "口头协议", CellKind.YES_NO),
    ColumnSpec("_id", "id", "行标识", hidden=True, locked=True),
)
RECORDS: list[dict[str, Any]] = [
    {"id": "0193-1", "title": "排水纠纷", "type": "02", "amount": 186050, "oral": True},
    {
        "id": "0193-2",
        "title": "=1+1",
        "type": "01",
        "amount": None,
        "oral": False,
        "missing": {"amount": "unknown"},
    },
    {"id": "0193-3", "title": None, "type": None, "amount": None, "oral": None},
]


def register_bytes() -> bytes:
    sheet = register_sheet(
        "04明细", "登记簿", SPECS, RECORDS, LABELS, subtitle=("甲所", "2026年11月"), footer=("填表人：",)
    )
    stream = io.BytesIO()
    write_workbook(Workbook((sheet,)), stream, stamp=dt.datetime.fromisoformat("2026-11-30"))
    return stream.getvalue()


def table_of(data: bytes) -> SheetTable:
    found = sheet_table(read_workbook(data).sheets[0])
    assert found is not None
    return found


def told(data: bytes) -> list[tuple[int, list[str]]]:
    return [(row.number, [row.cell(spec.key).shown for spec in SPECS]) for row in table_of(data).rows()]


EXPECTED = [
    (5, ["排水纠纷", "邻里纠纷", "1860.50", "是", "0193-1"]),
    (6, ["=1+1", "婚姻家庭纠纷", "不详", "否", "0193-2"]),
    (7, ["", "", "", "", "0193-3"]),
]


def edited(change: Any) -> bytes:
    """The register as it comes back after somebody worked in it with an office program."""
    book = openpyxl.load_workbook(io.BytesIO(register_bytes()))
    page = book.worksheets[0]
    for area in list(page.merged_cells.ranges):
        page.unmerge_cells(str(area))
    change(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_register_comes_back_row_by_row_under_its_keys() -> None:
    assert told(register_bytes()) == EXPECTED


def test_an_inserted_column_moves_nothing() -> None:
    data = edited(lambda page: page.insert_cols(1, 2))
    assert told(data) == EXPECTED


def test_columns_in_another_order_are_found_by_their_keys() -> None:
    def swap(page: Any) -> None:
        page.move_range("A1:A8", cols=10)
        page.move_range("C1:C8", cols=-2)
        page.move_range("K1:K8", cols=-8)

    assert told(edited(swap)) == EXPECTED


def test_inserted_rows_above_the_title_only_shift_the_numbers() -> None:
    data = edited(lambda page: page.insert_rows(1, 3))
    assert told(data) == [(number + 3, cells) for number, cells in EXPECTED]


def test_a_row_added_by_the_county_is_given_and_the_signature_line_is_not() -> None:
    def add(page: Any) -> None:
        page.insert_rows(8)
        page["A8"] = "新增纠纷"

    rows = told(edited(add))
    assert rows[:3] == EXPECTED
    assert rows[3:] == [(8, ["新增纠纷", "", "", "", ""])]


def test_a_deleted_row_is_simply_not_there() -> None:
    rows = told(edited(lambda page: page.delete_rows(6)))
    assert [cells[-1] for _, cells in rows] == ["0193-1", "0193-3"]


def test_without_the_row_marks_rows_begin_at_the_first_identity() -> None:
    table = table_of(edited(lambda page: page.delete_cols(6)))
    assert not table.marked
    assert [row.cell("_id").text for row in table.rows()][:3] == ["0193-1", "0193-2", "0193-3"]


def test_without_the_keys_there_is_no_table() -> None:
    assert sheet_table(read_workbook(edited(lambda page: page.delete_rows(1))).sheets[0]) is None


def test_a_copied_column_is_named_and_the_first_one_counts() -> None:
    def copy(page: Any) -> None:
        page["G1"], page["G5"] = "mediation_case.title", "别的"

    table = table_of(edited(copy))
    assert table.repeated == ("mediation_case.title",)
    assert next(table.rows()).cell("mediation_case.title").text == "排水纠纷"


def test_only_expected_keys_are_taken_where_they_are_known() -> None:
    sheet = read_workbook(register_bytes()).sheets[0]
    found = sheet_table(sheet, ("mediation_case.title",))
    assert found is not None
    assert found.keys == ("mediation_case.title", "_id")


SPEC = ColumnSpec("a.b", "b", "列")


@pytest.mark.parametrize(
    ("kind", "codes", "value", "expected"),
    [
        (CellKind.TEXT, None, "文字", "文字"),
        (CellKind.LONG_TEXT, None, "文字", "文字"),
        (CellKind.INTEGER, None, 12, 12),
        (CellKind.DECIMAL, None, 125, 125),
        (CellKind.MONEY, None, 0, 0),
        (CellKind.DATE, None, "2026-11-05", "2026-11-05"),
        (CellKind.DATE, None, "~2026-11", "2026-11"),
        (CellKind.PARTIAL_DATE, None, "~2026-11~十一月初", "十一月初"),
        (CellKind.PARTIAL_DATE, None, "~~农历正月初八", "农历正月初八"),
        (CellKind.DATETIME, None, "2026-11-05T08:30", "2026-11-05 08:30"),
        (CellKind.YES_NO, None, False, False),
        (CellKind.CODE, "DISPUTE_TYPE", "02", "邻里纠纷"),
        (CellKind.CODE, "DISPUTE_TYPE", "99", "旧类"),
        (CellKind.CODE, "DISPUTE_TYPE", "77", "77"),
        (CellKind.CODES, "DISPUTE_TYPE", ["01", "02"], "婚姻家庭纠纷、邻里纠纷"),
        (CellKind.TEXTS, None, ["甲", "乙"], "甲、乙"),
        (CellKind.REFERENCE, None, "p1", "王某甲"),
        (CellKind.REFERENCES, None, ["p1", "p9"], "王某甲、p9"),
        (CellKind.FILE, None, "f1", "f1"),
        (CellKind.CODES, "DISPUTE_TYPE", [], None),
    ],
)
def test_each_kind_is_told_as_people_read_it(
    kind: CellKind, codes: str | None, value: Any, expected: Any
) -> None:
    assert cell_value(replace(SPEC, kind=kind, codes=codes), value, None, LABELS) == expected


@pytest.mark.parametrize(
    ("reason", "label"),
    [("unknown", "不详"), ("not_applicable", "不适用"), ("refused", "拒绝提供"), (None, None)],
)
def test_why_a_value_is_empty_is_told_in_its_cell(reason: str | None, label: str | None) -> None:
    assert cell_value(SPEC, None, reason, LABELS) == label


def test_a_drop_down_offers_the_codes_in_use_and_several_codes_are_typed() -> None:
    several = ColumnSpec("a.c", "c", "多选", CellKind.CODES, codes="DISPUTE_TYPE")
    sheet = register_sheet("表", "标题", (*SPECS, several), (), LABELS)
    choices = {column.key: column.codes for column in sheet.columns}
    assert choices["mediation_case.type"] == ("婚姻家庭纠纷", "邻里纠纷")
    assert choices["mediation_case.oral"] == ("是", "否")
    assert choices["a.c"] is None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_field_has_a_column(kind: Kind) -> None:
    spec = column_spec("person", Field("note", "备注", kind))
    assert spec.key == "person.note"
    assert spec.kind.value == kind.value


@pytest.mark.parametrize(
    ("field", "label"),
    [
        (Field("amount", "协议金额", Kind.MONEY), "协议金额（元）"),
        (Field("people", "涉及人数", Kind.INTEGER, unit="人"), "涉及人数（人）"),
        (Field("title", "案由", Kind.TEXT), "案由"),
    ],
)
def test_the_unit_stands_in_the_header(field: Field, label: str) -> None:
    assert column_spec("mediation_case", field).label == label
