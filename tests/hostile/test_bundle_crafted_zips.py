"""Zips crafted against whoever unpacks them: no name, link, overlap or bomb in them may do anything.

Every case ends in a refusal, in a lower grade that says what is gone, or in exactly the sealed content;
the disk is never touched.
"""

from __future__ import annotations

import builtins
import io
import os
import pathlib
import random
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from exports.bundle import archive
from exports.bundle.errors import BundleError, TamperedBundle, TooLarge
from exports.bundle.recovery import parity
from exports.bundle.verify import OpenedBundle, open_bundle
from tests.exports.bundle_samples import MEMBERS, TRUSTED, sealed
from tests.hostile.bundle_target import ENTRIES, PAR, TRUTH, WHOLE, never_believed
from tests.hostile.zip_forge import Forged, forge

HOSTILE_NAMES = (
    "../evil.txt",
    "..\\evil.txt",
    "data/../../evil.json",
    "/etc/passwd",
    "//server/share/x",
    "C:\\Windows\\x.dll",
    "C:evil",
    "\\\\?\\C:\\x",
    "CON",
    "con.txt",
    "data/NUL.json",
    "aux",
    "COM1.xlsx",
    "LPT9",
    "a:b",
    "01_report.xlsx:hidden",
    "data/rows.ndjson:$DATA",
    "trailing.",
    "trailing ",
    "folder./x",
    "data//rows.json",
    "./x",
    "",
    "x\0.txt",
    "x\n.txt",
    "\u202etxt.exe",
    "a\u200b.txt",
    "fullwidth\uff0f..\uff0fx",
    "drive\uff1ax",
    "star*.txt",
    "q?.txt",
    "<b>.txt",
    "n" * 300,
)
HARMLESS_NAMES = (
    "Thumbs.db",
    ".DS_Store",
    "__MACOSX/x",
    "说明.txt",
    "data/other.json",
    "att/",
    "notes/a.txt",
)


@pytest.fixture
def no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid every way to the disk."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"touched the disk: {args[:1]}")

    for owner, name in (
        (builtins, "open"),
        (io, "open"),
        (os, "open"),
        (os, "mkdir"),
        (pathlib.Path, "open"),
    ):
        monkeypatch.setattr(owner, name, refuse)


@pytest.mark.usefixtures("no_disk")
def test_sealing_and_opening_never_touch_the_disk() -> None:
    data = sealed().data
    assert open_bundle(data[:50] + b"\0" + data[51:], parity(data), TRUSTED).grade == "A"
    with pytest.raises(AssertionError, match="touched the disk"):
        pathlib.Path("x").read_bytes()


# --- crafted zips -------------------------------------------------------------------------------------------


def _hostile_zip(dice: random.Random) -> tuple[str, bytes]:
    """Craft one bundle around a valid one, with a lie in its directory, names or sizes."""
    kind = dice.choice(
        ("name", "case", "link", "locked", "overlap", "local", "size", "method", "count", "tail")
    )
    entries = list(ENTRIES)
    where = dice.randrange(2, len(entries) + 1)
    victim = dice.randrange(2, len(entries))
    extra = Forged(f"extra{dice.randrange(99)}.txt", b"surprise")
    if kind == "name":
        entries.insert(where, replace(extra, name=dice.choice(HOSTILE_NAMES)))
    elif kind == "case":
        name = dice.choice((entries[victim].name, entries[victim].name.upper(), entries[victim].name.title()))
        entries.insert(where, replace(extra, name=name))
    elif kind == "link":
        entries.insert(where, replace(extra, mode=0o120777, content=b"/etc/passwd"))
    elif kind == "locked":
        entries.insert(where, replace(extra, flags=dice.choice((1, 0x41, 0x2000))))
    elif kind == "overlap":
        entries.append(replace(extra, at=0, packed=b"x" * dice.randrange(1, 400)))
    elif kind == "local":
        entries[victim] = replace(entries[victim], local_name=dice.choice(("../x", "CON", "/x")))
    elif kind == "size":
        entries[victim] = replace(entries[victim], claimed_size=dice.choice((0, 1, 2**31, 2**32 - 1)))
    elif kind == "method":
        entries[victim] = replace(
            entries[victim], method=dice.choice((1, 6, 9, 12, 14, 99)), packed=b"\xff" * 40
        )
    elif kind == "count":
        return kind, forge(entries, count=dice.choice((0, 1, 0xFFFF, len(entries) + 1)))
    return kind, forge(entries, tail=bytes(dice.randrange(1, 90)) if kind == "tail" else b"")


@pytest.mark.usefixtures("no_disk")
def test_five_hundred_crafted_zips_are_refused_or_ignored_with_a_note() -> None:
    dice = random.Random(722)
    refused: dict[str, int] = {}
    for _ in range(500):
        kind, data = _hostile_zip(dice)
        outcome = never_believed(data)
        if isinstance(outcome, OpenedBundle):
            assert outcome.notes or outcome.members == TRUTH.members
        else:
            refused[kind] = refused.get(kind, 0) + 1
    assert {"name", "case", "link", "locked", "overlap", "size"} <= set(refused)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_could_harm_another_program_refuses_the_whole_bundle(name: str) -> None:
    assert archive.is_hostile(name)
    with pytest.raises(TamperedBundle):
        open_bundle(forge([*ENTRIES, Forged(name, b"x")]), None, TRUSTED)


@pytest.mark.parametrize("name", [*HARMLESS_NAMES, *MEMBERS, "manifest.json", "console.txt", "a.b.c"])
def test_an_ordinary_name_is_not_called_hostile(name: str) -> None:
    assert not archive.is_hostile(name)


@pytest.mark.parametrize(
    "name", ["README.TXT", "Data/rows.ndjson", "manifest.JSON", "ＲＥＡＤＭＥ.txt", "README.txt"]
)
def test_names_that_one_folder_cannot_hold_twice_are_refused(name: str) -> None:
    with pytest.raises(TamperedBundle):
        open_bundle(forge([*ENTRIES, Forged(name, b"x")]), None, TRUSTED)


def _bombs() -> dict[str, bytes]:
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = zeros.compress(bytes(8 * archive.MIB)) + zeros.flush()
    bomb = Forged("data/bomb.json", b"", method=8, packed=packed)
    many = [Forged(f"x{number}", b"") for number in range(2100)]
    return {
        "ratio": forge([*ENTRIES, replace(bomb, claimed_size=8 * archive.MIB)]),
        "entry": forge(
            [*ENTRIES, replace(bomb, claimed_size=archive.MAX_ENTRY + 1, packed=bytes(600 * 1024))]
        ),
        "total": forge([*ENTRIES, *(Forged(f"x{n}", b"y", claimed_size=4 * archive.MIB) for n in range(70))]),
        "entries": forge([*ENTRIES, *many]),
        "zip64": forge(ENTRIES, count=0xFFFF),
        "walk": forge([*ENTRIES[:2], *(Forged(f"data/x{n}.json", b"") for n in range(2100))], tail=b"?"),
        "marks": b"PK\x03\x04" * 20_000,
    }


@pytest.mark.parametrize("kind", ["ratio", "entry", "total", "entries", "walk"])
def test_a_bomb_is_refused_by_what_it_claims(kind: str) -> None:
    with pytest.raises(TooLarge):
        open_bundle(_bombs()[kind], None, TRUSTED)


@pytest.mark.parametrize("kind", sorted(_bombs()))
def test_a_bomb_costs_little_memory(kind: str) -> None:
    data = _bombs()[kind]
    tracemalloc.start()
    try:
        never_believed(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * archive.MIB


def test_a_member_that_inflates_beyond_its_listed_size_is_cut_off() -> None:
    """The header lies small; the manifest's size is what counts while inflating."""
    victim = next(item for item in ENTRIES if item.name == "data/rows.ndjson")
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezer.compress(victim.content + bytes(64 * archive.MIB)) + squeezer.flush()
    liar = replace(victim, method=8, packed=packed, claimed_size=len(victim.content))
    data = forge([liar if item is victim else item for item in ENTRIES])
    tracemalloc.start()
    try:
        outcome = never_believed(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(outcome, BundleError) or "data/rows.ndjson" in outcome.missing
    assert peak < 4 * archive.MIB


def test_a_file_beyond_the_limit_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", len(WHOLE) - 1)
    with pytest.raises(TooLarge):
        open_bundle(WHOLE, PAR, TRUSTED)
