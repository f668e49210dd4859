"""The input rows of cases and leads, as a person would type them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.demo.disputes import APPLIED, CHANNELS, PROACTIVE, Dispute
from app.demo.people import Figure, party_row
from app.demo.scene import TOWN, Mediator, Scene
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.diary import Diary
    from models.records import Row

HALF_MONTH = 15
HELPER_KINDS = ("law_person", "elder", "mediator")


def registered_row(scene: Scene, diary: Diary, dispute: Dispute) -> Row:
    """Give a case that comes without a lead."""
    return {
        **case_row(scene, diary, dispute),
        "registered_on": dispute.accepted.isoformat(),
        "village_id": dispute.village.code,
        "dispute_type": dispute.kind,
        "brief": dispute.words.brief,
    }


def case_row(scene: Scene, diary: Diary, dispute: Dispute) -> Row:
    """Give what is written of a case beside what its lead says already."""
    d = dispute
    row: Row = {
        "title": d.words.title,
        "org_id": diary.ids[f"org:{d.org}"],
        "level": {"4": "3", "3": "2"}.get(d.difficulty, "1"),
        "source": d.source,
        "apply_form": "none" if d.source == PROACTIVE else "written" if d.grave else "oral",
        "occurred_on": _occurred(scene, d),
        "occurred_place": d.words.place,
        "sub_type": d.sub_kind,
        "requests": list(d.words.requests),
        "claim_amount": d.amount * 100 or None,
        "intensity": "高" if d.grave else None,
        "parties": list(_parties(diary, d)),
        "modes": sorted({meeting.mode for meeting in d.meetings}),
        "consent_state": "agreed",
        **(d.extra or {}),
    }
    row.update(_entrusted(scene, d))
    if d.joint is not None:
        row.update(joint_group=d.joint.group, joint_units=list(d.joint.units))
        row["helpers"] = [
            {"name": name, "kind": HELPER_KINDS[n % len(HELPER_KINDS)]}
            for n, name in enumerate(d.joint.helpers)
        ]
    return row


def _entrusted(scene: Scene, dispute: Dispute) -> Row:
    """Give the letter by which another body handed the dispute over."""
    if dispute.source in (PROACTIVE, APPLIED):
        return {}
    unit, mark = told("disputes")["units"][dispute.source]
    number = f"{scene.tell(mark)}〔{scene.year.number}〕{scene.rng.randrange(1, 90)}号"
    return {"source_org": scene.tell(unit), "source_doc_no": number, "source_on": dispute.found.isoformat()}


def _occurred(scene: Scene, dispute: Dispute) -> str:
    """Give the day the quarrel began; now and then only the month is known."""
    rng = scene.rng
    on = dispute.found - timedelta(days=rng.randrange(20))
    return f"~{on:%Y-%m}" if rng.random() < 0.2 else on.isoformat()


def _parties(diary: Diary, dispute: Dispute) -> Iterator[Row]:
    applied = dispute.source != PROACTIVE
    labels = ("applicant", "respondent") if applied else ("party_a", "party_b")
    for label, side in zip(labels, dispute.sides, strict=True):
        for party in side:
            if isinstance(party, Figure):
                yield party_row(party, label, diary.ids.get(f"person:{party.name}"))
            else:
                yield {"side": label, **party}


def lead_row(scene: Scene, diary: Diary, dispute: Dispute) -> Row:
    """Give the lead by which a dispute came to notice."""
    rng, words = scene.rng, told("station")["leads"]
    names = [side["name"] if isinstance(side, Mapping) else side.name for s in dispute.sides for side in s]
    row: Row = {
        "found_on": dispute.found.isoformat(),
        "round_id": diary.ids.get(round_handle(dispute.found)),
        "found_by": _reporter(scene, dispute).figure.name,
        "channel": rng.choice(CHANNELS[dispute.source]),
        "village_id": dispute.village.code,
        "place": dispute.words.place,
        "parties_text": f"{names[0]}与{names[-1]}",
        "dispute_type": dispute.kind,
        "brief": dispute.words.brief,
        "people_count": 2,
        "amount": dispute.amount * 100 or None,
        "risk_level": "orange" if dispute.grave else rng.choice(("yellow", "yellow", "blue")),
        "measures": rng.choice(told("disputes")["visits"]["measures"]),
    }
    if scene.full and rng.random() < 0.5:
        row["grid"] = f"{dispute.village.code}{rng.choice(('001', '002'))}"
    if dispute.grave:
        row.update(
            risk_level="red" if dispute.difficulty == "4" else "orange",
            responsible=scene.of(TOWN)[0].figure.name,
            responsible_unit=scene.place.name,
            duty_leader=rng.choice(words["leaders"]),
            due_on=(dispute.found + timedelta(days=45)).isoformat(),
        )
    households = (dispute.extra or {}).get("household_count")
    if households:
        row.update(household_count=households, people_count=households)
    return row


def _reporter(scene: Scene, dispute: Dispute) -> Mediator:
    return scene.rng.choice(scene.of(dispute.village.code))


def round_handle(day: date) -> str:
    """Give the handle of the half-month round a day falls into."""
    return f"round:{day.month:02}-{1 if day.day <= HALF_MONTH else 2}"


def spokesman(side: tuple[Figure | Row, ...]) -> str:
    """Give how a side is named when one is named for all."""
    first = side[0]
    name = str(first["name"] if isinstance(first, Mapping) else first.name)
    return f"{name}等{len(side)}人" if len(side) > 1 else name
