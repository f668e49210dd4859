"""Finding the fields of a sheet whose hidden keys are gone: by the words of one header row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.sheets.shape import REQUIRED_MARK
from models.codes import word_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.sheets.shape import SheetShape
    from exports.workbook.raw import RawSheet

SEARCHED_ROWS = 20
LEAST_FIELDS = 2


@dataclass(frozen=True)
class HeaderRow:
    """A header row: its number from 1, the column of each field, and what no field answers to."""

    row: int
    columns: Mapping[str, int]
    headers: Mapping[int, str]
    unknown: tuple[str, ...]


def find_header(sheet: RawSheet, shape: SheetShape) -> HeaderRow | None:
    """Find the row among the first whose cells name the most fields of a shape; None if none names two."""
    words = _words(shape)
    best: HeaderRow | None = None
    for index in range(min(SEARCHED_ROWS, len(sheet.values))):
        found = _header(sheet, index, words)
        if len(found.columns) >= LEAST_FIELDS and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best


def _header(sheet: RawSheet, index: int, words: Mapping[str, str]) -> HeaderRow:
    columns: dict[str, int] = {}
    headers: dict[int, str] = {}
    unknown = []
    for column, value in enumerate(sheet.values[index]):
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            continue
        headers[column] = text
        field = words.get(_key(text))
        if field is None or field in columns:
            unknown.append(text)
        else:
            columns[field] = column
    return HeaderRow(index + 1, columns, headers, tuple(unknown))


def _words(shape: SheetShape) -> dict[str, str]:
    """Give every word a field is known by; labels come before synonyms, the first field keeps a word."""
    words: dict[str, str] = {}
    for field in shape.fields:
        if not field.derived:
            words.setdefault(_key(field.label), field.name)
            words.setdefault(_key(field.name), field.name)
    for field in shape.fields:
        for synonym in () if field.derived else field.synonyms:
            words.setdefault(_key(synonym), field.name)
    return words


def _key(text: str) -> str:
    """Reduce a header to its word; a unit other than 元 stays: the numbers below it mean something else."""
    plain = text.strip().removesuffix(REQUIRED_MARK).strip()
    return word_key(plain.removesuffix("（元）").removesuffix("(元)"))
