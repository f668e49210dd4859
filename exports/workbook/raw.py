"""What was read from a spreadsheet: typed cells as they stand, nothing interpreted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

EXACT_DIGITS = 10**15


class CellType(StrEnum):
    """What a cell holds."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    BOOL = "bool"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Typed:
    """A date, a time of day or both as ISO text (durations may pass 24 hours), or an error value."""

    type: CellType
    text: str


Scalar = str | float | bool | Typed | None


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell. ``text`` is what it says: a number with up to 15 significant digits, never more.

    ``format`` is the number format where it fixes the decimals of a number; ``formula`` that the value is the
    cached result of one; ``struck`` that the cell is struck through.
    """

    type: CellType
    text: str
    value: str | float | bool | None = None
    format: str = ""
    formula: bool = False
    struck: bool = False

    @property
    def damaged(self) -> bool:
        """Tell whether this is a number so long that a spreadsheet program has lost its last digits."""
        return (
            self.type is CellType.NUMBER and isinstance(self.value, float) and abs(self.value) >= EXACT_DIGITS
        )

    @property
    def shown(self) -> str:
        """Give a number with the decimals its format fixes, so that 3.10 isn't read as 3.1."""
        if self.type is not CellType.NUMBER or not self.format or self.damaged:
            return self.text
        digits = self.format.rpartition(".")[2].count("0")
        return format(Decimal(self.text), f".{digits}f")


EMPTY = RawCell(CellType.EMPTY, "")


def number_digits(value: float) -> str:
    """Give a number with 15 significant digits, written out in full; that is all the file can vouch for."""
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def cell_of(value: Scalar) -> RawCell:
    """Give the cell of a value that crossed from the reader."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str):
        return RawCell(CellType.TEXT, value, value)
    if isinstance(value, bool):
        return RawCell(CellType.BOOL, "是" if value else "否", value)
    if isinstance(value, Typed):
        return RawCell(value.type, value.text, None if value.type is CellType.ERROR else value.text)
    return RawCell(CellType.NUMBER, number_digits(value), float(value))


Place = tuple[int, int]


@dataclass(frozen=True)
class RawRow:
    """One row: its number in the sheet (from 1), whether it is hidden, and its cells from column A on."""

    number: int
    hidden: bool
    cells: tuple[RawCell, ...]

    def cell(self, column: int) -> RawCell:
        """Give the cell of a column counted from 0; beyond the last one it is empty."""
        return self.cells[column] if column < len(self.cells) else EMPTY


@dataclass(frozen=True)
class RawSheet:
    """One sheet. ``merged`` holds (first row, first column, last row, last column), counted from 0.

    ``counted`` is the number of filled cells our own count found, ``read`` what the reader gave; they differ
    where a cell holds an empty text or the two disagree.
    """

    name: str
    visible: Literal["visible", "hidden", "very_hidden"]
    values: tuple[tuple[Scalar, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    formulas: frozenset[Place] = frozenset()
    struck: frozenset[Place] = frozenset()
    formats: Mapping[Place, str] = field(default_factory=dict)
    counted: int = 0
    read: int = 0

    @property
    def hidden(self) -> bool:
        """Tell whether a person opening the file does not see the sheet."""
        return self.visible != "visible"

    def cell(self, row: int, column: int) -> RawCell:
        """Give one cell, both counted from 0; outside the sheet it is empty."""
        if not (0 <= row < len(self.values) and 0 <= column < len(self.values[row])):
            return EMPTY
        return self._marked((row, column), cell_of(self.values[row][column]))

    def _marked(self, place: Place, cell: RawCell) -> RawCell:
        if cell is EMPTY or not (place in self.formats or place in self.formulas or place in self.struck):
            return cell
        return RawCell(
            cell.type,
            cell.text,
            cell.value,
            self.formats.get(place, ""),
            place in self.formulas,
            place in self.struck,
        )

    def rows(self) -> Iterator[RawRow]:
        """Give the rows from the first one on, cells made as they are asked for."""
        for index, values in enumerate(self.values):
            cells = tuple(
                [self._marked((index, column), cell_of(value)) for column, value in enumerate(values)]
            )
            yield RawRow(index + 1, index in self.hidden_rows, cells)


@dataclass(frozen=True)
class RawWorkbook:
    """What was read from one file; ``format`` is xlsx, xls or csv, ``flags`` are those of its container."""

    name: str
    format: str
    sheets: tuple[RawSheet, ...]
    flags: tuple[str, ...] = ()
    encoding: str = ""

    def sheet(self, name: str) -> RawSheet | None:
        """Give the sheet of that name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    @property
    def meta(self) -> Mapping[str, str]:
        """Give what our own writer put into the sheet only programs see; empty for other files."""
        sheet = self.sheet("_meta")
        rows = sheet.rows() if sheet else ()
        return {row.cell(0).text: row.cell(1).text for row in rows if row.cell(0).text}
