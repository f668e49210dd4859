"""One case with twenty children: opened and saved, against the driver alone; and what a save costs the disk.

``python -m tests.benchmarks.bench_record saves LEDGER N`` is the child whose system calls are counted.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.records import add, change, fetch
from models.records import children_of
from tests.benchmarks.decade import copied, opened
from tests.benchmarks.figure import Figure, exactly, percentile, seconds, slower_than, within
from tests.builders.mediation import VILLAGE, accepted_case, party, written_agreement

if TYPE_CHECKING:
    from app.context import Context

ROUNDS, SAVES = 60, 60
SYNCED = re.compile(r"f(?:data)?sync\(\d+<([^>]*)>")
UPDATE = "UPDATE mediation_case SET performance_proof = ? WHERE id = ?"


def big_case() -> dict[str, Any]:
    """A case with twenty children: parties, mediator, agreement, items, signatures, visits."""
    names = [f"当事人{number}" for number in range(1, 6)]
    items = [
        {
            "obligor": names[0],
            "obligee": names[1],
            "content": f"第{n}期",
            "amount": 1_000,
            "due_on": "2026-12-31",
        }
        for n in range(1, 6)
    ]
    split = {"items": items, "perform_mode": "分期履行", "perform_due": None}
    signed = written_agreement("2026-11-10", 5_000, *names, **split)
    return accepted_case(
        77_777, org_id=VILLAGE, state="performing", concluded_on="2026-11-10", outcome="1",
        parties=[party(name, "申请人" if at else "被申请人") for at, name in enumerate(names)],
        agreements=[signed], source="20", apply_form="书面", requests=["分期返还借款"],
        joint_units=["派出所"], sessions=[], brief="五人合伙买拖拉机，散伙时对账目各执一词",
        mediators=[{"name": "周小满", "role": "主办"}, {"name": "李有余", "role": "协办"}],
    )  # fmt: skip


def figures() -> list[Figure]:
    """Opening, saving, and the number of times a save waits for the disk."""
    with copied("record") as path:
        with opened(path) as ctx:
            record = add(ctx, "mediation_case", [big_case()]).ids[0]
            found = [_opening(ctx, record), *_saving(ctx, record)]
        return [*found, _syncs(path, record)]


def _opening(ctx: Context, record: str) -> Figure:
    bare = ctx.ledger.engine.raw_connection()
    cursor = bare.cursor()
    children = sum(len(rows) for _, rows in _bare(cursor, record)) - 1
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(partial(fetch, ctx, record)))
        theirs.append(seconds(partial(_bare, cursor, record)))
    bare.close()
    what = f"打开一件案件（{children} 条子记录）"
    return slower_than(
        what, statistics.median(ours), "裸 SQL 逐表读", statistics.median(theirs), 10, limit=0.005
    )


def _bare(cursor: Any, record: str) -> list[tuple[str, list[Any]]]:
    """Read a record and its children table by table with the driver alone."""
    query = "SELECT * FROM mediation_case WHERE id = ?"
    found = [("mediation_case", list(cursor.execute(query, (record,)).fetchall()))]
    parents = [("mediation_case", record)]
    while parents:
        table, parent = parents.pop()
        for child in children_of(table):
            name = child.__tablename__
            query = f"SELECT * FROM {name} WHERE parent_id = ? AND void_flag = 0 ORDER BY position, id"
            rows = cursor.execute(query, (parent,)).fetchall()
            found.append((name, list(rows)))
            parents += [(name, row[0]) for row in rows if children_of(name)]
    return found


def _saving(ctx: Context, record: str) -> list[Figure]:
    number = count(1)
    bare = ctx.ledger.engine.raw_connection()
    cursor = bare.cursor()

    def ours() -> None:
        change(ctx, record, {"brief": f"五人合伙买拖拉机，散伙时对账目各执一词，第{next(number)}次核对"})

    def theirs() -> None:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(UPDATE, (str(next(number)), record))
        cursor.execute("COMMIT")

    ours()
    theirs()
    mine, plain = [], []
    for _ in range(SAVES):
        mine.append(seconds(ours))
        plain.append(seconds(theirs))
    cursor.execute(UPDATE, (None, record))
    bare.close()
    peer, theirs_middle = "裸 UPDATE 并提交", statistics.median(plain)
    what = "保存一件案件（查找索引、修改史同一事务）"
    return [
        within(what, statistics.median(mine), 0.010, peer, theirs_middle, unit="ms"),
        within("保存一件案件，p95", percentile(mine, 0.95), 0.020, peer, percentile(plain, 0.95), unit="ms"),
    ]


def _syncs(path: Path, record: str) -> Figure:
    what, goal = "一次保存等磁盘的次数", "恰 1 次，检查点除外"
    if shutil.which("strace") is None:
        return exactly(what, goal, "未测", met=False, note="没有 strace")
    saves = _synced_files(path, record)
    usual = [files for files in saves if all(file.endswith("-wal") for file in files)]
    once = sum(len(files) == 1 for files in usual)
    checkpoints = [str(len(files)) for files in saves if files not in usual]
    note = f"{len(checkpoints)} 次保存带检查点，各 {'、'.join(checkpoints)} 次" if checkpoints else ""
    measured = f"{len(usual)} 次保存中 {once} 次恰 1 次"
    return exactly(what, goal, measured, met=once == len(usual) > 0, peer="裸提交 1 次", note=note)


def _synced_files(path: Path, record: str) -> list[list[str]]:
    """The files each of some saves waits for, seen from outside; a checkpoint waits for the ledger itself."""
    log = path.with_name("calls.txt")
    here = [sys.executable, "-m", "tests.benchmarks.bench_record", "saves", str(path), record]
    watched = "trace=fsync,fdatasync,getppid"
    subprocess.run(["strace", "-f", "-y", "-o", str(log), "-e", watched, *here], check=True)
    saves: list[list[str]] = []
    for line in log.read_text().splitlines():
        if "getppid(" in line:
            saves.append([])
        elif saves and (found := SYNCED.search(line)):
            saves[-1].append(found[1])
    return saves[:-1]  # the last mark stands after the last save


def _save_marked(path: Path, record: str) -> None:
    with opened(path) as ctx:
        for number in range(20):
            os.getppid()  # seen by strace: here a save begins
            change(ctx, record, {"brief": f"五人合伙买拖拉机，散伙时对账目各执一词，第{number}次复核"})
        os.getppid()


if __name__ == "__main__":
    _save_marked(Path(sys.argv[2]), sys.argv[3])
