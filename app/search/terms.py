"""How text becomes index tokens; the document side and the query side must go through the same functions.

Column ``t``: one token per character. Column ``k``, told apart by the first letter:
``p`` full pinyin of a name from each of its characters on · ``i`` one or two neighbouring initials ·
``j`` three or more initials up to the end · ``r`` an identity or telephone number backwards · ``f`` the same
number forwards · ``m`` three neighbouring characters of which one is a letter or digit (digits are so common
that a phrase of them alone is slow) · ``g`` the register.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from models.names import fold, initials, readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.search.document import Document

FIELD_BREAK = "zz"  # never the token of one character, so no phrase runs over the end of a field
WINDOW = 3
SHORT_INITIALS = 2
_LONGEST_SPLIT_NAME = 6  # longer names are organisations: nobody types their pinyin from the middle
_MOST_INITIALS = 32
_MOST_READINGS = 16
# Spaces and punctuation are skipped; private-use, unassigned and component characters of rare names are kept.
_SKIPPED = re.compile(r"[^\w\u2e80-\u2fff\ue000-\uf8ff\U00020000-\U0003ffff\U000f0000-\U0010fffd]+|_+")
_WITH_ASCII = re.compile(r"(?=([\x00-\x7f]..|.[\x00-\x7f].|..[\x00-\x7f]))")
_BETWEEN_NUMBERS = re.compile(r"[、,，;；/]+")


def normalise(text: str) -> str:
    """``text`` as it is compared: width, case and the like folded, spaces and punctuation left out."""
    return _SKIPPED.sub("", fold(text))


def windows(text: str) -> Iterator[str]:
    """Each three neighbouring characters of normalised ``text`` that hold an ASCII letter or digit."""
    return (found[1] for found in _WITH_ASCII.finditer(text))


def numbers_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The identity or telephone numbers in ``texts``, normalised; one string may list several."""
    parts = (normalise(part) for text in texts for part in _BETWEEN_NUMBERS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def register_key(register: str) -> str:
    """The token of a register, safe for any spelling of its key."""
    return "g" + register.encode().hex()


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What one name is found by besides its characters."""

    text: str
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]

    def tokens(self) -> Iterator[str]:
        """The tokens of the pinyin, and of every run of neighbouring initials."""
        for reading in self.pinyin:
            yield "p" + reading
        for letters in self.initials:
            for start in range(len(letters)):
                yield "i" + letters[start]
                yield "i" + letters[start : start + SHORT_INITIALS]
                yield "j" + letters[start:]


def name_keys(name: str) -> NameKeys:
    """The keys of ``name``: its pinyin from each character on (every reading), and its initials."""
    text = normalise(name)
    starts = range(len(text)) if len(text) <= _LONGEST_SPLIT_NAME else range(1)
    sounds = (islice(readings(text[start:]), _MOST_READINGS) for start in starts)
    letters = (normalise(found)[:_MOST_INITIALS] for found in islice(initials(text), _MOST_READINGS))
    return NameKeys(
        text,
        tuple(dict.fromkeys(sound for some in sounds for found in some if (sound := normalise(found)))),
        tuple(dict.fromkeys(found for found in letters if found)),
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """One document ready for the index; ``facts`` is what tells later by what it was found."""

    characters: str
    keys: str
    facts: str


def document_terms(document: Document, names: Iterable[NameKeys]) -> Terms:
    """The tokens of ``document``, whose names have the keys ``names``."""
    names = tuple(names)
    numbers = tuple(normalise(number) for number in document.numbers)
    endings = numbers_in((*document.id_numbers, *document.phones))
    plain = (normalise(text) for text in (document.title, document.subtitle, *document.text))
    fields = [text for text in dict.fromkeys((*plain, *(name.text for name in names), *numbers)) if text]
    keys = [register_key(document.register)]
    for name in names:
        keys += name.tokens()
    for text in fields:
        keys += ["m" + window for window in windows(text)]
    for number in endings:
        keys += ("r" + number[::-1], "f" + number)
    facts = [*("C" + number for number in numbers), *("R" + number for number in endings)]
    for name in names:
        facts += ["N" + name.text, *("P" + one for one in name.pinyin), *("I" + one for one in name.initials)]
    return Terms(f" {FIELD_BREAK} ".join(map(" ".join, fields)), " ".join(dict.fromkeys(keys)), "\n".join(facts))
