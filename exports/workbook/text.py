"""What a text must not hold before it goes into a cell; the one place that decides it."""

from __future__ import annotations

import re

CELL_CHARACTERS = 32_767
FORMULA_STARTS = frozenset("=+-@＝＋－＠\t")
_CUT = "…（超长，余略）"
_BREAKS = re.compile("\r\n?|\u0085|\u2028|\u2029")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=[xX][0-9A-Fa-f]{4}_)")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|_[xX][0-9A-Fa-f]{4}_"
)


def clean(text: str) -> str:
    """Give the text every spreadsheet program reads back unchanged; cleaning twice changes nothing more.

    Control characters, U+FFFE, U+FFFF and lone surrogates go (XML 1.0, 2.2 forbids them), every kind of line
    break becomes a line feed, and the first low line of what looks like the escape ``_xHHHH_`` (ECMA-376-1,
    22.9.2.19) becomes a full-width one, since some programs decode it and others do not.
    """
    if not _UNSAFE.search(text):
        return text
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    return _ESCAPE_LOOKALIKE.sub("＿", text)


def fitted(text: str) -> str:
    """Give a cleaned text cut to what one cell holds (32 767 UTF-16 units), saying so at its end."""
    text = clean(text)
    if 2 * len(text) <= CELL_CHARACTERS or len(text.encode("utf-16-le")) // 2 <= CELL_CHARACTERS:
        return text
    units = text.encode("utf-16-le")[: 2 * (CELL_CHARACTERS - len(_CUT))]
    return units.decode("utf-16-le", "ignore") + _CUT


def line_count(text: str, width: float) -> int:
    """Give how many lines a text takes in a cell that many characters wide; a Chinese one counts as two."""
    room = max(int(width), 2)
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    return sum(max(1, -(-len(line.encode("gb18030", "replace")) // room)) for line in text.split("\n"))


def starts_like_formula(text: str) -> bool:
    """Tell whether a program that re-types the text could take it for a formula."""
    return text[:1] in FORMULA_STARTS
