"""Reporting periods as they are typed on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.command import UsageError, arg
from models.errors import LedgerError

if TYPE_CHECKING:
    from argparse import Namespace

    from app.context import Context
    from models.dates import Period

PERIOD = arg("--period", metavar="期间", help="2026-11（月）、2026Q3（季度）、2026H1（半年）或 2026（年）")
FROM = arg("--from", dest="first", metavar="月份", help="起始月份，例如 2026-01")
TO = arg("--to", dest="last", metavar="月份", help="截止月份，例如 2026-11")


class BadPeriod(LedgerError):
    """The text names no reporting period."""

    code = "bad_period"


def period_of(ctx: Context, text: str) -> Period:
    """Read a period on the reporting months of this ledger. Errors: `BadPeriod`."""
    from models.dates import DateError, parse_period

    try:
        return parse_period(text, int(ctx.settings["month_start_day"]))
    except DateError as error:
        raise BadPeriod(str(error)) from None


def period_in(ctx: Context, args: Namespace) -> Period:
    """Read ``--period``, or ``--from`` and ``--to``. Errors: `UsageError`, `BadPeriod`."""
    if args.period and (args.first or args.last):
        raise UsageError("期间请写 --period，或写 --from 和 --to，不能同时写。")
    if args.period:
        return period_of(ctx, args.period)
    if not args.first:
        raise UsageError("须写明期间：--period 2026-11，或 --from 2026-01 --to 2026-11。")
    return period_of(ctx, f"{args.first}..{args.last or args.first}")
