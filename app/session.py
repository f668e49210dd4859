"""Opening a ledger for work: unlock, read settings and code lists, back up, and close again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.context import Context
from app.indexing import update_search
from app.ledger.backup import automatic
from app.ledger.ledger import Ledger, open_ledger
from app.settings import load_settings, local_codes
from models.calendar import WorkCalendar
from models.codes import load_codebook


def context_of(ledger: Ledger, now: datetime, actor: str | None = None) -> Context:
    """Make the context of an open ledger: its settings, its code lists, the calendar and the clock."""
    with ledger.reading() as conn:
        settings = load_settings(conn)
        local = local_codes(conn)
    return Context(
        ledger=ledger,
        now=now,
        actor=actor or str(settings["officer"]),
        calendar=WorkCalendar.shipped(),
        codes=load_codebook().with_local(local),
        settings=settings,
    )


def refreshed(ctx: Context) -> Context:
    """Give the context again after settings or code entries have changed."""
    with ctx.ledger.reading() as conn:
        settings, local = load_settings(conn), local_codes(conn)
    return replace(ctx, settings=settings, codes=load_codebook().with_local(local))


@contextmanager
def session(
    path: Path,
    *,
    now: datetime,
    password: str | None = None,
    recovery_code: str | None = None,
    actor: str | None = None,
) -> Iterator[Context]:
    """Open a ledger, give its context, back up what changed, and close it whatever happens."""
    ledger = open_ledger(path, password=password, recovery_code=recovery_code, projections=(update_search,))
    try:
        yield context_of(ledger, now, actor)
        automatic(ledger, now)
    finally:
        ledger.close()
