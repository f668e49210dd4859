"""A signature binds content to one device, and two offices can compare its key by telephone."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.errors import BadSignature
from app.ledger.signing import fingerprint, public_key, sign, spoken_code, verify

# RFC 8032, section 7.1: seed, public key, content, signature
VECTORS = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
)
SEED = bytes(range(32))


@pytest.mark.parametrize(("seed", "public", "content", "signature"), VECTORS)
def test_the_standards_own_vectors(seed: str, public: str, content: str, signature: str) -> None:
    """RFC 8032, section 7.1."""
    assert public_key(bytes.fromhex(seed)).hex() == public
    assert sign(bytes.fromhex(seed), bytes.fromhex(content)).hex() == signature
    verify(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(content))


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_flipped_bit_of_content_signature_or_key_is_refused(content: bytes, data: st.DataObject) -> None:
    parts = [public_key(SEED), sign(SEED, content), content]
    which = data.draw(st.integers(0, 2))
    altered = bytearray(parts[which])
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    parts[which] = bytes(altered)
    with pytest.raises(BadSignature):
        verify(*parts)


@pytest.mark.parametrize("public", [b"", b"short", bytes(33), bytes(32)])
def test_a_malformed_key_is_refused_like_a_wrong_one(public: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(public, sign(SEED, b"x"), b"x")


def test_another_devices_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify(public_key(os.urandom(32)), sign(SEED, b"x"), b"x")


def test_the_fingerprint_is_the_keys_whole_sha256_in_groups() -> None:
    shown = fingerprint(bytes.fromhex(VECTORS[0][1]))
    assert re.fullmatch(r"([0-9A-F]{4} ){15}[0-9A-F]{4}", shown)
    assert shown.startswith("21FE 31DF A154 A261")


def test_the_spoken_code_is_eight_digits_and_never_changes_between_versions() -> None:
    codes = {spoken_code(public_key(bytes([number]) * 32)) for number in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"\d{4}-\d{4}", code) for code in codes)
    assert spoken_code(public_key(SEED)) == "0664-7412"
