"""Telephone numbers: blanks, dashes, country codes, several in one cell, and what is none."""

from __future__ import annotations

import pytest

from models.phones import is_phone, parse_phones


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13812345678", ("13812345678",)),
        ("138 1234 5678", ("13812345678",)),
        ("138-1234-5678", ("13812345678",)),
        ("１３８１２３４５６７８", ("13812345678",)),
        ("+86 13812345678", ("13812345678",)),
        ("8613812345678", ("13812345678",)),
        ("手机：13812345678", ("13812345678",)),
        (13812345678, ("13812345678",)),
        (13812345678.0, ("13812345678",)),
        ("13812345678、0712-2345678", ("13812345678", "0712-2345678")),
        ("13812345678 13912345678", ("13812345678", "13912345678")),
        ("13812345678/13812345678", ("13812345678",)),
        ("(0712)2345678", ("0712-2345678",)),
        ("02787654321", ("027-87654321",)),
        ("0712-2345678-801", ("0712-2345678-801",)),
        ("12348", ("12348",)),
        ("400-123-4567", ("400-123-4567",)),
        ("/", ()),
        ("无", ()),
        ("", ()),
    ],
)
def test_numbers_are_read_in_every_spelling(text: str | float, numbers: tuple[str, ...]) -> None:
    found = parse_phones(text)
    assert (found.numbers, found.warnings) == (numbers, ())


@pytest.mark.parametrize(
    ("text", "kept"), [("1381234567", "1381234567"), ("问村主任", "问村主任"), (1.38e20, "1.38e+20")]
)
def test_what_is_no_number_is_kept_and_warned_of(text: str | float, kept: str) -> None:
    found = parse_phones(text)
    assert (found.numbers, [warning.code for warning in found.warnings]) == ((kept,), ["W241"])
    assert not is_phone(kept)
