"""How text becomes index tokens; documents and queries must go through the same functions.

Column ``t``: one token per character, so that any run of characters is a phrase. Column ``k``, told apart by
the first letter: ``p`` full pinyin of a name from each of its characters on · ``q`` its first two and three
letters · ``i`` one or two neighbouring initials · ``j`` three or more initials to the last · ``r`` an
identity or telephone number backwards · ``f`` the same forwards · ``m`` neighbouring characters (see
``neighbours``) · ``g`` the register. A change here needs the index rebuilt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from models.names import fold, initials, readings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.search.document import Document

FIELD_BREAK = "zz"  # never the token of one character, so no phrase runs over the end of a field
SHORT_INITIALS = 2  # letters with a token of their own, the longer are prefixes
SHORT_PINYIN = 3
_LONGEST_SPLIT_NAME = 6  # longer names are organisations: nobody types their pinyin from the middle
_MOST_INITIALS = 32
_MOST_READINGS = 16
_FREQUENT = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    "定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由"
    "其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意"
    "建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统"
    "接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规领七海口东导"
    "村镇乡县司调协纠纷诉讼赔偿双付款申请受履约矫案户号证书损害邻责任权承担费元违身份帮教援助询宣传排查"
)
_EDGE = "\ufdd0"  # a code no text may use: parts are folded in one go and told apart by it
_FREQUENT_PAIR = re.compile(f"(?=([{_FREQUENT}]{{2}}))")
_THREE_WITH_ASCII = re.compile(
    f"(?=([\\x00-\\x7f][^{_EDGE}]{{2}}|[^{_EDGE}][\\x00-\\x7f][^{_EDGE}]|[^{_EDGE}]{{2}}[\\x00-\\x7f]))"
)
_DIGITS = re.compile(r"[0-9]{4,}")
# Spaces and punctuation are skipped; private-use, unassigned and component characters of rare names are kept.
_SKIPPED = re.compile(r"[^\w\u2e80-\u2fff\ue000-\uf8ff\U00020000-\U0003ffff\U000f0000-\U0010fffd]+|_+")
# All but plain Chinese characters, digits and small letters; a letter before may carry an accent after it.
_UNUSUAL = re.compile(f"[a-z]?[^\u4e00-\u9fff0-9a-z{_EDGE}]+")
_BETWEEN_NUMBERS = re.compile(r"[、,，;；/]+")


def normalise(text: str) -> str:
    """``text`` as it is compared: width, case and the like folded, spaces and punctuation left out."""
    return _UNUSUAL.sub(_plain, text.replace(_EDGE, ""))


def _normalise_all(texts: Iterable[str]) -> list[str]:
    joined = _EDGE.join([text.replace(_EDGE, "") for text in texts])
    return _UNUSUAL.sub(_plain, joined).split(_EDGE)


def _plain(unusual: re.Match[str]) -> str:
    return _fold_run(unusual[0])


@lru_cache(maxsize=4096)
def _fold_run(text: str) -> str:
    return _SKIPPED.sub("", fold(text))


def neighbours(text: str) -> list[str]:
    """The runs of characters in normalised ``text`` that get a token of their own.

    A phrase of characters that every record holds is slow to search, so those runs are indexed whole: two
    frequent Chinese characters, three characters with a letter or digit among them, four digits.
    """
    fours = [run[at : at + 4] for run in _DIGITS.findall(text) for at in range(len(run) - 3)]
    return [*_FREQUENT_PAIR.findall(text), *_THREE_WITH_ASCII.findall(text), *fours]


def _listed(texts: Iterable[str]) -> list[str]:
    """Identity or telephone numbers one by one; one string may list several."""
    return [part for text in texts for part in _BETWEEN_NUMBERS.split(text)]


def register_key(register: str) -> str:
    """The token of a register, safe for any spelling of its key."""
    return "g" + register.encode().hex()


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What one name is found by: its characters, its tokens of column ``k``, its lines of ``Terms.facts``."""

    text: str
    tokens: str
    facts: str


class NameBook:
    """The keys of names, worked out once for each name of a batch."""

    def __init__(self) -> None:
        self._keys: dict[str, NameKeys] = {}
        self._sounds: dict[str, tuple[str, ...]] = {}

    def keys(self, name: str) -> NameKeys:
        """The keys of ``name``: its pinyin from each character on (every reading), and its initials."""
        known = self._keys.get(name)
        if known is None:
            text = normalise(name)
            pinyin = tuple(dict.fromkeys([*readings(text), *self._from_the_middle(text)]))
            letters = tuple(dict.fromkeys(found[:_MOST_INITIALS] for found in initials(text)))
            facts = ["N" + text, *("P" + one for one in pinyin), *("I" + one for one in letters)]
            known = NameKeys(text, " ".join(_name_tokens(pinyin, letters)), "\n".join(facts))
            self._keys[name] = known
        return known

    def _from_the_middle(self, text: str) -> list[str]:
        if len(text) > _LONGEST_SPLIT_NAME:
            return []
        tails, found = [""], []
        for character in reversed(text[1:]):
            sounds = self._sounds.get(character)
            if sounds is None:
                sounds = self._sounds[character] = readings(character)
            tails = [sound + tail for sound in sounds for tail in tails][:_MOST_READINGS]
            found += tails
        return found


def _name_tokens(pinyin: Iterable[str], letters: Iterable[str]) -> list[str]:
    tokens: list[str] = []
    for reading in pinyin:
        tokens += ("p" + reading, "q" + reading[:2], "q" + reading[:3])
    for row in letters:
        tokens += ["i" + letter for letter in row]
        tokens += ["i" + row[at : at + 2] for at in range(len(row) - 1)]
        tokens += ["j" + row[at:] for at in range(len(row) - 2)]
    return tokens


@dataclass(frozen=True, slots=True)
class Terms:
    """One document ready for the index; ``facts`` is what tells later by what it was found."""

    characters: str
    keys: str
    facts: str


def document_terms(document: Document, book: NameBook) -> Terms:
    """The tokens of ``document``: titles, text, names and numbers by character, the rest by keys alone."""
    names = [book.keys(name) for name in document.names]
    plain = (document.title, document.subtitle, *document.text)
    single = _listed((*document.id_numbers, *document.phones))
    folded = _normalise_all([*plain, *document.numbers, *single])
    split, end = len(plain), len(plain) + len(document.numbers)
    fields = [text for text in dict.fromkeys(folded[:end]) if text]
    shown = _EDGE.join(fields)
    fields += [name.text for name in names if name.text not in shown]
    endings = [number for number in folded[end:] if number]
    keys = [register_key(document.register), *(name.tokens for name in names)]
    facts = ["C" + number for number in folded[split:end]]
    facts += [name.facts for name in names]
    if runs := neighbours(_EDGE.join(fields)):
        keys.append("m" + " m".join(dict.fromkeys(runs)))
    for number in dict.fromkeys(endings):
        keys += ("r" + number[::-1], "f" + number)
        facts.append("R" + number)
    characters = f" {FIELD_BREAK} ".join([" ".join(text) for text in fields])
    return Terms(characters, " ".join(keys), "\n".join(facts))
