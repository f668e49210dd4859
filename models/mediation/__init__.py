"""People's mediation: committees, cases, proceedings, agreements and volumes."""

from __future__ import annotations

from models.mediation.agreement import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    FollowUp,
    JudicialConfirmation,
)
from models.mediation.archive import ArchiveVolume, VolumeBorrow, VolumeDoc
from models.mediation.case import MediationCase
from models.mediation.organisation import MediationOrg, Studio
from models.mediation.people import CaseAgent, CaseMediator, CaseOutsider, CaseParty
from models.mediation.proceedings import (
    CaseEvent,
    CaseEvidence,
    CaseInvestigation,
    CasePrevented,
    CaseSession,
    CaseTransfer,
    ExternalEntry,
)
from models.mediation.states import (
    AgreeForm,
    CaseState,
    ConfirmState,
    ItemState,
    Outcome,
    Performance,
    Side,
)

__all__ = [
    "AgreeForm",
    "Agreement",
    "AgreementItem",
    "AgreementSignature",
    "ArchiveVolume",
    "CaseAgent",
    "CaseEvent",
    "CaseEvidence",
    "CaseInvestigation",
    "CaseMediator",
    "CaseOutsider",
    "CaseParty",
    "CasePrevented",
    "CaseSession",
    "CaseState",
    "CaseTransfer",
    "ConfirmState",
    "ExternalEntry",
    "FollowUp",
    "ItemState",
    "JudicialConfirmation",
    "MediationCase",
    "MediationOrg",
    "Outcome",
    "Performance",
    "Side",
    "Studio",
    "VolumeBorrow",
    "VolumeDoc",
]
