"""Schools, their law vice-principals and the lessons given there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.diary import Diary, Entry, RowSource, adding
from app.demo.quotas import split
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.scene import Scene

TERM_YEARS = 3


def schools(scene: Scene) -> Iterator[Entry]:
    """Give schools, appointments and lessons; two lessons of one school are given to its two halves."""
    quota, texts = scene.quota, told("outreach")["lessons"]
    names = [(scene.tell(name, scene.place.villages[-1]), stage) for name, stage in texts["schools"]]
    twice = quota.lessons - quota.schools
    lessons = [2 if number < twice else 1 for number in range(quota.schools)]
    pupils = iter(split(quota.pupils, [0.8 + 0.4 * scene.rng.random() for _ in range(quota.lessons)]))
    for number, given in enumerate(lessons):
        name, stage = names[number]
        audiences = [next(pupils) for _ in range(given)]
        yield from _school(scene, name, stage, sum(audiences))
        yield from _lessons(scene, name, audiences)


def _school(scene: Scene, name: str, stage: str, students: int) -> Iterator[Entry]:
    clock, first = Clock(scene.rng), scene.year.first
    principal = scene.mediators[0].figure.name if stage == "primary" else scene.crowd.name("1")
    row = {
        "name": name,
        "stage": stage,
        "village_id": scene.place.villages[-1].code,
        "students": students,
        "contact_name": scene.crowd.name("2"),
        "contact_phone": scene.crowd.phone(),
    }
    start = date(scene.year.number - 1, 9, 1)

    def appointment(diary: Diary) -> dict[str, Any]:
        return {
            "school_id": diary.ids[f"school:{name}"],
            "person_id": diary.ids.get(f"person:{principal}"),
            "name": principal,
            "from_unit": "justice" if stage == "primary" else "police",
            "appointed_on": start.isoformat(),
            "term_start": start.isoformat(),
            "term_end": date(start.year + TERM_YEARS, 8, 31).isoformat(),
        }

    yield adding(clock.at(first), "school", row, f"school:{name}")
    yield adding(clock.at(first), "vice_principal", appointment)


def _lessons(scene: Scene, name: str, audiences: list[int]) -> Iterator[Entry]:
    """Give the lessons of one school, all in one month so that months add up to schools."""
    rng, texts, clock = scene.rng, told("outreach")["lessons"], Clock(scene.rng)
    days = sorted(rng.sample(scene.year.workdays(rng.choice(texts["months"])), len(audiences)))
    for on, students in zip(days, audiences, strict=True):
        topic, law_topic = rng.choice(texts["topics"])
        row: dict[str, Any] = {
            "held_on": on.isoformat(),
            "lecturer": scene.mediators[0].figure.name,
            "topic": topic,
            "law_topic": law_topic,
            "periods": 1,
            "students": students,
            "teachers": students // 30,
            "grade": rng.choice(texts["grades"]),
            "form": rng.choice(texts["forms"]),
        }
        yield adding(clock.at(on), "law_class", _lesson(f"school:{name}", row))


def _lesson(school: str, row: dict[str, Any]) -> RowSource:
    return lambda diary: {**row, "school_id": diary.ids[school]}
