"""Disputes of stations told in brief: a case is typed in whole at the month's end, with its lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.casework import FAIL
from app.demo.diary import Diary, Entry, adding
from app.demo.disputes import SETTLED, Dispute
from app.demo.founding import seal_prefix
from app.demo.rows import lead_row, registered_row, spokesman
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.scene import Scene
    from models.records import Row

PAID_WITHIN = 3
ENDED_OTHERWISE = ("failed", "withdrawn", "transferred")


class WholeCase:
    """One dispute as two rows and, where it is paid in parts, the payments that follow."""

    def __init__(self, scene: Scene, dispute: Dispute) -> None:
        self.scene = scene
        self.dispute = dispute
        self.clock = Clock(scene.rng)
        self.case = f"case:{dispute.handle}"
        self.mediator = scene.rng.choice(scene.of(dispute.org))

    def entries(self) -> Iterator[Entry]:
        """Give the entries: the case, its lead, later payments."""
        d = self.dispute
        yield adding(self.clock.at(d.accepted), "mediation_case", self._case, self.case)
        if d.with_lead:
            yield adding(self.clock.at(d.accepted), "dispute_lead", self._lead)
        if d.end in SETTLED and self._in_parts:
            yield from self._payments()

    @property
    def _in_parts(self) -> bool:
        return len(self.dispute.instalments) > 1

    def _case(self, diary: Diary) -> Row:
        d = self.dispute
        row = {
            **registered_row(self.scene, diary, d),
            "accepted_on": d.accepted.isoformat(),
            "acceptor": self.mediator.figure.name,
            "difficulty": d.difficulty,
            "volume_no": self._volume_no(diary),
            "mediators": [self._lead_mediator(diary)],
            "sessions": list(self._sessions()),
            "state": "mediating" if d.meetings else "accepted",
        }
        if d.end in SETTLED:
            row.update(self._settled())
        elif d.end in ENDED_OTHERWISE:
            row.update(self._unsettled())
        return row

    def _volume_no(self, diary: Diary) -> str:
        village = next((v for v in self.scene.place.villages if v.code == self.dispute.org), None)
        prefix = seal_prefix(self.scene, village)
        return f"（{self.scene.year.number}）{prefix}第{diary.next(prefix):03}号"

    def _lead_mediator(self, diary: Diary) -> Row:
        return {
            "mediator_post": diary.ids[self.mediator.handle],
            "name": self.mediator.figure.name,
            "role": "lead",
            "assigned_on": self.dispute.accepted.isoformat(),
        }

    def _sessions(self) -> Iterator[Row]:
        d, name = self.dispute, self.mediator.figure.name
        parties = [spokesman(side) for side in d.sides]
        for number, meeting in enumerate(d.meetings):
            over = number == len(d.meetings) - 1 and d.end in SETTLED
            yield {
                "held_at": f"{meeting.on}T{9 + number:02}:30",
                "place": "人民调解室",
                "parties_present": parties,
                "mediators": [name],
                "recorder": name,
                "rights_notified": number == 0,
                "mode": meeting.mode,
                "content": meeting.content,
                "session_result": "success" if over else "pending",
            }

    def _settled(self) -> Row:
        d = self.dispute
        on, done = d.concluded.isoformat(), self._done()
        row: Row = {
            "concluded_on": on,
            "outcome": "1",
            "agreements": [self._agreement(done)],
            "performance": "0",
            "state": "performing",
        }
        if self._in_parts:
            return row
        visit = self.scene.year.shift(done, 1).isoformat()
        row.update(
            performance="1",
            performed_on=done.isoformat(),
            closed_on=visit,
            state="closed",
            satisfaction="satisfied",
            performance_proof=self.scene.rng.choice(told("disputes")["visits"]["proofs"]),
        )
        if not d.oral:
            row["follow_ups"] = [self._visit(visit)]
        return row

    def _done(self) -> date:
        d = self.dispute
        if d.perform_mode in ("immediate", "apology"):
            return d.concluded
        return self.scene.year.shift(d.concluded, self.scene.rng.randrange(1, PAID_WITHIN + 1))

    def _visit(self, on: str) -> Row:
        one, other = (spokesman(side) for side in self.dispute.sides)
        text = self.scene.rng.choice(told("disputes")["visits"]["situations"])
        return {
            "visit_on": on,
            "method": "visit",
            "visitor": self.mediator.figure.name,
            "visitee": one,
            "performance": "01",
            "satisfaction": "satisfied",
            "situation": text.format(a=one, b=other),
        }

    def _agreement(self, done: date) -> Row:
        d = self.dispute
        on = d.concluded.isoformat()
        due = d.instalments[-1][0] if d.instalments else done
        row: Row = {
            "form": "2" if d.oral else "1",
            "agreed_on": on,
            "facts": d.words.brief,
            "terms": list(d.words.terms),
            "perform_mode": d.perform_mode,
            "perform_due": due.isoformat(),
            "amount": d.amount * 100,
        }
        if self._in_parts:
            row["items"] = [self._item(n, day, value) for n, (day, value) in enumerate(d.instalments, 1)]
        if not d.oral:
            row.update(sealed_on=on, paper_bound=True, signatures=list(self._signatures(on)))
        return row

    def _signatures(self, on: str) -> Iterator[Row]:
        for side in self.dispute.sides:
            yield {"role": "party", "name": spokesman(side), "signed_on": on}
        yield {"role": "mediator", "name": self.mediator.figure.name, "signed_on": on}

    def _item(self, number: int, due: date, value: int) -> Row:
        one, other = (spokesman(side) for side in self.dispute.sides)
        return {
            "seq": number,
            "obligor": other,
            "obligee": one,
            "content": f"第{number}期款项",
            "amount": value * 100,
            "due_on": due.isoformat(),
        }

    def _unsettled(self) -> Row:
        d = self.dispute
        on = d.concluded.isoformat()
        if d.end == "transferred":
            unit = told("station")["leads"]["units"][1]
            return {
                "state": "transferred",
                "outcome": "4",
                "concluded_on": on,
                "transfers": [{"direction": "out", "unit": unit, "on": on, "reason": "涉及土地权属登记"}],
            }
        ended = FAIL if d.end == "failed" else {**FAIL, "fail_reason": "withdrawn"}
        return {
            "state": "closed",
            "outcome": "2" if d.end == "failed" else "3",
            "concluded_on": on,
            **ended,
            "advised_on": on,
            "transformation": "0",
            "closed_on": self.scene.year.shift(d.concluded, 1).isoformat(),
        }

    def _lead(self, diary: Diary) -> Row:
        d = self.dispute
        row = lead_row(self.scene, diary, d)
        row.update(state="mediated", case_id=diary.ids[self.case], verified_on=d.found.isoformat())
        row["steps"] = [{"at": f"{d.accepted}T10:00", "actor": self.scene.officer, "event": "转人民调解"}]
        return row

    def _payments(self) -> Iterator[Entry]:
        """Give the later payments, each on the working day it is due, and the end of performance."""
        d, proof = self.dispute, self.scene.rng.choice(told("disputes")["visits"]["proofs"])
        day = d.concluded
        for number, (due, _) in enumerate(d.instalments, 1):
            day = self.scene.year.work(due)
            params = {"item": str(number), "proof_note": proof}
            yield self._step(day, "perform", params)
        yield self._step(day, "complete", {"performed_on": day.isoformat(), "proof": proof})

    def _step(self, day: date, verb: str, params: dict[str, Any]) -> Entry:
        return Entry(self.clock.at(day), lambda diary: diary.do(verb, self.case, **params))


def lead_held(scene: Scene, dispute: Dispute) -> Entry:
    """Give a lead that became no case yet: the village keeps an eye on it."""
    found = dispute.found

    def row(diary: Diary) -> Row:
        responsible = scene.rng.choice(scene.of(dispute.village.code)).figure.name
        return {
            **lead_row(scene, diary, dispute),
            "verified_on": found.isoformat(),
            "responsible": responsible,
            "due_on": (found + timedelta(days=30)).isoformat(),
            "state": "unresolved",
            "progress": told("station")["leads"]["notes"][0],
        }

    return adding(Clock(scene.rng).at(found), "dispute_lead", row)
