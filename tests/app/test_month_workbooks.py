"""The three workbooks of a month as a clerk of the county opens them, and the spec's example month in them."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.indexing import update_search
from app.ledger.ledger import open_ledger
from app.month import close_month
from app.month.closing import ClosedMonth
from app.records import add
from app.session import context_of
from exports.workbook.reader import read_workbook
from exports.workbook.sheet import BLANK_ROWS_TO
from tests.builders.mediation import add_organisations, example_november_cases
from tests.builders.month import at, figures_in, month, put_event
from tests.builders.screening import dispute_lead
from tests.conftest import NOW, PASSWORD

MEMBERS = ("01_report.xlsx", "02_ledger.xlsx", "03_trace.xlsx")
A4 = "9"
EXAMPLE = {
    "c1": 5, "c2": 22, "c3": 4, "c4": 2, "c5": 23_350_000, "c6": 2, "c8": 3, "c12": 2, "c13": 1, "c14": 2,
    "c17": 1, "c19": 1, "c20": 0, "c21": 1, "c22": 1, "c25": 1, "c26": 1, "c29": 1, "labour": 1,
    "c38": 1, "c39": 3, "c40": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def november(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> ClosedMonth:
    """The example month, closed once: these tests only read what was handed out."""
    folder = tmp_path_factory.mktemp("november")
    for path in templates["station"].parent.glob("station.ybz*"):
        if path.is_file() and "lock" not in path.name:
            shutil.copyfile(path, folder / path.name)
    ledger = open_ledger(folder / "station.ybz", password=PASSWORD, projections=(update_search,))
    station = context_of(ledger, NOW)
    add_organisations(station)
    add(station, "mediation_case", example_november_cases())
    add(station, "dispute_lead", [dispute_lead()])
    put_event(station, "2026-11-05")
    done = close_month(at(station, "2026-11-30"), month("2026-11"), folder / "out", reason="如实报送")
    ledger.close()
    return done


@pytest.fixture(scope="module")
def books(november: ClosedMonth) -> dict[str, Workbook]:
    """Every workbook handed out, opened as a spreadsheet program does."""
    with ZipFile(november.bundle) as archive:
        found = {name: load_workbook(BytesIO(archive.read(name))) for name in MEMBERS}
    (bare,) = [path for path in november.files if path.suffix == ".xlsx"]
    return {**found, "bare": load_workbook(bare)}


def pages(books: dict[str, Workbook]) -> list[tuple[str, Worksheet]]:
    """Give the sheets a person sees, with a name to tell them by."""
    return [
        (f"{name}/{page.title}", page)
        for name, book in books.items()
        for page in book.worksheets
        if page.sheet_state == "visible"
    ]


def test_the_example_month_gives_the_figures_of_the_specification(november: ClosedMonth) -> None:
    figures = figures_in(november.bundle)
    assert {column: figures[f"T1/total/{column}"]["value"] for column in EXAMPLE} == EXAMPLE
    parts = [figures[f"T1/total/success_rate.{part}"]["value"] for part in ("num", "den")]
    assert parts == [4, 5]


def test_the_example_month_stands_in_the_report_as_it_is_read(november: ClosedMonth) -> None:
    with ZipFile(november.bundle) as archive:
        sheet = read_workbook(archive.read("01_report.xlsx")).sheet("01 人民调解案件统计")
    assert sheet is not None
    rows = list(sheet.rows())
    heads = next(row for row in rows if row.cell(0).text.startswith("单位（调委会）"))
    below = next(row for row in rows if row.number == heads.number + 1)
    named = {(below.cell(at).text or heads.cell(at).text): at for at in range(1, len(heads.cells)) if at}
    total = next(row for row in rows if row.cell(0).text == "合计")
    shown = {
        name: total.cell(named[name]).value for name in ("案件总数", "涉及当事人数", "协议涉及金额", "村")
    }
    assert shown == {"案件总数": 5, "涉及当事人数": 22, "协议涉及金额": 23.35, "村": 2}
    units = next(row for row in rows if row.cell(0).text == "计量单位")
    assert units.cell(named["协议涉及金额"]).text == "万元"
    words = [row.cell(0).text for row in rows]
    assert "案件总数按办结日期统计（办结口径）。" in words
    assert any("调解成功率 80.0%" in text for text in words)


def test_sheets_stand_in_the_order_of_their_numbers(books: dict[str, Workbook]) -> None:
    for name, book in books.items():
        if name == "bare":
            continue
        numbered = [page.title[:2] for page in book.worksheets if page.title[:2].isdigit()]
        assert numbered == sorted(numbered), name
    assert books["01_report.xlsx"].worksheets[0].title == "封面"


def test_no_cell_holds_a_formula(books: dict[str, Workbook]) -> None:
    held = {
        (name, cell.coordinate)
        for name, page in pages(books)
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert held == set()


def test_every_sheet_prints_one_page_of_a4_wide(books: dict[str, Workbook]) -> None:
    for name, page in pages(books):
        if page.title == "代码表":
            continue
        setup, across = page.page_setup, "portrait" if page.title == "封面" else "landscape"
        assert (str(setup.paperSize), setup.orientation) == (A4, across), name
        fit = page.sheet_properties.pageSetUpPr
        assert fit is not None
        assert (setup.fitToWidth, setup.fitToHeight, fit.fitToPage) == (1, 0, True), name
        assert page.print_title_rows, name


def test_tables_are_narrow_enough_to_be_read_on_paper(books: dict[str, Workbook]) -> None:
    """59 columns in 240 characters: 125 fill a page at full size, so that ten points become five."""
    for name, page in pages(books):
        if not name.startswith("01_report.xlsx/") or page.title == "封面":
            continue
        widths = [dimension.width for dimension in page.column_dimensions.values() if not dimension.hidden]
        assert sum(widths) <= 240, name
        assert min(widths) >= 3, name


def test_heads_stay_in_sight_and_lists_are_picked_from_a_drop_down(books: dict[str, Workbook]) -> None:
    pages_of_ledger = [page for name, page in pages(books) if name.startswith("02_ledger.xlsx/0")]
    assert len(pages_of_ledger) == 6
    for page in pages_of_ledger:
        assert page.freeze_panes, page.title
        rules = page.data_validations.dataValidation
        assert rules, page.title
        for rule in rules:
            last = max(area.max_row for area in rule.sqref.ranges)
            assert last >= BLANK_ROWS_TO, (page.title, str(rule.sqref))


def test_columns_of_words_and_numbers_to_identify_stay_text_in_rows_still_to_come(
    november: ClosedMonth,
) -> None:
    with ZipFile(november.bundle) as archive:
        book = load_workbook(BytesIO(archive.read("02_ledger.xlsx")))
    page = book["04 人民调解案件明细"]
    keys = {cell.value: cell.column_letter for cell in page[1] if cell.value}
    for key in ("mediation_case.case_no", "mediation_case.volume_no", "mediation_case.accepted_on", "_id"):
        assert page.column_dimensions[keys[key]].number_format == "@", key
    assert page.row_dimensions[1].hidden
    assert {page.column_dimensions[keys[key]].hidden for key in ("_id", "_rev", "_h")} == {True}
    assert page.protection.sheet
    assert not page.protection.password, "protection is against mishaps, not security"


def test_no_signature_is_typed_where_one_belongs(books: dict[str, Workbook]) -> None:
    for name, page in pages(books):
        words = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
        for text in words:
            if "（签字）" in text and "证" not in text:
                assert "（签字）：＿" in text, (name, text)
