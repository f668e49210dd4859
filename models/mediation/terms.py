"""What the law and the forms make of a case's own values: terms, effect, counts, documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.dates import add_months, whole_day
from models.mediation.states import (
    FIRST_SIDE,
    IMMEDIATE,
    OTHER_SIDE,
    SINGLE_PERSONS,
    AgreeForm,
    ItemState,
    Outcome,
    Side,
)

if TYPE_CHECKING:
    from models.records import Row, Values

CONFIRM_DAYS = 30
KEY_LENGTH = 8
KEY_BUCKET = 10
KEY_SHORTEST = 10

UNNUMBERED = frozenset({"00", "01", "16"})
APPLICATION, INTAKE, ORAL_FORM = "02", "03", "10b"
APPLICATION_OR_INTAKE = (APPLICATION, INTAKE)
WRITTEN_DOCS = (("00",), ("01",), APPLICATION_OR_INTAKE, ("04",), ("05",), ("09",), ("10",), ("16",))
ORAL_DOCS = ((INTAKE,), (ORAL_FORM,))
FAILED_DOCS = (APPLICATION_OR_INTAKE, ("04",), ("09",), ("18",), ("16",))
TRANSFER_DOCS = ((INTAKE,), ("19",), ("20",))
VISIT_DOC = ("12",)


def text(value: object) -> str:
    """Give a text value; empty where nothing or only a reason for the gap is kept."""
    return value.strip() if isinstance(value, str) else ""


def amount(value: object) -> int:
    """Give an amount in 分, 0 where there is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def later(iso: str, days: int) -> str:
    """Give the day some days after an ISO date, whose own day is not counted."""
    return (dt.date.fromisoformat(iso) + dt.timedelta(days=days)).isoformat()


def mediation_due(start: str, period_days: int, extended_to: str | None, shift_days: int) -> str:
    """Give the last day for mediating: one calendar month from acceptance, or ``period_days``.

    One month is the usual term of 人民调解工作若干规定（司法部令第75号）第三十三条; an extension replaces
    it, days of suspension move it.
    """
    if extended_to is not None:
        base = extended_to
    elif period_days > 0:
        base = later(start, period_days)
    else:
        base = add_months(dt.date.fromisoformat(start), 1).isoformat()
    return later(base, shift_days)


def confirm_deadline(effective_on: str | None) -> str | None:
    """Give the last day (unrolled) to apply jointly for judicial confirmation (人民调解法第三十三条)."""
    return None if effective_on is None else later(effective_on, CONFIRM_DAYS)


def main_agreement(case: Values) -> Row | None:
    """Give the agreement in force: the last one that is not superseded."""
    live = [
        row for row in case.get("agreements") or [] if not row.get("superseded_on") and not row.get("void")
    ]
    return live[-1] if live else None


def effective_on(agreement: Values, parties: Sequence[Values]) -> str | None:
    """Give the day an agreement takes effect, None while something is missing.

    Written: the last of the parties' signatures, the mediator's and the seal (人民调解法第二十九条); oral:
    the day it was reached (第三十条).
    """
    if agreement.get("form") == AgreeForm.ORAL:
        return whole_day(agreement.get("agreed_on"))
    if signature_gaps(agreement, parties):
        return None
    signed = [whole_day(row.get("signed_on")) for row in agreement.get("signatures") or []]
    return max(found for found in (*signed, whole_day(agreement["sealed_on"])) if found is not None)


def signature_gaps(agreement: Values, parties: Sequence[Values]) -> tuple[str, ...]:
    """Say whose dated signature or which seal a written agreement lacks (人民调解法第二十九条)."""
    signatures = [row for row in agreement.get("signatures") or [] if whole_day(row.get("signed_on"))]
    names = {text(row.get(key)) for row in signatures for key in ("name", "on_behalf_of")}
    gaps = [
        f"{text(party.get('name'))}未签字"
        for party in parties
        if party.get("side") != Side.THIRD and text(party.get("name")) not in names
    ]
    if not any(row.get("role") == "mediator" for row in signatures):
        gaps.append("调解员未签字")
    if whole_day(agreement.get("sealed_on")) is None:
        gaps.append("未填盖章日期")
    return tuple(gaps)


def item_state(item: Values, today: str) -> ItemState:
    """Give where a performance item stands on a day; 不再履行 is decided by people and stays."""
    if item.get("state") == ItemState.WAIVED:
        return ItemState.WAIVED
    due, paid = amount(item.get("amount")), amount(item.get("done_amount"))
    if whole_day(item.get("done_on")) and paid >= due:
        return ItemState.DONE
    if paid > 0:
        return ItemState.PARTIAL
    due_on = whole_day(item.get("due_on"))
    return ItemState.OVERDUE if due_on is not None and due_on < today else ItemState.NOT_DUE


def is_settled(item: Values) -> bool:
    """Tell whether nothing remains to be done under an item."""
    return item.get("state") in (ItemState.DONE, ItemState.WAIVED)


def has_proof(item: Values) -> bool:
    """Tell whether a receipt or transfer slip is kept for an item."""
    return bool(item.get("proof") or text(item.get("proof_note")))


def performance_is_shown(case: Values) -> bool:
    """Tell whether performance rests on something: receipts, a visit, or performance on the spot."""
    agreement = main_agreement(case)
    if case.get("follow_ups") or text(case.get("performance_proof")):
        return True
    if agreement is None:
        return False
    items = [item for item in agreement.get("items") or [] if item.get("state") != ItemState.WAIVED]
    if items:
        return all(has_proof(item) for item in items)
    return agreement.get("perform_mode") == IMMEDIATE


def party_count(case: Values) -> int:
    """Give the number of people party to a case: the mass figure, else the sum over the rows."""
    mass = case.get("mass_party_count")
    if isinstance(mass, int):
        return mass
    return sum(amount(party.get("side_party_count")) or 1 for party in case.get("parties") or [])


def relation_type(parties: Iterable[Mapping[str, Any]]) -> str | None:
    """Give the legal relation: between citizens, or between a citizen and an organisation."""
    kinds = {party.get("party_type") for party in parties}
    if not kinds:
        return None
    return "citizens" if kinds <= set(SINGLE_PERSONS) else "citizen_org"


def sides(parties: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Give the names of the parties on each of the two sides; third parties stand on neither."""
    one: list[str] = []
    other: list[str] = []
    for party in parties:
        if party.get("side") in FIRST_SIDE:
            one.append(text(party.get("name")))
        elif party.get("side") in OTHER_SIDE:
            other.append(text(party.get("name")))
    return one, other


def default_title(parties: Sequence[Mapping[str, Any]], type_label: str) -> str | None:
    """Give 甲与乙某某纠纷, with 等 behind the first of several; None where no party is named."""
    named = [names[0] + ("等" if len(names) > 1 else "") for names in sides(parties) if names and names[0]]
    return "与".join(named) + type_label if named else None


def plain_words(words: str, names: Iterable[str]) -> str:
    """Level what differs between copies of one text: names become 某; digits, blanks and marks go."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        words = words.replace(name, "某")
    return "".join(char for char in words if char.isalpha())


def likeness_key(plain: str) -> str | None:
    """Give the key under which nearly identical texts are found: first characters and rounded length."""
    if len(plain) < KEY_SHORTEST:
        return None
    return f"{plain[:KEY_LENGTH]}|{len(plain) // KEY_BUCKET}"


def neighbouring_keys(key: str) -> tuple[str, ...]:
    """Give the key itself and those of the next shorter and longer texts."""
    start, _, bucket = key.rpartition("|")
    return tuple(f"{start}|{int(bucket) + step}" for step in (-1, 0, 1))


def mandatory_docs(case: Values, *, with_visit: bool) -> tuple[tuple[str, ...], ...]:
    """Give the documents a volume must hold, each with what may stand for it (司发通〔2010〕239号).

    ``with_visit``: the county asks for the record of a follow-up visit in volumes of written agreements.
    """
    outcome = case.get("outcome")
    if outcome == Outcome.TRANSFERRED or (outcome is None and case.get("transfers")):
        return TRANSFER_DOCS
    if outcome == Outcome.SUCCESS:
        if case.get("agreement_form") == AgreeForm.ORAL:
            return ORAL_DOCS
        return (*WRITTEN_DOCS, VISIT_DOC) if with_visit else WRITTEN_DOCS
    return FAILED_DOCS


def missing_docs(case: Values, *, with_visit: bool) -> tuple[tuple[str, ...], ...]:
    """Give the mandatory documents no volume of the case holds."""
    present = {row.get("doc") for row in volume_docs(case)}
    return tuple(
        group for group in mandatory_docs(case, with_visit=with_visit) if not present.intersection(group)
    )


def unnumbered_docs(case: Values) -> tuple[str, ...]:
    """Give the documents in the volume whose pages are not numbered; covers and catalogue need none."""
    return tuple(
        str(row.get("doc"))
        for row in volume_docs(case)
        if row.get("doc") not in UNNUMBERED and not (row.get("page_from") and row.get("page_to"))
    )


def volume_docs(case: Values) -> list[Row]:
    """Give the documents present in the volumes of a case, in order."""
    return [
        row
        for volume in case.get("archive") or []
        for row in volume.get("docs") or []
        if row.get("present") is not False
    ]
