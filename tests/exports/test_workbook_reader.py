from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from exports.workbook import reader
from exports.workbook.errors import NotAWorkbook, WorkbookDamaged, WorkbookTooLarge
from exports.workbook.limits import Limits
from exports.workbook.raw import CellType, RawCell, number_digits
from exports.workbook.reader import read_workbook, worker_command
from exports.workbook.worker import WORKER_FLAG
from tests.hostile.spreadsheets import old_workbook


def foreign() -> bytes:
    """A workbook as an office program leaves it: typed cells, hidden and struck rows, merged cells."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "台账"
    page.append(["姓名", "身份证号", "金额", "日期", "时间", "时刻", "已办", "错误", "公式"])
    page.append(
        ["甲", 110101199003070732, 3.1, dt.date(2026, 11, 5), dt.datetime.fromisoformat("2026-11-05T08:30")]
    )
    page["F2"], page["G2"], page["H2"] = dt.time(9, 5), True, "#N/A"
    page["C2"].number_format = "0.00"
    page["I2"] = "=1+1"
    page["A3"] = "乙"
    page.row_dimensions[3].hidden = True
    page["A4"] = "丙"
    page["A4"].font = Font(strike=True)
    page.merge_cells("A5:B6")
    page["A5"] = "合并"
    book.create_sheet("藏").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("column", "kind", "text"),
    [
        (0, CellType.TEXT, "甲"),
        (2, CellType.NUMBER, "3.1"),
        (3, CellType.DATE, "2026-11-05"),
        (4, CellType.DATETIME, "2026-11-05T08:30:00"),
        (5, CellType.TIME, "09:05:00"),
        (6, CellType.BOOL, "是"),
        (7, CellType.ERROR, "#N/A"),
    ],
)
def test_each_type_of_cell_keeps_its_type(column: int, kind: CellType, text: str) -> None:
    cell = read_workbook(foreign()).sheets[0].cell(1, column)
    assert (cell.type, cell.text) == (kind, text)


def test_an_identity_number_turned_into_a_number_is_damaged_and_keeps_15_digits() -> None:
    cell = read_workbook(foreign()).sheets[0].cell(1, 1)
    assert cell.damaged
    assert cell.text == "110101199003071000"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (46012.0, "46012"),
        (0.1 + 0.2, "0.3"),
        (-1234.5, "-1234.5"),
        (1e15, "1000000000000000"),
        (1.10101199003070732e17, "110101199003071000"),
        (1e-7, "0.0000001"),
        (0.0, "0"),
    ],
)
def test_a_number_is_told_with_15_significant_digits_written_out(value: float, text: str) -> None:
    assert number_digits(value) == text


@pytest.mark.parametrize(("value", "damaged"), [(999_999_999_999_999.0, False), (1e15, True), (-1e15, True)])
def test_a_number_from_ten_to_the_fifteenth_on_is_damaged(value: float, damaged: bool) -> None:
    assert RawCell(CellType.NUMBER, number_digits(value), value).damaged is damaged


def test_two_decimals_of_the_format_are_shown_so_that_a_day_is_not_lost() -> None:
    cell = read_workbook(foreign()).sheets[0].cell(1, 2)
    assert (cell.format, cell.shown) == ("0.00", "3.10")


def test_hidden_struck_merged_and_computed_cells_are_told_apart() -> None:
    book = read_workbook(foreign())
    sheet = book.sheets[0]
    rows = list(sheet.rows())
    assert [row.hidden for row in rows[:4]] == [False, False, True, False]
    assert [row.cell(0).struck for row in rows[:4]] == [False, False, False, True]
    assert sheet.merged == ((4, 0, 5, 1),)
    assert sheet.formulas == {(1, 8)}
    assert [(found.name, found.hidden) for found in book.sheets] == [("台账", False), ("藏", True)]


def test_our_own_count_and_the_reader_agree() -> None:
    sheet = read_workbook(foreign()).sheets[0]
    assert (sheet.counted, sheet.read) == (20, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_is_read_in_the_encodings_in_use(encoding: str, delimiter: str) -> None:
    text = f'姓名{delimiter}身份证号\r\n甲{delimiter}110101199003070732\r\n"乙{delimiter}丙"\r\n'
    sheet = read_workbook(text.encode(encoding), name="台账.csv").sheets[0]
    assert [[cell.text for cell in row.cells] for row in sheet.rows()] == [
        ["姓名", "身份证号"],
        ["甲", "110101199003070732"],
        [f"乙{delimiter}丙"],
    ]


def test_text_called_a_workbook_is_not_taken_for_one() -> None:
    with pytest.raises(NotAWorkbook):
        read_workbook("姓名,电话".encode(), name="台账.xlsx")


def test_an_old_workbook_is_read_and_its_macros_are_flagged() -> None:
    cells = {(0, 0): "姓名", (1, 0): 110101199003070732.0, (1, 2): 3.5}
    book = read_workbook(old_workbook(cells, macro=True), name="台账.xls")
    sheet = book.sheets[0]
    assert (book.format, book.flags) == ("xls", ("macro",))
    assert [sheet.cell(0, 0).text, sheet.cell(1, 2).text] == ["姓名", "3.5"]
    assert sheet.cell(1, 0).damaged


def test_a_file_is_read_by_its_content_and_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "乡镇台账.dat"
    path.write_bytes(foreign())
    assert read_workbook(path).name == "乡镇台账.dat"


def test_the_number_of_cells_is_bounded() -> None:
    with pytest.raises(WorkbookTooLarge):
        read_workbook(foreign(), Limits(cells=10))
    with pytest.raises(WorkbookTooLarge):
        read_workbook(b"a,b\n" * 20, Limits(cells=10), name="a.csv")


def test_larger_files_are_given_more_time_and_small_ones_ten_seconds() -> None:
    limits = Limits()
    assert limits.seconds_for(1000) == 10.0
    assert limits.seconds_for(limits.free_bytes + 5 * 1024 * 1024) == 20.0


def test_the_reader_runs_in_another_process_also_when_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_command()[-2:] == ["-m", "exports.workbook.worker"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command() == [sys.executable, WORKER_FLAG]


def test_no_spreadsheet_library_reads_in_our_own_process() -> None:
    assert "python_calamine" not in vars(reader)
    read_workbook(foreign())
    assert "python_calamine" not in sys.modules


@pytest.mark.parametrize(
    "answer", [b"", b"[1,2", b"{}\n", b'{"format":"xlsx","flags":[]}\n', b'{"refused":"x","reason":""}']
)
def test_a_garbled_answer_of_the_other_process_is_refused_too(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_ask", lambda *_: answer)
    with pytest.raises(WorkbookDamaged):
        read_workbook(b"x")
