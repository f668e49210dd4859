"""Events and cases of a month, written as the journal writes them, and what a closed month holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import sqlalchemy as sa

from app.context import Context
from models.dates import Period, parse_period
from models.outreach import OutreachEvent
from models.records import table_of
from models.submission import SubmissionFigure, SubmissionFile, SubmissionRow


def at(ctx: Context, day: str) -> Context:
    """Give the same ledger on another day, at nine in the morning."""
    return replace(ctx, now=datetime.fromisoformat(f"{day}T09:00"))


def month(key: str) -> Period:
    """Give a natural month."""
    return parse_period(key)


def event_values(day: str, audience: int = 10) -> dict[str, Any]:
    """Give an event that took place, with everything a form asks for, as it is stored."""
    return {
        "title": "反诈宣传进乡村",
        "held_on": day,
        "topics": ["anti_fraud"],
        "main_topic": "anti_fraud",
        "form": "market",
        "six_entry": "village",
        "place": "青石村文化广场",
        "village_id": "420981001001",
        "organizer": "青石司法所",
        "audience_type": ["villager"],
        "audience_count": audience,
        "material_count": 0,
        "state": "held",
    }


def put_event(ctx: Context, day: str, audience: int = 10) -> str:
    """Add an event through the journal; gives its id."""
    with ctx.ledger.writing(ctx, "test.add", "新增活动") as writer:
        return writer.create(OutreachEvent, event_values(day, audience))


def frozen(ctx: Context, submission: str) -> tuple[Any, ...]:
    """Give everything that was frozen for a submission, to be compared later."""
    found = []
    with ctx.ledger.reading() as conn:
        for kind in (SubmissionRow, SubmissionFigure, SubmissionFile):
            table = table_of(kind)
            query = sa.select(table).where(table.c.submission == submission)
            found.append(sorted(map(tuple, conn.execute(query)), key=repr))
    return tuple(found)


def figures_in(bundle: Path) -> dict[str, dict[str, Any]]:
    """Give the figures of a bundle by cell."""
    with ZipFile(bundle) as archive:
        listed = json.loads(archive.read("data/figures.json"))
    return {item["cell"]: item for item in listed}


def lines_in(bundle: Path, name: str) -> list[dict[str, Any]]:
    """Give the lines of an ndjson member of a bundle."""
    with ZipFile(bundle) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


def corrections_in(bundle: Path) -> list[dict[str, Any]]:
    """Give the corrections a bundle tells."""
    with ZipFile(bundle) as archive:
        return list(json.loads(archive.read("data/corrections.json")))
