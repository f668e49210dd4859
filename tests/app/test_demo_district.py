"""The county of the demonstration: the whole year as drafts adds up, a part of it goes all the way."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from app.county import consolidated_figures, matrix, trace_consolidated
from app.demo import demo_district
from app.demo.diary import Addition, Diary
from app.demo.disputes import SETTLED, Dispute, Planner
from app.demo.reporting import scenes
from app.demo.scene import Scene
from app.demo.station import entries, planned, year_of
from app.demo.texts import told
from app.ledger.check import check_ledger
from app.ledger.keyslots import KdfCost
from app.month import month_status
from app.session import session
from app.statistics import compute
from models.dates import parse_period

PASSWORD = "三三得九-test"
CHEAP = KdfCost(memory_kib=8192, time_cost=1)
SEED = told("district")["seed"]
NOW = datetime.fromisoformat("2025-03-07T09:00")
SMALL: dict[str, Any] = {"most": 2, "password": PASSWORD, "now": NOW, "kdf": CHEAP}


class Blank:
    """Stands in for a diary: every id is known, so rows can be made without a ledger."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = defaultdict(str)

    def next(self, what: str) -> int:
        return len(what)


@pytest.fixture(scope="module")
def disputes() -> list[Dispute]:
    return [dispute for scene in scenes(2025, SEED) for dispute in planned(scene, Planner(scene))]


@pytest.fixture(scope="module")
def drafts() -> dict[str, list[Mapping[str, Any]]]:
    """Every record that is added as a row of its own, for all fifteen stations."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for scene in scenes(2025, SEED):
        for number, addition in enumerate(additions(scene)):
            blank = Blank()
            blank.ids = defaultdict(lambda key=f"{scene.place.code}:{number}": key)  # type: ignore[misc]
            found[addition.register].append(
                {**addition.made(cast("Diary", blank)), "_station": scene.place.code}
            )
    return found


def additions(scene: Scene) -> Iterator[Addition]:
    yield from (entry.addition for entry in year_of(scene) if entry.addition is not None)


def test_the_disputes_of_the_year_are_those_of_the_summary(disputes: list[Dispute]) -> None:
    major = [dispute for dispute in disputes if dispute.grave]
    groups = {dispute.joint.group for dispute in disputes if dispute.joint}
    helpers = [name for dispute in disputes if dispute.joint for name in dispute.joint.helpers]
    settled = [dispute for dispute in disputes if dispute.end in SETTLED]
    assert (len(settled), len(major), len(groups), len(helpers)) == (418, 23, 12, 86)
    assert all(dispute.end in SETTLED for dispute in major)
    assert len(set(helpers)) == 86
    assert round(100 * 418 / 432, 1) == 96.8


def test_every_dispute_is_settled_within_the_year_it_was_found_in(disputes: list[Dispute]) -> None:
    assert {dispute.found.year for dispute in disputes} == {2025}
    assert {dispute.concluded.year for dispute in disputes} == {2025}
    assert all(dispute.found <= dispute.accepted <= dispute.concluded for dispute in disputes)


def test_there_is_one_lead_for_each_of_the_432_disputes(drafts: dict[str, list[Mapping[str, Any]]]) -> None:
    assert len(drafts["dispute_lead"]) == 432
    assert all(row["found_on"].startswith("2025-") for row in drafts["dispute_lead"])


def test_events_leaflets_and_people_add_up(drafts: dict[str, list[Mapping[str, Any]]]) -> None:
    held = [row for row in drafts["outreach_event"] if row.get("state") != "planned"]
    assert len(held) == 286
    assert sum(row["audience_count"] for row in held) >= 80_000
    assert sum(_leaflets(row) for row in held) >= 50_000


def _leaflets(row: Mapping[str, Any]) -> int:
    titles = row.get("materials")
    return sum(item["count"] for item in titles) if titles else row["material_count"]


def test_posts_schools_lessons_and_pupils_add_up(drafts: dict[str, list[Mapping[str, Any]]]) -> None:
    topics = [row["topic"] for row in drafts["media_post"]]
    family = sum(topic in told("outreach")["posts"]["family"]["topics"] for topic in topics)
    assert len(topics) >= 120
    assert 60 <= 100 * family / len(topics) <= 70
    assert (len(drafts["school"]), len(drafts["law_class"])) == (28, 42)
    assert len({row["name"] for row in drafts["school"]}) == 28
    assert sum(row["students"] for row in drafts["law_class"]) == 32_000
    assert sum(row["students"] for row in drafts["school"]) == 32_000


def test_the_service_vehicle_comes_to_twenty_three_villages(
    drafts: dict[str, list[Mapping[str, Any]]],
) -> None:
    trips = drafts["service_trip"]
    villages = {code for row in trips for code in row["village_ids"]}
    assert (sum(row["km"] for row in trips), sum(row["cases"] for row in trips), len(villages)) == (
        8000,
        67,
        23,
    )


def test_entries_of_a_station_told_in_brief_are_made_at_the_months_end() -> None:
    scene = list(scenes(2025, SEED))[3]
    gathered = [entry for entry in entries(scene, "青山县司法局") if entry.when.hour == 18]
    assert {entry.when.month for entry in gathered} == set(range(1, 13))
    assert all(entry.when.day >= 28 for entry in gathered)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of two stations, each built in a process of its own."""
    folder = tmp_path_factory.mktemp("beside")
    counts = demo_district(folder, months=2, workers=2, **SMALL)
    assert counts["mediation_org"] == 5 + 3
    return folder


def data_of(bundle: Path, member: str) -> bytes:
    with zipfile.ZipFile(bundle) as outer:
        return next(outer.read(name) for name in outer.namelist() if name.endswith(member))


def test_one_seed_gives_the_same_rows_figures_and_traces_in_one_process_or_two(
    small: Path, tmp_path: Path
) -> None:
    demo_district(tmp_path, months=1, workers=1, **SMALL)
    bundles = [sorted(folder.glob("bundles/2025-01/*.zip")) for folder in (small, tmp_path)]
    assert [len(found) for found in bundles] == [2, 2]
    for one, other in zip(*bundles, strict=True):
        for member in ("data/rows.ndjson", "data/figures.json", "data/trace.ndjson"):
            assert data_of(one, member) == data_of(other, member)


def test_the_months_are_closed_received_accepted_and_answered(small: Path) -> None:
    for code in ("QS0701", "QS0702"):
        with session(small / "stations" / f"{code}.ybz", now=NOW, password=PASSWORD) as ctx:
            states = {row["period"]: row["state"] for row in month_status(ctx)}
            assert check_ledger(ctx.ledger).ok
        assert (states["2025-01"], states["2025-02"]) == ("accepted", "accepted")
    with session(small / "county" / "QS0700.ybz", now=NOW, password=PASSWORD) as ctx:
        assert check_ledger(ctx.ledger).ok
        rows = matrix(ctx, 2025).rows
    assert len(rows) == 2


@pytest.mark.parametrize("column", ["joint_groups", "outside_mediators", "schools", "disputes", "pupils"])
def test_every_figure_of_the_countys_year_leads_to_rows_of_a_station(column: str, small: Path) -> None:
    with session(small / "county" / "QS0700.ybz", now=NOW, password=PASSWORD) as ctx:
        value = consolidated_figures(ctx, "2025-01..2025-02")[f"YEAR/total/{column}"]
        lines = trace_consolidated(ctx, "YEAR", column, "2025-01..2025-02")
    assert sum(line.contribution for line in lines) == value
    assert all(line.row_id for line in lines)


@pytest.mark.parametrize("column", ["disputes", "settled", "events", "leaflets", "people", "posts", "reads"])
def test_the_county_adds_up_what_the_stations_count(column: str, small: Path) -> None:
    counted = []
    for code in ("QS0701", "QS0702"):
        with session(small / "stations" / f"{code}.ybz", now=NOW, password=PASSWORD) as ctx:
            period = parse_period("2025-02").year_to_date()
            counted.append(compute(ctx, "YEAR", period).rows["total"][column])
    with session(small / "county" / "QS0700.ybz", now=NOW, password=PASSWORD) as ctx:
        assert consolidated_figures(ctx, "2025")[f"YEAR/total/{column}"] == sum(counted) > 0  # type: ignore[arg-type]


def test_a_figure_of_the_bundle_is_counted_from_its_rows(small: Path) -> None:
    bundle = next(small.glob("bundles/2025-02/BAILU-*.zip"))
    figures = {row["cell"]: row for row in json.loads(data_of(bundle, "data/figures.json"))}
    lines = [json.loads(line) for line in data_of(bundle, "data/rows.ndjson").splitlines()]
    found = [row for row in lines if row["register"] == "dispute_lead"]
    assert figures["T1/total/c43"]["value"] == len(found) > 0
