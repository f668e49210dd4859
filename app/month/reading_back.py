"""Reading the sheets of a sealed month back, as whoever opens them will, before anything is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exports.workbook.errors import WorkbookRefused
from exports.workbook.keyed import sheet_table
from exports.workbook.reader import read_workbook

if TYPE_CHECKING:
    from app.month.rows import ReportedRow

Placed = dict[tuple[str, str], tuple[str, str]]


def sheets_hold(workbook: bytes, rows: Iterable[ReportedRow]) -> bool:
    """Tell whether a workbook reads back with exactly these rows, each with its number and fingerprint."""
    try:
        found = read_workbook(workbook)
    except WorkbookRefused:
        return False
    read: Placed = {}
    for sheet in found.sheets:
        table = sheet_table(sheet)
        for row in table.rows() if table is not None and "_h" in table.keys else ():
            read[sheet.name, row.cell("_id").text] = (row.cell("_row_no").text, row.cell("_h").text)
    return read == {(row.sheet, row.record): (str(row.row_no), row.row_hash) for row in rows}
