"""The workbooks of a monthly submission: report, ledger, trace and the bare copy of the first two."""

from __future__ import annotations

from exports.report.sheets import Heading, ReportColumn, ReportTable, cover_sheet, notes_sheet, table_sheet
from exports.report.trace import Correction, TraceLine, Unit, correction_sheet, trace_sheet
from exports.report.widths import list_width

__all__ = [
    "Correction",
    "Heading",
    "ReportColumn",
    "ReportTable",
    "TraceLine",
    "Unit",
    "correction_sheet",
    "cover_sheet",
    "list_width",
    "notes_sheet",
    "table_sheet",
    "trace_sheet",
]
