"""What of a record is shown on the station's own screen, and the noted uncovering of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.fields import Field, Sensitivity, fields_of
from models.masking import mask
from models.records import Journaled, children_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.context import Context
    from app.finding import Found
    from models.records import Row

SHOWN_IN_FULL = frozenset({Sensitivity.NORMAL, Sensitivity.ADDRESS, Sensitivity.BIRTH_DATE})
REVEAL = "reveal"


def covered(entity: type[Journaled], row: Mapping[str, Any], *, minor: bool | None = None) -> Row:
    """Give a record and its children with sensitive values masked as lists show them (level L1)."""
    young = bool(row.get("minor_flag")) if minor is None else minor
    shown = dict(row)
    for name, field in fields_of(entity).items():
        if name in shown:
            shown[name] = covered_value(field, shown[name], minor=young)
    for child in children_of(entity.__tablename__):
        if child.__field__ in shown:
            rows = shown[child.__field__] or []
            shown[child.__field__] = [covered(child, inner, minor=young) for inner in rows]
    return shown


def covered_value(field: Field, value: Any, *, minor: bool = False) -> Any:
    """Give one value as lists show it; values that lists show whole stay as they are stored."""
    if field.sensitivity in SHOWN_IN_FULL or value in (None, "", []):
        return value
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return [mask(field.sensitivity.value, item, "L1", minor=minor) for item in value]
    return mask(field.sensitivity.value, value, "L1", minor=minor)


def note_reveal(ctx: Context, found: Found) -> None:
    """Keep in the journal that somebody looked at the whole record."""
    with ctx.ledger.writing(ctx, REVEAL, f"查看{found.register.label}完整信息") as writer:
        writer.event(REVEAL, found.id, {"register": found.register.key})
