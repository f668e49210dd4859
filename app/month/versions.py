"""Looking up the versions of a month's submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from models.records import table_of
from models.submission import Submission, SubmissionState

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period
    from models.records import Row

TABLE = table_of(Submission)
LIVE = (TABLE.c.void_flag.is_(sa.false()), TABLE.c.state != SubmissionState.WITHDRAWN.value)


def latest(ctx: Context, period: str, group: str) -> Row | None:
    """Give the highest version of a month, None when it was never closed."""
    query = (
        sa.select(TABLE)
        .where(*LIVE, TABLE.c.period == period, TABLE.c.form_group == group)
        .order_by(TABLE.c.version.desc())
    )
    with ctx.ledger.reading() as conn:
        found = conn.execute(query.limit(1)).mappings().first()
    return None if found is None else dict(found)


def closed_periods(ctx: Context, group: str) -> list[str]:
    """Give the months that were closed, in order."""
    query = sa.select(TABLE.c.period).where(*LIVE, TABLE.c.form_group == group).distinct()
    with ctx.ledger.reading() as conn:
        return sorted(conn.execute(query).scalars())


def first_after(ctx: Context, period: str, group: str) -> str | None:
    """Give the first closed month after this one."""
    return next((key for key in closed_periods(ctx, group) if key > period), None)


def before_in_year(ctx: Context, period: Period, group: str) -> list[str]:
    """Give the last version of each month of the same year closed before this one, oldest month first."""
    year = period.key[:4]
    return list(_closed_between(ctx, f"{year}-01", period.key, group).values())


def year_before(ctx: Context, period: Period, group: str) -> tuple[str, list[str]]:
    """Give the last closed month of the year before (empty if none was closed), and that year's versions."""
    year = int(period.key[:4])
    found = _closed_between(ctx, f"{year - 1}-01", f"{year}-01", group)
    return next(reversed(found), ""), list(found.values())


def _closed_between(ctx: Context, first: str, after: str, group: str) -> dict[str, str]:
    query = (
        sa.select(TABLE.c.period, TABLE.c.id)
        .where(*LIVE, TABLE.c.form_group == group, TABLE.c.period >= first, TABLE.c.period < after)
        .order_by(TABLE.c.period, TABLE.c.version)
    )
    with ctx.ledger.reading() as conn:
        return {row.period: row.id for row in conn.execute(query)}


def last_number(conn: sa.Connection, period: str, group: str) -> int:
    """Give the highest version number ever used for a month; one that was taken back stays used."""
    query = sa.select(sa.func.max(TABLE.c.version)).where(
        TABLE.c.period == period, TABLE.c.form_group == group
    )
    return conn.execute(query).scalar() or 0


def accepted(ctx: Context, period: str, group: str) -> Row | None:
    """Give the version of a month the county accepted, whichever it is."""
    query = sa.select(TABLE).where(
        *LIVE, TABLE.c.period == period, TABLE.c.form_group == group,
        TABLE.c.state == SubmissionState.ACCEPTED.value,
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        found = conn.execute(query).mappings().first()
    return None if found is None else dict(found)


def hash_of_previous(conn: sa.Connection, period: str, group: str) -> str | None:
    """Give the manifest hash of the last version of the month before: the chain of submissions."""
    query = (
        sa.select(TABLE.c.manifest_hash)
        .where(*LIVE, TABLE.c.form_group == group, TABLE.c.period < period)
        .order_by(TABLE.c.period.desc(), TABLE.c.version.desc())
    )
    return conn.execute(query.limit(1)).scalar()
