"""The county's side: whose signature counts, what was received, what is decided, what it adds up to."""

from __future__ import annotations

from app.county.consolidate import Consolidated, consolidate, consolidated_figures, trace_consolidated
from app.county.enrolment import Enrolled, enrol, enrolled_county, make_card, own_card, trusted_keys
from app.county.matrix import Matrix, MatrixRow, matrix
from app.county.receipts import MadeReceipt, make_receipt
from app.county.receiving import Received, receive
from app.county.store import check_received

__all__ = [
    "Consolidated",
    "Enrolled",
    "MadeReceipt",
    "Matrix",
    "MatrixRow",
    "Received",
    "check_received",
    "consolidate",
    "consolidated_figures",
    "enrol",
    "enrolled_county",
    "make_card",
    "make_receipt",
    "matrix",
    "own_card",
    "receive",
    "trace_consolidated",
    "trusted_keys",
]
