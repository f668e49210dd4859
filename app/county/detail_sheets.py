"""Behind the county's numbers: which rows of which station make each, and those rows themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.county import store
from app.county.adding_up import columns_of
from app.month.figures import added
from app.registers import registers_by_key
from app.statistics import TOTAL
from exports.workbook.sheet import CellKind, CellValue, Sheet
from exports.workbook.sheet import Column as SheetColumn
from exports.workbook.table import ColumnSpec, Labels, cell_value, column_spec
from models.county import StationRow, StationTrace
from models.fields import fields_of
from models.money import format_yuan
from models.records import table_of

if TYPE_CHECKING:
    from app.county.consolidated_sheets import Book
    from app.statistics import Column, TableSpec

_TRACE_COLUMNS = (
    SheetColumn("table", ("表",), width=8),
    SheetColumn("column", ("列",), width=12),
    SheetColumn("label", ("列名称",), width=26),
    SheetColumn("station", ("单位",), width=18),
    SheetColumn("period", ("报送期",), width=10),
    SheetColumn("value", ("数字",), CellKind.TEXT, width=14),
    SheetColumn("count", ("行数",), CellKind.INTEGER, width=8),
    SheetColumn("rows", ("明细行（表：行号）",), CellKind.LONG_TEXT, width=70),
)
_MONEY = frozenset({"元", "万元"})
_LISTS = frozenset({CellKind.CODES, CellKind.TEXTS, CellKind.REFERENCES})
_HEADS = (
    SheetColumn("_station", ("单位",), width=18),
    SheetColumn("_period", ("报送期",), width=10),
    SheetColumn("_row_no", ("行号",), CellKind.INTEGER, width=8),
)
_TAIL = SheetColumn("_id", ("行标识",), width=38)
_MOST_SHEETS = 60
_OTHER_LABELS = {"@parties": "当事人"}
_REFERENCES = "references"
"""The list that names the records other records point to, if it came along."""


def trace_sheet(book: Book, specs: Sequence[TableSpec]) -> Sheet:
    """Give 溯源: for each cell and station and month the rows it is made of, by sheet and row number."""
    return Sheet(
        name="溯源",
        title=f"{book.ctx.ledger.org_name}汇总溯源",
        columns=_TRACE_COLUMNS,
        rows=_trace_lines(book, specs),
        footer=("行号是各所报送明细中的行号，与本文件各明细页的“行号”一致；作废、改判引起的冲减以负数计。",),
        filtered=True,
    )


def _trace_lines(book: Book, specs: Sequence[TableSpec]) -> Iterator[tuple[CellValue, ...]]:
    columns = {(spec.code, one.code): one for spec in specs for one in columns_of(spec) if one.traceable}
    for station in book.stations:
        for one in station.chosen:
            where = _places(book.conn, one.id)
            for cell, members in _traces(book.conn, one.id):
                table, row, code = cell.split("/")
                column = columns.get((table, code))
                if row == TOTAL and column is not None and members:
                    rows = added(members)
                    yield (
                        table, code, f"{column.group}{column.label}", station.name, one.period,
                        _amount(column, sum(rows.values())), len(rows), _listed(column, rows, where),
                    )  # fmt: skip


def _places(conn: sa.Connection, bundle: str) -> dict[str, tuple[str, int]]:
    row = table_of(StationRow)
    query = sa.select(row.c.row_id, row.c.sheet, row.c.row_no).where(row.c.bundle == bundle)
    return {found.row_id: (found.sheet, found.row_no) for found in conn.execute(query)}


def _traces(conn: sa.Connection, bundle: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Give what is behind the cells of the total rows."""
    trace = table_of(StationTrace)
    query = sa.select(trace.c.cell, trace.c.members).where(
        trace.c.bundle == bundle, trace.c.cell.like(f"%/{TOTAL}/%")
    )
    return [(row.cell, row.members or []) for row in conn.execute(query.order_by(trace.c.id))]


def _listed(column: Column, rows: Mapping[str, int], where: Mapping[str, tuple[str, int]]) -> str:
    by_sheet: dict[str, list[str]] = {}
    for row_id, counts in rows.items():
        sheet, number = where.get(row_id, ("未随包的记录", 0))
        shown = str(number) if number else row_id
        counted = "" if counts == 1 else f"（计{_amount(column, counts)}）"
        by_sheet.setdefault(sheet, []).append(shown + counted)
    return "；".join(f"{sheet}：{'、'.join(rows)}" for sheet, rows in by_sheet.items())


def _amount(column: Column, value: int) -> str:
    return f"{format_yuan(value)}元" if column.unit in _MONEY else str(value)


def detail_sheets(book: Book) -> Iterator[Sheet]:
    """Give all stations' rows, a sheet for each kind; of several months the latest state of a row counts."""
    kinds = _kinds(book)
    for number, (sheet, register) in enumerate(kinds.items()):
        if number == _MOST_SHEETS:
            return
        specs = _specs(book, sheet, register)
        yield Sheet(
            name=_name(sheet, number),
            title=f"{sheet}（各所明细）",
            columns=(*_HEADS, *(_column(spec) for spec in specs), _TAIL),
            rows=_detail_lines(book, sheet, specs),
            freeze_columns=2,
            filtered=True,
        )


def _name(sheet: str, number: int) -> str:
    plain = "".join("·" if letter in "[]:*?/\\'" else letter for letter in sheet)
    return f"明细{number + 1} {plain}"[:31]


def _kinds(book: Book) -> dict[str, str]:
    """Give the sheets that came, in the order of the first station, and the register each is of."""
    row = table_of(StationRow)
    ids = [one.id for station in book.stations for one in station.chosen]
    query = sa.select(row.c.sheet, row.c.register, sa.func.min(row.c.id)).where(row.c.bundle.in_(ids))
    found = book.conn.execute(query.group_by(row.c.sheet, row.c.register)).all()
    return {sheet: register for sheet, register, _ in sorted(found, key=lambda one: one[2])}


def _rows(book: Book, sheet: str) -> Iterator[tuple[str, str, Any]]:
    """Give station, month and row of a sheet, each record once, as its latest month has it."""
    row = table_of(StationRow)
    for station in book.stations:
        latest: dict[str, tuple[str, str, Any]] = {}
        for one in station.chosen:
            query = sa.select(row).where(row.c.bundle == one.id, row.c.sheet == sheet).order_by(row.c.row_no)
            for found in book.conn.execute(query).mappings():
                latest[found["row_id"]] = (station.name, one.id, found)
        yield from latest.values()


def _specs(book: Book, sheet: str, register: str) -> list[ColumnSpec]:
    """Give a column for each value the rows carry, described by the register where it knows the name."""
    names: dict[str, None] = {}
    for _, _, found in _rows(book, sheet):
        names.update(dict.fromkeys(found["cells"] or {}))
    known = registers_by_key().get(register)
    described = fields_of(known.entity) if known is not None else {}
    return [
        column_spec(register, described[name])
        if name in described
        else ColumnSpec(key=f"{register}.{name}", name=name, label=_OTHER_LABELS.get(name, name))
        for name in names
    ]


def _column(spec: ColumnSpec) -> SheetColumn:
    return SheetColumn(spec.key, (*spec.group, spec.label), spec.kind, spec.width or 14, scale=spec.scale)


def _detail_lines(book: Book, sheet: str, specs: Sequence[ColumnSpec]) -> Iterator[tuple[CellValue, ...]]:
    periods = {one.id: one.period for station in book.stations for one in station.chosen}
    own = _labels_of(book)
    for station, bundle, found in _rows(book, sheet):
        cells, labels = found["cells"] or {}, own[bundle]
        values = [_cell(spec, cells.get(spec.name), labels) for spec in specs]
        yield station, periods[bundle], found["row_no"], *values, found["row_id"]


def _cell(spec: ColumnSpec, value: Any, labels: Labels) -> CellValue:
    """Give a value as people read it; what does not fit its column's kind is shown as it came."""
    if isinstance(value, dict) and set(value) == {"missing"}:
        return cell_value(spec, None, str(value["missing"]), labels)
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value)):
        return json.dumps(value, ensure_ascii=False)
    if spec.kind in _LISTS and not isinstance(value, list):
        return None if value is None else str(value)
    if isinstance(value, list) and spec.kind not in _LISTS:
        return "、".join(map(str, value))
    return cell_value(spec, value, None, labels)


def _labels_of(book: Book) -> dict[str, Labels]:
    """Give what codes are called in each bundle: the county's own lists under those that came along."""
    shared = {name: {entry.code: entry.label for entry in book.ctx.codes[name]} for name in book.ctx.codes}
    ids = [one.id for station in book.stations for one in station.chosen]
    brought = store.dictionaries(book.conn, ids)
    found = {}
    for bundle in ids:
        lists = dict(_lists(brought.get(bundle, {})))
        references = lists.pop(_REFERENCES, {})
        found[bundle] = Labels(codes={**shared, **lists}, references=references)
    return found


def _lists(files: Mapping[str, bytes]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Read code lists: a mapping of code to label, or a list of entries with both."""
    for path, data in files.items():
        name = path.removeprefix("dict/").removesuffix(".json")
        try:
            value = json.loads(data)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield name, {str(code): str(label) for code, label in value.items()}
        elif isinstance(value, list):
            entries = [one for one in value if isinstance(one, dict) and {"code", "label"} <= set(one)]
            yield name, {str(one["code"]): str(one["label"]) for one in entries}
