"""The sheets of 01_report.xlsx: a cover, one sheet for each table with its two-level head, and the notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exports.report.widths import Needed, fitting
from exports.workbook.sheet import NUMBER_KINDS, CellKind, CellValue, Column, PrintSetup, Sheet
from exports.workbook.stream import number_text

WAN = 10_000
UNIT_ROW = "计量单位"
SIGN_HERE = "＿＿＿＿＿＿"
SEAL_LINES = 5


@dataclass(frozen=True)
class Heading:
    """What stands above and below every sheet of one submission."""

    org_name: str
    county_name: str
    period_label: str
    version: int
    closed_on: str
    head: str
    reporter: str
    phone: str

    @property
    def signature(self) -> str:
        """The line to be signed by hand; no name is typed where a signature belongs."""
        signed = f"负责人（签字）：{SIGN_HERE}　　填表人（签字）：{SIGN_HERE}"
        return f"{signed}　　报出日期：{self.closed_on}　　（公章）"

    @property
    def clerk_signature(self) -> str:
        """The short line above a list: a row added under it must not stand below a signature."""
        return f"填表人（签字）：{SIGN_HERE}"


@dataclass(frozen=True)
class ReportColumn:
    """One column of a table; ``unit`` 万元 and 元 hold 分, ``scale`` is the decimals of the stored number.

    ``is_text`` holds words, ``centred`` short ones and figures written as words.
    """

    code: str
    label: str
    group: str = ""
    unit: str = ""
    scale: int = 0
    is_text: bool = False
    centred: bool = False


@dataclass(frozen=True)
class ReportTable:
    """A computed table ready to be laid out; ``rows`` maps a row's label to its values by column code.

    A value is a whole number, or text where the table prints words ("—"). A table whose rows name themselves
    has no ``row_label``.
    """

    code: str
    sheet: str
    title: str
    row_label: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[str, Mapping[str, CellValue]], ...]
    notes: tuple[str, ...] = ()


def cover_sheet(heading: Heading, contents: Sequence[str]) -> Sheet:
    """Give the cover: who reports what for when, and where the seal goes."""
    rows = [
        ("报送单位", heading.org_name),
        ("报送对象", heading.county_name or "县（区）司法局"),
        ("报表期", heading.period_label),
        ("版本", f"第 {heading.version} 版"),
        ("负责人", heading.head),
        ("填表人", heading.reporter),
        ("联系电话", heading.phone),
        ("报出日期", heading.closed_on),
        ("公章", "\n" * (SEAL_LINES - 1)),
        ("目录", "\n".join(contents)),
    ]
    return Sheet(
        name="封面",
        title=f"{heading.org_name}{heading.period_label}报表",
        columns=(
            Column("item", ("项目",), CellKind.TEXT, width=16, centred=True),
            Column("value", ("内容",), CellKind.TEXT, width=60),
        ),
        rows=rows,
        footer=(heading.signature,),
        printing=PrintSetup(landscape=False),
    )


def table_sheet(table: ReportTable, heading: Heading) -> Sheet:
    """Give the sheet of one table, one A4 page wide.

    An empty month has all its rows with zeros and the signature line. One unit for all columns stands above
    the table, several in a row of their own; where rows name themselves, in the headers.
    """
    columns = tuple(_column(column) for column in table.columns)
    units = {column.unit for column in table.columns if column.unit and not column.is_text}
    rows = list(_rows(table))
    unit_line = f"单位：{next(iter(units))}" if len(units) == 1 else "单位：见表内"
    if table.row_label:
        columns = (Column("_row", (table.row_label,), CellKind.TEXT), *columns)
        if len(units) > 1:
            rows.insert(0, (UNIT_ROW, *("" if column.is_text else column.unit for column in table.columns)))
    else:
        rows = [row[1:] for row in rows]
        columns = tuple(
            _with_unit(column, described) for column, described in zip(columns, table.columns, strict=True)
        )
    return Sheet(
        name=table.sheet,
        title=f"{table.title}（{heading.period_label}）",
        columns=fitting(columns, [_needed(column, at, rows) for at, column in enumerate(columns)]),
        rows=rows,
        subtitle=(f"填报单位：{heading.org_name}", heading.period_label, unit_line),
        footer=(*table.notes, heading.signature),
        freeze_columns=1 if table.row_label else 2,
    )


def notes_sheet(heading: Heading, lines: Sequence[tuple[str, str]]) -> Sheet:
    """Give 90 情况说明: what the checks found and why it is reported all the same, corrections, requests."""
    return Sheet(
        name="90 情况说明",
        title=f"情况说明（{heading.period_label}）",
        columns=(
            Column("kind", ("类别",), CellKind.TEXT, width=16),
            Column("text", ("内容",), CellKind.LONG_TEXT, width=90),
        ),
        rows=list(lines) or [("本期", "无异常说明。")],
        subtitle=(f"填报单位：{heading.org_name}", heading.period_label),
        footer=(heading.signature,),
    )


def _column(column: ReportColumn) -> Column:
    kind, scale = CellKind.INTEGER, column.scale
    if column.is_text:
        kind = CellKind.TEXT
    elif column.unit == "万元":
        kind, scale = CellKind.DECIMAL, 2
    elif column.unit == "元":
        kind = CellKind.MONEY
    elif column.scale:
        kind = CellKind.DECIMAL
    path = (column.group, column.label) if column.group else (column.label,)
    if column.is_text:
        return _with_unit(Column(column.code, path, kind, centred=column.centred), column)
    return Column(column.code, path, kind, scale=scale, centred=True)


def _with_unit(column: Column, described: ReportColumn) -> Column:
    if not described.unit:
        return column
    *groups, label = column.path
    return replace(
        column, path=(*groups, f"{label.removesuffix(f'（{described.unit}）')}（{described.unit}）")
    )


def _needed(column: Column, at: int, rows: Sequence[Sequence[CellValue]]) -> Needed:
    """Tell how many characters the longest value of a column takes, and whether it may be broken."""
    is_number = column.kind in NUMBER_KINDS
    scale = {CellKind.MONEY: 2, CellKind.DECIMAL: column.scale}.get(column.kind, 0)
    values = [row[at] for row in rows]
    shown = [number_text(one, scale) if isinstance(one, int) else str(one or "") for one in values]
    return Needed(max((len(text.encode("gb18030", "replace")) for text in shown), default=0), is_number)


def _rows(table: ReportTable) -> Iterator[tuple[CellValue, ...]]:
    for label, values in table.rows:
        yield (label, *(_cell(column, values.get(column.code)) for column in table.columns))


def _cell(column: ReportColumn, value: CellValue) -> CellValue:
    if column.unit == "万元" and isinstance(value, int) and not isinstance(value, bool):
        half = WAN // 2
        return (value + half) // WAN if value >= 0 else -((-value + half) // WAN)
    return value
