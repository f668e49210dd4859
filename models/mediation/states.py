"""The codes the procedure of people's mediation turns on, and the groups of states it speaks of."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands (code list case_state)."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MEDIATING = "mediating"
    SUSPENDED = "suspended"
    PERFORMING = "performing"
    PERFORMED = "performed"
    FAILED = "failed"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Outcome(StrEnum):
    """How mediation ended (code list outcome); a case still running has none."""

    SUCCESS = "1"
    FAILURE = "2"
    TERMINATED = "3"
    TRANSFERRED = "4"


class AgreeForm(StrEnum):
    """Form of the agreement (code list agree_form)."""

    WRITTEN = "1"
    ORAL = "2"


class Performance(StrEnum):
    """How far an agreement is kept (code list performance)."""

    NOT_DUE = "0"
    DONE = "1"
    PARTIAL = "2"
    OVERDUE = "3"
    CONFIRMATION = "4"
    RENEGED = "5"


class ItemState(StrEnum):
    """Where one performance item stands (code list item_state)."""

    NOT_DUE = "not_due"
    OVERDUE = "overdue"
    PARTIAL = "partial"
    DONE = "done"
    WAIVED = "waived"


class ConfirmState(StrEnum):
    """Where judicial confirmation stands (code list confirm_state)."""

    NONE = "none"
    PLANNED = "planned"
    APPLIED = "applied"
    ACCEPTED = "accepted"
    VALID = "valid"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    NOT_ACCEPTED = "not_accepted"
    LAPSED = "lapsed"


class Side(StrEnum):
    """On which side a party stands (code list party_side)."""

    APPLICANT = "applicant"
    RESPONDENT = "respondent"
    PARTY_A = "party_a"
    PARTY_B = "party_b"
    THIRD = "third"


S = CaseState

OPEN_STATES = (S.REGISTERED, S.ACCEPTED, S.MEDIATING, S.SUSPENDED, S.PERFORMING)
ACCEPTED_STATES = (S.ACCEPTED, S.MEDIATING, S.SUSPENDED, S.PERFORMING, S.PERFORMED, S.FAILED)
CONCLUDED_STATES = (S.PERFORMING, S.PERFORMED, S.FAILED)
AGREED_STATES = (S.PERFORMING, S.PERFORMED)
LAST_STATES = (S.TRANSFERRED, S.CLOSED, S.ARCHIVED)

PROACTIVE = "10"
BY_APPLICATION = "20"
ENTRUSTED = ("31", "32", "33", "34", "35")
ALREADY_HANDLED = "handled"
CONSENT_REFUSED = "refused"
LEAD_MEDIATOR = "lead"
IMMEDIATE = "immediate"
LEGAL_PERSON = "legal_person"
SINGLE_PERSONS = ("natural", "self_employed")
FIRST_SIDE = (Side.APPLICANT, Side.PARTY_A)
OTHER_SIDE = (Side.RESPONDENT, Side.PARTY_B)
MINOR = "minor"
PROFESSIONAL_ORG = "6"
VILLAGE_ORGS = ("1", "2")
MUST_REPORT_TO_POLICE = ("2", "4")
