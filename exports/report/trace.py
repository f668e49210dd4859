"""The sheets of 03_trace.xlsx: which rows make up each figure, and what changed since the month before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exports.workbook.sheet import CellKind, Column, Sheet


@dataclass(frozen=True)
class TraceLine:
    """One record behind one figure."""

    table: str
    row: str
    column: str
    value: int
    record: str
    title: str
    sheet: str
    row_no: int | None
    contribution: int


@dataclass(frozen=True)
class Correction:
    """One figure of earlier months that is no longer what was reported, and the records that moved it.

    ``late_records`` are those among them that stood in no figure before.
    """

    cell: str
    label: str
    before: int
    after: int
    late: int
    adjusted: int
    records: tuple[str, ...]
    reason: str
    late_records: tuple[str, ...] = ()


def trace_sheet(lines: Iterable[TraceLine]) -> Sheet:
    """Give the page that leads from a report cell to its rows."""
    return Sheet(
        name="溯源",
        title="报表数字溯源",
        columns=(
            Column("table", ("报表",), width=10),
            Column("row", ("行",), width=18),
            Column("column", ("列",), width=22),
            Column("value", ("数字",), CellKind.INTEGER),
            Column("record", ("记录标识",), width=38),
            Column("title", ("记录",), width=36),
            Column("sheet", ("明细表",), width=20),
            Column("row_no", ("明细行号",), CellKind.INTEGER),
            Column("contribution", ("计入",), CellKind.INTEGER),
        ),
        rows=(
            (
                line.table, line.row, line.column, line.value, line.record, line.title, line.sheet,
                line.row_no, line.contribution,
            )
            for line in lines
        ),
        filtered=True,
    )  # fmt: skip


def correction_sheet(corrections: Iterable[Correction]) -> Sheet:
    """Give the page of corrections: late entries and adjustments of months already reported."""
    return Sheet(
        name="更正",
        title="以前各月的补录与更正",
        columns=(
            Column("cell", ("格",), width=22),
            Column("label", ("指标",), width=26),
            Column("before", ("原累计",), CellKind.INTEGER),
            Column("after", ("现累计（不含本月发生）",), CellKind.INTEGER),
            Column("late", ("补录",), CellKind.INTEGER),
            Column("adjusted", ("调整",), CellKind.INTEGER),
            Column("records", ("涉及记录",), CellKind.LONG_TEXT, width=60),
            Column("reason", ("理由",), CellKind.LONG_TEXT, width=30),
        ),
        rows=(
            (
                item.cell, item.label, item.before, item.after, item.late, item.adjusted,
                "、".join(item.records), item.reason,
            )
            for item in corrections
        ),
        filtered=True,
    )  # fmt: skip
