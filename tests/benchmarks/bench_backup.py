"""A verified backup of ten years, against SQLite's own copy that nobody has looked at."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.ledger.backup import backup_to
from app.ledger.connection import vacuum_into
from app.ledger.ledger import Ledger
from tests.benchmarks.decade import FOLDER, decade, opened
from tests.benchmarks.figure import Figure, best, slower_than


def figures() -> list[Figure]:
    """Copy with every page checked, synced and put in place; copy alone."""
    decade()
    with opened() as ctx:
        ours, theirs = best(2, partial(_ours, ctx.ledger), partial(_theirs, ctx.ledger))
    return [slower_than("备份十年台账并验证", ours, "VACUUM INTO", theirs, 1.3, unit="s")]


def _ours(ledger: Ledger) -> None:
    target = FOLDER / "backup.ybz"
    _remove(target)
    backup_to(ledger, target)
    _remove(target)


def _theirs(ledger: Ledger) -> None:
    target = FOLDER / "vacuum.ybz"
    _remove(target)
    with ledger.engine.connect() as conn:
        vacuum_into(conn, target)
    _remove(target)


def _remove(target: Path) -> None:
    for path in target.parent.glob(f"{target.name}*"):
        path.unlink()
