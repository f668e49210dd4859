"""T1 of a year over 200 000 encrypted cases, against the same columns written by hand as SQL.

Run by hand: ``python -m tests.benchmarks.bench_statistics [cases]``. Goal: at most 1.3 times the bare SQL.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.context import Context
from app.ledger.keyslots import KdfCost
from app.ledger.ledger import create_ledger, open_ledger
from app.session import context_of
from app.statistics import TOTAL, checks, compute, membership
from models.dates import parse_period
from models.mediation import CasePrevented, JudicialConfirmation, MediationCase, MediationOrg
from models.screening import DisputeLead
from tests.benchmarks.figure import Figure, middle, slower_than
from tests.builders.statistics import SOURCES, TYPES, case_row, put

CASES = 200_000
ORGS = 60
PASSWORD = "三三得九-bench"
NOW = datetime(2026, 12, 31, 9, 0)
YEAR = parse_period("2026")
MONTH = parse_period("2026-11")
ROUNDS = 7

SUCCESS = "outcome = '1'"
FACETS = [
    *[f"o.org_type = '{code}'" for code in "123456"],
    "source = '10'",
    "source = '20'",
    "source IN ('31','32','33','34','35')",
    *[f"source = '{code}'" for code in SOURCES[2:]],
    *[f"dispute_type = '{code}'" for code in TYPES],
    "dispute_type IN ('10','11')",
    "dispute_type IN ('12','13','14')",
]
CONCLUDED = [
    "count(*)",
    "sum(party_count)",
    *[f"sum(CASE WHEN {one} THEN 1 END)" for one in (SUCCESS, "difficulty IN ('3','4')")],
    f"sum(CASE WHEN {SUCCESS} THEN agreement_amount END)",
    *[f"sum(CASE WHEN {one} THEN 1 END)" for one in FACETS],
    *[f"sum(CASE WHEN {SUCCESS} AND agreement_form = '{code}' THEN 1 END)" for code in "21"],
    *[f"sum(CASE WHEN outcome IN ({codes}) THEN 1 END)" for codes in ("'1'", "'1','2','3'")],
]
CASE_SQL = """
SELECT c.org_id, {columns} FROM mediation_case c LEFT JOIN mediation_org o ON o.id = c.org_id
WHERE c.{date} >= :first AND c.{date} < :after AND c.void_flag = 0 GROUP BY c.org_id
"""
SUED = (
    "",
    " AND court_result = 'upheld'",
    " AND court_result = 'modified'",
    " AND court_result IN ('revoked','invalid')",
)
CHILD_SQL = """
SELECT c.org_id, {columns} FROM {table} x JOIN mediation_case c ON c.id = x.parent_id
WHERE {date} >= :first AND {date} < :after AND x.void_flag = 0 AND c.void_flag = 0 GROUP BY c.org_id
"""
LEAD_SQL = """
SELECT village_id, count(*) FROM dispute_lead
WHERE {date} >= :first AND {date} < :after AND void_flag = 0{more} GROUP BY village_id
"""
BARE = [
    CASE_SQL.format(columns=", ".join(CONCLUDED), date="concluded_on"),
    CASE_SQL.format(columns="count(*)", date="performed_on"),
    CASE_SQL.format(
        columns=", ".join(f"sum(CASE WHEN performance = '5'{one} THEN 1 END)" for one in SUED),
        date="sued_on",
    ),
    CHILD_SQL.format(columns="count(*)", table="judicial_confirmation", date="x.applied_on"),
    CHILD_SQL.format(columns="count(*)", table="judicial_confirmation", date="x.result_on"),
    CHILD_SQL.format(
        columns=", ".join(
            f"sum(CASE WHEN x.type = '{code}' THEN {one} END)"
            for code in "1234"
            for one in ("1", "x.persons")
        ),
        table="case_prevented",
        date='coalesce(x."on", c.concluded_on)',
    ),
    LEAD_SQL.format(date="found_on", more=""),
    LEAD_SQL.format(date="resolved_on", more=" AND resolution = 'on_site'"),
    "SELECT count(*) FROM screening_round WHERE start_on >= :first AND start_on < :after AND void_flag = 0",
    "SELECT id, name, org_type, village_id FROM mediation_org WHERE void_flag = 0 ORDER BY id",
]


def cases(count: int) -> list[dict[str, Any]]:
    """Give cases of four years with everything T1 counts."""
    rng = random.Random(20261123)
    rows = []
    for number in range(count):
        accepted = date(2023, 1, 1) + timedelta(days=rng.randrange(1430))
        concluded = accepted + timedelta(days=rng.randrange(30))
        settled = rng.random() < 0.97
        rows.append(
            case_row(
                number,
                org_id=f"org-{rng.randrange(ORGS):03}",
                village_id=f"42098100{rng.randrange(32):04}",
                brief="两家因排水沟走向多年不和，雨季院墙渗水，经村组调解后又起争执，双方要求划清边界并修复。"
                * 2,
                occurred_place="青石村三组",
                dispute_type=rng.choice(TYPES),
                source=rng.choice(SOURCES),
                difficulty=rng.choice("1234"),
                party_count=rng.choice((2, 2, 2, 3, 13)),
                accepted_on=accepted.isoformat(),
                concluded_on=concluded.isoformat(),
                outcome="1" if settled else "2",
                agreement_form=rng.choice("12") if settled else None,
                agreement_amount=rng.randrange(10_000_000) if settled else None,
                performed_on=concluded.isoformat() if settled and rng.random() < 0.7 else None,
            )
        )
    return rows


def built(folder: Path, count: int) -> Context:
    """Make an encrypted ledger with that many cases and a tenth as many leads."""
    path = folder / "bench.ybz"
    create_ledger(
        path,
        PASSWORD,
        name="测速",
        code="QS0001",
        role="station",
        now=NOW,
        kdf=KdfCost(memory_kib=8192, time_cost=1),
    )
    ctx = context_of(open_ledger(path, password=PASSWORD), NOW)
    orgs = [{"id": f"org-{n:03}", "name": f"第{n}调委会", "org_type": str(n % 6 + 1)} for n in range(ORGS)]
    put(ctx, MediationOrg, orgs)
    rows = cases(count)
    for start in range(0, count, 10_000):
        put(ctx, MediationCase, rows[start : start + 10_000])
    put(ctx, CasePrevented, [
        {"id": f"prevented-{n}", "parent_id": rows[n]["id"], "type": "2", "persons": 3}
        for n in range(0, count, 40)
    ])  # fmt: skip
    put(ctx, JudicialConfirmation, [
        {"id": f"confirmation-{n}", "parent_id": rows[n]["id"],
         "applied_on": rows[n]["concluded_on"]}
        for n in range(0, count, 30)
    ])  # fmt: skip
    put(ctx, DisputeLead, [
        {"id": f"lead-{n}", "found_on": rows[n]["accepted_on"], "case_id": rows[n]["id"],
         "dispute_type": "02", "village_id": rows[n]["village_id"]}
        for n in range(0, count, 10)
    ])  # fmt: skip
    return ctx


def bare(ctx: Context) -> int:
    """Run the statements written by hand; gives the number of cases."""
    first, after = YEAR.bounds
    counted = 0
    with ctx.ledger.reading() as conn:
        cursor = conn.connection.cursor()
        for number, text in enumerate(BARE):
            named = {"first": first, "after": after} if ":first" in text else {}
            rows = cursor.execute(text, named).fetchall()
            counted += sum(row[1] for row in rows) if number == 0 else 0
    return counted


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Give wall and processor milliseconds of a call."""
    wall, busy = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - busy) * 1000


def compared(ctx: Context, label: str) -> None:
    """Time both in turn and print the medians."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(timed(lambda: bare(ctx)))
        ours.append(timed(lambda: compute(ctx, "T1", YEAR)))
    (own, own_busy), (other, other_busy) = (
        [statistics.median(part) for part in zip(*runs, strict=True)] for runs in (ours, theirs)
    )
    print(f"{label}：T1 全年 {own:.0f} 毫秒（处理器 {own_busy:.0f}），", end="")
    print(f"手写 SQL {other:.0f}（{other_busy:.0f}），", end="")
    print(f"{own / other:.2f} 倍（处理器 {own_busy / other_busy:.2f} 倍）")


def figures() -> list[Figure]:
    """T1 of a year, in turn with the statements written by hand."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = built(Path(folder), CASES)
        assert compute(ctx, "T1", YEAR).rows[TOTAL]["c1"] == bare(ctx)
        ours, theirs = middle(ROUNDS, lambda: compute(ctx, "T1", YEAR), lambda: bare(ctx))
        ctx.ledger.close()
    return [slower_than("年报 T1（200000 件，一年）", ours, "手写 SQL", theirs, 1.3)]


def main() -> None:
    """Build, check that both count the same, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder:
        ctx = built(Path(folder), count)
        assert compute(ctx, "T1", YEAR).rows[TOTAL]["c1"] == bare(ctx)
        compared(ctx, "随程序的索引")
        for label, call in (
            ("T1 全年按受理", lambda: compute(ctx, "T1", YEAR, basis="受理")),
            ("T3 全年", lambda: compute(ctx, "T3", YEAR)),
            ("T5 全年", lambda: compute(ctx, "T5", YEAR)),
            ("T1 一个月", lambda: compute(ctx, "T1", MONTH)),
            ("T1 一个月按受理", lambda: compute(ctx, "T1", MONTH, basis="受理")),
            ("T3 一个月", lambda: compute(ctx, "T3", MONTH)),
            ("T5 一个月", lambda: compute(ctx, "T5", MONTH)),
            ("T1 全年全部名单", lambda: membership(ctx, "T1", YEAR)),
            ("全部核对（一个月）", lambda: checks(ctx, MONTH)),
        ):
            print(f"{label}：{statistics.median(timed(call)[0] for _ in range(3)):.0f} 毫秒")
        ctx.ledger.close()


if __name__ == "__main__":
    main()
