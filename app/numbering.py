"""Who may issue the numbers that get printed: held back after a restore until the paper was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.ledger.connection import begin_immediate
from models import journal as j
from models.errors import LedgerError
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context


class NumbersHeld(LedgerError):
    """The ledger may be older than the paper; a number issued now could already stand on paper."""

    code = "numbers_held"

    def __init__(self, why: str) -> None:
        super().__init__(f"编号已暂停。{why}")


class NumberTooLow(LedgerError):
    """The number read off the paper register is lower than what this ledger has issued."""

    code = "number_too_low"

    def __init__(self, scheme: str, last: int) -> None:
        super().__init__(f"“{scheme}”在本台账已编到第 {last} 号，不能改小；请核对纸面登记簿。")


@dataclass(frozen=True)
class Sequence:
    """One sequence of numbers: its name, year and the last number issued."""

    scheme: str
    year: int
    last: int


def require_numbers(ctx: Context) -> None:
    """Refuse to go on when the issuing of printed numbers is held."""
    if why := ctx.ledger.meta.get("number_hold"):
        raise NumbersHeld(why)


def sequences(ctx: Context) -> list[Sequence]:
    """Give every sequence with the last number issued."""
    table = table_of(j.NumberCounter)
    with ctx.ledger.reading() as conn:
        rows = conn.execute(sa.select(table).order_by(table.c.scheme, table.c.year)).all()
    return [Sequence(row.scheme, row.year, row.last) for row in rows]


def confirm_numbers(ctx: Context, scheme: str | None = None, year: int | None = None, last: int = 0) -> None:
    """Let numbers be issued again, after setting a sequence to the last number on paper if one is given."""
    with ctx.ledger.writing(ctx, "numbers.confirm", "核对编号") as writer:
        if scheme is not None and year is not None:
            known = next((s.last for s in sequences(ctx) if (s.scheme, s.year) == (scheme, year)), 0)
            if last < known:
                raise NumberTooLow(scheme, known)
            writer.set_number(scheme, year, last)
        writer.event("numbers_confirmed", details={"scheme": scheme, "year": year, "last": last})
    with ctx.ledger.engine.connect() as conn:
        begin_immediate(conn)
        ctx.ledger.set_meta(conn, number_hold="")
        conn.commit()
