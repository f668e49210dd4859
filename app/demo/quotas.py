"""How the county's year is dealt out to its stations: sums that always come out, shares left to chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.demo.places import stations
from app.demo.texts import told


@dataclass(frozen=True)
class Quota:
    """What one station has in the year."""

    disputes: int
    settled: int
    major: int
    groups: int
    helpers: int
    events: int
    leaflets: int
    people: int
    posts: int
    reads: int
    schools: int
    lessons: int
    pupils: int
    trips: int
    km: int
    trip_cases: int
    trip_leaflets: int
    trip_villages: int


def split(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Divide a total by weights into whole shares of at least ``least`` that add up to it exactly."""
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError("the total is smaller than the least shares together")
    whole = sum(weights)
    exact = [rest * weight / whole for weight in weights]
    shares = [int(value) for value in exact]
    by_loss = sorted(range(len(weights)), key=lambda n: (shares[n] - exact[n], n))
    for n in by_loss[: rest - sum(shares)]:
        shares[n] += 1
    return [share + least for share in shares]


def uneven(rng: Random, parts: int, spread: int) -> list[float]:
    """Give weights that differ from each other by up to ``spread`` per cent."""
    return [1 + rng.random() * spread / 100 for _ in range(parts)]


def first_quota() -> Quota:
    """Give the fixed quota of the first station."""
    return Quota(**told("district")["first"], trip_villages=len(stations()[0].villages))


def district_quotas(seed: int) -> tuple[Quota, ...]:
    """Give the quotas of all stations; every column adds up to the county's total."""
    texts = told("district")
    rng = Random(f"{seed}:quotas")  # noqa: S311 — a demonstration must come out the same every time
    total, first, spread = texts["total"], texts["first"], texts["spread"]
    others = len(stations()) - 1
    left = {name: total[name] - first[name] for name in total}
    dealt = {
        name: split(left[name], uneven(rng, others, spread.get(name, spread["other"])), least=1)
        for name in ("disputes", "events", "posts")
    }
    for name, by in (("leaflets", "events"), ("people", "events"), ("reads", "posts")):
        dealt[name] = split(left[name], [float(share) for share in dealt[by]])
    dealt["settled"] = _settled(rng, dealt["disputes"], left["settled"])
    dealt["major"] = split(left["major"], uneven(rng, others, 100), least=1)
    dealt.update(_groups(rng, left["groups"], left["helpers"], others))
    dealt.update(_schools(rng, left, others, spread["schools_most"]))
    dealt.update(_trips(rng, left, others, spread))
    rows = [{name: shares[n] for name, shares in dealt.items()} for n in range(others)]
    return (first_quota(), *(Quota(**row) for row in rows))


def _settled(rng: Random, disputes: Sequence[int], settled: int) -> list[int]:
    """Take what is not settled from as many stations as there are such disputes, one from each."""
    open_ones = sum(disputes) - settled
    losers = {n: open_ones // len(disputes) for n in range(len(disputes))}
    for n in rng.sample(range(len(disputes)), open_ones % len(disputes)):
        losers[n] += 1
    return [share - losers[n] for n, share in enumerate(disputes)]


def _groups(rng: Random, groups: int, helpers: int, others: int) -> dict[str, list[int]]:
    """Give a joint group to some stations, and to each group its people."""
    chosen = sorted(rng.sample(range(others), groups))
    people = split(helpers, uneven(rng, groups, 40), least=1)
    has = dict(zip(chosen, people, strict=True))
    return {
        "groups": [1 if n in has else 0 for n in range(others)],
        "helpers": [has.get(n, 0) for n in range(others)],
    }


def _schools(rng: Random, left: dict[str, int], others: int, most: int) -> dict[str, list[int]]:
    schools = [1] * others
    for n in rng.sample(range(others), left["schools"] - others):
        schools[n] += most - 1
    lessons = [0] * others
    second = left["lessons"] - left["schools"]
    for n, share in enumerate(split(second, [float(count) for count in schools])):
        lessons[n] = schools[n] + min(share, schools[n])
    for n in range(others):
        lessons[n] += min(left["lessons"] - sum(lessons), 2 * schools[n] - lessons[n])
    pupils = split(left["pupils"], [float(count) for count in lessons])
    return {"schools": schools, "lessons": lessons, "pupils": pupils}


def _trips(rng: Random, left: dict[str, int], others: int, spread: dict[str, int]) -> dict[str, list[int]]:
    """Let some stations drive out: all but one of them to both of their villages."""
    drive = sorted(rng.sample(range(others), spread["trip_stations"]))
    dealt = {
        name: dict(zip(drive, split(left[name], uneven(rng, len(drive), 40), least=1), strict=True))
        for name in ("trips", "km", "trip_cases", "trip_leaflets")
    }
    villages = {n: len(stations()[n + 1].villages) for n in drive}
    villages[drive[-1]] = spread["villages_of_the_last"]
    dealt["trip_villages"] = villages
    return {name: [shares.get(n, 0) for n in range(others)] for name, shares in dealt.items()}
