"""A stick with a few bad sectors must not cost a month: the sidecar heals them or says it cannot."""

from __future__ import annotations

import hashlib
import random
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exports.bundle import recovery
from exports.bundle.recovery import parity, repair
from exports.bundle.verify import HEALED, REBUILT, open_bundle
from tests.exports.bundle_samples import TRUSTED, sealed

SIZES = (1, 511, 512, 513, 5_000, 51_200, 60_001, 262_145, 1_000_003)


def _content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def _spoilt(data: bytes, start: int, length: int) -> bytes:
    end = min(start + length, len(data))
    return data[:start] + bytes(byte ^ 0x5A for byte in data[start:end]) + data[end:]


@pytest.mark.parametrize("size", SIZES)
def test_sidecar_holds_at_least_a_tenth(size: int) -> None:
    assert len(parity(_content(size))) >= size / 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.95])
def test_a_bad_patch_of_a_twelfth_is_healed(size: int, part: float) -> None:
    data = _content(size)
    assert repair(_spoilt(data, int(size * part), max(1, size // 12 - 1024)), parity(data)) == data


@pytest.mark.parametrize("size", SIZES[2:])
def test_a_lost_tail_is_healed(size: int) -> None:
    data = _content(size)
    assert repair(data[: size - size // 16], parity(data)) == data


@pytest.mark.parametrize("size", SIZES)
def test_junk_after_the_end_is_cut_off(size: int) -> None:
    data = _content(size)
    assert repair(data + b"junk", parity(data)) == data


@pytest.mark.parametrize("size", SIZES[5:])
def test_too_much_loss_is_admitted(size: int) -> None:
    data = _content(size)
    assert repair(_spoilt(data, 0, size // 2), parity(data)) is None
    assert repair(data[: size // 2], parity(data)) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_damaged_sidecar_still_heals_from_its_other_head(size: int) -> None:
    data = _content(size)
    par = parity(data)
    spoilt = _spoilt(data, size // 2, 100)
    assert repair(spoilt, _spoilt(par, 0, 40)) == data
    assert repair(spoilt, _spoilt(par, 58, 8)) == data
    assert repair(spoilt, _spoilt(par, len(par) - 40, 40)) == data


def test_a_damaged_parity_block_is_passed_over() -> None:
    data = _content(5_000)
    par = parity(data)
    head = len(par) - par.rfind(b"YBZPAR1\n")
    assert repair(_spoilt(data, 600, 10), _spoilt(par, head + 5, 10)) == data


def test_a_sidecar_that_promises_another_whole_heals_nothing() -> None:
    data = _content(5_000)
    par = parity(data)
    size = len(par) - par.rfind(b"YBZPAR1\n")
    head = _spoilt(par[: size - 32], 26, 32)
    head += hashlib.sha256(head).digest()
    assert repair(_spoilt(data, 600, 10), head + par[size:-size] + head) is None


def test_a_sidecar_of_a_much_larger_file_costs_little_memory() -> None:
    par = parity(bytes(16 * 1024 * 1024))
    tracemalloc.start()
    try:
        assert repair(b"PK\x03\x04", par) is None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_an_oversized_sidecar_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _content(5_000)
    par = parity(data)
    monkeypatch.setattr(recovery, "MAX_PAR", len(par) - 1)
    assert repair(data, par) is None


def test_a_sidecar_of_another_file_heals_nothing() -> None:
    assert repair(_content(5_000), parity(_content(5_001))) is None


def test_nothing_to_protect_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nothing"):
        parity(b"")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 10_000))
@example(b"YBZPAR1\n" + b"\xff" * 80, 0)
@example(b"YBZPAR1\n" + b"\x00" * 80, 0)
def test_a_hostile_sidecar_never_harms(junk: bytes, at: int) -> None:
    data = _content(5_000)
    par = parity(data)
    mixed = par[: at % len(par)] + junk + par[at % len(par) + len(junk) :]
    for sidecar in (junk, mixed):
        assert repair(_spoilt(data, 100, 10), sidecar) in {None, data}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=2))
def test_any_two_bad_sectors_are_healed_and_the_bundle_is_whole_again(places: list[int]) -> None:
    bundle = sealed()
    data = bundle.data
    for place in places:
        data = _spoilt(data, place % len(data) // 512 * 512, 512)
    opened = open_bundle(data, parity(bundle.data), TRUSTED)
    assert opened.grade == "A"
    assert opened.members == open_bundle(bundle.data, None, TRUSTED).members
    assert data == bundle.data or {HEALED, REBUILT} & set(opened.notes)
