"""What the first station tells in full: the three cases everybody remembers, a file in each state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.casework import Casework
from app.demo.diary import Entry, adding
from app.demo.disputes import Dispute, Joint, Meeting, Planner, Words
from app.demo.rows import lead_row
from app.demo.scene import TOWN, Scene
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.people import Figure

BIG_CASES = ("households", "workers", "owners")


def memorable(planner: Planner) -> Iterator[Dispute]:
    """Give the land case of 32 households, the wage case of 12 workers and the fee case of 56 owners."""
    helpers = planner.scene.quota.helpers
    shares = {"households": helpers - helpers // 2 + 1, "workers": helpers // 2 - 1}
    for name in BIG_CASES:
        yield _big(planner, name, told("station")[name], planner.helpers(shares.get(name, 0)))


def _big(planner: Planner, name: str, story: Mapping[str, Any], helpers: tuple[str, ...]) -> Dispute:
    scene = planner.scene
    year, village = scene.year, scene.place.villages[story["village"]]
    start = year.work(year.day(story["on"]))
    group = story.get("group")
    return Dispute(
        handle=name,
        village=village,
        kind=story["type"],
        sub_kind=story.get("sub"),
        words=Words(
            story["brief"],
            tuple(story["requests"]),
            tuple(story["terms"]),
            story["place"],
            story["title"],
        ),
        sides=(
            _many(planner, story, village.code, village.label),
            (
                planner.organisation(
                    "cooperative" if name == "households" else "builder", story["respondent"]
                ),
            ),
        ),
        source="20",
        found=year.shift(start, -2),
        accepted=start,
        meetings=tuple(_meetings(planner, start, story["sessions"])),
        end="settled",
        amount=story["yuan"],
        perform_mode="instalment",
        oral=False,
        difficulty="4" if group else "3",
        org=TOWN,
        instalments=tuple((year.day(due), value) for due, value in story["instalments"]),
        joint=Joint(group, tuple(story["units"]), helpers) if group else None,
        extra=_numbers(story),
        prevented=_prevented(story),
        court=story.get("court", ""),
    )


def _prevented(story: Mapping[str, Any]) -> tuple[str, int] | None:
    found = story.get("prevented")
    return (found[0], found[1]) if found else None


def _many(planner: Planner, story: Mapping[str, Any], code: str, label: str) -> tuple[Figure, ...]:
    """Give every worker as a party, or one who speaks for the households."""
    crowd, year = planner.scene.crowd, planner.scene.year.number
    wanted = story.get("workers", 1)
    return tuple(crowd.figure(code, label, year, ages=(24, 60), known=True) for _ in range(wanted))


def _numbers(story: Mapping[str, Any]) -> dict[str, Any]:
    if "workers" in story:
        return {
            "migrant_wage_flag": "arrears",
            "special_groups": ["migrant_worker"],
            "attr_tags": ["mass", "enterprise"],
        }
    households = story["households"]
    extra: dict[str, Any] = {
        "household_count": households,
        "mass_party_count": households + 1,
        "attr_tags": ["mass"],
    }
    if "mu" in story:
        extra.update(land_area_mu=story["mu"], attr_tags=["mass", "agriculture"])
    return extra


def _meetings(planner: Planner, start: Any, sessions: list[list[str]]) -> Iterator[Meeting]:
    year, day = planner.scene.year, start
    words = told("disputes")["sessions"]
    for mode, text in sessions:
        day = year.shift(day, 3)
        yield Meeting(day, mode, text + words["pending"])
    yield Meeting(year.shift(day, 4), "face_to_face", words["success"])


def in_each_state(planner: Planner) -> Iterator[Dispute]:
    """Give a file in each of the states a case can be in at the end of the year."""
    year = planner.scene.year
    for row in told_here(planner.scene, "state"):
        lead = not row.get("alone")
        plan = planner.plan(year.work(year.day(row["on"])), row["end"], with_lead=lead)
        if row["end"] == "escalated":
            plan = replace(plan, prevented=("2", 2))
        if row["end"] == "performed":
            plan = replace(plan, perform_mode="immediate", instalments=())
        yield plan


def told_here(scene: Scene, kind: str) -> list[Mapping[str, Any]]:
    """Give the files (state) or leads (lead) to tell: some only where the station stands for itself."""
    return [row for row in told("station")[kind] if scene.alone or not row.get("alone")]


def leads_alone(planner: Planner, linked: str) -> Iterator[Entry]:
    """Give the leads that did not become a case, one or more in each state."""
    year = planner.scene.year
    for number, row in enumerate(told_here(planner.scene, "lead")):
        found = year.work(year.day(row["on"]))
        dispute = planner.alone(found, f"alone{number}")
        yield from LeadAlone(planner.scene, dispute).entries(row["end"], linked)


class LeadAlone:
    """A lead that is dealt with on the spot, handed on, or waits."""

    def __init__(self, scene: Scene, dispute: Dispute) -> None:
        self.scene = scene
        self.dispute = dispute
        self.clock = Clock(scene.rng)
        self.lead = f"lead:{dispute.handle}"

    def entries(self, end: str, linked: str = "") -> Iterator[Entry]:
        """Give the entries up to the state the lead ends in."""
        found, words = self.dispute.found, told("station")["leads"]
        at = self.clock.at(found)
        yield adding(at, "dispute_lead", lambda diary: lead_row(self.scene, diary, self.dispute), self.lead)
        if end == "new":
            return
        yield self._step(1, "verify")
        if end == "linked":
            yield Entry(
                self.clock.at(self._day(2)),
                lambda diary: diary.do("link_case", self.lead, case=diary.ids[linked]),
            )
        elif end == "referred":
            yield self._step(2, "refer", unit=words["units"][1], note=words["notes"][1])
        elif end != "verified":
            yield from self._handled(end, words)

    def _handled(self, end: str, words: Mapping[str, Any]) -> Iterator[Entry]:
        due = (self.dispute.found + timedelta(days=30)).isoformat()
        responsible = self.scene.rng.choice(self.scene.of(self.dispute.village.code)).figure.name
        yield self._step(2, "handle", responsible=responsible, due_on=due)
        if end == "unresolved":
            yield self._step(6, "hold", note=words["notes"][0])
        elif end in ("resolved", "closed"):
            yield self._step(4, "resolve", resolution="on_site", note="当场说和")
        if end == "closed":
            yield self._step(8, "close", note="回头看，没有反复")

    def _day(self, after: int) -> Any:
        return self.scene.year.shift(self.dispute.found, after)

    def _step(self, after: int, verb: str, **params: Any) -> Entry:
        return Entry(self.clock.at(self._day(after)), lambda diary: diary.do(verb, self.lead, **params))


def case_entries(scene: Scene, disputes: list[Dispute]) -> Iterator[Entry]:
    """Give the entries of all cases."""
    for dispute in disputes:
        yield from Casework(scene, dispute).entries()


def first_case(disputes: list[Dispute]) -> str:
    """Give the handle of a case another lead may be joined to: a settled one accepted in spring."""
    return next(
        f"case:{dispute.handle}"
        for dispute in sorted(disputes, key=lambda plan: plan.accepted)
        if dispute.end == "settled"
    )
