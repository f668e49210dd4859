"""Statistics: one definition gives a number, the list behind it, the exported rows and the checks."""

from __future__ import annotations

from app.statistics.checking import checks
from app.statistics.figures import (
    TableResult,
    TraceRow,
    additive,
    compute,
    membership,
    trace,
)
from app.statistics.format import format_cell
from app.statistics.loading import describe, table_codes
from app.statistics.spec import TOTAL, Column, TableSpec

__all__ = [
    "TOTAL",
    "Column",
    "TableResult",
    "TableSpec",
    "TraceRow",
    "additive",
    "checks",
    "compute",
    "describe",
    "format_cell",
    "membership",
    "table_codes",
    "trace",
]
