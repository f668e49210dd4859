"""What follows from what was typed: counts, title, terms of time, effect of the agreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.mediation import lookup
from models.dates import age_on, due_after, whole_day
from models.identity import check_id
from models.mediation import ConfirmState, Outcome, terms
from models.mediation.states import OPEN_STATES, PROACTIVE, AgreeForm, Performance
from models.names import normalise_name

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row, Values

FROM_PERSON = (("name", "name"), ("sex", "sex"), ("ethnicity", "ethnic"), ("birth_date", "birth_date"),
               ("phone", "phone_main"), ("occupation", "occupation"), ("work_unit", "employer"))  # fmt: skip
CONFIRMED_AS: Mapping[str, ConfirmState] = MappingProxyType(
    {
        "valid": ConfirmState.VALID,
        "dismissed": ConfirmState.DISMISSED,
        "withdrawn": ConfirmState.WITHDRAWN,
        "not_accepted": ConfirmState.NOT_ACCEPTED,
    }
)


def prepare_case(ctx: Context, draft: Row) -> Row:
    """Fill what follows from the rest of a case; doing it twice changes nothing more."""
    case = dict(draft)
    for field, fill in CHILDREN.items():
        case[field] = [fill(ctx, case, dict(row)) for row in case.get(field) or []]
    _fill_start(ctx, case)
    _fill_agreement(case)
    case["due_on"] = due_on(ctx, case)
    _fill_confirmation(ctx, case)
    _fill_ends(case)
    if not case.get("created_at") and not case.get("events"):
        case["events"] = [_first_event(ctx, case)]
    return case


def due_on(ctx: Context, case: Values) -> str | None:
    """Give the last day for mediating a case, None before acceptance or where its day is not complete."""
    start = whole_day(case.get("reopened_on")) or whole_day(case.get("accepted_on"))
    if start is None:
        return None
    period = int(ctx.settings.get("mediation_period_days", 0))
    return terms.mediation_due(
        start, period, whole_day(case.get("extended_to")), case.get("due_shift_days") or 0
    )


def confirm_state(ctx: Context, case: Values) -> ConfirmState | None:
    """Give where judicial confirmation stands today; None where there is no agreement."""
    agreement = terms.main_agreement(case)
    applications = [row for row in case.get("confirmations") or [] if not row.get("void")]
    if applications:
        last = applications[-1]
        if last.get("result") in CONFIRMED_AS:
            return CONFIRMED_AS[last["result"]]
        return ConfirmState.ACCEPTED if last.get("accepted_on") else ConfirmState.APPLIED
    if agreement is None or case.get("outcome") != Outcome.SUCCESS:
        return None
    if not agreement.get("confirm_intent"):
        return ConfirmState.NONE
    last_day = confirm_last_day(ctx, agreement)
    return ConfirmState.LAPSED if last_day is not None and last_day < ctx.today else ConfirmState.PLANNED


def confirm_last_day(ctx: Context, agreement: Values) -> date | None:
    """Give the last day to apply for confirmation; a last day on a holiday moves (民法典第二百零三条)."""
    effective = whole_day(agreement.get("effective_on"))
    if effective is None:
        return None
    start = date.fromisoformat(effective)
    return due_after(start, terms.CONFIRM_DAYS, "day", ctx.calendar, rolls=True).legal


def _fill_start(ctx: Context, case: Row) -> None:
    parties = case["parties"]
    if not case.get("registered_on"):
        known = (case.get("accepted_on"), case.get("concluded_on"), ctx.today.isoformat())
        case["registered_on"] = next(value for value in known if isinstance(value, str) and value)
    if not case.get("apply_form") and case.get("source") == PROACTIVE:
        case["apply_form"] = "none"
    if not case.get("title"):
        label = ctx.codes["dispute_type"].label(terms.text(case.get("dispute_type")))
        case["title"] = terms.default_title(parties, label)
    case["party_count"] = terms.party_count(case) if parties or case.get("mass_party_count") else None
    case["relation_type"] = terms.relation_type(parties)
    names = [terms.text(party.get("name")) for party in parties]
    case["brief_key"] = terms.likeness_key(terms.plain_words(terms.text(case.get("brief")), names))
    studio = terms.text(case.get("studio_id"))
    if studio:
        case["studio_id"] = lookup.studio_id(ctx, case.get("org_id"), studio) or studio


def _fill_agreement(case: Row) -> None:
    agreement = terms.main_agreement(case)
    if agreement is None or case.get("outcome") != Outcome.SUCCESS:
        return
    case["agreement_form"] = agreement.get("form")
    case["agreement_amount"] = agreement.get("amount")
    if not case.get("performance"):
        case["performance"] = Performance.NOT_DUE.value
    if not case.get("concluded_on"):
        case["concluded_on"] = agreement.get("agreed_on")


def _fill_confirmation(ctx: Context, case: Row) -> None:
    agreement = terms.main_agreement(case) if case.get("outcome") == Outcome.SUCCESS else None
    effective = whole_day(agreement.get("effective_on")) if agreement else None
    case["confirm_deadline"] = terms.confirm_deadline(effective)
    for row in case["confirmations"]:
        row["deadline"] = row.get("deadline") or case["confirm_deadline"]
    state = confirm_state(ctx, case)
    case["confirm_state"] = state.value if state else None


def _fill_ends(case: Row) -> None:
    agreement = terms.main_agreement(case)
    for row in case["follow_ups"]:
        row["reason"] = row.get("reason") or case.get("title")
        row["agreement_no"] = row.get("agreement_no") or (agreement or {}).get("agreement_no")
    for volume in case["archive"]:
        volume["volume_no"] = volume.get("volume_no") or case.get("volume_no")
        volume["keep_period"] = volume.get("keep_period") or case.get("keep_period")


def _fill_party(ctx: Context, case: Values, party: Row) -> Row:
    if party.get("person_id") and not party.get("name"):
        person = lookup.person_of(ctx, party["person_id"]) or {}
        for name, source in FROM_PERSON:
            party[name] = party.get(name) or person.get(source)
    if isinstance(party.get("name"), str) and party.get("party_type") == "natural":
        party["name"] = normalise_name(party["name"])
    if isinstance(party.get("id_no"), str):
        checked = check_id(party["id_no"], party.get("id_type"), today=ctx.today)
        if not checked.errors:
            party["id_no"] = checked.number
            party["id_type"] = party.get("id_type") or checked.doc_type
            party["sex"] = party.get("sex") or checked.sex or None
            party["birth_date"] = party.get("birth_date") or checked.birth_date or None
    born, start = whole_day(party.get("birth_date")), _start_of(case)
    if born and start and not party.get("age"):
        party["age"] = age_on(date.fromisoformat(born), date.fromisoformat(start))
    return party


def _start_of(case: Values) -> str | None:
    return whole_day(case.get("accepted_on")) or whole_day(case.get("registered_on"))


def _fill_mediator(ctx: Context, case: Values, mediator: Row) -> Row:  # noqa: ARG001
    if mediator.get("mediator_post") and not mediator.get("name"):
        post = lookup.post_of(ctx, mediator["mediator_post"]) or {}
        mediator["name"] = post.get("name")
    return mediator


def _fill_helper(ctx: Context, case: Values, helper: Row) -> Row:  # noqa: ARG001
    helper["joint_group"] = helper.get("joint_group") or case.get("joint_group")
    return helper


def _fill_one_agreement(ctx: Context, case: Values, agreement: Row) -> Row:
    today = ctx.today.isoformat()
    items = [dict(row) for row in agreement.get("items") or []]
    for number, item in enumerate(items, 1):
        item["seq"] = item.get("seq") or number
        item["state"] = terms.item_state(item, today).value
    agreement["items"] = items
    agreement["agreement_no"] = agreement.get("agreement_no") or case.get("volume_no")
    dues = [found for found in (whole_day(item.get("due_on")) for item in items) if found]
    if not agreement.get("perform_due") and dues:
        agreement["perform_due"] = max(dues)
    if not agreement.get("copies") and agreement.get("form") == AgreeForm.WRITTEN:
        agreement["copies"] = len(case.get("parties") or []) + 1
    agreement["effective_on"] = terms.effective_on(agreement, case.get("parties") or [])
    agreement["confirm_deadline"] = terms.confirm_deadline(agreement["effective_on"])
    written = agreement.get("terms")
    names = [terms.text(party.get("name")) for party in case.get("parties") or []]
    words = "".join(written) if isinstance(written, list) else ""
    agreement["terms_key"] = terms.likeness_key(terms.plain_words(words, names))
    return agreement


def _fill_volume(ctx: Context, case: Values, volume: Row) -> Row:  # noqa: ARG001
    docs = [dict(row) for row in volume.get("docs") or []]
    for row in docs:
        row["name"] = row.get("name") or ctx.codes["volume_document"].label(terms.text(row.get("doc")))
    volume["docs"] = docs
    return volume


def _as_it_is(ctx: Context, case: Values, row: Row) -> Row:  # noqa: ARG001
    return row


CHILDREN: Mapping[str, Callable[[Context, Values, Row], Row]] = MappingProxyType(
    {
        "parties": _fill_party,
        "mediators": _fill_mediator,
        "helpers": _fill_helper,
        "agreements": _fill_one_agreement,
        "confirmations": _as_it_is,
        "follow_ups": _as_it_is,
        "archive": _fill_volume,
    }
)


def _first_event(ctx: Context, case: Values) -> Row:
    return {
        "at": ctx.now.isoformat(timespec="minutes"),
        "actor": ctx.actor,
        "event": "register",
        "to_state": case.get("state") or OPEN_STATES[0].value,
        "on": case.get("registered_on"),
    }
