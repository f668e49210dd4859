"""The county's workbook: a sheet for each table, where each number comes from, and all stations' rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from app.county.adding_up import TOPIC, Place, Tables, columns_of, summed, value_of
from app.county.detail_sheets import detail_sheets, trace_sheet
from app.statistics import TOTAL
from app.statistics.format import NOTHING
from exports.workbook.sheet import CellKind, CellValue, PrintSetup, Sheet, Workbook
from exports.workbook.sheet import Column as SheetColumn
from models.money import format_wan

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.context import Context
    from app.county.selection import Station
    from app.statistics import Column, TableSpec
    from app.statistics.format import Value
    from models.dates import Period

_RATES = frozenset({"ratio", "mean", "share", "gap", "growth"})
_LONGEST_NAME = 31


@dataclass(frozen=True)
class Book:
    """Everything a consolidation is written from."""

    ctx: Context
    conn: sa.Connection
    tables: Tables
    period: Period
    stations: tuple[Station, ...]
    numbers: Mapping[str, Mapping[Place, int]]

    @property
    def total(self) -> dict[Place, int]:
        """The stations added up."""
        return summed(self.numbers.values())


def consolidated_workbook(book: Book) -> Workbook:
    """Give the workbook: 说明, the tables, 溯源, and the rows of all stations by kind."""
    total = book.total
    reported = {table for table, _, _ in total}
    specs = [spec for spec in book.tables.specs if spec.code in reported]
    sheets = [_cover(book), *(_by_station(book, spec, total) for spec in specs)]
    sheets += [_by_topic(book, spec, total) for spec in specs if spec.rows == TOPIC]
    sheets += [trace_sheet(book, specs), *detail_sheets(book)]
    return Workbook(tuple(sheets))


def sheet_name(text: str) -> str:
    """Give a name a spreadsheet program takes."""
    plain = "".join("·" if letter in "[]:*?/\\'" else letter for letter in text)
    return plain[:_LONGEST_NAME]


def _subtitle(book: Book) -> tuple[str, ...]:
    return (
        f"汇总单位：{book.ctx.ledger.org_name}",
        f"统计期间：{book.period.label}",
        f"制表日期：{book.ctx.today.isoformat()}",
    )


def _cover(book: Book) -> Sheet:
    rows: list[tuple[CellValue, ...]] = [
        (station.name, station.org_code, "、".join(one.words for one in station.chosen) or "无",
         "、".join(station.lacking) or "无")
        for station in book.stations
    ]  # fmt: skip
    columns = (
        SheetColumn("name", ("单位",), width=20),
        SheetColumn("code", ("机构代码",), width=14),
        SheetColumn("taken", ("计入的报送",), CellKind.LONG_TEXT, width=60),
        SheetColumn("lacking", ("未计入",), CellKind.LONG_TEXT, width=36),
    )
    basis = "本月数取各所月报表所列；"
    if book.period.months > 1:
        started = "自一月起的期间取各所最近一期的累计数，含后来的更正；"
        later = "取所含各月上报数之和，含对以前月份的更正；"
        basis = started if book.period.month == 1 else later
    return Sheet(
        name="说明",
        title=f"{book.ctx.ledger.org_name}汇总说明",
        columns=columns,
        rows=rows,
        subtitle=_subtitle(book),
        footer=(
            f"{basis}比率按各所分子、分母之和重新计算，不取平均。已受理的用受理版，其余用最新收到的版本。",
        ),
    )


def _by_station(book: Book, spec: TableSpec, total: Mapping[Place, int]) -> Sheet:
    columns = columns_of(spec)
    lines = [
        (station.name, *_values(book, spec, TOTAL, book.numbers[station.org_code]))
        for station in book.stations
        if station.chosen
    ]
    absent = "、".join(station.name for station in book.stations if not station.chosen)
    partly = "、".join(
        f"{station.name}（{'、'.join(station.lacking)}）"
        for station in book.stations
        if station.chosen and station.lacking
    )
    notes = [f"未报单位：{absent}。" if absent else "", f"部分月份未计入：{partly}。" if partly else ""]
    return Sheet(
        name=sheet_name(f"{spec.code} {spec.title}"),
        title=f"{spec.title}（{book.ctx.ledger.org_name}汇总）",
        columns=(SheetColumn("_station", ("单位",), width=20), *map(_column, columns)),
        rows=lines,
        total=("合计", *_values(book, spec, TOTAL, total)),
        subtitle=_subtitle(book),
        footer=tuple(note for note in (*notes, *spec.notes) if note),
        freeze_columns=1,
        printing=PrintSetup(),
    )


def _by_topic(book: Book, spec: TableSpec, total: Mapping[Place, int]) -> Sheet:
    """Give a table whose rows are the same at every station, each row the sum of theirs."""
    labels = {entry.code: entry.label for entry in book.ctx.codes["topic_group"]}
    kept = {row for table, row, _ in total if table == spec.code and row != TOTAL}
    rows = [row for row in labels if row in kept] + sorted(kept - labels.keys())
    return Sheet(
        name=sheet_name(f"{spec.code} 按{spec.row_label}"),
        title=f"{spec.title}（{book.ctx.ledger.org_name}汇总）",
        columns=(SheetColumn("_row", (spec.row_label,), width=20), *map(_column, spec.columns)),
        rows=[(labels.get(row, "其他"), *_values(book, spec, row, total, below=False)) for row in rows],
        total=("合计", *_values(book, spec, TOTAL, total, below=False)),
        subtitle=_subtitle(book),
        footer=spec.notes,
        freeze_columns=1,
    )


def _values(
    book: Book, spec: TableSpec, row: str, numbers: Mapping[Place, int], *, below: bool = True
) -> Iterator[CellValue]:
    for column in columns_of(spec) if below else spec.columns:
        yield _shown(column, value_of(book.tables, spec, row, column, numbers))


def _column(column: Column) -> SheetColumn:
    kind, scale = _number_kind(column)
    unit = f"（{column.unit}）" if column.unit and column.unit not in column.label else ""
    path = (column.group, f"{column.label}{unit}") if column.group else (f"{column.label}{unit}",)
    return SheetColumn(column.code, path, kind, width=11, scale=scale)


def _number_kind(column: Column) -> tuple[CellKind, int]:
    if column.kind in _RATES:
        return CellKind.DECIMAL, 1
    if column.unit == "万元":
        return CellKind.DECIMAL, 2
    if column.unit == "元":
        return CellKind.MONEY, 0
    return (CellKind.DECIMAL, column.scale) if column.scale else (CellKind.INTEGER, 0)


def _shown(column: Column, value: Value) -> CellValue:
    """Give a number as its cell keeps it: scaled to the decimals of the column, — where there is none."""
    if value is None or isinstance(value, str):
        return NOTHING if value is None else value
    if column.kind in _RATES:
        return int((Decimal(str(value)) * 10).to_integral_value())
    if column.unit == "万元":
        return int(Decimal(format_wan(int(value))) * 100)
    return int(value)
