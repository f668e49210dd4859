"""Screening: rounds, leads, and the way from a lead to a mediation case."""

from __future__ import annotations

from app.screening.leads import DISPUTE_LEAD
from app.screening.rounds import SCREENING_ROUND

REGISTERS = (SCREENING_ROUND, DISPUTE_LEAD)
