"""Kill the program in the middle of its saves: nothing it confirmed may be lost, nothing may be half there.

``python -m tests.benchmarks.crash --kills 200``. A child saves cases through the program's own way of saving
and confirms each save on a pipe; the parent kills it without warning at a random moment, lets the next child
open the ledger as it lies, and compares.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.indexing import update_search
from app.ledger.check import check_ledger
from app.ledger.keyslots import KdfCost
from app.ledger.ledger import create_ledger, open_ledger
from app.records import add, change, do
from app.session import context_of
from models.records import children_of, table_of
from models.screening import DisputeLead
from tests.benchmarks.figure import Figure, exactly
from tests.builders.screening import dispute_lead

if TYPE_CHECKING:
    from app.context import Context

PASSWORD = "断电不丢账-bench"
NOW = datetime(2026, 11, 23, 9, 0)
CHEAP = KdfCost(memory_kib=8192, time_cost=1)
VILLAGE = {"list_name": "village", "code": "420981001001", "label": "青石村"}
LONGEST = 0.4  # seconds of saving before a kill
CHECK_EVERY = 20


@dataclass
class Outcome:
    """What the kills did; everything but ``kills`` and ``confirmed`` must stay at zero."""

    kills: int = 0
    confirmed: int = 0
    lost: int = 0
    partial: int = 0
    damage: list[str] = field(default_factory=list)

    @property
    def unharmed(self) -> bool:
        """Tell whether nothing was lost, half written or damaged."""
        return not (self.lost or self.partial or self.damage)


def create(path: Path) -> None:
    """Create the ledger the children write to."""
    create_ledger(path, PASSWORD, name="青石司法所", code="QS0722", role="station", now=NOW, kdf=CHEAP)
    with opened(path) as ctx:
        add(ctx, "code_entry", [VILLAGE])


@contextmanager
def opened(path: Path) -> Iterator[Context]:
    """Open the ledger as it lies."""
    ledger = open_ledger(path, password=PASSWORD, projections=(update_search,))
    try:
        yield context_of(ledger, NOW)
    finally:
        ledger.close()


def write_until_killed(path: Path) -> None:
    """Save leads without end: added, changed, carried a step on; each confirmed on standard output."""
    with opened(path) as ctx:
        for number in count():
            (record,) = add(ctx, "dispute_lead", [dispute_lead(place=f"青石村第{number}户")]).ids
            _confirm(record, place=f"青石村第{number}户", state="new", steps=0)
            change(ctx, record, {"place": f"青石村第{number}户后院"})
            _confirm(record, place=f"青石村第{number}户后院", state="new", steps=0)
            do(ctx, "verify", record, {"note": "属实"})
            _confirm(record, place=f"青石村第{number}户后院", state="verified", steps=1)


def _confirm(record: str, **stands: Any) -> None:
    print(json.dumps({"id": record, **stands}, ensure_ascii=False), flush=True)


def killed(path: Path, seconds: float) -> list[dict[str, Any]]:
    """Let a child save for some seconds after its first confirmation, kill it, give what it confirmed."""
    words = [sys.executable, "-m", "tests.benchmarks.crash", "--child", str(path)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        lines = [first, *child.stdout]
    timer.join()
    return [json.loads(line) for line in lines if line.endswith("\n")]


def examine(path: Path, confirmed: list[dict[str, Any]], outcome: Outcome, *, chain: bool) -> None:
    """Compare the ledger with what was confirmed; every record must be whole, one step further at most."""
    with opened(path) as ctx, ctx.ledger.reading() as conn:
        table = table_of(DisputeLead)
        query = sa.select(table.c.id, table.c.place, table.c.state)
        stored = {row.id: row for row in conn.execute(query)}
        (step,) = children_of(DisputeLead.__tablename__)
        steps: dict[str, int] = dict(
            conn.execute(sa.select(table_of(step).c.parent_id, sa.func.count()).group_by("parent_id")).all()
        )
        for last in {one["id"]: one for one in confirmed}.values():
            row = stored.get(last["id"])
            if row is None or not _at_least(last, row.place, row.state):
                outcome.lost += 1
        outcome.partial += _half_written(conn, stored, steps)
        if chain:
            outcome.damage += check_ledger(ctx.ledger).damage


def _at_least(last: dict[str, Any], place: str, state: str) -> bool:
    """The last save may have been committed without being confirmed; earlier than confirmed is a loss."""
    ahead = {"new": ("new", "verified"), "verified": ("verified",)}[last["state"]]
    return state in ahead and place.startswith(last["place"])


def _half_written(conn: sa.Connection, stored: dict[str, Any], steps: dict[str, int]) -> int:
    """Count records without their step, journal, head or place in the search, and parts without a record."""
    wrong = sum(1 for row in stored.values() if steps.get(row.id, 0) != int(row.state == "verified"))
    for query in (
        "SELECT record FROM journal_change WHERE kind = 'create' AND entity = 'dispute_lead'",
        "SELECT record FROM record_head WHERE entity = 'dispute_lead'",
        "SELECT record FROM search_doc WHERE register = 'dispute_lead'",
    ):
        wrong += len(set(conn.exec_driver_sql(query).scalars()) ^ set(stored))
    return wrong


def kill_often(path: Path, kills: int, *, seed: int = 20261123) -> Outcome:
    """Kill that many children in their saves, examining the ledger after each."""
    pick, outcome = random.Random(seed), Outcome()
    everything: dict[str, dict[str, Any]] = {}
    for number in range(1, kills + 1):
        confirmed = killed(path, pick.uniform(0, LONGEST))
        outcome.kills += 1
        outcome.confirmed += len(confirmed)
        everything.update({one["id"]: one for one in confirmed})
        chain = number % CHECK_EVERY == 0 or number == kills
        examine(path, list(everything.values()), outcome, chain=chain)
    return outcome


def figures(kills: int = 200) -> list[Figure]:
    """Kill, compare, and give the count of what was lost or half written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crash.ybz"
        create(path)
        start = time.perf_counter()
        outcome = kill_often(path, kills)
    return [
        exactly(
            f"保存中强行终止 {outcome.kills} 次", "丢失 0，半条 0，修改史完整",
            f"已确认保存 {outcome.confirmed} 次，丢失 {outcome.lost}，半条 {outcome.partial}，"
            f"损坏 {len(outcome.damage)}",
            met=outcome.unharmed and outcome.confirmed > 0, peer="已确认的保存",
            note=f"用时 {time.perf_counter() - start:.0f} 秒",
        )
    ]  # fmt: skip


def main() -> None:
    """Be the child, or kill children and print what came of it."""
    words = argparse.ArgumentParser()
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--child", type=Path)
    given = words.parse_args()
    if given.child is not None:
        write_until_killed(given.child)
    else:
        for one in figures(given.kills):
            print(one.what, one.measured, one.verdict, one.note)


if __name__ == "__main__":
    main()
