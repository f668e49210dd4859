"""How a dispute goes through the books: lead, registration, sessions, agreement, performance, archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.diary import Diary, Entry, adding
from app.demo.disputes import SETTLED, Dispute, Meeting
from app.demo.rows import case_row, lead_row, registered_row, spokesman
from app.demo.scene import TOWN, Scene
from app.demo.texts import told

if TYPE_CHECKING:
    from models.records import Row

WRITTEN_VOLUME = ("00", "01", "02", "04", "05", "09", "10", "11", "12", "16")
ORAL_VOLUME = ("03", "10b")
UNNUMBERED = ("00", "01", "16")
FAIL = {"fail_reason": "divergent", "advised_path": "litigation"}


class Casework:
    """Turns one dispute into entries of the diary."""

    def __init__(self, scene: Scene, dispute: Dispute) -> None:
        self.scene = scene
        self.dispute = dispute
        self.clock = Clock(scene.rng)
        self.year = scene.year
        self.case = f"case:{dispute.handle}"
        self.lead = f"lead:{dispute.handle}"
        self.mediator = scene.rng.choice(scene.of(dispute.org))

    def entries(self) -> Iterator[Entry]:
        """Give the entries of the whole way."""
        d = self.dispute
        if d.with_lead:
            yield from self._found()
        yield self._registered()
        if d.end == "registered":
            return
        if d.end == "rejected":
            yield self._rejected()
            return
        yield Entry(self.clock.at(d.accepted), self._accept)
        if d.end != "accepted":
            yield from self._mediated()
        if d.end in SETTLED:
            yield from self._agreed()

    def _step(self, day: date, verb: str, **params: Any) -> Entry:
        return Entry(self.clock.at(day), lambda diary: diary.do(verb, self.case, **params))

    def _found(self) -> Iterator[Entry]:
        d = self.dispute
        at = self.clock.at(d.found)
        yield adding(at, "dispute_lead", lambda diary: lead_row(self.scene, diary, d), self.lead)
        on = min(self.year.shift(d.found, 1), d.accepted)
        yield Entry(self.clock.at(on), lambda diary: diary.do("verify", self.lead))

    def _registered(self) -> Entry:
        d = self.dispute
        moment = self.clock.at(d.accepted)

        def promote(diary: Diary) -> None:
            case = case_row(self.scene, diary, d)
            diary.do("promote", self.lead, on=d.accepted.isoformat(), case=case)
            diary.ids[self.case] = str(diary.fetch(self.lead)["case_id"])

        def register(diary: Diary) -> None:
            diary.add("mediation_case", registered_row(self.scene, diary, d), self.case)

        return Entry(moment, promote if d.with_lead else register)

    def _accept(self, diary: Diary) -> None:
        diary.do(
            "accept",
            self.case,
            acceptor=self.mediator.figure.name,
            consent_state="agreed",
            difficulty=self.dispute.difficulty,
            lead=diary.ids[self.mediator.handle],
        )

    def _rejected(self) -> Entry:
        on = self.year.shift(self.dispute.accepted, 1)
        return self._step(
            on, "reject", reject_reason="handled", advised_path="litigation", advised_on=on.isoformat()
        )

    def _mediated(self) -> Iterator[Entry]:
        d = self.dispute
        if d.end == "withdrawn":
            on = self.year.shift(d.accepted, 4)
            yield self._step(on, "withdraw", fail_reason="withdrawn", advised_path="litigation")
            yield self._step(self.year.shift(on, 2), "close")
            return
        for number, meeting in enumerate(d.meetings):
            yield self._meeting(number, meeting)
            if number == 0:
                yield from self._turns(meeting.on)
        if d.end == "failed":
            yield self._step(d.concluded, "fail", **FAIL)
        elif d.end == "suspended":
            yield self._step(d.concluded, "suspend", reason="appraisal", note="等待伤情鉴定")
        elif d.end == "transferred":
            unit = told("station")["leads"]["units"][1]
            yield self._step(
                d.concluded,
                "transfer_out",
                unit=unit,
                doc_no=f"{self.scene.place.town[0]}调移〔{self.year.number}〕1号",
                reason="涉及土地权属登记，须由主管部门先行确认",
            )

    def _turns(self, on: date) -> Iterator[Entry]:
        """Give what may happen on the way: an extension, signs that it may get worse."""
        d = self.dispute
        if d.end == "extended":
            to = (d.accepted + timedelta(days=50)).isoformat()
            yield self._step(on, "extend", extended_to=to, reason="等待农技人员评估损失", both_agree=True)
        if d.end == "escalated":
            yield self._step(
                on,
                "escalate",
                prevent_types=["2"],
                measures="村干部轮流值守，双方暂不见面",
                reported_to=self.scene.tell("{t}派出所"),
                reported_on=on.isoformat(),
                level="2",
            )

    def _meeting(self, number: int, meeting: Meeting) -> Entry:
        over = number == len(self.dispute.meetings) - 1
        result = {"failed": "failure"}.get(self.dispute.end, "success") if over else "pending"
        if self.dispute.end in ("mediating", "suspended", "transferred"):
            result = "pending"
        moment = self.clock.at(meeting.on)
        params: dict[str, Any] = {
            "held_at": (moment - timedelta(minutes=2)).isoformat(timespec="minutes"),
            "place": "村调解室" if self.dispute.org != TOWN else "镇人民调解室",
            "rights_notified": number == 0,
            "mode": meeting.mode,
            "content": meeting.content,
            "session_result": result,
        }
        if self.dispute.joint is not None:
            params["participants"] = list(self.dispute.joint.helpers)
        verb = "record_session" if number else "start"
        return Entry(moment, lambda diary: diary.do(verb, self.case, **params))

    def _agreed(self) -> Iterator[Entry]:
        d = self.dispute
        on = d.concluded
        due = d.instalments[-1][0] if d.instalments else self._done_without_money()
        terms: dict[str, Any] = {
            "agreed_on": on.isoformat(),
            "terms": list(d.words.terms),
            "amount": d.amount * 100,
            "perform_mode": d.perform_mode,
            "perform_due": due.isoformat(),
            "items": [self._item(n, day, value) for n, (day, value) in enumerate(d.instalments, 1)],
        }
        if d.oral:
            yield self._step(on, "agree_oral", **terms)
        else:
            yield self._step(
                on,
                "agree_written",
                **terms,
                signed_on=on.isoformat(),
                sealed_on=on.isoformat(),
                paper_bound=True,
                confirm_intent=bool(d.court),
            )
        if d.prevented is not None:
            kind, persons = d.prevented
            row = {"type": kind, "persons": persons, "on": on.isoformat()}
            yield Entry(self.clock.at(on), lambda diary: diary.change(self.case, prevented=[row]))
        if d.court:
            yield from self._confirmed()
        if d.end == "reneged":
            back = self.year.shift(on, 15)
            yield self._step(
                back, "renege", reason="被申请人收回承诺，申请人已向法院起诉", sued_on=back.isoformat()
            )
            return
        yield from self._performed(due)

    def _confirmed(self) -> Iterator[Entry]:
        """Have the agreement confirmed by the court, applied for jointly (人民调解法第三十三条)."""
        d = self.dispute
        applied, taken, ruled = (self.year.shift(d.concluded, days) for days in (3, 5, 12))
        yield self._step(
            applied,
            "apply_confirmation",
            applied_on=applied.isoformat(),
            joint_flag=True,
            court=d.court,
            court_basis="organization",
        )
        number = f"（{self.year.number}）青山0722民特1号"
        yield self._step(taken, "confirm_accepted", accepted_on=taken.isoformat(), court_case_no=number)
        yield self._step(ruled, "confirm_result", result="valid", result_on=ruled.isoformat())

    def _item(self, number: int, due: date, value: int) -> Row:
        one, other = (spokesman(side) for side in self.dispute.sides)
        return {
            "seq": number,
            "obligor": other,
            "obligee": one,
            "amount": value * 100,
            "due_on": due.isoformat(),
            "content": f"第{number}期款项" if len(self.dispute.instalments) > 1 else "支付约定款项",
        }

    def _done_without_money(self) -> date:
        mode, on = self.dispute.perform_mode, self.dispute.concluded
        return (
            on if mode in ("immediate", "apology") else self.year.shift(on, self.scene.rng.randrange(4, 12))
        )

    def _performed(self, due: date) -> Iterator[Entry]:
        d, rng = self.dispute, self.scene.rng
        proof = rng.choice(told("disputes")["visits"]["proofs"])
        day = max(due, d.concluded)
        for number, (until, _) in enumerate(d.instalments, 1):
            day = max(self.year.shift(until, -rng.randrange(1, 4)), d.concluded)
            yield self._step(day, "perform", item=str(number), proof_note=proof)
            if number < len(d.instalments):
                yield self._visit(self.year.shift(max(day, until), 2))
        yield self._step(day, "complete", performed_on=day.isoformat(), proof=proof)
        if d.end == "performed":
            return
        yield from self._closed(day)

    def _visit(self, on: date) -> Entry:
        rng = self.scene.rng
        one, other = (spokesman(side) for side in self.dispute.sides)
        return self._step(
            on,
            "follow_up",
            method=rng.choice(("visit", "phone", "visit", "office")),
            visitee=one,
            performance="01",
            satisfaction=rng.choice(("satisfied", "satisfied", "fair")),
            situation=rng.choice(told("disputes")["visits"]["situations"]).format(a=one, b=other),
        )

    def _closed(self, performed: date) -> Iterator[Entry]:
        d, rng = self.dispute, self.scene.rng
        visit = self.year.shift(performed, rng.randrange(2, 8))
        if not d.oral or rng.random() < 0.4:
            yield self._visit(visit)
        yield self._step(visit, "close")
        if d.with_lead:
            yield Entry(self.clock.at(visit), lambda diary: diary.do("close", self.lead, note="协议已履行"))
        yield self._step(self.year.shift(visit, rng.randrange(4, 12)), "archive", **volume(self.scene, d))


def volume(scene: Scene, dispute: Dispute) -> Row:
    """Give the documents of a case's volume, their pages numbered on (司发通〔2010〕239号)."""
    docs: list[Row] = []
    page = 1
    for code in ORAL_VOLUME if dispute.oral else WRITTEN_VOLUME:
        if code in UNNUMBERED:
            docs.append({"doc": code})
            continue
        last = page + scene.rng.randrange(3)
        docs.append({"doc": code, "page_from": page, "page_to": last})
        page = last + 1
    return {
        "keep_period": "y30" if dispute.grave else "y10",
        "docs": docs,
        "pages": page - 1,
        "cabinet": "1",
        "box": str(dispute.accepted.month),
    }
