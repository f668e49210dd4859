"""The sheets of a monthly report: two levels of headers, numbers as numbers, a line to sign."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest

from exports.report import (
    Correction,
    Heading,
    ReportColumn,
    ReportTable,
    TraceLine,
    Unit,
    correction_sheet,
    cover_sheet,
    notes_sheet,
    table_sheet,
    trace_sheet,
)
from exports.workbook.raw import RawSheet
from exports.workbook.reader import read_workbook
from exports.workbook.sheet import Sheet, Workbook
from exports.workbook.writer import write_workbook

STAMP = datetime.fromisoformat("2026-12-01T09:00")
HEADING = Heading(
    "青石司法所", "青山县司法局", "2026年11月", 2, "2026-12-01", "郭安", "周小满", "0712-1234567"
)
COLUMNS = (
    ReportColumn("c1", "案件总数", unit="件"),
    ReportColumn("c5", "协议涉及金额", unit="万元"),
    ReportColumn("c6", "村", group="不同主体调解情况", unit="件"),
    ReportColumn("c7", "居", group="不同主体调解情况", unit="件"),
    ReportColumn("k", "课时", unit="课时", scale=1),
    ReportColumn("r", "成功率", is_text=True),
)


def read(sheet: Sheet) -> RawSheet:
    target = BytesIO()
    write_workbook(Workbook((sheet,)), target, stamp=STAMP)
    return read_workbook(target.getvalue()).sheets[0]


def table(**rows: dict[str, int | str | None]) -> ReportTable:
    return ReportTable(
        "T1", "01 统计", "人民调解案件情况统计表", "单位", COLUMNS, tuple(rows.items()), ("按办结口径。",)
    )


def test_a_table_has_two_header_levels_and_its_numbers_are_numbers() -> None:
    values: dict[str, int | str | None] = {"c1": 5, "c5": 23_350_000, "c6": 2, "c7": 0, "k": 15, "r": "80.0"}
    sheet = read(table_sheet(table(合计=values), HEADING))
    rows = {row.cell(0).text: row for row in sheet.rows()}
    top, below = (row for row in sheet.rows() if row.number in (3, 4))
    assert [cell.text for cell in top.cells][:4] == [
        "单位", "案件总数", "协议涉及金额", "不同主体调解情况",
    ]  # fmt: skip
    assert [below.cell(at).text for at in (3, 4)] == ["村", "居"]
    assert (2, 3, 2, 4) in sheet.merged
    assert [rows["计量单位"].cell(at).text for at in range(1, 7)] == ["件", "万元", "件", "件", "课时", ""]
    assert [rows["合计"].cell(at).value for at in range(1, 6)] == [5, 23.35, 2, 0, 1.5]
    assert rows["合计"].cell(6).value == "80.0"


def test_money_is_rounded_half_up_to_hundredths_of_wan() -> None:
    shown = {}
    for cents in (4_999, 5_000, -5_000, 0):
        sheet = read(table_sheet(table(合计={"c5": cents}), HEADING))
        (row,) = [row for row in sheet.rows() if row.cell(0).text == "合计"]
        shown[cents] = row.cell(2).value
    assert shown == {4_999: 0, 5_000: 0.01, -5_000: -0.01, 0: 0}


def test_every_table_ends_with_its_basis_and_a_line_that_is_signed_by_hand() -> None:
    texts = [row.cell(0).text for row in read(table_sheet(table(合计={}), HEADING)).rows()]
    assert texts[-2] == "按办结口径。"
    assert "负责人（签字）" in texts[-1]
    assert "（公章）" in texts[-1]


def test_the_cover_says_who_reports_what_and_leaves_room_for_the_seal() -> None:
    rows = {row.cell(0).text: row.cell(1).text for row in read(cover_sheet(HEADING, ["01 统计"])).rows()}
    assert (rows["报送单位"], rows["报表期"], rows["版本"]) == ("青石司法所", "2026年11月", "第 2 版")
    assert rows["公章"].strip() == "", "a seal is put on paper, never drawn"


def test_an_empty_statement_says_that_there_is_nothing_to_say() -> None:
    texts = [row.cell(1).text for row in read(notes_sheet(HEADING, [])).rows()]
    assert "无异常说明。" in texts


def test_a_correction_names_old_and_new_and_the_records() -> None:
    item = Correction(
        "T1/total/c3", "合计·成功", 4, 5, 0, 1, ("a", "b"), "改判", unit=Unit("件"), year="2026"
    )
    assert last_row(correction_sheet([item], {"a": "甲与乙纠纷"})) == [
        "2026", "T1/total/c3", "合计·成功", "件", "4", "5", "0", "1", "a 甲与乙纠纷\nb", "改判",
    ]  # fmt: skip


def test_money_in_a_trace_is_written_in_yuan_so_that_what_records_add_is_exact() -> None:
    money = TraceLine(
        "T1", "合计", "c5 协议涉及金额", 23_350_050, Unit("万元"), "04", ((2, 22_150_000), (1, 1_200_050))
    )
    assert last_row(trace_sheet([money]))[3:] == [
        "233500.50", "元", "04", "2", "1（12000.50）、2（221500.00）",
    ]  # fmt: skip
    lesson = TraceLine("P1", "合计", "periods 课时", 15, Unit("课时", 1), "08", ((1, 15),))
    assert last_row(trace_sheet([lesson]))[3:] == ["1.5", "课时", "08", "1", "1（1.5）"]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([(1, 1)], "1"),
        ([(3, 1), (1, 1), (2, 1)], "1–3"),
        ([(1, 1), (2, 1), (4, 1), (7, 1), (8, 1)], "1–2、4、7–8"),
        ([(1, 1), (2, 3), (3, 1), (4, 1)], "1、2（3）、3–4"),
        ([(1, 0), (2, -1)], "1（0）、2（-1）"),
    ],
)
def test_rows_behind_a_figure_are_drawn_together_where_each_counts_one(
    rows: list[tuple[int, int]], places: str
) -> None:
    assert TraceLine("T1", "合计", "c1", 0, Unit("件"), "04", tuple(rows)).places == places


def test_a_month_without_corrections_says_so() -> None:
    assert last_row(correction_sheet([]))[2] == "本期没有补录和更正。"


def last_row(sheet: Sheet) -> list[str]:
    return [cell.text for cell in list(read(sheet).rows())[-1].cells]
