"""Closing a month of five thousand cases: checked, counted, frozen, sealed and backed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.month import close_month
from models.dates import parse_period
from models.mediation import MediationCase
from tests.benchmarks.decade import BUSY_CASES, BUSY_MONTH, Cases, busy_days, small, templates, write
from tests.benchmarks.figure import Figure, seconds, within

if TYPE_CHECKING:
    from pathlib import Path

    from app.context import Context

LIMIT = 3.0
PEER = "裸 SQL 读出这些案件"


def figures() -> list[Figure]:
    """The first closing, and handing the same version out again."""
    with small("month") as ctx:
        days = busy_days()
        write(ctx, Cases(templates(ctx), open_from=days[0]), days)
        bare = _bare(ctx)
        out = ctx.ledger.path.parent / "out"
        first = seconds(lambda: _close(ctx, out))
        again = seconds(lambda: _close(ctx, out))
    what = f"封 {BUSY_CASES} 件案件的月"
    return [
        within(what, first, LIMIT, PEER, bare),
        within(f"{what}，内容没变再封一次", again, LIMIT, PEER, bare),
    ]


def _close(ctx: Context, out: Path) -> None:
    close_month(ctx, parse_period(BUSY_MONTH), out, reason="性能测量")


def _bare(ctx: Context) -> float:
    bare = ctx.ledger.engine.raw_connection()
    try:
        return seconds(
            lambda: bare.cursor().execute(f"SELECT * FROM {MediationCase.__tablename__}").fetchall()
        )
    finally:
        bare.close()
