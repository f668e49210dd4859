"""Everything of a worksheet but its rows, laid out with openpyxl around sample rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

from exports.workbook import styles
from exports.workbook.sheet import (
    BLANK_ROWS_TO,
    CODE_SHEET,
    MARK_KEY,
    META_SHEET,
    Column,
    Sheet,
    Workbook,
)
from exports.workbook.stream import ColumnLook, points
from exports.workbook.text import line_count

if TYPE_CHECKING:
    from openpyxl import Workbook as Book
    from openpyxl.worksheet.worksheet import Worksheet

MARK = Column(key=MARK_KEY, path=(MARK_KEY,), hidden=True, width=6)
SAMPLE_ROWS = 4
"""A row and a total row, each as it is and with its texts marked as text."""
_ROW = re.compile(r'<row r="(\d+)"')
_STYLED = re.compile(r'<c r="([A-Z]+)\d+" s="(\d+)"')


@dataclass(frozen=True)
class SheetFrame:
    """A laid-out worksheet cut open where its rows go, and the looks its rows take."""

    before: str
    behind: str
    first_row: int
    columns: tuple[ColumnLook, ...]
    totals: tuple[ColumnLook, ...]


@dataclass(frozen=True)
class Frame:
    """The parts of a laid-out workbook by name, and the worksheets whose rows are still to come."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, SheetFrame]


def lay_out(workbook: Workbook) -> Frame:
    """Lay out every sheet once, with sample rows, and cut the data sheets open."""
    from openpyxl import Workbook as Book

    book = Book()
    book.remove(book.worksheets[0])
    look = styles.looks()
    lists = {labels: index for index, labels in enumerate(workbook.code_lists, 1)}
    for sheet in workbook.sheets:
        _SheetLayout(book.create_sheet(sheet.name), sheet, look).draw(lists)
    if lists:
        _draw_codes(book.create_sheet(CODE_SHEET), workbook.code_lists, look)
    if workbook.meta:
        _draw_meta(book.create_sheet(META_SHEET), workbook.meta, look)
    return _cut(book, workbook)


def _cut(book: Book, workbook: Workbook) -> Frame:
    calculation = book.calculation
    calculation.fullCalcOnLoad = False
    laid = BytesIO()
    book.save(laid)
    with ZipFile(laid) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = {}
    for index, sheet in enumerate(workbook.sheets, 1):
        part = f"xl/worksheets/sheet{index}.xml"
        sheets[part] = _opened(parts[part].decode(), sheet)
    return Frame(parts, sheets)


def _opened(xml: str, sheet: Sheet) -> SheetFrame:
    first = first_row(sheet)
    starts = {int(found[1]): found.start() for found in _ROW.finditer(xml)}
    close = xml.index("</sheetData>")
    samples = [xml[starts[first + n] : starts.get(first + n + 1, close)] for n in range(SAMPLE_ROWS)]
    plain, quoted, total, quoted_total = (dict(_STYLED.findall(sample)) for sample in samples)
    columns = tuple(ColumnLook(at, int(style), int(quoted[at])) for at, style in plain.items())
    totals = tuple(ColumnLook(at, int(style), int(quoted_total[at])) for at, style in total.items())
    before = re.sub(r"<dimension [^>]*/>", "", xml[: starts[first]], count=1)
    return SheetFrame(before, xml[starts.get(first + SAMPLE_ROWS, close) :], first, columns, totals)


def first_row(sheet: Sheet) -> int:
    """Give the row in which the first record stands."""
    return (2 if sheet.key_row else 1) + 1 + bool(sheet.subtitle) + sheet.header_depth


def spans(paths: Sequence[tuple[str, ...]], depth: int) -> list[tuple[int, int, int, int, str]]:
    """Give the header cells as (row, column, last row, last column, label), counted from 0.

    Neighbours that share the way from the top are one cell; a path shorter than the header reaches down.
    """
    found = []
    for level in range(depth):
        start = 0
        while start < len(paths):
            path = paths[start]
            end = start
            while end + 1 < len(paths) and _same_cell(path, paths[end + 1], level):
                end += 1
            if level < len(path):
                last = depth - 1 if level == len(path) - 1 else level
                found.append((level, start, last, end, path[level]))
            start = end + 1
    return found


def _same_cell(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    inner = level < len(one) - 1 and level < len(other) - 1
    return inner and one[: level + 1] == other[: level + 1]


@dataclass(frozen=True)
class _SheetLayout:
    """One worksheet being drawn; rows are counted from 1 as a person counts them."""

    page: Worksheet
    sheet: Sheet
    look: styles.Looks

    def draw(self, lists: Mapping[tuple[str, ...], int]) -> None:
        """Draw all but the rows: sample rows stand where the rows will be."""
        first = first_row(self.sheet)
        self._draw_heads()
        self._draw_header(first - self.sheet.header_depth)
        self._draw_samples(first)
        self._draw_footer(first + SAMPLE_ROWS)
        self._draw_lists(first, lists)
        self._set_view(first)
        self._set_print(first)

    @property
    def _width(self) -> int:
        return len(self.sheet.columns)

    def _mark(self, row: int, mark: str) -> None:
        if self.sheet.key_row:
            styles.dress(styles.write_text(self.page, row, self._width + 1, mark), "hidden", self.look)

    def _merged(self, row: int, start: int, end: int, text: str, role: styles.Role) -> None:
        styles.dress(styles.write_text(self.page, row, start, text), role, self.look)
        if end > start:
            self.page.merge_cells(start_row=row, end_row=row, start_column=start, end_column=end)

    def _draw_heads(self) -> None:
        row = 1
        if self.sheet.key_row:
            for at, column in enumerate(self.sheet.columns, 1):
                styles.dress(styles.write_text(self.page, row, at, column.key), "hidden", self.look)
            self._mark(row, MARK_KEY)
            self.page.row_dimensions[row].hidden = True
            row += 1
        self._merged(row, 1, self._shown, self.sheet.title, "title")
        self.page.row_dimensions[row].height = 30
        self._mark(row, "head")
        if self.sheet.subtitle:
            self._draw_subtitle(row + 1)

    @property
    def _shown(self) -> int:
        shown = [at for at, column in enumerate(self.sheet.columns, 1) if not column.hidden]
        return shown[-1] if shown else 1

    def _draw_subtitle(self, row: int) -> None:
        from openpyxl.styles import Alignment

        parts = self.sheet.subtitle
        if len(parts) > self._shown:
            parts = ("　　".join(parts),)
        edges = [1 + self._shown * n // len(parts) for n in range(len(parts) + 1)]
        for n, text in enumerate(parts):
            self._merged(row, edges[n], edges[n + 1] - 1, text, "subtitle")
            side = "left" if n == 0 else "right" if n == len(parts) - 1 else "center"
            self.page.cell(row, edges[n]).alignment = Alignment(horizontal=side, vertical="center")
        self._mark(row, "head")

    def _draw_header(self, top: int) -> None:
        depth = self.sheet.header_depth
        for row in range(top, top + depth):
            for at in range(1, self._width + 1):
                styles.dress(self.page.cell(row, at), "header", self.look)
            self._mark(row, "head")
        cells = spans([column.path for column in self.sheet.columns], depth)
        for row, start, last, end, label in sorted(cells, key=lambda cell: cell[2] - cell[0]):
            styles.write_text(self.page, top + row, start + 1, label)
            if last > row or end > start:
                self.page.merge_cells(
                    start_row=top + row, end_row=top + last, start_column=start + 1, end_column=end + 1
                )
            width = sum(column.width for column in self.sheet.columns[start : end + 1])
            self._raise(range(top + row, top + last + 1), line_count(label, width - 1))

    def _raise(self, rows: range, lines: int) -> None:
        """Make rows high enough to hold so many lines between them; what is missing goes to the last."""
        dimensions = [self.page.row_dimensions[row] for row in rows]
        missing = points(lines) - sum(dimension.height or points(1) for dimension in dimensions)
        if lines > len(rows) and missing > 0:
            dimensions[-1].height = (dimensions[-1].height or points(1)) + missing

    def _draw_samples(self, first: int) -> None:
        from openpyxl.utils import get_column_letter

        columns = (*self.sheet.columns, MARK) if self.sheet.key_row else self.sheet.columns
        for at, column in enumerate(columns, 1):
            styles.dress_column(self.page.column_dimensions[get_column_letter(at)], column, self.look)
            for n in range(SAMPLE_ROWS):
                cell = self.page.cell(first + n, at)
                styles.dress_value(cell, column, self.look, quoted=n % 2 == 1, total=n > 1)

    def _draw_footer(self, row: int) -> None:
        for line in self.sheet.footer:
            self._merged(row, 1, self._shown, line, "footer")
            shown = sum(column.width for column in self.sheet.columns if not column.hidden)
            self._raise(range(row, row + 1), line_count(line, shown))
            self._mark(row, "foot")
            row += 1

    def _draw_lists(self, first: int, lists: Mapping[tuple[str, ...], int]) -> None:
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        for at, column in enumerate(self.sheet.columns, 1):
            if not column.codes:
                continue
            letter, source = get_column_letter(at), get_column_letter(lists[column.codes])
            rule = DataValidation(
                type="list",
                formula1=f"'{CODE_SHEET}'!${source}$2:${source}${len(column.codes) + 1}",
                allow_blank=True,
                showErrorMessage=True,
                errorStyle="warning",
                errorTitle="不在代码表中",
                error="请从下拉列表中选择；确需填写列表以外的内容，请点“是”。",
            )
            rule.add(f"{letter}{first}:{letter}{BLANK_ROWS_TO + SAMPLE_ROWS}")
            self.page.add_data_validation(rule)

    def _set_view(self, first: int) -> None:
        from openpyxl.utils import get_column_letter

        self.page.freeze_panes = f"{get_column_letter(self.sheet.freeze_columns + 1)}{first}"
        if self.sheet.filtered:
            end = get_column_letter(self._width + self.sheet.key_row)
            self.page.auto_filter.ref = (
                f"A{first - 1}:{end}{first + SAMPLE_ROWS - 1 - (self.sheet.total is not None)}"
            )
        if self.sheet.protected:
            lock = self.page.protection
            lock.sheet = True
            lock.sort = lock.autoFilter = lock.insertRows = False
            lock.formatCells = lock.formatColumns = lock.formatRows = False

    def _set_print(self, first: int) -> None:
        page, printing = self.page, self.sheet.printing
        page.print_title_rows = f"{first - self.sheet.header_depth}:{first - 1}"
        page.page_setup.orientation = "landscape" if printing.landscape else "portrait"
        page.page_setup.paperSize = printing.paper
        _fit_one_page_wide(page)
        page.print_options.horizontalCentered = True
        if page.oddFooter is not None:
            page.oddFooter.center.text = printing.footer
        margins = page.page_margins
        margins.left = margins.right = 0.5
        margins.top = margins.bottom = 0.7


def _fit_one_page_wide(page: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0


def _draw_codes(page: Worksheet, lists: Mapping[tuple[str, ...], str], look: styles.Looks) -> None:
    from openpyxl.utils import get_column_letter

    for at, (labels, header) in enumerate(lists.items(), 1):
        column = Column(key=f"c{at}", path=(header,), width=24, locked=True)
        styles.dress_column(page.column_dimensions[get_column_letter(at)], column, look)
        styles.dress(styles.write_text(page, 1, at, header), "header", look)
        for row, label in enumerate(labels, 2):
            styles.dress_value(styles.write_text(page, row, at, label), column, look)
    page.freeze_panes = "A2"
    page.protection.sheet = True
    page.page_setup.orientation = "landscape"
    _fit_one_page_wide(page)


def _draw_meta(page: Worksheet, meta: Mapping[str, str], look: styles.Looks) -> None:
    for row, (key, value) in enumerate(meta.items(), 1):
        styles.dress(styles.write_text(page, row, 1, key), "hidden", look)
        styles.dress(styles.write_text(page, row, 2, value), "hidden", look)
    page.sheet_state = "veryHidden"
