"""Which version stands, whatever the order of arrival; what is missing or late is said, never refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.context import Context
from app.county import enrol, make_card, own_card, receive, store
from tests.builders.county import Sealer, paired, plain_report

Open = Callable[[str, str], Context]


@pytest.fixture
def sealer(station: Context, county: Context, tmp_path: Path) -> Sealer:
    return paired(station, county, tmp_path)


def states(ctx: Context) -> set[tuple[int, str, str]]:
    with ctx.ledger.reading() as conn:
        return {(b["version"], b["manifest_hash"], b["state"]) for b in store.bundles(conn)}


def test_versions_end_in_the_same_states_whatever_the_order(
    station: Context, open_copy: Open, tmp_path: Path
) -> None:
    """I-11, T16: the state of each version follows from the versions, not from their arrival."""
    county = open_copy("county", "first")
    sealer = paired(station, county, tmp_path)
    files = [
        sealer.file(tmp_path, plain_report([1])),
        sealer.file(tmp_path, plain_report([1, 2]), version=2),
        sealer.file(tmp_path, plain_report([1, 2, 3]), version=3),
        sealer.file(tmp_path, plain_report([1, 2, 9]), version=3),
    ]
    found = []
    for number, order in enumerate(itertools.permutations(files)):
        ctx = open_copy("county", f"order{number}")
        enrol(ctx, make_card(station, tmp_path), own_card(station).spoken_code)
        for path in order if number % 2 else (*order, *order):
            receive(ctx, [path], write=True)
        found.append({(version, digest[:8], state) for version, digest, state in states(ctx)})
    assert all(one == found[0] for one in found)
    assert sorted((version, state) for version, _, state in found[0]) == [
        (1, "superseded"), (2, "superseded"), (3, "duplicate"), (3, "duplicate"),
    ]  # fmt: skip


VERSION = st.fixed_dictionaries(
    {
        "version": st.integers(1, 4),
        "manifest_hash": st.sampled_from("abc"),
        "state": st.sampled_from(["received", "received", "received", "accepted", "returned"]),
    }
)


@given(st.lists(VERSION, max_size=6), st.randoms(use_true_random=False))
def test_states_are_a_function_of_the_set_of_versions(versions: list[dict[str, Any]], rng: Any) -> None:
    rows = [{**version, "id": str(number)} for number, version in enumerate(versions)]
    first = store.settled(rows)
    rng.shuffle(rows)
    assert store.settled(rows) == first
    again = [{**one, "state": first[one["id"]]} for one in rows]
    assert store.settled(again) == first
    for one in rows:
        if one["state"] in ("accepted", "returned"):
            assert first[one["id"]] == one["state"]


def notes_of(ctx: Context, path: Path) -> str:
    return "\n".join(receive(ctx, [path], write=True)[0].plan["notes"])


def test_a_gap_in_the_chain_and_between_months_is_named(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """T16, protocol 4.12: a submission quietly left out shows."""
    first = sealer.seal(plain_report([1]), period="2026-07")
    path = tmp_path / first.name
    path.write_bytes(first.data)
    notes_of(county, path)
    follows = sealer.file(tmp_path, plain_report([1]), period="2026-08", prev_submit_hash=first.manifest_hash)
    assert "没有收到过" not in notes_of(county, follows)
    gap = sealer.file(tmp_path, plain_report([1]), period="2026-11", prev_submit_hash="ab" * 32)
    told = notes_of(county, gap)
    assert "上一份报送没有收到过" in told
    assert "2026-09、2026-10" in told
    anew = sealer.file(tmp_path, plain_report([1]), period="2026-12")
    assert "报送链从头开始" in notes_of(county, anew)


@pytest.mark.parametrize(
    ("day", "late"),
    [("2026-12-03", False), ("2026-12-04", True)],
)
def test_a_late_submission_is_taken_in_and_marked(
    sealer: Sealer, county: Context, tmp_path: Path, day: str, late: bool
) -> None:
    path = sealer.file(tmp_path, plain_report([1]))
    [taken] = receive(replace(county, now=datetime.fromisoformat(f"{day}T09:00")), [path], write=True)
    assert (taken.plan["late"], taken.applied, taken.plan["due_on"]) == (late, True, "2026-12-03")
