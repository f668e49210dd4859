"""How wide the columns of a printed table are: as wide as what stands in them, and one A4 page in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from exports.workbook.sheet import Column

PAGE = 125
"""So many characters fit side by side on A4 across at full size; beyond it the page is printed smaller."""
MANY_COLUMNS = 20
WIDEST = 34
NARROWEST = 6
WHOLE_HEADER = 16
WIDEST_TIGHT = 20
NARROWEST_TIGHT = 3.4
MARGIN = 1.4
HEADER_LINES = 3
WIDEST_LONG_CELL = 28
WIDEST_CELL = 16


@dataclass(frozen=True)
class Needed:
    """The characters the longest value takes (a Chinese one is two); a number is never broken."""

    characters: int
    is_number: bool


def fitting(columns: Sequence[Column], needed: Sequence[Needed]) -> tuple[Column, ...]:
    """Give the columns with widths; where they would not fit on a page, headers of numbers run downwards."""
    widths = [_easy(column, need) for column, need in zip(columns, needed, strict=True)]
    if sum(widths) > PAGE:
        many = len(columns) > MANY_COLUMNS
        widths = [_tight(need, easy, many=many) for need, easy in zip(needed, widths, strict=True)]
    return tuple(replace(column, width=width) for column, width in zip(columns, widths, strict=True))


def _easy(column: Column, need: Needed) -> float:
    label = _characters(column.path[-1])
    header = label if label <= WHOLE_HEADER else -(-label // 2) + 1
    wanted = max(need.characters, header, NARROWEST) + MARGIN
    return wanted if need.is_number else min(wanted, WIDEST)


def _tight(need: Needed, easy: float, *, many: bool) -> float:
    if need.is_number:
        return max(need.characters + MARGIN, NARROWEST_TIGHT) if many else easy
    return min(easy, WIDEST_TIGHT)


def list_width(header: str, shown: Iterable[str], *, is_long: bool = False) -> float:
    """Give the width of a column of a list; its header takes at most three lines, a long text is wrapped."""
    longest = max((_characters(text) for text in shown), default=0)
    wanted = max(longest, -(-_characters(header) // HEADER_LINES) + 2, NARROWEST - MARGIN)
    return min(wanted + MARGIN, WIDEST_LONG_CELL if is_long else WIDEST_CELL)


def _characters(text: str) -> int:
    return len(text.encode("gb18030", "replace"))
