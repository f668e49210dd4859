"""Rows written straight as worksheet XML: the only part of a workbook whose size is not known before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from exports.workbook.errors import SheetFull
from exports.workbook.sheet import NUMBER_KINDS, UNWRAPPED_KINDS, CellKind, CellValue, Column
from exports.workbook.text import FORMULA_STARTS, fitted, line_count

LAST_ROW = 1_048_576
EXACT_DIGITS = 10**15
"""From here on a spreadsheet program keeps no exact whole number (IEEE 754 doubles, shown with 15 digits)."""
LINE_POINTS = 14
KEPT_TEXTS = 10_000
"""So many different texts of a column are kept as written, since lists say the same thing again and again."""
TALLEST_POINTS = 409
_BATCH = 512
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?")
_LOCATED = re.compile(r'(<(?:row|c|mergeCell|autoFilter|dataValidation)\b[^>]*?\s(?:r|ref|sqref)=")([^"]*)"')


@dataclass(frozen=True)
class ColumnLook:
    """Where a column stands and the style ids of its cells; ``quoted`` marks text as text for good."""

    letter: str
    plain: int
    quoted: int


Render = Callable[[CellValue, int], str]


def number_text(value: int, scale: int) -> str:
    """Give a scaled whole number as the decimal text of a cell; money in 分 has scale 2."""
    if scale <= 0:
        return str(value)
    whole, rest = divmod(abs(value), 10**scale)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{scale}d}"


def escaped(text: str) -> str:
    """Give a cleaned text as XML character data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_render(look: ColumnLook) -> Render:
    """Give the function that writes text cells; text that looks like a formula stays text."""
    letter, plain, quoted = look.letter, look.plain, look.quoted
    known: dict[CellValue, str] = {None: f'" s="{plain}"/>'}

    def written(value: CellValue) -> str:
        text = fitted(value if type(value) is str else shown(value))
        if not text:
            return f'" s="{plain}"/>'
        style = quoted if text[0] in FORMULA_STARTS else plain
        kept = "" if text == text.strip() else ' xml:space="preserve"'
        return f'" s="{style}" t="inlineStr"><is><t{kept}>{escaped(text)}</t></is></c>'

    def render(value: CellValue, row: int) -> str:
        rest = known.get(value) if type(value) is not bool else None
        if rest is None:
            rest = written(value)
            if type(value) is str and len(known) < KEPT_TEXTS:
                known[value] = rest
        return f'<c r="{letter}{row}{rest}'

    return render


def shown(value: CellValue) -> str:
    """Give the text of a value that is not written as a number."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def number_render(look: ColumnLook, scale: int) -> Render:
    """Give the function that writes number cells; words, and numbers too long to be exact, become text."""
    as_text = text_render(look)

    def render(value: CellValue, row: int) -> str:
        if type(value) is not int:
            return as_text(value, row)
        if abs(value) >= EXACT_DIGITS:
            return as_text(number_text(value, scale), row)
        return f'<c r="{look.letter}{row}" s="{look.plain}"><v>{number_text(value, scale)}</v></c>'

    return render


def render_of(column: Column, look: ColumnLook) -> Render:
    """Give the function that writes the cells of a column."""
    if column.kind not in NUMBER_KINDS:
        return text_render(look)
    scale = {CellKind.MONEY: 2, CellKind.DECIMAL: column.scale}.get(column.kind, 0)
    return number_render(look, scale)


def height_of(columns: Sequence[Column]) -> Callable[[Sequence[CellValue]], str]:
    """Give the function that tells the height attribute of a row, empty where one line is enough.

    Not every office program fits row heights by itself when it opens a file.
    """
    wrapped = [(at, column.width) for at, column in enumerate(columns) if _wraps(column)]

    def height(row: Sequence[CellValue]) -> str:
        lines = 1
        for at, width in wrapped:
            value = row[at]
            if type(value) is str and (len(value) * 2 > width or "\n" in value):
                lines = max(lines, line_count(value, width))
        return f' ht="{points(lines)}"' if lines > 1 else ""

    return height


def _wraps(column: Column) -> bool:
    return not column.hidden and column.kind not in UNWRAPPED_KINDS


def points(lines: int) -> int:
    """Give the height in points of a row of that many lines, at most what a row can have."""
    return min(LINE_POINTS * lines + 1, TALLEST_POINTS)


@dataclass(frozen=True)
class RowShape:
    """What every row of a sheet has in common: how its cells, its height and its mark are written."""

    renders: Sequence[Render]
    height: Callable[[Sequence[CellValue]], str]
    mark: str


def row_xml(
    shape: RowShape, rows: Iterable[Sequence[CellValue]], first: int, name: str
) -> Iterator[tuple[int, str]]:
    """Give batches of rows as XML, each with its number of rows.

    Raises SheetFull beyond the last row, ValueError if a row has not one value for each column.
    """
    batch: list[str] = []
    number = first
    for row in rows:
        if number > LAST_ROW:
            raise SheetFull(name)
        cells = "".join([render(value, number) for render, value in zip(shape.renders, row, strict=True)])
        mark = shape.mark.replace("#", str(number))
        batch.append(f'<row r="{number}"{shape.height(row)}>{cells}{mark}</row>')
        number += 1
        if len(batch) == _BATCH:
            yield len(batch), "".join(batch)
            batch = []
    if batch:
        yield len(batch), "".join(batch)


def moved(xml: str, after: int, by: int) -> str:
    """Move every row reference in worksheet XML that lies behind row ``after`` by that many rows.

    A range that begins before and ends behind grows or shrinks, so the filter and the drop-down lists follow
    the rows; ends stay on the sheet.
    """

    def row(number: str) -> str:
        there = int(number)
        return str(min(there + by, LAST_ROW) if there > after else there)

    def reference(found: re.Match[str]) -> str:
        start, begin, end, finish = found.groups()
        tail = f":{end}{row(finish)}" if end else ""
        return f"{start}{row(begin)}{tail}"

    def place(found: re.Match[str]) -> str:
        value = found[2]
        placed = row(value) if value.isdigit() else _REFERENCE.sub(reference, value)
        return f'{found[1]}{placed}"'

    return _LOCATED.sub(place, xml)
