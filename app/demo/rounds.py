"""Screening rounds: every half month or month, special ones before holidays; many find nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.diary import Diary, Entry
from app.demo.people import names_of
from app.demo.rows import HALF_MONTH, round_handle
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.scene import Scene

LEAN_SPECIALS = 2
HOUSEHOLDS = (18, 64)


def rounds(scene: Scene) -> Iterator[Entry]:
    """Give the rounds of the year."""
    for month in range(1, 13):
        halves = (1, 2) if scene.full else (1,)
        for half in halves:
            yield from _regular(scene, month, half)
    specials = told("station")["round"]
    for row in specials if scene.full else specials[:LEAN_SPECIALS]:
        start, end = scene.year.day(row["from"]), scene.year.day(row["to"])
        yield from _round(scene, start, end, row["type"], row["theme"], f"special:{row['from']}")


def _regular(scene: Scene, month: int, half: int) -> Iterator[Entry]:
    days = [day for day in scene.year.workdays(month) if (day.day <= HALF_MONTH) == (half == 1)]
    start, end = days[0], days[-1] if scene.full else scene.year.workdays(month)[-1]
    yield from _round(scene, start, end, "regular", None, round_handle(days[0]))


def _round(
    scene: Scene, start: date, end: date, kind: str, theme: str | None, handle: str
) -> Iterator[Entry]:
    clock = Clock(scene.rng)
    villages = [village.code for village in scene.place.villages]
    if scene.full and theme is None and scene.rng.random() < 0.3:
        villages = [scene.rng.choice(villages)]
    people = [mediator.figure for mediator in scene.mediators if mediator.org in villages]
    screeners = scene.rng.sample(people, 2) + list(scene.grid_workers[:1])
    row: dict[str, Any] = {
        "round_type": kind,
        "theme": theme,
        "start_on": start.isoformat(),
        "end_on": end.isoformat(),
        "village_ids": villages,
        "screeners": names_of(screeners),
    }
    visited = scene.rng.randrange(*HOUSEHOLDS)
    if not scene.full:
        yield Entry(
            clock.at(start),
            lambda diary: diary.add("screening_round", {**row, "households_visited": visited}, handle),
        )
        return

    def begin(diary: Diary) -> None:
        ids = [diary.ids.get(f"person:{figure.name}") for figure in screeners]
        diary.add("screening_round", {**row, "screener_ids": [found for found in ids if found]}, handle)

    yield Entry(clock.at(start), begin)
    yield Entry(clock.at(end), lambda diary: diary.change(handle, households_visited=visited))
