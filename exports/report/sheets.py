"""The sheets of 01_report.xlsx: a cover, one sheet for each table with its two-level head, and the notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from exports.workbook.sheet import CellKind, CellValue, Column, PrintSetup, Sheet

ROW_HEAD_WIDTH = 22
WAN = 10_000


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
        """The line to be signed by hand."""
        signed = f"负责人（签字）：{self.head}　　填表人（签字）：{self.reporter}"
        return f"{signed}　　报出日期：{self.closed_on}　（公章）"


@dataclass(frozen=True)
class ReportColumn:
    """One column of a table; ``unit`` 万元 and 元 hold 分, ``scale`` is the decimals of the stored number."""

    code: str
    label: str
    group: str = ""
    unit: str = ""
    scale: int = 0
    is_text: bool = False


@dataclass(frozen=True)
class ReportTable:
    """A computed table ready to be laid out; ``rows`` maps a row's label to its values by column code.

    A value is a whole number, or text where the table prints words ("—", a percentage).
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
        ("公章", ""),
        *(("目录" if number == 0 else "", name) for number, name in enumerate(contents)),
    ]
    return Sheet(
        name="封面",
        title=f"{heading.org_name}{heading.period_label}报表",
        columns=(
            Column("item", ("项目",), CellKind.TEXT, width=16),
            Column("value", ("内容",), CellKind.TEXT, width=60),
        ),
        rows=rows,
        printing=PrintSetup(landscape=False),
    )


def table_sheet(table: ReportTable, heading: Heading) -> Sheet:
    """Give the sheet of one table; an empty month has all its rows with zeros and the signature line."""
    head = Column("_row", (table.row_label,), CellKind.TEXT, width=ROW_HEAD_WIDTH)
    return Sheet(
        name=table.sheet,
        title=f"{table.title}（{heading.period_label}）",
        columns=(head, *(_column(column) for column in table.columns)),
        rows=list(_rows(table)),
        subtitle=(f"填报单位：{heading.org_name}", heading.period_label, "单位：见表头"),
        footer=(*table.notes, heading.signature),
        freeze_columns=1,
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
    label = f"{column.label}（{column.unit}）" if column.unit else column.label
    path = (column.group, label) if column.group else (label,)
    return Column(column.code, path, kind, width=24 if column.is_text else 10, scale=scale, centred=True)


def _rows(table: ReportTable) -> Iterator[tuple[CellValue, ...]]:
    for label, values in table.rows:
        yield (label, *(_cell(column, values.get(column.code)) for column in table.columns))


def _cell(column: ReportColumn, value: CellValue) -> CellValue:
    if column.unit == "万元" and isinstance(value, int) and not isinstance(value, bool):
        half = WAN // 2
        return (value + half) // WAN if value >= 0 else -((-value + half) // WAN)
    return value
