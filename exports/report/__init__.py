"""The workbooks of a monthly submission: report, ledger, trace and the bare copy of the first two."""

from __future__ import annotations

from exports.report.sheets import Heading, ReportColumn, ReportTable, cover_sheet, notes_sheet, table_sheet
from exports.report.trace import Correction, TraceLine, correction_sheet, trace_sheet

__all__ = [
    "Correction",
    "Heading",
    "ReportColumn",
    "ReportTable",
    "TraceLine",
    "correction_sheet",
    "cover_sheet",
    "notes_sheet",
    "table_sheet",
    "trace_sheet",
]
