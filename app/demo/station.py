"""One station's year, from the founding of its committees to the last entry before the clock's day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from app.demo.diary import Diary, Entry, Script, by_month
from app.demo.disputes import SETTLED, Dispute, Planner, ordinary
from app.demo.events import outreach
from app.demo.founding import founding
from app.demo.media import posts
from app.demo.people import helper_names
from app.demo.places import Place, county, stations
from app.demo.quotas import first_quota
from app.demo.rounds import rounds
from app.demo.scene import Scene, set_scene
from app.demo.schools import schools
from app.demo.stories import (
    case_entries,
    first_case,
    in_each_state,
    leads_alone,
    memorable,
)
from app.demo.texts import told
from app.demo.whole import WholeCase, lead_held
from app.indexing import update_search
from app.ledger.keyslots import KdfCost, Secrets
from app.ledger.ledger import DEFAULT_KDF, create_ledger, open_ledger
from app.session import context_of

DEMO_YEAR = 2025
OPENED = time(8, 0)


@dataclass(frozen=True)
class Built:
    """A station of the demonstration whose ledger is open, and what is still to be entered in it."""

    place: Place
    diary: Diary
    script: Script


def demo_station(
    path: Path,
    year: int = DEMO_YEAR,
    *,
    password: str,
    now: datetime,
    seed: int | None = None,
    kdf: KdfCost = DEFAULT_KDF,
) -> dict[str, int]:
    """Create the ledger of 青石司法所 with its year, as far as ``now``; gives the records of each register.

    The same seed gives the same records with the same ids. `LedgerExists` where a ledger already stands.
    """
    quota = first_quota()
    seed = told("district")["seed"] if seed is None else seed
    helpers = helper_names(seed, told("district")["total"]["helpers"])[: quota.helpers]
    scene = set_scene(stations()[0], year, quota, seed, helpers, alone=True)
    with opened(path, scene, password=password, seed=seed, kdf=kdf) as built:
        built.script.play(built.diary, now)
        return built.diary.counts()


@contextmanager
def opened(
    path: Path, scene: Scene, *, password: str, seed: int, kdf: KdfCost = DEFAULT_KDF
) -> Iterator[Built]:
    """Create a station's ledger on the first morning of its year and keep it open."""
    place = scene.place
    script = Script(entries(scene, county().name))
    with founded(path, place, "station", scene.year.first, password, seed, kdf) as diary:
        yield Built(place, diary, script)


@contextmanager
def founded(
    path: Path, place: Place, role: str, day: date, password: str, seed: int, kdf: KdfCost
) -> Iterator[Diary]:
    """Create and open a ledger whose ids, salts and signatures follow from a seed.

    The signing key must follow too, or the journal's chain would differ from the first card on. So a ledger
    of the demonstration proves nothing about who signed, and is never to be worked in.
    """
    rng = Random(f"{seed}:{place.code}:ledger")  # noqa: S311 — ids that come out the same every time
    now = datetime.combine(day, OPENED)
    create_ledger(
        path, password, name=place.name, code=place.code, role=role, now=now, kdf=kdf, random=rng.randbytes,
        secrets=replace(Secrets.draw(), sign_seed=rng.randbytes(32)),
    )  # fmt: skip
    with _diary(path, password, now, rng) as diary:
        yield diary


@contextmanager
def reopened(path: Path, place: Place, password: str, seed: int, now: datetime) -> Iterator[Diary]:
    """Open a ledger of the demonstration again; what is written follows from the seed as before."""
    rng = Random(f"{seed}:{place.code}:reopened")  # noqa: S311 — see `founded`
    with _diary(path, password, now, rng) as diary:
        yield diary


@contextmanager
def _diary(path: Path, password: str, now: datetime, rng: Random) -> Iterator[Diary]:
    ledger = open_ledger(path, password=password, projections=(update_search,))
    ledger.random = rng.randbytes
    try:
        yield Diary(context_of(ledger, now))
    finally:
        ledger.close()


def entries(scene: Scene, county_name: str) -> Iterator[Entry]:
    """Give all entries of a station's year; what is told in brief is entered month by month."""
    yield from founding(scene, county_name)
    told_of = year_of(scene)
    yield from told_of if scene.full else by_month(told_of)


def year_of(scene: Scene) -> Iterator[Entry]:
    """Give what happens in a station's year."""
    yield from rounds(scene)
    yield from disputes_told(scene)
    yield from outreach(scene)
    yield from posts(scene)
    yield from schools(scene)


def disputes_told(scene: Scene) -> Iterator[Entry]:
    """Give cases and leads: every dispute is a lead first, not all of them become cases."""
    planner = Planner(scene)
    disputes = list(planned(scene, planner))
    if scene.full:
        yield from case_entries(scene, disputes)
        yield from leads_alone(planner, first_case(disputes))
        return
    for dispute in disputes:
        if dispute.end == "held":
            yield lead_held(scene, dispute)
        else:
            yield from WholeCase(scene, dispute).entries()


def planned(scene: Scene, planner: Planner) -> Iterator[Dispute]:
    """Give the station's disputes: what it tells in full, and as many ordinary ones as its quota leaves."""
    quota = scene.quota
    if not scene.full:
        ordinary_ones = ordinary(planner, quota.settled, quota.disputes - quota.settled, quota.major)
        yield from planner.joined(ordinary_ones, quota.groups, quota.helpers)
        return
    found = [*memorable(planner), *in_each_state(planner)]
    yield from found
    settled = sum(1 for dispute in found if dispute.end in SETTLED)
    grave = sum(1 for dispute in found if dispute.grave)
    yield from ordinary(planner, quota.settled - settled, 0, quota.major - grave)
