"""The sheets of 03_trace.xlsx: which rows make up each figure, and what changed since the month before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exports.workbook.sheet import CellKind, Column, Sheet
from exports.workbook.stream import number_text

NO_CORRECTION = ("", "", "本期没有补录和更正。", "", "", "", "", "", "", "")


WAN, YUAN = "万元", "元"


@dataclass(frozen=True)
class Unit:
    """What a figure counts in; ``scale`` is the decimals of the stored number. Money is stored in 分."""

    name: str = ""
    scale: int = 0

    @property
    def shown(self) -> str:
        """The unit a number is written in: money in 元, so that what records add is exact."""
        return YUAN if self.name == WAN else self.name

    def text(self, value: int) -> str:
        """Write a number in ``shown``."""
        return number_text(value, 2 if self.shown == YUAN else self.scale)


@dataclass(frozen=True)
class TraceLine:
    """The rows of one list behind one figure: ``rows`` holds (row number, what the row adds)."""

    table: str
    row: str
    column: str
    value: int
    unit: Unit
    sheet: str
    rows: tuple[tuple[int, int], ...]

    @property
    def places(self) -> str:
        """The row numbers, runs drawn together; in brackets what a row adds where that is not one."""
        found: list[str] = []
        start = last = 0
        for number, adds in sorted(self.rows):
            if adds == 1 and last and number == last + 1:
                found[-1], last = f"{start}–{number}", number
            elif adds == 1:
                found.append(str(number))
                start = last = number
            else:
                found.append(f"{number}（{self.unit.text(adds)}）")
                last = 0
        return "、".join(found)


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
    unit: Unit = Unit()
    year: str = ""


def trace_sheet(lines: Iterable[TraceLine]) -> Sheet:
    """Give the page that leads from a report cell to its rows."""
    return Sheet(
        name="溯源",
        title="报表数字溯源",
        columns=(
            Column("table", ("报表",), width=7),
            Column("row", ("行",), width=22),
            Column("column", ("列",), width=32),
            Column("value", ("数字",), width=14, centred=True),
            Column("unit", ("单位",), width=7, centred=True),
            Column("sheet", ("明细表",), width=22),
            Column("count", ("行数",), CellKind.INTEGER, width=7, centred=True),
            Column("rows", ("明细行号（括号内为该行计入数，不注的计 1）",), CellKind.LONG_TEXT, width=70),
        ),
        rows=(
            (
                line.table, line.row, line.column, line.unit.text(line.value), line.unit.shown,
                line.sheet, len(line.rows), line.places,
            )
            for line in lines
        ),
        filtered=True,
    )  # fmt: skip


def correction_sheet(corrections: Iterable[Correction], titles: Mapping[str, str] | None = None) -> Sheet:
    """Give the page of corrections: late entries and adjustments of months already reported.

    ``titles`` name the records.
    """
    return Sheet(
        name="更正",
        title="以前各月的补录与更正",
        columns=(
            Column("year", ("年度",), width=8, centred=True),
            Column("cell", ("格",), width=22),
            Column("label", ("指标",), width=30),
            Column("unit", ("单位",), width=7, centred=True),
            Column("before", ("原累计",), width=13, centred=True),
            Column("after", ("现累计（不含本月发生）",), width=13, centred=True),
            Column("late", ("补录",), width=11, centred=True),
            Column("adjusted", ("调整",), width=11, centred=True),
            Column("records", ("涉及记录",), CellKind.LONG_TEXT, width=56),
            Column("reason", ("理由",), CellKind.LONG_TEXT, width=24),
        ),
        rows=[_correction_row(item, titles or {}) for item in corrections] or [NO_CORRECTION],
        filtered=True,
    )


def _correction_row(item: Correction, titles: Mapping[str, str]) -> tuple[str, ...]:
    numbers = (item.unit.text(number) for number in (item.before, item.after, item.late, item.adjusted))
    records = "\n".join(f"{record} {titles.get(record, '')}".strip() for record in item.records)
    return (item.year, item.cell, item.label, item.unit.shown, *numbers, records, item.reason)
