"""Laying a submission out: the values of tables and rows become the sheets of its workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.month.figures import Figure, added
from app.month.forms import FormGroup, SheetForm
from app.month.rows import PARTIES, ReportedRow, by_sheet
from app.registers import register_named
from app.statistics import TOTAL, TableResult, describe
from app.statistics.format import NOTHING
from exports.report import (
    Correction,
    Heading,
    ReportColumn,
    ReportTable,
    TraceLine,
    Unit,
    correction_sheet,
    cover_sheet,
    list_width,
    notes_sheet,
    table_sheet,
    trace_sheet,
)
from exports.workbook.sheet import CellKind, CellValue, Sheet, Workbook
from exports.workbook.table import ColumnSpec, Labels, cell_value, column_spec, register_sheet
from exports.workbook.writer import write_workbook
from models.errors import Problem
from models.fields import Kind, fields_of
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

YEAR_ROWS = ("补录（以往月份）", "更正（以往月份）", "本期上报数", "本年累计")
TOTAL_LABEL = "合计"
UNLISTED = "（未列入明细）"
WIDTH_SAMPLE = 200
COUNTY_CHOICES = "county_verdict"
COUNTY_LABELS = {"1": "收", "2": "退", "3": "待核"}


def report_tables(
    ctx: Context,
    group: FormGroup,
    results: Mapping[str, TableResult],
    figures: Sequence[Figure],
    corrections: Sequence[Correction],
) -> list[ReportTable]:
    """Give every table of the group with its values as they are printed."""
    by_cell = {figure.cell: figure for figure in figures}
    late = {item.cell: item.late for item in corrections}
    found = []
    for form in group.tables:
        table = _report_table(ctx, form.sheet, results[form.code])
        if form.cumulative:
            total, *others = table.rows
            table = replace(table, rows=(total, *_year_rows(table, by_cell, late), *others))
        found.append(table)
    return found


def _year_rows(
    table: ReportTable, figures: Mapping[str, Figure], late: Mapping[str, int]
) -> Iterator[tuple[str, Mapping[str, CellValue]]]:
    """Give below the total: late entries, adjustments, what is handed in, the year so far (always there)."""
    late_row: dict[str, CellValue] = {column.code: NOTHING for column in table.columns}
    adjusted, handed_in, year = dict(late_row), dict(late_row), dict(late_row)
    for column in table.columns:
        cell = f"{table.code}/{TOTAL}/{column.code}"
        figure = figures.get(cell)
        if figure is None or figure.cumulative is None:
            continue
        year[column.code] = figure.cumulative
        if figure.correction is not None and isinstance(figure.value, int):
            late_row[column.code] = late.get(cell, 0)
            adjusted[column.code] = figure.correction - late.get(cell, 0)
            handed_in[column.code] = figure.value + figure.correction
    yield from zip(YEAR_ROWS, (late_row, adjusted, handed_in, year), strict=True)


def _report_table(ctx: Context, sheet: str, result: TableResult) -> ReportTable:
    spec = describe(result.table, ctx.codes)
    columns = tuple(
        ReportColumn(
            code=column.code,
            label=column.label,
            group=(result.headers or {}).get(column.group, column.group),
            unit=column.unit,
            scale=column.scale,
            is_text=spec.kind == "compare" or column.kind == "text",
            centred=spec.kind == "compare",
        )
        for column in result.columns
    )
    rows = tuple(
        (_row_label(result, row, label), {column.code: _value(result, row, column) for column in columns})
        for row, label in result.row_labels.items()
    )
    named = "" if spec.kind == "list" else spec.row_label
    return ReportTable(result.table, sheet, result.title, named, columns, rows, result.notes)


def _row_label(result: TableResult, row: str, label: str) -> str:
    """Give a row's label; where each row counts something else, its unit with it."""
    unit = result.measures[row].unit if result.measures else ""
    return f"{label}（{unit}）" if unit else label


def _value(result: TableResult, row: str, column: ReportColumn) -> CellValue:
    """Give a value as a sheet holds it: a rate as a number with its decimals, what does not exist as —."""
    value = result.rows[row].get(column.code)
    if column.is_text or value is None or isinstance(value, str):
        return result.text(row, column.code)
    return round(value * 10**column.scale) if isinstance(value, float) else value


def report_sheets(
    tables: Sequence[ReportTable], heading: Heading, problems: Iterable[Problem], reason: str
) -> list[Sheet]:
    """Give the sheets of 01_report.xlsx."""
    lines = [("说明", reason)] if reason else []
    lines += [("提示", f"{problem.message}{problem.hint}") for problem in problems]
    return [
        cover_sheet(heading, [table.sheet for table in tables]),
        *(table_sheet(table, heading) for table in tables),
        notes_sheet(heading, lines),
    ]


def ledger_sheets(
    ctx: Context, conn: sa.Connection, group: FormGroup, rows: Sequence[ReportedRow], heading: Heading
) -> list[Sheet]:
    """Give the sheets of 02_ledger.xlsx: every listed register, the dictionary of columns, how to fill in.

    Their rows are made once; the sheets go into the bare copy too.
    """
    grouped = by_sheet(rows)
    sheets = []
    for form in group.sheets:
        listed = [_record(row) for row in grouped.get(form.name, [])]
        labels = _labels(ctx, conn, form, specs := _specs(form), grouped.get(form.name, []))
        sheets.append(
            register_sheet(
                form.name,
                f"{form.name[3:]}（{heading.period_label}）",
                _sized(specs, listed, labels),
                listed,
                labels,
                subtitle=(
                    f"填报单位：{heading.org_name}",
                    f"{heading.period_label}　共 {len(listed)} 条",
                    heading.clerk_signature,
                ),
                freeze_columns=2,
                protected=True,
            )
        )
    sheets = [replace(sheet, rows=list(sheet.rows)) for sheet in sheets]
    return [*sheets, _dictionary(group), _guide()]


def _specs(form: SheetForm) -> list[ColumnSpec]:
    fields = fields_of(register_named(form.register).entity)
    specs = [
        ColumnSpec("_row_no", "_row_no", "行号", CellKind.INTEGER, width=5, locked=True),
    ]
    for name in form.columns:
        if name == PARTIES:
            specs.append(ColumnSpec(f"{form.register}.parties", name, "当事人", locked=True))
        else:
            specs.append(column_spec(form.register, fields[name], locked=True))
    specs += [
        ColumnSpec("_verdict", "_verdict", "县局意见", CellKind.CODE, codes=COUNTY_CHOICES, width=6),
        ColumnSpec("_opinion", "_opinion", "县局说明", CellKind.LONG_TEXT, width=20),
        ColumnSpec("_id", "_id", "记录标识", hidden=True, locked=True),
        ColumnSpec("_rev", "_rev", "修订", hidden=True, locked=True),
        ColumnSpec("_h", "_h", "行指纹", hidden=True, locked=True),
    ]
    return specs


def _sized(specs: Sequence[ColumnSpec], records: Sequence[Row], labels: Labels) -> list[ColumnSpec]:
    """Give the columns as wide as what stands in the first rows, so that as much as can be fits on a page."""
    sample = records[:WIDTH_SAMPLE]
    return [
        spec
        if spec.hidden
        else replace(
            spec,
            width=spec.width
            or list_width(
                spec.label,
                [str(cell_value(spec, record.get(spec.name), None, labels) or "") for record in sample],
                is_long=spec.kind is CellKind.LONG_TEXT,
            ),
        )
        for spec in specs
    ]


def _record(row: ReportedRow) -> dict[str, Any]:
    values = {k: v for k, v in row.values.items() if not isinstance(v, Mapping)}
    missing = {k: v["missing"] for k, v in row.values.items() if isinstance(v, Mapping)}
    return {
        **values,
        "missing": missing,
        "_row_no": row.row_no,
        "_id": row.record,
        "_rev": row.rev,
        "_h": row.row_hash,
    }


def _labels(
    ctx: Context,
    conn: sa.Connection,
    form: SheetForm,
    specs: Sequence[ColumnSpec],
    rows: Sequence[ReportedRow],
) -> Labels:
    codes = {
        spec.codes: {entry.code: entry.label for entry in ctx.codes[spec.codes]}
        for spec in specs
        if spec.codes and spec.codes != COUNTY_CHOICES
    }
    return Labels(
        codes={**codes, COUNTY_CHOICES: COUNTY_LABELS},
        references=_titles(conn, form, rows),
    )


def _titles(conn: sa.Connection, form: SheetForm, rows: Sequence[ReportedRow]) -> dict[str, str]:
    fields = fields_of(register_named(form.register).entity)
    titles: dict[str, str] = {}
    for name in form.columns:
        field = fields.get(name)
        if field is None or field.kind is not Kind.REFERENCE or field.ref is None:
            continue
        register = register_named(field.ref)
        ids = {row.values[name] for row in rows if isinstance(row.values.get(name), str)}
        table = table_of(register.entity)
        for found in conn.execute(sa.select(table).where(table.c.id.in_(ids))).mappings():
            titles[found["id"]] = register.title(dict(found))
    return titles


def reference_titles(conn: sa.Connection, group: FormGroup, rows: Sequence[ReportedRow]) -> dict[str, str]:
    """Name the records the rows point to, as 02_ledger.xlsx names them."""
    grouped = by_sheet(rows)
    titles: dict[str, str] = {}
    for form in group.sheets:
        titles |= _titles(conn, form, grouped.get(form.name, []))
    return titles


def trace_lines(figures: Iterable[Figure], rows: Sequence[ReportedRow]) -> Iterator[TraceLine]:
    """Give for each figure and each list its rows stand in one line."""
    where = {row.record: row for row in rows}
    for figure in figures:
        if not isinstance(figure.value, int) or not figure.members:
            continue
        table, row, column = _place(figure)
        by_sheet: dict[str, list[tuple[int, int]]] = {}
        for record, adds in added(figure.members).items():
            listed = where.get(record)
            sheet, number = (listed.sheet, listed.row_no) if listed else (UNLISTED, 0)
            by_sheet.setdefault(sheet, []).append((number, adds))
        for sheet, places in by_sheet.items():
            unit = Unit(figure.unit, figure.scale)
            yield TraceLine(table, row, column, figure.value, unit, sheet, tuple(places))


def _place(figure: Figure) -> tuple[str, str, str]:
    """Give table, row and column of a figure as a reader finds them in the report."""
    table, row, column = figure.cell.split("/")
    if "." in column:
        return table, TOTAL_LABEL, figure.label
    row_label, _, label = figure.label.partition("·")
    return table, row_label or row, f"{column} {label}"


def trace_sheets(
    lines: Iterable[TraceLine], corrections: Iterable[Correction], titles: Mapping[str, str]
) -> list[Sheet]:
    """Give the sheets of 03_trace.xlsx."""
    return [trace_sheet(lines), correction_sheet(corrections, titles)]


def workbook_bytes(sheets: Sequence[Sheet], meta: Mapping[str, str], stamp: datetime) -> bytes:
    """Write a workbook to bytes; the same content gives the same bytes."""
    target = BytesIO()
    write_workbook(Workbook(tuple(sheets), meta), target, stamp=stamp)
    return target.getvalue()


def _dictionary(group: FormGroup) -> Sheet:
    from exports.workbook.sheet import Column

    lines = []
    for form in group.sheets:
        fields = fields_of(register_named(form.register).entity)
        for name in form.columns:
            if name in fields:
                field = fields[name]
                lines.append((form.name, field.label, name, field.unit or "", field.codes or "", field.help))
    return Sheet(
        name="数据字典",
        title="数据字典",
        columns=(
            Column("sheet", ("表",), width=24),
            Column("label", ("列名",), width=20),
            Column("name", ("字段",), width=20),
            Column("unit", ("单位",), width=8),
            Column("codes", ("代码表",), width=16),
            Column("help", ("说明",), CellKind.LONG_TEXT, width=50),
        ),
        rows=lines,
    )


def _guide() -> Sheet:
    from exports.workbook.sheet import Column

    lines = [
        ("灰格", "司法所报来的内容，受保护（没有密码），请不要改；改了也只作为建议，不会直接进入台账。"),
        ("县局意见", "逐行选收、退、待核。"),
        ("县局说明", "选退时写明哪一列、应改成什么。"),
        ("增删行", "不要删行；删行不会被当作删除。"),
        ("证件号", "各列已设为文本格式，请保持，不要改成数字。"),
    ]
    return Sheet(
        name="填写说明",
        title="填写说明",
        columns=(
            Column("item", ("项目",), width=16),
            Column("text", ("说明",), CellKind.LONG_TEXT, width=80),
        ),
        rows=lines,
    )
