"""How cells look: fonts, borders, number formats and protection of each role."""

from __future__ import annotations

from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, cast

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from exports.workbook.sheet import NUMBER_KINDS, UNWRAPPED_KINDS, CellKind, Column
from exports.workbook.text import clean, starts_like_formula

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.dimensions import ColumnDimension
    from openpyxl.worksheet.worksheet import Worksheet

    AnyCell = Cell | MergedCell

HEADING_FONT = "宋体"
BODY_FONT = "仿宋"
TEXT_FORMAT = "@"
Role = Literal["title", "subtitle", "header", "body", "total", "footer", "hidden"]


class _Styled(Protocol):
    """A cell's style as the library keeps it: the numbers of its parts, copied with the cell."""

    _style: StyleArray


@dataclass(frozen=True)
class Looks:
    """The style values of one workbook, made once and shared by its cells; ``made`` keeps whole styles."""

    title: Font
    header: Font
    body: Font
    line: Border
    grey: PatternFill
    header_fill: PatternFill
    made: dict[Hashable, StyleArray] = field(default_factory=dict)


def looks() -> Looks:
    """Give the house style: 宋体 headings, 仿宋 body, thin lines, grey for what is not typed into."""
    side = Side(style="thin", color="FF000000")
    return Looks(
        title=Font(name=HEADING_FONT, size=16, bold=True),
        header=Font(name=HEADING_FONT, size=10.5, bold=True),
        body=Font(name=BODY_FONT, size=10.5),
        line=Border(left=side, right=side, top=side, bottom=side),
        grey=PatternFill("solid", fgColor="FFEDEDED"),
        header_fill=PatternFill("solid", fgColor="FFDCE6F1"),
    )


def number_format(column: Column) -> str:
    """Give the number format of a column: text stays text, money in 元 has two decimals."""
    if column.kind is CellKind.MONEY:
        return "#,##0.00"
    if column.kind is CellKind.DECIMAL and column.scale > 0:
        return "0." + "0" * column.scale
    if column.kind in NUMBER_KINDS:
        return "0"
    return "General" if column.kind is CellKind.LONG_TEXT else TEXT_FORMAT


def horizontal(column: Column) -> Literal["left", "right", "center"]:
    """Give where the values of a column stand."""
    if column.centred:
        return "center"
    return "right" if column.kind in NUMBER_KINDS else "left"


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> AnyCell:
    """Put cleaned text into a cell of the layout, never as a formula."""
    cell = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"
    cell.quotePrefix = starts_like_formula(text)
    return cell


def dress(cell: AnyCell, role: Role, look: Looks) -> None:
    """Give a cell outside the rows the look of its role."""
    if not _dressed(cell, key := (role, cell.quotePrefix), look):
        _dress(cell, role, look)
        look.made[key] = copy(_styled(cell)._style)  # noqa: SLF001


def _styled(cell: AnyCell) -> _Styled:
    """Give a cell with its whole style in sight; the library has no public way to copy one."""
    return cast("_Styled", cell)


def _dressed(cell: AnyCell, key: Hashable, look: Looks) -> bool:
    """Give a cell a style of this workbook that was made before; setting each part anew is slow."""
    if key not in look.made:
        return False
    _styled(cell)._style = copy(look.made[key])  # noqa: SLF001
    return True


def _dress(cell: AnyCell, role: Role, look: Looks) -> None:
    cell.font = {"title": look.title, "header": look.header, "total": look.header}.get(role, look.body)
    if role in {"title", "header"}:
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    else:
        cell.alignment = Alignment(vertical="center", wrap_text=role == "footer")
    if role == "header":
        cell.border = look.line
        cell.fill = look.header_fill
    if role in {"header", "hidden"}:
        cell.number_format = TEXT_FORMAT


def dress_value(
    cell: AnyCell, column: Column, look: Looks, *, quoted: bool = False, total: bool = False
) -> None:
    """Give a cell of a row, or of the total row, the look of its column."""
    alike = (column.kind, column.scale, column.locked, column.centred, quoted, total, cell.quotePrefix)
    if not _dressed(cell, alike, look):
        _dress_value(cell, column, look, quoted=quoted, total=total)
        look.made[alike] = copy(_styled(cell)._style)  # noqa: SLF001


def _dress_value(cell: AnyCell, column: Column, look: Looks, *, quoted: bool, total: bool) -> None:
    cell.font = look.header if total else look.body
    cell.border = look.line
    cell.number_format = number_format(column)
    cell.alignment = Alignment(
        horizontal=horizontal(column), vertical="center", wrap_text=column.kind not in UNWRAPPED_KINDS
    )
    if column.locked or total:
        cell.fill = look.grey
    cell.protection = Protection(locked=column.locked or total)
    if quoted:
        cell.quotePrefix = True


def dress_column(dimension: ColumnDimension, column: Column, look: Looks) -> None:
    """Give the cells that do not exist yet the format of the column, so that a new row is typed rightly."""
    dimension.width = column.width
    dimension.hidden = column.hidden
    dimension.font = look.body
    dimension.number_format = number_format(column)
    dimension.alignment = Alignment(vertical="center", wrap_text=column.kind not in UNWRAPPED_KINDS)
    dimension.protection = Protection(locked=column.locked)
