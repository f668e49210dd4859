from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.workbook.errors import SheetFull
from exports.workbook.layout import spans
from exports.workbook.reader import read_workbook
from exports.workbook.sheet import CellKind, CellValue, Column, Sheet, Workbook
from exports.workbook.stream import ColumnLook, RowShape, height_of, number_text, render_of, row_xml
from exports.workbook.text import CELL_CHARACTERS, clean, fitted, line_count
from exports.workbook.writer import write_workbook

STAMP = dt.datetime.fromisoformat("2026-11-30T17:05:08")
ID_NUMBER = "110101199003070732"
DISPUTES = ("婚姻家庭", "邻里", "其他")

COLUMNS = (
    Column("mediation_case.title", ("案由",), width=20),
    Column("mediation_case.id_no", ("当事人", "身份证号"), width=21),
    Column("mediation_case.phone", ("当事人", "电话")),
    Column("mediation_case.kind", ("纠纷类型",), CellKind.CODE, codes=DISPUTES),
    Column("mediation_case.accepted_on", ("受理日期",), CellKind.DATE, centred=True),
    Column("mediation_case.amount", ("金额（元）",), CellKind.MONEY),
    Column("mediation_case.people", ("人数",), CellKind.INTEGER),
    Column("mediation_case.rate", ("比率",), CellKind.DECIMAL, scale=1),
    Column("mediation_case.summary", ("说明",), CellKind.LONG_TEXT, width=40),
    Column("_id", ("行标识",), hidden=True, locked=True),
)
ROW: tuple[CellValue, ...] = (
    "甲与乙相邻排水纠纷",
    ID_NUMBER,
    "013800138000",
    "邻里",
    "2026-11-05",
    1860005,
    3,
    985,
    "当面达成协议。\n次日履行",
    "k1",
)


def sample(
    rows: Sequence[Sequence[CellValue]] = (ROW,), total: Sequence[CellValue] | None = None
) -> Workbook:
    sheet = Sheet(
        name="04明细",
        title="人民调解案件登记簿",
        columns=COLUMNS,
        rows=rows,
        subtitle=("填报单位：城关司法所", "2026年11月", "单位：件、元"),
        total=total,
        footer=("填表人：　　　负责人：",),
        key_row=True,
        freeze_columns=1,
        filtered=True,
        protected=True,
    )
    return Workbook((sheet,), {"包标识": "0193", "期": "2026-11"})


def written(workbook: Workbook, stamp: dt.datetime = STAMP) -> bytes:
    stream = io.BytesIO()
    write_workbook(workbook, stream, stamp=stamp)
    return stream.getvalue()


def opened(workbook: Workbook) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(workbook)))


def texts(lines: Sequence[str]) -> list[str]:
    """Write the lines into one column and read them back in the confined reader."""
    sheet = Sheet(
        "表", "标题", (Column("a.b", ("内容",)), Column("a.c", ("末列",))), [(x, "末") for x in lines]
    )
    found = read_workbook(written(Workbook((sheet,)))).sheets[0]
    return [found.cell(row, 0).text for row in range(2, 2 + len(lines))]


def test_each_kind_comes_back_as_it_was_given() -> None:
    found = read_workbook(written(sample())).sheets[0]
    cells = [found.cell(5, column) for column in range(len(COLUMNS))]
    assert [cell.shown for cell in cells] == [
        "甲与乙相邻排水纠纷",
        ID_NUMBER,
        "013800138000",
        "邻里",
        "2026-11-05",
        "18600.05",
        "3",
        "98.5",
        "当面达成协议。\n次日履行",
        "k1",
    ]
    assert [cell.type.value for cell in cells] == ["text"] * 5 + ["number"] * 3 + ["text"] * 2


def test_an_empty_value_and_a_word_in_a_number_column_stay_what_they_are() -> None:
    row = ("案由", None, "", None, None, "不详", None, "—", None, "k2")
    found = read_workbook(written(sample([row]))).sheets[0]
    assert [found.cell(5, column).text for column in range(10)] == [
        *("案由", "", "", "", "", "不详", "", "—", "", "k2")
    ]


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [(0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (1860005, 2, "18600.05"), (-123456, 2, "-1234.56")],
)
def test_money_in_fen_is_written_in_yuan_without_floating_point(value: int, scale: int, text: str) -> None:
    assert number_text(value, scale) == text


def test_a_number_too_long_to_be_exact_is_written_as_text() -> None:
    column = Column("a.b", ("数",), CellKind.INTEGER)
    render = render_of(column, ColumnLook("A", 1, 2))
    assert "<v>999999999999999</v>" in render(999_999_999_999_999, 1)
    assert 't="inlineStr"' in render(1_000_000_000_000_000, 1)


def test_the_same_workbook_and_stamp_give_the_same_bytes() -> None:
    assert written(sample()) == written(sample())
    assert written(sample()) != written(sample(), STAMP + dt.timedelta(days=1))


def test_the_file_tells_its_maker_and_the_stamp_alone() -> None:
    with zipfile.ZipFile(io.BytesIO(written(sample()))) as archive:
        times = {entry.date_time for entry in archive.infolist()}
    properties = opened(sample()).properties
    assert times == {(2026, 11, 30, 17, 5, 8)}
    assert (properties.creator, properties.created, properties.modified) == ("一本账", STAMP, STAMP)


def test_a_stamp_with_a_time_zone_is_kept_in_universal_time() -> None:
    stamp = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    found = openpyxl.load_workbook(io.BytesIO(written(sample(), stamp)))
    assert found.properties.created == dt.datetime.fromisoformat("2026-11-30T00:00:00")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 1100])
def test_total_and_signature_lines_follow_the_rows_however_many(count: int) -> None:
    total = ("合计", None, None, None, None, 5, count, None, None, None)
    page = opened(sample([ROW] * count, total)).worksheets[0]
    assert page.cell(6 + count, 1).value == "合计"
    assert page.cell(6 + count, 7).value == count
    assert page.cell(7 + count, 1).value == "填表人：　　　负责人："
    merged = {str(area) for area in page.merged_cells.ranges}
    assert f"A{7 + count}:I{7 + count}" in merged
    assert page.auto_filter.ref == f"A5:K{5 + count}"
    assert page.max_row == 7 + count


def test_without_a_total_the_signature_line_follows_the_last_row() -> None:
    page = opened(sample([ROW, ROW])).worksheets[0]
    assert page.cell(8, 1).value == "填表人：　　　负责人："
    assert page.auto_filter.ref == "A5:K7"


def test_text_columns_are_text_down_to_row_5000_also_where_no_row_is_yet() -> None:
    page = opened(sample()).worksheets[0]
    for letter in "ABCDE":
        assert page.column_dimensions[letter].number_format == "@", letter
        assert page[f"{letter}6"].number_format == "@", letter
    assert page.column_dimensions["F"].number_format == "#,##0.00"
    with zipfile.ZipFile(io.BytesIO(written(sample()))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<col [^>]*style="\d+"[^>]*min="2" max="2"', xml)
    assert not any(int(row) in range(8, 5001) for row in re.findall(r'<row r="(\d+)"', xml))


def test_drop_downs_refer_to_the_code_sheet_and_reach_row_5000() -> None:
    labels = tuple(f"很长的纠纷类型名称第{n}种" for n in range(200))
    columns = (
        Column("a.b", ("类型",), CellKind.CODE, codes=labels),
        Column("a.c", ("类型二",), codes=labels),
    )
    book = opened(Workbook((Sheet("表", "标题", columns, [("甲", "乙")], key_row=True),)))
    rules = book.worksheets[0].data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ["'代码表'!$A$2:$A$201"] * 2
    for rule in rules:
        (area,) = rule.sqref.ranges
        assert area.min_row == 4
        assert area.max_row >= 5000
    assert [cell.value for cell in book["代码表"]["A"]] == ["类型", *labels]


def test_header_paths_become_merged_cells() -> None:
    paths = (("序号",), ("不同主体调解情况", "村"), ("不同主体调解情况", "居"), ("备注",))
    assert spans(paths, 2) == [
        (0, 0, 1, 0, "序号"),
        (0, 1, 0, 2, "不同主体调解情况"),
        (0, 3, 1, 3, "备注"),
        (1, 1, 1, 1, "村"),
        (1, 2, 1, 2, "居"),
    ]


@pytest.mark.parametrize(
    ("paths", "merged"),
    [
        ((("甲", "一"), ("乙", "一")), False),
        ((("甲", "一"), ("甲", "一")), True),
        ((("甲",), ("甲",)), False),
    ],
)
def test_only_neighbours_under_the_same_head_share_a_cell(
    paths: tuple[tuple[str, ...], ...], merged: bool
) -> None:
    heads = [cell for cell in spans(paths, max(map(len, paths))) if cell[0] == 0]
    assert (len(heads) == 1) is merged


def test_the_sheet_is_ready_to_print_and_to_work_in() -> None:
    book = opened(sample())
    page = book.worksheets[0]
    assert page.row_dimensions[1].hidden
    assert page["A1"].value == "mediation_case.title"
    assert page.column_dimensions["J"].hidden
    assert page.column_dimensions["K"].hidden
    assert page.freeze_panes == "B6"
    assert page.print_title_rows == "$4:$5"
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert page["I6"].alignment.wrap_text
    assert {page["A2"].font.name, page["A6"].font.name} == {"宋体", "仿宋"}


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("短", 10, 1),
        ("一二三四五", 10, 1),
        ("一二三四五六", 10, 2),
        ("abcdefghij", 10, 1),
        ("甲\n乙\n丙", 10, 3),
        ("一二三四五六\n甲", 10, 3),
        ("甲", 0, 1),
    ],
)
def test_lines_are_counted_as_a_printer_breaks_them(text: str, width: float, lines: int) -> None:
    assert line_count(text, width) == lines


def test_a_row_is_as_high_as_its_longest_text_and_no_higher_than_can_be() -> None:
    long = [*ROW[:8], "说" * 60, "k1"]
    endless = [*ROW[:8], "说" * 6000, "k2"]
    page = opened(sample([[*ROW[:8], "短", "k0"], long, endless])).worksheets[0]
    heights = [page.row_dimensions[row].height for row in (6, 7, 8)]
    assert heights == [None, 43, 409]


def test_a_long_header_is_not_cut_off() -> None:
    columns = (Column("a.b", ("经人民调解委员会调解达成书面协议的案件数",), CellKind.INTEGER, 10),)
    page = opened(Workbook((Sheet("表", "标题", columns, ()),))).worksheets[0]
    assert page.row_dimensions[2].height == 5 * 14 + 1


def test_grey_cells_are_locked_without_a_password_and_white_ones_are_not() -> None:
    page = opened(sample()).worksheets[0]
    assert page.protection.sheet
    assert page.protection.password is None
    assert page["J6"].protection.locked
    assert not page["A6"].protection.locked
    assert not page.column_dimensions["A"].protection.locked


def test_the_meta_sheet_is_for_programs_alone_and_is_read_back() -> None:
    data = written(sample())
    assert openpyxl.load_workbook(io.BytesIO(data))["_meta"].sheet_state == "veryHidden"
    assert read_workbook(data).meta == {"包标识": "0193", "期": "2026-11"}


FORMULAS = ['=HYPERLINK("http://x","点")', "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("hostile", FORMULAS)
def test_no_text_becomes_a_formula_wherever_it_stands(hostile: str) -> None:
    columns = (Column("a.b", (hostile,), codes=(hostile,)), Column("a.c", ("二",), CellKind.MONEY))
    sheet = Sheet("表", hostile, columns, [(hostile, hostile)], (hostile,), (hostile, hostile), (hostile,))
    data = written(Workbook((sheet,), {hostile: hostile}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name), name
            assert b"External" not in archive.read(name), name
    for page in openpyxl.load_workbook(io.BytesIO(data)):
        for row in page.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    for place in ("A1", "A2", "A3", "A4", "A5", "A6"):
        assert (page[place].value, page[place].quotePrefix) == (hostile, True), place


NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x0b\x1f\x7f\x85\u2028\u2029\ud800\udfff\ufffe\uffff\r\n\t _x0D&<>\"'=+-@\U0001f600"
        ),
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(NASTY, min_size=1, max_size=40))
def test_any_text_reads_back_as_its_cleaned_form(lines: list[str]) -> None:
    assert texts(lines) == [clean(line) for line in lines]


@given(NASTY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("平常文字（一）", "平常文字（一）"),
        ("甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        ("a\x00b\x1bc\ufffed\ud800e", "abcde"),
        ("_x000D_", "＿x000D_"),
        ("_x000d_x0041_", "＿x000d＿x0041_"),
        ("_x00G0_ _y", "_x00G0_ _y"),
        ("末尾 ", "末尾 "),
    ],
)
def test_cleaning_takes_out_only_what_a_cell_cannot_keep(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("letter", ["长", "\U00020000"])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(letter: str) -> None:
    cut = fitted(letter * 40_000)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_CHARACTERS
    assert cut.endswith("…（超长，余略）")
    assert fitted("长" * CELL_CHARACTERS) == "长" * CELL_CHARACTERS


def test_more_rows_than_a_sheet_holds_are_refused_not_dropped() -> None:
    render = render_of(COLUMNS[0], ColumnLook("A", 1, 2))
    shape = RowShape([render], height_of(COLUMNS[:1]), "")
    rows = row_xml(shape, [("甲",), ("乙",)], 1_048_576, "04明细")
    with pytest.raises(SheetFull, match="04明细"):
        list(rows)


def test_a_row_with_a_value_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        written(sample([ROW[:-1]]))


@pytest.mark.parametrize("name", ["", "a/b", "a" * 32, "[表]", "'表"])
def test_a_sheet_name_no_program_opens_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="sheet name"):
        Sheet(name, "标题", COLUMNS, ())


def test_a_path_is_written_whole_or_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "明细.xlsx"
    write_workbook(sample(), path, stamp=STAMP)
    before = path.read_bytes()
    assert before == written(sample())
    with pytest.raises(ValueError, match=r"shorter|longer"):
        write_workbook(sample([ROW, ROW[:-1]]), path, stamp=STAMP)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["明细.xlsx"]


def test_rows_are_streamed_and_never_held_together() -> None:
    alive = 0
    most = 0

    class Watched(tuple[CellValue, ...]):
        __slots__ = ()

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def rows() -> object:
        nonlocal alive, most
        for _ in range(3000):
            alive += 1
            most = max(most, alive)
            yield Watched(ROW)

    sheet = Sheet("表", "标题", COLUMNS, rows())  # type: ignore[arg-type]
    written(Workbook((sheet,)))
    assert most < 10
