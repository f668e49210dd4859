"""A page of 200 out of ten years, filtered and in order, against the same SQL on the bare driver."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.listing import Position, list_records, parse_conditions
from tests.benchmarks.decade import decade, opened
from tests.benchmarks.figure import Figure, best, exactly, slower_than

if TYPE_CHECKING:
    from app.context import Context

PAGE, DEEP, ROUNDS = 200, 700, 25
STATES = ("archived", "performed", "failed")
BARE = """
SELECT * FROM mediation_case WHERE void_flag = 0 AND +state IN (?, ?, ?) AND registered_on IS NOT NULL
AND (registered_on, id) < (?, ?) ORDER BY registered_on DESC, id DESC LIMIT ?
"""


def figures() -> list[Figure]:
    """The first page and one far down."""
    decade()
    with opened() as ctx:
        bare = ctx.ledger.engine.raw_connection()
        cursor = bare.cursor()
        first: Position = ("9999-12-31", "")
        deep = _position(cursor, PAGE * DEEP)
        ours = [partial(_page, ctx, at) for at in (first, deep)]
        theirs = [partial(_bare, cursor, at) for at in (first, deep)]
        for mine, plain in zip(ours, theirs, strict=True):
            assert [row["id"] for row in mine()] == [row[0] for row in plain()]
        one, far, plain_one, plain_far = best(ROUNDS, *ours, *theirs)
        bare.close()
    return [
        slower_than(f"列表第 1 页（{PAGE} 条，筛选排序）", one, "裸 SQL", plain_one, 1.5),
        slower_than(f"列表第 {DEEP} 页", far, "裸 SQL", plain_far, 1.5),
        exactly(
            "翻页深浅一样快", "≤1.2×", f"第 {DEEP} 页 / 第 1 页 = {far / one:.2f}", met=far / one <= 1.2,
            peer="同一列表第 1 页",
        ),
    ]  # fmt: skip


def _page(ctx: Context, after: Position) -> list[dict[str, Any]]:
    where = parse_conditions([f"state={','.join(STATES)}"])
    return list_records(ctx, "mediation_case", where=where, limit=PAGE, after=after)


def _bare(cursor: Any, after: Position) -> list[tuple[Any, ...]]:
    return list(cursor.execute(BARE, (*STATES, *after, PAGE)).fetchall())


def _position(cursor: Any, skipped: int) -> Position:
    query = (
        "SELECT registered_on, id FROM mediation_case WHERE +state IN (?, ?, ?)"
        " ORDER BY registered_on DESC, id DESC LIMIT 1 OFFSET ?"
    )
    day, record = cursor.execute(query, (*STATES, skipped)).fetchone()
    return day, record
