"""A hundred thousand leads taken in with index and journal, against the same rows by the driver alone."""

from __future__ import annotations

import random
import shutil
import time
from typing import TYPE_CHECKING, Any

from app.records import add
from app.sheets.importing import ADDED, import_file
from exports.workbook.sheet import Column, Sheet, Workbook
from exports.workbook.writer import write_workbook
from models.fields import fields_of
from models.screening import DisputeLead
from tests.benchmarks.decade import FOLDER, NOW, create, lead, opened, small
from tests.benchmarks.figure import Figure, seconds, within

if TYPE_CHECKING:
    from pathlib import Path

    from app.context import Context

LEADS, LIMIT = 100_000, 15.0
TABLES = ("dispute_lead", "journal_change", "record_head", "search_doc")
SEED = 20261123
PEER = "裸 SQL 写同样的行（无检查、无查找索引）"


def leads(number: int) -> list[dict[str, Any]]:
    """Made-up leads as they are typed."""
    pick = random.Random(SEED)
    return [lead(pick, at) for at in range(number)]


def figures() -> list[Figure]:
    """The rows as they come out of a sheet, then from the sheet itself."""
    rows = leads(LEADS)
    with small("import") as ctx:
        taken = seconds(lambda: add(ctx, "dispute_lead", rows, origin="imported"))
        bare = _bare(ctx)
    found = [within(f"导入 {LEADS} 条线索（检查、查找索引、修改史）", taken, LIMIT, PEER, bare)]
    return [*found, _from_sheet(rows, bare)]


def _bare(ctx: Context) -> float:
    """Write the rows that came out into a fresh ledger with the driver alone."""
    folder = FOLDER.with_name("bench-small") / "import-bare"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        create(folder / "bare.ybz")
        with opened(folder / "bare.ybz") as other:
            return _copied(ctx, other)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(ctx: Context, other: Context) -> float:
    source, target = ctx.ledger.engine.raw_connection(), other.ledger.engine.raw_connection()
    statements = []
    for table in TABLES:
        target.cursor().execute(f"DELETE FROM {table}")
        rows = source.cursor().execute(f"SELECT * FROM {table}").fetchall()
        marks = ", ".join("?" * len(rows[0]))
        statements.append((f"INSERT INTO {table} VALUES ({marks})", rows))

    def write() -> None:
        cursor = target.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            cursor.executemany(statement, rows)
        cursor.execute("COMMIT")

    took = seconds(write)
    source.close()
    target.close()
    return took


def _from_sheet(rows: list[dict[str, Any]], bare: float) -> Figure:
    """Take the same rows in from a workbook, as an officer does."""
    with small("import-sheet") as ctx:
        source = ctx.ledger.path.with_suffix(".xlsx")
        _write(source, rows)
        start = time.perf_counter()
        done = import_file(ctx, source, "dispute_lead")
        took = time.perf_counter() - start
    taken = done.count(ADDED)
    assert taken == len(rows), (taken, done.problems[:3])
    return within(f"从工作簿导入 {LEADS} 条线索", took, LIMIT, PEER, bare)


def _write(target: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows under the headings officers use."""
    fields = fields_of(DisputeLead)
    columns = tuple(Column(name, (fields[name].label,)) for name in rows[0])
    sheet = Sheet("线索", "矛盾纠纷线索", columns, (list(row.values()) for row in rows))
    write_workbook(Workbook((sheet,)), target, stamp=NOW)
