"""The check before a month is closed: the rules of entry, the cross-checks, what the county sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.drafts import fetch_rows, required_problems
from app.month.forms import form_group
from app.month.rows import reported_rows
from app.registers import register_named
from app.statistics import checks
from models.errors import Problem
from models.records import table_of
from models.submission import ReturnTask

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

CHUNK = 500


def month_problems(ctx: Context, period: Period) -> list[Problem]:
    """Give everything to mend or explain before the month is closed, errors first; nothing is changed."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in (*_record_problems(ctx, period), *checks(ctx, period), *_open_returns(ctx)):
        found.setdefault((problem.code, problem.record, problem.field, problem.message), problem)
    return sorted(
        found.values(), key=lambda p: (p.severity != "error", p.code, p.record or "", p.field or "")
    )


def _record_problems(ctx: Context, period: Period) -> Iterator[Problem]:
    with ctx.ledger.reading() as conn:
        by_register: dict[str, list[str]] = {}
        for reported in reported_rows(ctx, conn, form_group(), period):
            by_register.setdefault(reported.register, []).append(reported.record)
        for key, ids in by_register.items():
            register = register_named(key)
            for start in range(0, len(ids), CHUNK):
                for row in fetch_rows(conn, register.entity, ids[start : start + CHUNK]):
                    title = register.title(row)
                    missing = list(required_problems(register.entity, row))
                    found = missing or register.examine(ctx, row)
                    for problem in found:
                        yield replace(problem, record=row["id"], message=f"{title}：{problem.message}")


def _open_returns(ctx: Context) -> Iterator[Problem]:
    table = table_of(ReturnTask)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false()), table.c.done_on.is_(None))
    with ctx.ledger.reading() as conn:
        for row in conn.execute(query).mappings():
            yield Problem(
                "W601", row["seen"], f"县局退回的“{row['title'] or row['sheet'] or ''}”还没有改完。",
                row["hint"] or "请按退回意见修改。", record=row["record_id"], field=row["field"],
                severity="warning",
            )  # fmt: skip
