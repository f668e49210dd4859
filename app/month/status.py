"""Where every month stands: open, closed, received, accepted, sent back; and when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.month.forms import form_group
from app.month.versions import LIVE, TABLE
from app.registers import register_named
from models.dates import Period, month_of
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context

OPEN = "open"
MOST_MONTHS = 36


def month_status(ctx: Context) -> list[dict[str, Any]]:
    """Give every month from the first with records or a submission to the present, newest first."""
    start_day = int(ctx.settings["month_start_day"])
    now = month_of(ctx.today, start_day)
    with ctx.ledger.reading() as conn:
        submitted = _submitted(conn)
        first = min([_first_month(conn, start_day, now).key, *submitted], default=now.key)
    month = now
    months: list[dict[str, Any]] = []
    while month.key >= first and len(months) < MOST_MONTHS:
        months.append(_described(ctx, month, submitted.get(month.key)))
        month = month.previous()
    return months


def due_day(ctx: Context, month: Period) -> str:
    """Give the day a month is due, as the county counts it (`report_due_day`, rolled to a workday)."""
    from app.county.timing import due_on

    return due_on(ctx, month).isoformat()


def _described(ctx: Context, month: Period, submission: dict[str, Any] | None) -> dict[str, Any]:
    due = due_day(ctx, month)
    closed_on = submission["closed_at"][:10] if submission else None
    return {
        "period": month.key,
        "state": submission["state"] if submission else OPEN,
        "version": submission["version"] if submission else None,
        "short_code": submission["short_code"] if submission else None,
        "closed_at": submission["closed_at"] if submission else None,
        "received_at": submission["received_at"] if submission else None,
        "receipt_note": submission["receipt_note"] if submission else None,
        "due_on": due,
        "late": (closed_on or ctx.today.isoformat()) > due,
        "rows": submission["row_count"] if submission else None,
    }


def _submitted(conn: sa.Connection) -> dict[str, dict[str, Any]]:
    query = sa.select(TABLE).where(*LIVE).order_by(TABLE.c.period, TABLE.c.version)
    return {row["period"]: dict(row) for row in conn.execute(query).mappings()}


def _first_month(conn: sa.Connection, start_day: int, now: Period) -> Period:
    from datetime import date

    days = []
    for form in form_group().sheets:
        table = table_of(register_named(form.register).entity)
        column = table.c[form.dates[0]]
        days.append(conn.execute(sa.select(sa.func.min(column)).where(column < "~")).scalar())
    known = [day for day in days if day]
    return month_of(date.fromisoformat(min(known)), start_day) if known else now
