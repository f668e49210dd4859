"""What a workbook to be handed out is: frozen values, no library behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MARK_KEY = "_mark"
META_SHEET = "_meta"
CODE_SHEET = "代码表"
BLANK_ROWS_TO = 5000
_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

CellValue = str | int | bool | None
"""Text; whole number; money in 分; scaled decimal; yes or no; nothing. Text stays text in every column."""


class CellKind(StrEnum):
    """How the values of a column are written; the names are those of the kinds of a field."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    DATETIME = "datetime"
    YES_NO = "yes_no"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"
    REFERENCE = "reference"
    REFERENCES = "references"
    FILE = "file"


NUMBER_KINDS = frozenset({CellKind.INTEGER, CellKind.DECIMAL, CellKind.MONEY})
UNWRAPPED_KINDS = NUMBER_KINDS | {CellKind.DATE, CellKind.DATETIME, CellKind.YES_NO}


@dataclass(frozen=True)
class Column:
    """One column: ``path`` is its header from the outer merged cell to the inner one.

    ``codes`` are the labels of the drop-down list; ``scale`` the decimal digits of a DECIMAL; ``width`` is in
    characters; a ``locked`` column is grey and, on a protected sheet, not typed into.
    """

    key: str
    path: tuple[str, ...]
    kind: CellKind = CellKind.TEXT
    width: float = 14
    codes: tuple[str, ...] | None = None
    scale: int = 0
    hidden: bool = False
    locked: bool = False
    centred: bool = False

    def __post_init__(self) -> None:
        """Refuse a column without a header."""
        if not self.path:
            raise ValueError(f"column {self.key} has no header")


@dataclass(frozen=True)
class PrintSetup:
    """How the sheet is printed; one page wide, header rows on each page, page numbers below."""

    landscape: bool = True
    paper: int = 9
    footer: str = "第 &P 页，共 &N 页"


@dataclass(frozen=True)
class Sheet:
    """One worksheet: hidden key row, title, subtitle row, header tree, rows, total row, signature lines.

    ``subtitle`` parts are spread from left to right (reporting unit, period, unit of count); ``footer`` lines
    are merged over the whole width; ``rows`` is walked once and may be longer than memory.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[CellValue]]
    subtitle: tuple[str, ...] = ()
    total: Sequence[CellValue] | None = None
    footer: tuple[str, ...] = ()
    key_row: bool = False
    freeze_columns: int = 0
    filtered: bool = False
    protected: bool = False
    printing: PrintSetup = PrintSetup()

    def __post_init__(self) -> None:
        """Refuse what a spreadsheet program could not open (ECMA-376-1, 18.2.19: names up to 31 letters)."""
        if not 1 <= len(self.name) <= 31 or _NAME_FORBIDDEN.search(self.name) or self.name[0] == "'":
            raise ValueError(f"not a sheet name: {self.name!r}")
        if not self.columns:
            raise ValueError(f"sheet {self.name} has no columns")
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys) or MARK_KEY in keys:
            raise ValueError(f"sheet {self.name} has a key twice")

    @property
    def header_depth(self) -> int:
        """Give the number of header rows."""
        return max(len(column.path) for column in self.columns)


@dataclass(frozen=True)
class Workbook:
    """Sheets in order; ``meta`` goes into a sheet only programs see, drop-down labels into 代码表."""

    sheets: tuple[Sheet, ...]
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse two sheets of one name and names kept for our own sheets."""
        names = [sheet.name.casefold() for sheet in self.sheets]
        if not names or len(set(names)) != len(names) or {META_SHEET, CODE_SHEET} & set(names):
            raise ValueError("a workbook needs sheets with different names of their own")

    @property
    def code_lists(self) -> Mapping[tuple[str, ...], str]:
        """Give each different list of labels once, with the header it is shown under."""
        found: dict[tuple[str, ...], str] = {}
        for sheet in self.sheets:
            for column in sheet.columns:
                if column.codes:
                    found.setdefault(column.codes, column.path[-1])
        return found
