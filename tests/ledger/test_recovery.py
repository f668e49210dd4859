"""A recovery code copied from paper is understood, and a typing error is named by its group."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger import recovery
from app.ledger.errors import RecoveryTypo

GROUP_START = len(recovery.PREFIX) + 1
CODES = st.builds(lambda _: recovery.new_code(), st.integers())
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_code_carries_at_least_130_random_bits() -> None:
    groups = recovery.new_code().split("-")
    assert groups[0] == "YBZ"
    assert [len(group) for group in groups[1:]] == [5] * 7
    assert 5 * 4 * 7 >= 130


@pytest.mark.parametrize(
    "as_typed",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        lambda code: code[GROUP_START:],
        lambda code: code[GROUP_START:].replace("-", ""),
        lambda code: f"  {code}\n",
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("1", "I"),
        lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
        lambda code: code.replace("-", "—"),
    ],
    ids=["lower", "blanks", "run", "no prefix", "bare run", "padded", "O and l", "I", "full width", "dash"],
)
def test_the_ways_people_type_a_code_are_all_understood(as_typed) -> None:
    for _ in range(50):
        code = recovery.new_code()
        assert recovery.normal_form(as_typed(code)) == code


@settings(max_examples=300, deadline=None)
@given(CODES, st.integers(0, 34), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_names_its_group(code: str, place: int, character: str) -> None:
    run = list(code.replace("-", "")[3:])
    if run[place] == character:
        return
    run[place] = character
    with pytest.raises(RecoveryTypo) as typo:
        recovery.normal_form("".join(run))
    assert typo.value.groups == (place // 5 + 1,)
    assert f"第 {place // 5 + 1} 组有误" in str(typo.value)


@settings(max_examples=300, deadline=None)
@given(CODES, st.integers(0, 6), st.integers(0, 3))
def test_two_neighbours_typed_in_the_wrong_order_are_noticed(code: str, number: int, place: int) -> None:
    groups = code.split("-")[1:]
    letters = list(groups[number])
    if letters[place] == letters[place + 1]:
        return
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    groups[number] = "".join(letters)
    with pytest.raises(RecoveryTypo) as typo:
        recovery.normal_form("-".join(groups))
    assert typo.value.groups == (number + 1,)


def test_swapped_groups_are_named() -> None:
    groups = recovery.new_code().split("-")[1:]
    groups[1], groups[4] = groups[4], groups[1]
    with pytest.raises(RecoveryTypo) as typo:
        recovery.normal_form("-".join(groups))
    assert typo.value.groups == (2, 5)


@pytest.mark.parametrize("change", ["U", "?", "是", ""])
def test_a_foreign_or_missing_character_names_its_group(change: str) -> None:
    groups = recovery.new_code().split("-")
    groups[3] = change + groups[3][1:]
    with pytest.raises(RecoveryTypo) as typo:
        recovery.normal_form("-".join(groups))
    assert typo.value.groups in {(3,), ()}
    if change in {"U", ""}:
        assert typo.value.groups == (3,)


@pytest.mark.parametrize("typed", ["", "YBZ", "YBZ-12345", "0" * 34, "0" * 36, "青石"])
def test_an_incomplete_code_says_what_a_whole_one_is(typed: str) -> None:
    with pytest.raises(RecoveryTypo) as typo:
        recovery.normal_form(typed)
    assert typo.value.groups == ()
    assert "7 组" in str(typo.value)
