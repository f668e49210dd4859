"""A statistical table as a workbook, the figures as numbers that can be added up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from exports.workbook.sheet import CellKind, CellValue, Column, Sheet, Workbook
from exports.workbook.writer import write_workbook

if TYPE_CHECKING:
    from app.context import Context
    from app.statistics import Column as TableColumn
    from app.statistics import TableResult

_PERCENTS = frozenset({"ratio", "mean", "share", "gap", "growth"})
_TEN_THOUSAND_YUAN = 1_000_000  # 分


def write_table(ctx: Context, table: TableResult, out: Path) -> None:
    """Write a computed table. Errors: OSError."""
    rows = [
        (table.row_labels.get(row, row), *(_cell(table, row, column) for column in table.columns))
        for row in table.rows
    ]
    sheet = Sheet(
        name=table.table,
        title=table.title,
        columns=(Column("row", ("项目",), width=24), *(_column(table, column) for column in table.columns)),
        rows=rows,
        subtitle=(f"单位：{ctx.ledger.org_name}", table.period.label, table.basis_note),
        footer=table.notes,
        key_row=True,
        freeze_columns=1,
    )
    meta = {"kind": "statistics", "table": table.table, "period": table.period.key}
    write_workbook(Workbook((sheet,), meta), out, stamp=ctx.now)


def _column(table: TableResult, column: TableColumn) -> Column:
    unit = f"（{column.unit}）" if column.unit and column.unit not in column.label else ""
    group = (table.headers or {}).get(column.group, column.group)
    path = tuple(part for part in (group, f"{column.label}{unit}") if part) or (column.code,)
    kind, scale = _shape(table, column)
    return Column(f"{table.table}.{column.code}".lower(), path, kind, scale=scale, width=10, centred=True)


def _shape(table: TableResult, column: TableColumn) -> tuple[CellKind, int]:
    """Give the kind of a column; in a comparison each row measures something else, so cells are texts."""
    if table.measures or column.kind == "text":
        return CellKind.TEXT, 0
    if column.kind in _PERCENTS:
        return CellKind.DECIMAL, 1
    if column.unit == "万元":
        return CellKind.DECIMAL, 2
    if column.unit == "元":
        return CellKind.MONEY, 0
    return (CellKind.DECIMAL, column.scale) if column.scale else (CellKind.INTEGER, 0)


def _cell(table: TableResult, row: str, column: TableColumn) -> CellValue:
    value = table.rows[row].get(column.code)
    kind, _ = _shape(table, column)
    if kind is CellKind.TEXT or value is None or isinstance(value, str):
        return table.text(row, column.code) or None
    if column.kind in _PERCENTS:
        return int((Decimal(str(value)) * 10).to_integral_value(ROUND_HALF_UP))
    if column.unit == "万元":
        return int((Decimal(str(value)) * 100 / _TEN_THOUSAND_YUAN).to_integral_value(ROUND_HALF_UP))
    return int(value)
