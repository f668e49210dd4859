"""Outreach events around the days of the year, the tasks they fulfil, trips with the service vehicle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.diary import Entry, adding
from app.demo.quotas import split
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.scene import Scene

FEWEST_PEOPLE, FEWEST_LEAFLETS = 40, 30
LEAN_TASKS = 2
LEAD_TIME = 15
ARCHIVED_SHARE = 0.9
PROOF = "活动照片和签到表"


def events(scene: Scene) -> Iterator[Entry]:
    """Give the events of the year; people and leaflets add up to the station's quota."""
    quota, texts = scene.quota, told("outreach")
    plain = quota.events - (1 if scene.full else 0)
    chosen = _chosen(scene, texts["event"], plain)
    fair = texts["fair"] if scene.full else {"people": 0, "leaflets": 0}
    weights = [row["weight"] * (0.7 + 0.6 * scene.rng.random()) for row in chosen]
    people = split(quota.people - fair["people"], weights, FEWEST_PEOPLE)
    leaflets = split(quota.leaflets - fair["leaflets"], weights, FEWEST_LEAFLETS)
    for row, heads, papers in zip(chosen, people, leaflets, strict=True):
        yield from _event(scene, row, heads, papers)
    if scene.full:
        yield _fair(scene, texts["fair"])
        yield from _not_held(scene)


def _chosen(scene: Scene, pool: Sequence[Mapping[str, Any]], wanted: int) -> list[Mapping[str, Any]]:
    """Choose events over the year; all before any comes twice."""
    found: list[Mapping[str, Any]] = []
    while len(found) < wanted:
        found += scene.rng.sample(pool, min(len(pool), wanted - len(found)))
    return found


def _event(scene: Scene, row: Mapping[str, Any], people: int, leaflets: int) -> Iterator[Entry]:
    rng, year, clock = scene.rng, scene.year, Clock(scene.rng)
    village = scene.village()
    on = year.within(rng, year.day(row["from"]), year.day(row["to"]))
    handle = f"event:{row['title']}:{on}:{village.code}"
    draft: dict[str, Any] = {
        **_described(scene, row, on),
        "title": scene.tell(row["title"], village),
        "place": scene.tell(row["place"], village),
        "village_id": village.code if "{v}" in row["place"] else None,
        "audience_count": people,
        "material_count": leaflets,
        "consult_count": rng.randrange(0, max(2, people // 20)),
        "co_units": [scene.tell(unit) for unit in rng.sample(told("outreach")["units"]["co"], 2)],
        "speakers": [scene.mediators[0].figure.name],
        "staff": [scene.officer],
        "summary": f"活动现场发放资料{leaflets}份，{people}人次参加，群众反映通俗易懂。",
    }
    if scene.full:
        draft["materials"] = _materials(scene, leaflets)
        draft["banner_count"] = 1
    yield adding(clock.at(on), "outreach_event", draft, handle)
    if scene.full and rng.random() < ARCHIVED_SHARE:
        photos = [f"{on:%Y%m%d}活动照片第1张", f"{on:%Y%m%d}活动照片第2张"]
        later = year.shift(on, 2)
        yield Entry(clock.at(later), lambda diary: diary.do("archive", handle, photos=photos))


def _described(scene: Scene, row: Mapping[str, Any], on: date) -> dict[str, Any]:
    return {
        "title": row["title"],
        "held_on": on.isoformat(),
        "node": row.get("node"),
        "topics": list(row["topics"]),
        "form": row["form"],
        "six_entry": row["six_entry"],
        "place": row["place"],
        "organizer": scene.place.name,
        "audience_type": list(row["audience"]),
        "language": "本地方言",
    }


def _materials(scene: Scene, leaflets: int) -> list[dict[str, Any]]:
    titles = scene.rng.sample(told("outreach")["materials"]["titles"], 2)
    first = leaflets * 3 // 5
    return [{"title": titles[0], "count": first}, {"title": titles[1], "count": leaflets - first}]


def _fair(scene: Scene, row: Mapping[str, Any]) -> Entry:
    on = scene.year.day(row["on"])
    shares = split(row["leaflets"], [3, 2, 1])
    draft = {
        **_described(scene, row, on),
        "audience_count": row["people"],
        "consult_count": row["consults"],
        "quiz_count": 320,
        "gift_count": 300,
        "banner_count": 6,
        "board_count": 12,
        "materials": [
            {"title": title, "count": count} for title, count in zip(row["materials"], shares, strict=True)
        ],
        "volunteers": [{"name": name, "hours": "3.5"} for name in scene.helpers[:2]],
        "photos": ["照片册第12页"],
        "summary": "设法律咨询台六处，开展有奖问答，现场解答法律咨询150人次。",
    }
    return adding(Clock(scene.rng).at(on), "outreach_event", draft, "event:fair")


def _not_held(scene: Scene) -> Iterator[Entry]:
    """Give an event that was called off and one that is still to come."""
    texts, year = told("outreach"), scene.year
    dropped, planned = texts["cancelled"], texts["planned"]
    on = year.day(dropped["on"])
    clock = Clock(scene.rng)
    row = {**_described(scene, dropped, on), "audience_count": 0, "state": "planned"}
    yield adding(clock.at(year.shift(on, -10)), "outreach_event", row, "event:off")
    yield Entry(clock.at(on), lambda diary: diary.do("cancel", "event:off", reason=dropped["reason"]))
    coming = year.day(f"1-{planned['on']}")
    draft = {**_described(scene, planned, coming), "audience_count": 0, "state": "planned"}
    later = Clock(scene.rng).at(year.shift(year.last, -6))
    yield adding(later, "outreach_event", draft)


def tasks(scene: Scene) -> Iterator[Entry]:
    """Give the year's outreach plan, with what of it was done, dropped, begun or still waits."""
    rows = told("outreach")["task"]
    rows = rows if scene.full else rows[:LEAN_TASKS]
    for number, row in enumerate(rows):
        yield from _task(scene, row, f"task:{number}", last=number == len(rows) - 1)


def _task(scene: Scene, row: Mapping[str, Any], handle: str, *, last: bool) -> Iterator[Entry]:
    year, clock = scene.year, Clock(scene.rng)
    due = year.day(row["due"])
    draft = {
        "task": row["task"],
        "node": row.get("node"),
        "responsible_unit": scene.place.name,
        "due_on": due.isoformat(),
    }
    if not scene.full:
        done = year.shift(due, -1)
        whole = {**draft, "state": "done", "done_on": done.isoformat(), "proof": PROOF}
        yield adding(clock.at(due), "outreach_plan", whole)
        return
    yield adding(clock.at(year.first), "outreach_plan", draft, handle)
    if last:
        return
    begun = year.shift(due, -LEAD_TIME)
    if row.get("cancelled"):
        yield Entry(clock.at(begun), lambda diary: diary.do("cancel", handle))
        return
    yield Entry(clock.at(begun), lambda diary: diary.do("begin", handle))
    if row.get("node"):
        done = year.shift(due, -1)
        params = {"on": done.isoformat(), "proof": PROOF}
        yield Entry(clock.at(done), lambda diary: diary.do("finish", handle, **params))


def trips(scene: Scene) -> Iterator[Entry]:
    """Give the trips of the service vehicle; kilometres, cases and papers add up to the quota."""
    quota, rng = scene.quota, scene.rng
    if not quota.trips:
        return
    weights = [0.6 + rng.random() for _ in range(quota.trips)]
    shares = [split(total, weights) for total in (quota.km, quota.trip_cases, quota.trip_leaflets)]
    villages = [village.code for village in scene.place.villages[: quota.trip_villages]]
    for number, (km, cases, leaflets) in enumerate(zip(*shares, strict=True)):
        month = 1 + number * 12 // quota.trips
        on = rng.choice(scene.year.workdays(month))
        visited = [villages[number % len(villages)], villages[(number + 1) % len(villages)]]
        row = {
            "on": on.isoformat(),
            "village_ids": list(dict.fromkeys(visited)),
            "km": km,
            "cases": cases,
            "materials": leaflets,
            "consults": rng.randrange(3, 18),
            "staff": [scene.officer],
            "fuel_cost": km * 60,
        }
        yield adding(Clock(rng).at(on), "service_trip", row)


def outreach(scene: Scene) -> Iterator[Entry]:
    """Give events, tasks and trips."""
    yield from events(scene)
    yield from tasks(scene)
    yield from trips(scene)
