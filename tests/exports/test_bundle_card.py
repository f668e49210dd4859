"""The enrolment card: a key changed on its way must be noticed, by the card or on the phone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.ledger import signing
from exports.bundle.canonical import canonical, parse
from exports.bundle.card import EnrolmentCard, fingerprint, read_card, spoken_code, write_card
from exports.bundle.errors import DamagedCard, NewerBundle
from tests.exports.bundle_samples import key, public, sign

CARD = EnrolmentCard("QS0722", "青石司法所", "station", "00ff00ff00ff00ff", 1, public(1), "2026-12-02T09:30")
FILE = write_card(CARD, sign())


def _resigned(**changes: object) -> bytes:
    plain = parse(FILE)
    assert isinstance(plain, dict)
    del plain["signature"]
    body = {**plain, **changes}
    return canonical({**body, "signature": sign()(canonical(body)).hex()})


def test_a_card_reads_back_and_writes_the_same_bytes_again() -> None:
    assert read_card(FILE) == CARD
    assert write_card(read_card(FILE), sign()) == FILE


def test_any_changed_byte_is_noticed() -> None:
    for at in range(len(FILE)):
        with pytest.raises(DamagedCard):
            read_card(FILE[:at] + bytes([FILE[at] ^ 1]) + FILE[at + 1 :])


def test_any_truncation_is_noticed() -> None:
    for end in range(len(FILE)):
        with pytest.raises(DamagedCard):
            read_card(FILE[:end])


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "owner"},
        {"org_code": "../x"},
        {"org_name": ""},
        {"epoch": -1},
        {"public_key": public(1).hex()[:-2]},
        {"created": "yesterday"},
        {"surprise": 1},
        {"org_name": "青石\u202e司法所"},
        {"public_key": public(2).hex()},
    ],
)
def test_a_card_with_an_impossible_part_is_refused_though_signed(changes: dict[str, object]) -> None:
    with pytest.raises(DamagedCard):
        read_card(_resigned(**changes))


def test_a_newer_card_is_named() -> None:
    with pytest.raises(NewerBundle):
        read_card(_resigned(format="ybz-card/2"))


def test_a_large_file_is_not_read() -> None:
    with pytest.raises(DamagedCard):
        read_card(b" " * 20_000 + FILE)


def test_a_card_is_signed_with_the_key_it_carries() -> None:
    with pytest.raises(ValueError, match="own key"):
        write_card(CARD, sign(2))
    with pytest.raises(ValueError, match="own key"):
        write_card(replace(CARD, public_key=public(2)), key(1).sign)


def test_the_eight_digits_are_the_same_on_both_ends_of_the_phone() -> None:
    codes = {spoken_code(public(seed)) for seed in range(1, 9)}
    assert len(codes) == 8
    assert all(re.fullmatch(r"\d{4}-\d{4}", code, re.ASCII) for code in codes)
    assert CARD.spoken_code == spoken_code(public(1)) == signing.spoken_code(public(1))


def test_a_fingerprint_tells_keys_apart() -> None:
    assert fingerprint(public(1)).startswith("ed25519:")
    assert fingerprint(public(1)) != fingerprint(public(2))
