"""Telephone numbers as registers write them: blanks, dashes, country code, several in one cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.errors import Problem
from models.numerals import half_width

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})(?:-(\d{1,6}))?")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SHORT = re.compile(r"\d{3,6}")
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}")
_BETWEEN = re.compile(r"[、,，;；/|\n]|\s{2,}|(?<!\+86)(?<!0086)\s(?=1[3-9]\d)|或")
_NOISE = re.compile(r"[\s().（）]|电话|手机|联系方式|[:：]")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))-?")
_NOTHING = re.compile(r"[/\\—–-]*|无|没有")
_LONGEST_EXACT = 10**15


@dataclass(frozen=True)
class ParsedPhones:
    """The numbers found, in order, in plain form; what is no number is kept as written, with a warning."""

    numbers: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()


def parse_phones(value: str | float) -> ParsedPhones:
    """Read a cell of telephone numbers; ``/``, ``—`` and 无 hold none."""
    text = value if isinstance(value, str) else _digits(value)
    numbers, warnings = [], []
    for part in _BETWEEN.split(half_width(text)):
        if _NOTHING.fullmatch(part.strip()):
            continue
        number = _plain(part)
        numbers.append(number)
        if not is_phone(number):
            said = f"“{part.strip()}”不像电话号码（手机 11 位，固定电话须带区号）。"
            warnings.append(Problem("W241", part.strip(), said, "请核对号码。", severity="warning"))
    return ParsedPhones(tuple(dict.fromkeys(numbers)), tuple(warnings))


def is_phone(number: str) -> bool:
    """Tell whether a plain text is a mobile, landline, service or short number."""
    return any(form.fullmatch(number) for form in (_MOBILE, _LANDLINE, _LOCAL, _SERVICE, _SHORT))


def _plain(part: str) -> str:
    bare = _COUNTRY.sub("", _NOISE.sub("", part))
    joined = bare.replace("-", "")
    if _MOBILE.fullmatch(joined):
        return joined
    landline = _LANDLINE.fullmatch(bare)
    if landline:
        return "-".join(piece for piece in landline.groups() if piece)
    return bare if is_phone(bare) else part.strip()


def _digits(value: float) -> str:
    return f"{value:.15g}" if abs(value) < _LONGEST_EXACT else repr(value)
