"""Quick entry of a small village dispute: eight values make a whole case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.mediation import lookup
from app.mediation.numbers import issue_volume_no
from app.values import read_value
from models.fields import fields_of
from models.mediation import AgreeForm, CaseState, MediationCase, Outcome, Performance, Side
from models.mediation.states import IMMEDIATE, LEAD_MEDIATOR, PROACTIVE

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from app.records import Saved

QUICK_FIELDS = ("date", "village_id", "party_a", "party_b", "dispute_type", "brief", "outcome", "amount")
NEEDED = frozenset({"party_a", "party_b"})
ALREADY_PERFORMED = frozenset({"履行完毕", "已履行", "当场履行", "即时履行"})
UNKNOWN = {"missing": "unknown"}


def is_quick(raw: Mapping[str, Any]) -> bool:
    """Tell whether an input row is a quick entry: both parties, and nothing but the eight values."""
    return set(raw) >= NEEDED and set(raw) <= set(QUICK_FIELDS)


def expand(ctx: Context, writer: Writer, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Turn a quick entry into a full input row; a full row is left as it is.

    Source 主动调解, difficulty 简单, oral agreement, the village's committee, the mediator used last. The
    result 履行完毕 gives a closed case, 成功 one in performance, 不成功 a failed one, none one to be
    examined. What was not said stays unknown.
    """
    if not is_quick(raw):
        return raw
    org_id = lookup.village_org(ctx, _code(ctx, "village_id", raw.get("village_id")))
    on = _day(ctx, raw.get("date"))
    full = _start(ctx, raw, org_id, on)
    outcome = _code(ctx, "outcome", raw.get("outcome"))
    if outcome is None:
        return full
    full.update(_accepted(ctx, on), outcome=outcome, concluded_on=on)
    if outcome == Outcome.SUCCESS:
        full.update(_agreed(raw, on, performed=_is_performed(raw)))
    else:
        full.update(
            state=CaseState.FAILED.value, fail_reason=UNKNOWN, advised_path=UNKNOWN, transformation="0"
        )
    if org_id is not None:
        full["volume_no"] = issue_volume_no(ctx, writer, org_id, on, oral=outcome == Outcome.SUCCESS)
    return full


def quick_case(ctx: Context, **values: object) -> Saved:
    """Enter a case by its eight values (`QUICK_FIELDS`); gives its id and warnings, `Refused` otherwise."""
    from app.records import add

    return add(ctx, "mediation_case", [{name: value for name, value in values.items() if value is not None}])


def _start(ctx: Context, raw: Mapping[str, Any], org_id: str | None, on: str) -> dict[str, Any]:
    village = raw.get("village_id")
    mediator = lookup.last_mediator(ctx, org_id) if org_id else None
    return {
        "org_id": org_id,
        "level": "1",
        "source": PROACTIVE,
        "apply_form": "none",
        "occurred_place": ctx.codes["village"].label(_code(ctx, "village_id", village)) or None,
        "village_id": village,
        "registered_on": on,
        "dispute_type": raw.get("dispute_type"),
        "brief": raw.get("brief"),
        "parties": [
            {"side": Side.PARTY_A.value, "name": raw["party_a"]},
            {"side": Side.PARTY_B.value, "name": raw["party_b"]},
        ],
        "mediators": [{**mediator, "role": LEAD_MEDIATOR}] if mediator else [],
        "state": CaseState.REGISTERED.value,
    }


def _accepted(ctx: Context, on: str) -> dict[str, Any]:
    return {"accepted_on": on, "acceptor": ctx.actor, "difficulty": "1", "consent_state": "agreed"}


def _agreed(raw: Mapping[str, Any], on: str, *, performed: bool) -> dict[str, Any]:
    agreement = {
        "form": AgreeForm.ORAL.value,
        "agreed_on": on,
        "facts": raw.get("brief"),
        "terms": UNKNOWN,
        "perform_mode": IMMEDIATE if performed else UNKNOWN,
        "perform_due": on if performed else UNKNOWN,
        "amount": raw.get("amount") or 0,
    }
    values: dict[str, Any] = {"agreements": [agreement], "state": CaseState.PERFORMING.value}
    if performed:
        values.update(
            state=CaseState.CLOSED.value, performance=Performance.DONE.value, performed_on=on, closed_on=on
        )
    return values


def _is_performed(raw: Mapping[str, Any]) -> bool:
    return str(raw.get("outcome") or "").strip() in ALREADY_PERFORMED


def _code(ctx: Context, name: str, value: object) -> str | None:
    """Read a code as the form would; a result already performed is a success; what cannot be read is None."""
    if name == "outcome" and isinstance(value, str) and value.strip() in ALREADY_PERFORMED:
        return Outcome.SUCCESS.value
    found, problem = read_value(fields_of(MediationCase)[name], value, ctx)
    return found if problem is None and isinstance(found, str) else None


def _day(ctx: Context, value: object) -> str:
    """Read the day; none given is today, one that cannot be read is left for the full check to refuse."""
    if value is None:
        return ctx.today.isoformat()
    found, problem = read_value(fields_of(MediationCase)["registered_on"], value, ctx)
    return found if problem is None and isinstance(found, str) else str(value)
