"""Finding records: words are joined by AND, each is tried in every way it can be meant, newest day first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.search.document import Hit
from app.search.index import day_number
from app.search.terms import SHORT_INITIALS, SHORT_PINYIN, neighbours, normalise, register_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

MOST_WORDS = 32
SHORTEST_ENDING = 3
SHORTEST_BEGINNING = 7  # the first six digits of an identity number are the county, shared by everybody
_MOST_RUNS = 16  # more would not make the phrase rarer
_NUMBER = re.compile(r"[0-9]+x?")
_LETTERS = re.compile(r"[a-z]+")

_SEARCH = """
    SELECT d.record, d.register, d.title, d.subtitle, d.day, d.facts
    FROM search_text AS f CROSS JOIN search_doc AS d ON d.doc = f.rowid
    WHERE search_text MATCH ? ORDER BY f.rowid DESC LIMIT ?
"""


def search(
    conn: Connection, words: str, *, registers: Sequence[str] | None = None, limit: int = 50
) -> list[Hit]:
    """The newest ``limit`` records that hold every word of ``words``, by day, then record id, both falling.

    A word is found as characters anywhere in one field, spaces and punctuation aside; letters also as the
    full pinyin of a name (or its beginning) or as neighbouring initials; digits also as the end (from three)
    or beginning (from seven) of an identity or telephone number. Words beyond the first 32 are left aside.
    """
    wanted = split_words(words)
    if not wanted or limit <= 0 or (registers is not None and not registers):
        return []
    expression = " AND ".join(f"({_meanings(word)})" for word in wanted)
    if registers is not None:
        expression += f" AND ({_any_of(_quoted(register_key(one)) for one in registers)})"
    rows = conn.exec_driver_sql(_SEARCH, (expression, limit)).all()
    rows = sorted(rows, key=lambda row: (day_number(row.day), row.day, row.record), reverse=True)
    return [_hit(row, wanted) for row in rows]


def split_words(words: str) -> tuple[str, ...]:
    """The different words of a query, normalised; what is punctuation alone is no word."""
    found = (normalise(word) for word in words.split())
    return tuple(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


def _any_of(expressions: Iterable[str]) -> str:
    return " OR ".join(expressions)


def _meanings(word: str) -> str:
    """The FTS5 expression of one word."""
    ways = [f"({_as_text(word)})"]
    if _LETTERS.fullmatch(word):
        ways.append(_quoted("i" + word) if len(word) <= SHORT_INITIALS else _quoted("j" + word) + "*")
        ways.append(_quoted("q" + word) if len(word) <= SHORT_PINYIN else _quoted("p" + word) + "*")
    if is_ending(word):
        ways.append(_quoted("r" + word[::-1]) + "*")
    if is_beginning(word):
        ways.append(_quoted("f" + word) + "*")
    return _any_of(ways)


def _as_text(word: str) -> str:
    """A phrase of characters, narrowed by the runs in it that have their own token, the longest first."""
    runs = sorted(dict.fromkeys(neighbours(word)), key=len, reverse=True)
    if word in runs:
        return _quoted("m" + word)
    return " AND ".join([*(_quoted("m" + run) for run in runs[:_MOST_RUNS]), _quoted(" ".join(word))])


def is_ending(word: str) -> bool:
    """Whether ``word`` may be the end of an identity or telephone number."""
    return len(word) >= SHORTEST_ENDING and _NUMBER.fullmatch(word) is not None


def is_beginning(word: str) -> bool:
    """Whether ``word`` may be the beginning of an identity or telephone number."""
    return len(word) >= SHORTEST_BEGINNING and _NUMBER.fullmatch(word) is not None


def _hit(row: Any, words: Sequence[str]) -> Hit:
    facts = [(line[0], line[1:]) for line in row.facts.split("\n") if line]
    matched = dict.fromkeys(_way(word, facts) for word in words)
    return Hit(row.record, row.register, row.title, row.subtitle, row.day, "、".join(matched))


def _way(word: str, facts: Sequence[tuple[str, str]]) -> str:
    """By what a word was found, the most telling way first."""
    return next(
        (label for label, kind, test in _WAYS if any(test(word, v) for k, v in facts if k == kind)), "内容"
    )


def _within(word: str, text: str) -> bool:
    return word in text


def _is_pinyin(word: str, reading: str) -> bool:
    return len(word) > 1 and reading.startswith(word)


def _ends(word: str, number: str) -> bool:
    return is_ending(word) and number.endswith(word)


def _begins(word: str, number: str) -> bool:
    return is_beginning(word) and number.startswith(word)


_WAYS: tuple[tuple[str, str, Callable[[str, str], bool]], ...] = (
    ("姓名", "N", _within),
    ("拼音", "P", _is_pinyin),
    ("首字母", "I", _within),
    ("尾号", "R", _ends),
    ("号码", "R", _begins),
    ("案号", "C", _within),
)
