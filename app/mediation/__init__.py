"""People's mediation: committees and cases."""

from __future__ import annotations

from app.mediation.cases import MEDIATION_CASE
from app.mediation.organisations import MEDIATION_ORG, Members, members_of
from app.mediation.quick import QUICK_FIELDS, quick_case

REGISTERS = (MEDIATION_ORG, MEDIATION_CASE)

__all__ = [
    "MEDIATION_CASE",
    "MEDIATION_ORG",
    "QUICK_FIELDS",
    "REGISTERS",
    "Members",
    "members_of",
    "quick_case",
]
