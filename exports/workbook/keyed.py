"""Finds the rows of a sheet we handed out by its hidden keys, whatever was moved or sorted since."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from exports.workbook.raw import EMPTY, RawCell, RawRow, RawSheet
from exports.workbook.sheet import MARK_KEY

KEY_ROW_WITHIN = 20
_KEY = re.compile(r"_[a-z][a-z0-9_]*|[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_ID_KEY = "_id"


@dataclass(frozen=True)
class KeyedRow:
    """One record's row: its number in the sheet, and its cells by key; keys not in the sheet are empty."""

    number: int
    hidden: bool
    cells: Mapping[str, RawCell]

    def cell(self, key: str) -> RawCell:
        """Give the cell of a key."""
        return self.cells.get(key, EMPTY)


@dataclass(frozen=True)
class SheetTable:
    """A sheet read by its keys. ``repeated`` are keys found twice, as in a copied column; the first counts.

    ``marked`` tells whether the row marks survived; if not, rows begin where the first ``_id`` stands.
    """

    sheet: RawSheet
    columns: Mapping[str, int]
    repeated: tuple[str, ...]
    first_row: int
    marked: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys from left to right, our own marks left out."""
        return tuple(key for key in self.columns if key != MARK_KEY)

    def rows(self) -> Iterator[KeyedRow]:
        """Give the rows that hold anything, up to the signature lines, total rows left out."""
        for row in self.sheet.rows():
            if row.number <= self.first_row:
                continue
            mark = self._mark(row)
            if mark == "foot":
                return
            cells = {key: row.cell(column) for key, column in self.columns.items() if key != MARK_KEY}
            if mark != "total" and any(cell.text.strip() for cell in cells.values()):
                yield KeyedRow(row.number, row.hidden, cells)

    def _mark(self, row: RawRow) -> str:
        return row.cell(self.columns[MARK_KEY]).text if self.marked else ""


def sheet_table(sheet: RawSheet, keys: Collection[str] = ()) -> SheetTable | None:
    """Find the key row among the first rows and give the table under it; None if the keys are gone.

    With ``keys`` given only those, and keys that begin with a low line, are taken for keys.
    """
    found = max(
        (_key_columns(row, keys) for row in _first_rows(sheet)), key=lambda known: len(known[1]), default=None
    )
    if found is None or not found[1]:
        return None
    number, columns, repeated = found
    heads = _last_head(sheet, columns.get(MARK_KEY))
    if heads is None:
        return SheetTable(sheet, columns, repeated, _before_first_id(sheet, columns, number), marked=False)
    return SheetTable(sheet, columns, repeated, max(number, heads), marked=True)


def _first_rows(sheet: RawSheet) -> Iterator[RawRow]:
    for row in sheet.rows():
        if row.number > KEY_ROW_WITHIN:
            return
        yield row


def _key_columns(row: RawRow, keys: Collection[str]) -> tuple[int, dict[str, int], tuple[str, ...]]:
    columns: dict[str, int] = {}
    repeated = []
    for column, cell in enumerate(row.cells):
        key = cell.text.strip()
        if _KEY.fullmatch(key) and (not keys or key in keys or key.startswith("_")):
            if key in columns:
                repeated.append(key)
            columns.setdefault(key, column)
    return row.number, columns, tuple(repeated)


def _last_head(sheet: RawSheet, mark_column: int | None) -> int | None:
    if mark_column is None:
        return None
    heads = [row for row in range(len(sheet.values)) if sheet.cell(row, mark_column).text == "head"]
    return heads[-1] + 1 if heads else None


def _before_first_id(sheet: RawSheet, columns: Mapping[str, int], key_row: int) -> int:
    """Give the row above the first record: identities carry a digit, the header over them does not."""
    column = columns.get(_ID_KEY)
    if column is None:
        return key_row
    for row in range(key_row, len(sheet.values)):
        if any(letter.isdigit() for letter in sheet.cell(row, column).text):
            return row
    return key_row
