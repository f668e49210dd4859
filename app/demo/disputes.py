"""The disputes of a station's year as plans: who against whom over what, when, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.demo.scene import TOWN, Scene
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.people import Figure
    from app.demo.places import Village
    from models.records import Row

LAST_MONTH, LAST_START_OF_YEAR = 12, 10
# Working days before the first session and between sessions.
PAUSES = ((1, 6), (4, 9))
BRIEF_PAUSES = ((1, 4), (2, 4))
EARLIEST_START = 4
# Stations told in brief take a dispute up and settle it within one month.
FOUND_BEFORE, BRIEF_LAST_START, BRIEF_MEETINGS = 3, 8, 2
KNOWN_SHARE = 0.35
ROUND_TO = (10, 100)
PROACTIVE, APPLIED = "10", "20"
MONEY_MODES = ("lump_sum", "instalment")
CHANNELS = {
    "10": ("grid_worker", "grid_worker", "village_cadre", "law_person", "mediator"),
    "20": ("visit", "visit", "call"),
    "31": ("court",),
    "33": ("police",),
    "34": ("petition",),
    "35": ("governance_center", "hotline_12345"),
}
SESSION_MODES = ("face_to_face", "face_to_face", "on_site", "back_to_back", "phone")
SETTLED = ("settled", "performed", "reneged", "extended", "escalated")
UNSETTLED_ENDS = ("failed", "mediating", "withdrawn", "held", "accepted", "transferred")
JOINT_UNITS = (("village", "governance_center"), ("land", "village"), ("labour", "governance_center"))


@dataclass(frozen=True)
class Meeting:
    """One session of mediation."""

    on: date
    mode: str
    content: str


@dataclass(frozen=True)
class Joint:
    """A joint mediation group: its name, the units in it and the people asked in from outside."""

    group: str
    units: tuple[str, ...]
    helpers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """What is written of a dispute."""

    brief: str
    requests: tuple[str, ...]
    terms: tuple[str, ...]
    place: str
    title: str | None = None


@dataclass(frozen=True)
class Dispute:
    """One dispute from its discovery to its end; ``amount`` in 元, 0 where nothing is paid."""

    handle: str
    village: Village
    kind: str
    sub_kind: str | None
    words: Words
    sides: tuple[tuple[Figure, ...], tuple[Figure | Row, ...]]
    source: str
    found: date
    accepted: date
    meetings: tuple[Meeting, ...]
    end: str
    amount: int
    perform_mode: str
    oral: bool
    difficulty: str
    org: str
    instalments: tuple[tuple[date, int], ...] = ()
    joint: Joint | None = None
    with_lead: bool = True
    extra: Mapping[str, Any] | None = None
    prevented: tuple[str, int] | None = None
    court: str = ""

    @property
    def concluded(self) -> date:
        """The day mediation ended."""
        return self.meetings[-1].on if self.meetings else self.accepted

    @property
    def grave(self) -> bool:
        """Tell whether it counts as difficult or serious."""
        return self.difficulty in ("3", "4")


class Planner:
    """Draws ordinary disputes for a station; a story is not told twice while there are others left."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = scene.rng
        self._plain = self._shuffled(grave=False)
        self._grave = self._shuffled(grave=True)
        self._made = 0
        self._helpers = iter(scene.helpers)

    def months(self, wanted: int) -> list[int]:
        """Choose the months of some disputes."""
        weights = told("district")["months"]["disputes"]
        return sorted(self.rng.choices(range(1, 13), weights, k=wanted))

    def start_in(self, month: int) -> date:
        """Choose the day of acceptance, early enough to be settled within the year (in brief: the month)."""
        days = self.scene.year.workdays(month)
        if not self.scene.full:
            return self.rng.choice(days[FOUND_BEFORE:BRIEF_LAST_START])
        first = EARLIEST_START if month == 1 else 0
        last = LAST_START_OF_YEAR if month == LAST_MONTH else len(days)
        return self.rng.choice(days[first:last])

    def plan(self, start: date, end: str, *, grave: bool = False, with_lead: bool = True) -> Dispute:
        """Draw one dispute accepted on a day."""
        self._made += 1
        story, village = self._next_story(grave=grave), self.scene.village()
        sides = self._sides(story, village)
        amount = self._amount(story)
        difficulty = self.rng.choice(("3", "3", "4")) if grave else self.rng.choice(("1", "1", "2"))
        org = TOWN if grave or difficulty == "2" else village.code
        days = self._meeting_days(start, end, 3 if grave else self.rng.choice((1, 1, 2)))
        source = self._source(with_lead=with_lead)
        concluded = days[-1] if days else start
        due = concluded + timedelta(days=self.rng.randrange(12, 28))
        mode = story["perform"]
        parts = self._instalments(concluded, amount) if mode == "instalment" else ()
        words = self._words(story, village, sides, amount, parts[-1][0] if parts else due)
        return Dispute(
            handle=f"{self._made:03}",
            village=village,
            kind=story["type"],
            sub_kind=story.get("sub"),
            words=words,
            sides=sides,
            source=source,
            found=self.scene.year.shift(start, -self.rng.randrange(1, 4)),
            accepted=start,
            meetings=self._meetings(days, end, words.brief, sides),
            end=end,
            amount=amount,
            perform_mode=mode,
            oral=not grave and mode not in MONEY_MODES and self._chance("oral"),
            difficulty=difficulty,
            org=org,
            instalments=parts or (((due, amount),) if mode == "lump_sum" and amount else ()),
            with_lead=with_lead,
            extra={"joint_units": ["police"]} if self._chance("with_police") else None,
        )

    def alone(self, found: date, handle: str) -> Dispute:
        """Draw a lead that becomes no case."""
        plan = self.plan(found, "registered", with_lead=False)
        return replace(plan, handle=handle, found=found, source=PROACTIVE)

    def joined(self, disputes: Iterable[Dispute], groups: int, helpers: int) -> Iterator[Dispute]:
        """Form a joint group around the first grave dispute of a station that has one."""
        left = groups
        for dispute in disputes:
            if left and dispute.grave:
                left -= 1
                yield replace(dispute, joint=self.joint(dispute, helpers))
            else:
                yield dispute

    def joint(self, dispute: Dispute, helpers: int) -> Joint:
        """Form a joint group around a grave dispute."""
        label = told_type(dispute.kind)
        name = f"{self.scene.place.town}{dispute.village.label}{label}联合调解小组"
        people = tuple(next(self._helpers) for _ in range(helpers))
        return Joint(name, self.rng.choice(JOINT_UNITS), people)

    def helpers(self, wanted: int) -> tuple[str, ...]:
        """Take the next people from outside."""
        return tuple(next(self._helpers) for _ in range(wanted))

    def _shuffled(self, *, grave: bool) -> list[Mapping[str, Any]]:
        stories = [story for story in told("disputes")["dispute"] if bool(story.get("grave")) is grave]
        self.rng.shuffle(stories)
        return stories

    def _next_story(self, *, grave: bool) -> Mapping[str, Any]:
        stories = self._grave if grave else self._plain
        if not stories:
            stories.extend(self._shuffled(grave=grave))
        return stories.pop()

    def _chance(self, share: str) -> bool:
        return self.rng.randrange(100) < int(told("district")["shares"][share])

    def _source(self, *, with_lead: bool) -> str:
        if not with_lead:
            return APPLIED
        weights = told("district")["sources"]
        return str(self.rng.choices(list(weights), list(weights.values()))[0])

    def _amount(self, story: Mapping[str, Any]) -> int:
        low, high = story.get("amount", (0, 0))
        step = ROUND_TO[high > 5000]
        return self.rng.randrange(low, high + 1) // step * step

    def _instalments(self, start: date, amount: int) -> tuple[tuple[date, int], ...]:
        parts = self.rng.choice((2, 3, 4))
        share = amount // parts // 100 * 100
        sums = [share] * (parts - 1) + [amount - share * (parts - 1)]
        return tuple((start + timedelta(days=30 * (n + 1)), value) for n, value in enumerate(sums))

    def _meeting_days(self, start: date, end: str, wanted: int) -> list[date]:
        if end in ("registered", "rejected", "accepted", "held"):
            return []
        brief = not self.scene.full or start.month == LAST_MONTH
        first, further = BRIEF_PAUSES if brief else PAUSES
        days = [self.scene.year.shift(start, self.rng.randrange(*first))]
        while len(days) < (wanted if self.scene.full else min(wanted, BRIEF_MEETINGS)):
            days.append(self.scene.year.shift(days[-1], self.rng.randrange(*further)))
        return days

    def _meetings(
        self, days: list[date], end: str, brief: str, sides: tuple[Any, Any]
    ) -> tuple[Meeting, ...]:
        words = told("disputes")["sessions"]
        opening = words["opening"].format(a=sides[0][0].name, b=_name_of(sides[1][0]), brief=brief)
        found = []
        for number, day in enumerate(days):
            over = number == len(days) - 1 and end not in ("mediating", "suspended", "transferred")
            closing = words["failure" if end == "failed" else "success"] if over else words["pending"]
            text = closing if number else opening + closing
            found.append(Meeting(day, self.rng.choice(SESSION_MODES), text))
        return tuple(found)

    def _sides(
        self, story: Mapping[str, Any], village: Village
    ) -> tuple[tuple[Figure, ...], tuple[Figure | Row, ...]]:
        one = self.someone(village)
        other = (
            self.organisation(story["b"], story.get("b_name")) if "b" in story else self.someone(village, one)
        )
        return (one,), (other,)

    def someone(self, village: Village, apart_from: Figure | None = None) -> Figure:
        """Choose a resident who has a file, or somebody new."""
        known = [f for f in self.scene.residents if f.village == village.code and f is not apart_from]
        if known and self.rng.random() < KNOWN_SHARE:
            return self.rng.choice(known)
        return self.scene.crowd.figure(village.code, village.label, self.scene.year.number)

    def organisation(self, kind: str, name: str | None = None) -> Row:
        """Give an organisation as a party."""
        crowd = self.scene.crowd
        surname = self.rng.choice(told("names")["surnames"])
        chosen = name or self.rng.choice(told("disputes")["others"][kind])
        row: Row = {
            "name": chosen.format(t=self.scene.place.town, s=surname),
            "party_type": "self_employed" if kind == "shop" else "legal_person",
            "phone": crowd.phone(),
            "address": self.scene.place.town,
        }
        if kind != "shop":
            row.update(
                legal_rep=crowd.name("1"),
                legal_rep_post="负责人",
                uscc=crowd.credit_code(cooperative=kind == "cooperative"),
            )
        return row

    def _words(
        self, story: Mapping[str, Any], village: Village, sides: tuple[Any, Any], amount: int, due: date
    ) -> Words:
        group = f"{self.rng.choice('一二三四五六七')}组"
        given = {
            "a": sides[0][0].name,
            "b": _name_of(sides[1][0]),
            "v": village.label,
            "g": group,
            "yuan": yuan(amount),
            "due": f"{due.year}年{due.month}月{due.day}日",
        }
        return Words(
            brief=story["brief"].format(**given),
            requests=tuple(text.format(**given) for text in story["requests"]),
            terms=tuple(text.format(**given) for text in story["terms"]),
            place=f"{village.label}{group}",
        )


def _name_of(side: Any) -> str:
    return str(side["name"] if isinstance(side, Mapping) else side.name)


def told_type(code: str) -> str:
    """Give the label of a dispute type."""
    from models.codes import load_codebook

    return load_codebook()["dispute_type"].label(code)


def yuan(amount: int) -> str:
    """Write an amount of whole 元 as people do: 18.6万元, 860元."""
    if amount >= 10000 and amount % 100 == 0:
        return f"{amount / 10000:g}万元"
    return f"{amount}元"


def ordinary(planner: Planner, settled: int, unsettled: int, grave: int) -> Iterator[Dispute]:
    """Give the ordinary disputes of a year: so many settled, among them the grave ones, and so many not.

    What is not settled failed on the way, or belongs to the last weeks.
    """
    rng = planner.rng
    graves = set(rng.sample(range(settled), grave))
    for number, month in enumerate(planner.months(settled)):
        yield planner.plan(planner.start_in(month), "settled", grave=number in graves)
    for _ in range(unsettled):
        end = rng.choice(UNSETTLED_ENDS)
        month = LAST_MONTH if end in ("mediating", "accepted") else rng.randrange(2, 12)
        yield planner.plan(planner.start_in(month), end)
