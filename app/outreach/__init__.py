"""Outreach: events, posts, schools and lessons, plans, trips."""

from __future__ import annotations

from app.outreach.events import OUTREACH_EVENT, OUTREACH_PLAN, SERVICE_TRIP
from app.outreach.posts import MEDIA_POST
from app.outreach.schools import LAW_CLASS, SCHOOL, VICE_PRINCIPAL

REGISTERS = (
    OUTREACH_EVENT,
    MEDIA_POST,
    SCHOOL,
    VICE_PRINCIPAL,
    LAW_CLASS,
    OUTREACH_PLAN,
    SERVICE_TRIP,
)
