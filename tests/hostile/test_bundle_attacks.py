"""Nothing that was changed, forged or crafted on its way may be taken for what the station sealed.

Every case ends in a refusal, in a lower grade that says what is gone, or in exactly the sealed content.
"""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.bundle import canonical, container, manifest, verify
from exports.bundle.canonical import Json, parse
from exports.bundle.errors import BundleError, DamagedBundle, TamperedBundle, UnknownStation
from exports.bundle.recovery import parity
from exports.bundle.verify import open_bundle
from tests.exports.bundle_samples import MEMBERS, TRUSTED, public, sealed, sign
from tests.hostile.bundle_target import ENTRIES, LISTED, PAR, TRUTH, WHOLE, never_believed, outcome_of
from tests.hostile.zip_forge import Forged, entries_of, forge

KEY_HIDDEN = {"QS0722": public(1)}
HARMLESS_NAMES = (
    "Thumbs.db",
    ".DS_Store",
    "__MACOSX/x",
    "说明.txt",
    "data/other.json",
    "att/",
    "notes/a.txt",
)


# --- damage and tampering, byte by byte ---------------------------------------------------------------------


@settings(max_examples=700, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_isnever_believed(at: int, mask: int) -> None:
    changed = WHOLE[:at] + bytes([WHOLE[at] ^ mask]) + WHOLE[at + 1 :]
    never_believed(changed)
    healed = open_bundle(changed, PAR, TRUSTED)
    assert healed.grade == "A"
    assert healed.members == TRUTH.members


def test_every_byte_of_manifest_and_signature_is_guarded() -> None:
    end = WHOLE.index(ENTRIES[1].content) + container.SIGNATURE_SIZE
    start = WHOLE.index(LISTED)
    step = max(1, (end - start) // 400)
    for at in [*range(start, end, step), end - 1]:
        outcome = outcome_of(WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :])
        assert isinstance(outcome, BundleError) or outcome.members == TRUTH.members


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_truncated_bundle_isnever_believed(end: int) -> None:
    never_believed(WHOLE[:end])
    never_believed(WHOLE[:end], PAR)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=80), st.integers(0, 200))
def test_inserted_removed_or_overwritten_bytes_arenever_believed(at: int, junk: bytes, gone: int) -> None:
    never_believed(WHOLE[:at] + junk + WHOLE[at + gone :], PAR)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert isinstance(outcome_of(data), BundleError)


def test_two_thousand_mutants_are_all_caught() -> None:
    dice = random.Random(20261101)
    caught = 0
    for _ in range(2000):
        data = bytearray(WHOLE)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            data[at] ^= 1 << dice.randrange(8)
        outcome = never_believed(bytes(data))
        caught += isinstance(outcome, BundleError) or outcome.grade != "A" or outcome.members == TRUTH.members
    assert caught == 2000


# --- members swapped, replaced, taken out, put in -----------------------------------------------------------


@pytest.mark.parametrize("path", [*MEMBERS, "README.txt"])
def test_a_replaced_member_is_refused(path: str) -> None:
    forged = [replace(item, content=b"forged") if item.name == path else item for item in ENTRIES]
    with pytest.raises(TamperedBundle):
        open_bundle(forge(forged), None, TRUSTED)


@pytest.mark.parametrize("path", MEMBERS)
def test_a_member_of_equal_length_is_refused(path: str) -> None:
    forged = [
        replace(item, content=bytes(len(item.content))) if item.name == path else item for item in ENTRIES
    ]
    with pytest.raises(TamperedBundle):
        open_bundle(forge(forged), None, TRUSTED)


def test_two_members_that_change_places_are_refused() -> None:
    names = {"01_report.xlsx": "02_ledger.xlsx", "02_ledger.xlsx": "01_report.xlsx"}
    forged = [replace(item, name=names.get(item.name, item.name)) for item in ENTRIES]
    with pytest.raises(TamperedBundle):
        open_bundle(forge(forged), None, TRUSTED)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_bundle_without_manifest_or_signature_is_refused(name: str) -> None:
    with pytest.raises(BundleError):
        open_bundle(forge([item for item in ENTRIES if item.name != name]), None, TRUSTED)


def test_a_manifest_that_is_not_first_or_not_stored_is_refused() -> None:
    with pytest.raises(DamagedBundle):
        open_bundle(forge([*ENTRIES[1:], ENTRIES[0]]), None, TRUSTED)
    with pytest.raises(DamagedBundle):
        open_bundle(forge([replace(ENTRIES[0], method=8), *ENTRIES[1:]]), None, TRUSTED)
    with pytest.raises(DamagedBundle):
        open_bundle(forge([Forged("hidden", b"in front", listed=False), *ENTRIES]), None, TRUSTED)


def test_a_signature_from_another_bundle_is_refused() -> None:
    other = entries_of(sealed(version=3).data)[1]
    with pytest.raises(TamperedBundle):
        open_bundle(forge([ENTRIES[0], other, *ENTRIES[2:]]), None, TRUSTED)


def test_a_sidecar_of_another_bundle_cannot_swap_it() -> None:
    broken = WHOLE[:40] + b"\0" * 40 + WHOLE[80:]
    with pytest.raises(BundleError):
        open_bundle(broken, parity(sealed(version=3).data), TRUSTED)


def test_an_unlisted_member_is_ignored_and_said_so() -> None:
    for name in HARMLESS_NAMES:
        opened = open_bundle(forge([*ENTRIES, Forged(name, b"surprise")]), None, TRUSTED)
        assert opened.members == TRUTH.members
        assert any(name in note for note in opened.notes)


def test_the_notes_stay_short_when_hundreds_of_members_are_unlisted() -> None:
    extra = [Forged(f"extra{number}.txt", b"x") for number in range(500)]
    assert len(open_bundle(forge([*ENTRIES, *extra]), None, TRUSTED).notes) < 30


# --- manifest fields ----------------------------------------------------------------------------------------


def _mutants(value: Json) -> list[Json]:
    """Give other values for one field: other content, other type, nothing."""
    if isinstance(value, bool):
        return [not value, None]
    if isinstance(value, int):
        return [value + 1, str(value), None]
    if isinstance(value, str):
        return [value + "0", value[:-1], value.swapcase() + "1", 1, None]
    if isinstance(value, list):
        return [[*value, "X9"], value[:-1], None] if value else [["X9"], None]
    if isinstance(value, dict):
        return [{**value, "x": 1}, {}, None]
    return ["x", 0]


def _paths(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        found += _paths(item, (*path, step))
    return found


def _at(value: Json, path: tuple[str | int, ...]) -> Json:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def _mutated_manifests() -> list[bytes]:
    made = []
    for path in _paths(parse(LISTED)):
        for other in _mutants(_at(parse(LISTED), path)):
            plain = parse(LISTED)
            _at(plain, path[:-1])[path[-1]] = other  # type: ignore[index]
            made.append(canonical.canonical(plain))
    return [item for item in made if item != LISTED]


def test_every_changed_manifest_field_is_refused() -> None:
    mutants = _mutated_manifests()
    assert len(mutants) > 150
    for listed in mutants:
        with pytest.raises((TamperedBundle, UnknownStation)):
            open_bundle(forge([replace(ENTRIES[0], content=listed), *ENTRIES[1:]]), None, TRUSTED)


def test_every_changed_manifest_field_is_refused_from_another_signer_too() -> None:
    for listed in _mutated_manifests():
        fresh = [replace(ENTRIES[0], content=listed), replace(ENTRIES[1], content=sign(2)(listed))]
        with pytest.raises(BundleError):
            open_bundle(forge([*fresh, *ENTRIES[2:]]), None, TRUSTED)


def test_a_station_cannot_speak_for_another() -> None:
    listed = LISTED.replace(b'"code":"QS0722"', b'"code":"QS0723"')
    fresh = [replace(ENTRIES[0], content=listed), replace(ENTRIES[1], content=sign(1)(listed))]
    with pytest.raises(TamperedBundle):
        open_bundle(forge([*fresh, *ENTRIES[2:]]), None, TRUSTED)


@pytest.mark.parametrize("spelling", [b" ", b"\n", b"\xef\xbb\xbf"])
def test_another_spelling_of_the_manifest_is_refused_though_signed(spelling: bytes) -> None:
    listed = spelling + LISTED
    fresh = [replace(ENTRIES[0], content=listed), replace(ENTRIES[1], content=sign(1)(listed))]
    with pytest.raises(DamagedBundle):
        open_bundle(forge([*fresh, *ENTRIES[2:]]), None, TRUSTED)


# --- nothing parsed, nothing written ------------------------------------------------------------------------


@pytest.fixture
def tripwire(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record whatever looks into a bundle."""
    seen: list[str] = []

    def watch(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def trip(*args: object, **kwargs: object) -> object:
            seen.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, trip)

    watch(json, "loads")
    watch(verify, "parse_manifest")
    watch(zlib, "decompressobj")
    watch(zipfile, "ZipFile")
    return seen


def test_nothing_is_parsed_before_the_signature_holds(tripwire: list[str]) -> None:
    unsigned = forge([ENTRIES[0], replace(ENTRIES[1], content=sign(2)(b"other")), *ENTRIES[2:]])
    tripwire.clear()
    for data, trusted in (
        (unsigned, TRUSTED),
        (WHOLE, {}),
        (sealed(seed=3).data, KEY_HIDDEN),
        (b"PK\x03\x04", TRUSTED),
    ):
        tripwire.clear()
        with pytest.raises(BundleError):
            open_bundle(data, None, trusted)
        assert tripwire == []


def test_the_tripwire_bites(tripwire: list[str]) -> None:
    open_bundle(WHOLE, None, TRUSTED)
    assert {"loads", "parse_manifest", "decompressobj"} <= set(tripwire)
    assert tripwire[0] == "parse_manifest"


def test_members_are_never_parsed_at_all(tripwire: list[str]) -> None:
    members = {**MEMBERS, "data/rows.ndjson": b"{broken", "01_report.xlsx": b"no workbook"}
    data = sealed(members=members).data
    tripwire.clear()
    assert open_bundle(data, None, TRUSTED).grade == "A"
    assert tripwire.count("loads") == 1
    assert "ZipFile" not in tripwire


def test_a_huge_manifest_is_refused_before_its_signature_is_looked_at() -> None:
    huge = replace(ENTRIES[0], content=b" " * (manifest.MAX_MANIFEST + 1))
    with pytest.raises(DamagedBundle, match="清单过大"):
        open_bundle(forge([huge, *ENTRIES[1:]]), None, TRUSTED)


@pytest.mark.parametrize(
    ("field", "value"),
    [("sha256", "0" * 64), ("sm3", "0" * 64), ("size", 1)],
)
def test_both_digests_and_the_size_of_a_member_must_hold(field: str, value: Json) -> None:
    """A manifest with one digest wrong, signed by the station itself, is still refused."""
    plain = parse(LISTED)
    files = _at(plain, ("files",))
    assert isinstance(files, list)
    assert isinstance(files[1], dict)
    files[1][field] = value
    listed = canonical.canonical(plain)
    fresh = [replace(ENTRIES[0], content=listed), replace(ENTRIES[1], content=sign(1)(listed))]
    with pytest.raises(TamperedBundle):
        open_bundle(forge([*fresh, *ENTRIES[2:]]), None, TRUSTED)


def test_the_sample_itself_is_honest() -> None:
    """Were the sample not accepted as it is, every refusal above would prove nothing."""
    again = open_bundle(forge(ENTRIES), None, TRUSTED)
    assert (again.grade, again.notes) == ("A", ())
    assert again.members == TRUTH.members
    assert hashlib.sha256(LISTED).hexdigest() == again.manifest_hash
