"""Names of people: one written form, folding for search, and every pinyin a person may type for one.

The character table is made from the data of pypinyin (MIT, see resources/names/NOTICE.txt) by
scripts/make_pinyin.py, so that the program never loads pypinyin. Search must find either reading of a
character read in two ways, therefore all of them are given instead of the likeliest.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice, product
from types import MappingProxyType

from models.numerals import half_width

MIDDLE_DOT = "\u00b7"
MOST_READINGS = 8
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_NAME = re.compile(f"[{_HAN}]{{2,4}}")
_STARTS_HAN = re.compile(f"[{_HAN}]")
_DOTS = re.compile("\\s*[\u00b7\u30fb\uff65\u2022\u2024\u2027\u2219\u22c5\uff0e]\\s*")
_PLAIN_DOT = re.compile(f"(?<=[{_HAN}])\\s*\\.\\s*(?=[{_HAN}])")
_WHITE = re.compile(r"\s+")
_COMPOUND = 2


def normalise_name(text: str) -> str:
    """Give the form a name is kept in: one middle dot, no blanks inside a name of two to four Han marks."""
    name = _WHITE.sub(" ", half_width(_DOTS.sub(MIDDLE_DOT, text)))
    name = _PLAIN_DOT.sub(MIDDLE_DOT, name)
    joined = name.replace(" ", "")
    return joined if _HAN_NAME.fullmatch(joined) else name


_LOOSE_MARKS = re.compile(r"\s[\u0300-\u036f]+")
"""A diacritic that stands alone; with the blank taken away it would sit on the letter before it."""


def fold(text: str) -> str:
    """Give the text as search compares it: width, case and blanks make no difference."""
    if text.isascii():
        return "".join(text.casefold().split())
    plain = unicodedata.normalize("NFKC", half_width(_DOTS.sub(MIDDLE_DOT, text)))
    return "".join(_LOOSE_MARKS.sub("", plain).casefold().split())


def split_surname(name: str) -> tuple[str, str]:
    """Give surname and given name of a name in Han marks; a compound surname counts as one."""
    compound = len(name) > _COMPOUND and name[:_COMPOUND] in _surnames()
    length = _COMPOUND if compound else 1
    return name[:length], name[length:]


def is_han_name(name: str) -> bool:
    """Tell whether a name is two to four Han marks, that is a surname and a given name."""
    return _HAN_NAME.fullmatch(name) is not None


def starts_han(name: str) -> bool:
    """Tell whether a name begins with a Han mark."""
    return _STARTS_HAN.match(name) is not None


def readings(name: str) -> tuple[str, ...]:
    """Give every full pinyin of a name without tones or blanks, the likeliest first, at most eight."""
    return tuple(dict.fromkeys(filter(None, ("".join(parts) for parts in _spoken(name)))))


def initials(name: str) -> tuple[str, ...]:
    """Give every row of pinyin initials of a name, the likeliest first, at most eight."""
    rows = ("".join(part[:1] for part in parts) for parts in _spoken(name))
    return tuple(dict.fromkeys(filter(None, rows)))


def _spoken(name: str) -> Iterator[tuple[str, ...]]:
    """Give the ways to read a name, as one syllable per mark; letters and digits stand for themselves."""
    syllables = _syllables()
    surname = name[:_COMPOUND] if name[:_COMPOUND] in _surnames() else name[:1]
    opening = _surnames().get(surname)
    choices = [syllables.get(mark) or _itself(mark) for mark in (name[len(surname) :] if opening else name)]
    if opening is None:
        return islice(product(*choices), MOST_READINGS)
    ways = (sound + rest for rest in product(*choices) for sound in opening)
    return islice(ways, MOST_READINGS)


def _itself(mark: str) -> tuple[str, ...]:
    """Give a letter, digit or unknown character as its own syllable, and nothing for a punctuation mark."""
    return (mark.lower() if mark.isalnum() else "",)


@cache
def _syllables() -> Mapping[str, tuple[str, ...]]:
    """Give every reading of each character; loaded once, on first use."""
    table: dict[str, tuple[str, ...]] = {}
    for syllable, characters in _rows("pinyin.csv"):
        table.update(dict.fromkeys(characters, (syllable,)))
    table.update({mark: tuple(found.split("/")) for mark, found in _rows("polyphones.csv")})
    return MappingProxyType(table)


@cache
def _surnames() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Give the readings of compound surnames, and of those that are read differently as a surname."""
    return MappingProxyType(
        {
            surname: tuple(tuple(sound.split()) for sound in found.split("/"))
            for surname, found in _rows("surnames.csv")
        }
    )


def _rows(name: str) -> list[list[str]]:
    text = resources.files("resources").joinpath("names").joinpath(name).read_text("utf-8")
    return list(csv.reader(text.splitlines()))[1:]
