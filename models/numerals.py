"""Numerals as Chinese registers write them: full width, everyday (三万五千) and banking (叁万伍仟)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t\r\n"), " ")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_HALF_WIDTH_TABLE: dict[int, int | str | None] = {**_FULL_WIDTH, **_BLANKS, **_INVISIBLE}

_DIGITS = {
    **{mark: index for index, mark in enumerate("零一二三四五六七八九")},
    **{mark: index for index, mark in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{mark: index for index, mark in enumerate("〇弌貳參肆伍陸柒捌玖")},
    "○": 0,
    "两": 2,
    "俩": 2,
    "幺": 1,
}
_SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG_UNITS = (("亿", 10**8), ("億", 10**8), ("万", 10**4), ("萬", 10**4))
CHINESE_DIGITS = "".join(_DIGITS)
CHINESE_NUMERALS = CHINESE_DIGITS + "".join(_SMALL_UNITS)

_ARABIC = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_TOKEN = re.compile(rf"(\d+(?:\.\d+)?|[{CHINESE_DIGITS}])|([{''.join(_SMALL_UNITS)}])")


def half_width(text: str) -> str:
    """Give the text with full-width forms and odd blanks made plain, invisible marks gone, ends stripped."""
    return text.translate(_HALF_WIDTH_TABLE).strip()


def digit_string(text: str) -> str:
    """Give Arabic digits for numerals read digit by digit, as in 二〇二五; other characters stay."""
    return "".join(str(_DIGITS[mark]) if mark in _DIGITS else mark for mark in text)


def parse_number(text: str) -> Decimal | None:
    """Give the number written as 18.6万, 3万5千, 十二, 拾捌万陆仟 or 一万二; None if it is not one."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", text)
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    for unit, factor in _BIG_UNITS:
        head, found, tail = text.rpartition(unit)
        if found:
            return _scaled(head, factor, tail)
    return _section(text)


def _scaled(head: str, factor: int, tail: str) -> Decimal | None:
    """Give head × factor + tail; a lone last digit counts in the next lower place, as 一万二 is 12 000."""
    high = parse_number(head)
    if high is None:
        return None
    if not tail:
        return high * factor
    if len(tail) == 1 and (tail in _DIGITS or tail.isdigit()):
        return high * factor + _value(tail) * Decimal(factor) / 10
    low = parse_number(tail)
    return None if low is None or low >= factor else high * factor + low


def _section(text: str) -> Decimal | None:
    """Give the number below 10 000 written with 千百十; None if the marks do not make one."""
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(number + unit for number, unit in tokens) != text:
        return None
    if len(tokens) > 1 and all(number for number, _ in tokens):
        return _digit_run(text)
    total, pending, last_unit, zero = Decimal(0), None, 10**4, False
    for number, unit in tokens:
        if number:
            if pending not in (None, 0):
                return None
            pending = _value(number)
            zero = zero or pending == 0
            continue
        factor = _SMALL_UNITS[unit]
        if factor >= last_unit:
            return None
        total += (1 if pending is None else pending) * factor
        pending, last_unit, zero = None, factor, False
    if pending is None:
        return total
    colloquial = last_unit in (100, 1000) and not zero and pending < 10
    return total + pending * (last_unit // 10 if colloquial else 1)


def _digit_run(text: str) -> Decimal | None:
    """Give the number written digit by digit, as 二〇二五."""
    try:
        return Decimal(digit_string(text))
    except InvalidOperation:
        return None


def _value(number: str) -> Decimal:
    return Decimal(_DIGITS[number]) if number in _DIGITS else Decimal(number)
