"""Recovery codes: 140 random bits a person copies from paper, with a check in every group.

Written ``YBZ-XXXXX-…`` in seven groups of Crockford base-32; the fifth character of a group is its check.
The check is a weighted sum over GF(32) that also carries the group's number, so every single wrong
character, every swap of two neighbours and every swap of two groups is found and the group is named.
"""

from __future__ import annotations

import re
import unicodedata
from secrets import choice

from app.ledger.errors import RecoveryTypo

PREFIX = "YBZ"
GROUPS = 7
GROUP_LENGTH = 5

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[^0-9A-Z]+")
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1


def new_code() -> str:
    """Draw a fresh code."""
    groups = ("".join(choice(_ALPHABET) for _ in range(GROUP_LENGTH - 1)) for _ in range(GROUPS))
    checked = (group + _check_character(number, group) for number, group in enumerate(groups, start=1))
    return "-".join((PREFIX, *checked))


def normal_form(typed: str) -> str:
    """Give the code as it was printed from what a person typed (case, spaces, full width, O/0, I/L/1).

    Errors: `RecoveryTypo` naming the groups that are wrong, or saying that the length is.
    """
    groups = _groups(unicodedata.normalize("NFKC", typed).upper())
    if len(groups) != GROUPS:
        raise _typo(())
    wrong = tuple(number for number, group in enumerate(groups, start=1) if not _is_sound(number, group))
    if wrong:
        raise _typo(wrong)
    return "-".join((PREFIX, *groups))


def _groups(text: str) -> list[str]:
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    if pieces and pieces[0] == PREFIX:
        pieces = pieces[1:]
    if len(pieces) != GROUPS:
        pieces = _cut("".join(pieces))
    return [piece.translate(_LOOKALIKES) for piece in pieces]


def _cut(run: str) -> list[str]:
    body = run.removeprefix(PREFIX) if len(run) == GROUPS * GROUP_LENGTH + len(PREFIX) else run
    if len(body) != GROUPS * GROUP_LENGTH:
        raise _typo(())
    return [body[start : start + GROUP_LENGTH] for start in range(0, len(body), GROUP_LENGTH)]


def _is_sound(number: int, group: str) -> bool:
    if len(group) != GROUP_LENGTH or any(character not in _ALPHABET for character in group):
        return False
    return group[-1] == _check_character(number, group[:-1])


def _check_character(number: int, group: str) -> str:
    total = number
    weight = 1
    for character in group:
        weight = _times_two(weight)
        total ^= _multiply(weight, _ALPHABET.index(character))
    return _ALPHABET[total]


def _multiply(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = _times_two(left)
        right >>= 1
    return product


def _times_two(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 0b100000 else doubled


def _typo(groups: tuple[int, ...]) -> RecoveryTypo:
    return RecoveryTypo(groups, expected_groups=GROUPS, group_length=GROUP_LENGTH)
