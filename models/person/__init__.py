"""One natural person, one file: whatever roles they have over the years hang below it."""

from __future__ import annotations

from models.person.attachment import Attachment
from models.person.pairs import PersonPair, Verdict
from models.person.people import (
    Address,
    Contact,
    Guardian,
    IdDoc,
    Person,
    PersonNote,
    PriorRecord,
    Relation,
    Resume,
)

__all__ = [
    "Address",
    "Attachment",
    "Contact",
    "Guardian",
    "IdDoc",
    "Person",
    "PersonNote",
    "PersonPair",
    "PriorRecord",
    "Relation",
    "Resume",
    "Verdict",
]
