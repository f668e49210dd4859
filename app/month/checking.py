"""The check before a month is closed: the rules of entry, the cross-checks, what the county sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.drafts import fetch_rows, required_problems
from app.month import versions
from app.month.figures import corrections, counted, frozen_before, gather
from app.month.forms import form_group
from app.month.rows import reported_rows
from app.naming import titles_of
from app.registers import register_named
from app.statistics import checks
from models.errors import Problem
from models.records import table_of
from models.submission import ReturnTask

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

CHUNK = 500
IMPORTED = "imported"


def month_problems(ctx: Context, period: Period) -> list[Problem]:
    """Give everything to mend or explain before the month is closed, errors first; nothing is changed."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in (
        *_record_problems(ctx, period),
        *checks(ctx, period),
        *_open_returns(ctx),
        *_earlier_months(ctx, period),
        *_undated_imports(ctx),
    ):
        found.setdefault((problem.code, problem.record, problem.field, problem.message), problem)
    return sorted(
        found.values(), key=lambda p: (p.severity != "error", p.code, p.record or "", p.field or "")
    )


def _record_problems(ctx: Context, period: Period) -> Iterator[Problem]:
    with ctx.ledger.reading() as conn:
        by_register: dict[str, list[str]] = {}
        group = form_group()
        for reported in reported_rows(ctx, conn, group, period, counted(ctx, group, period)):
            by_register.setdefault(reported.register, []).append(reported.record)
        for key, ids in by_register.items():
            register = register_named(key)
            for start in range(0, len(ids), CHUNK):
                for row in fetch_rows(conn, register.entity, ids[start : start + CHUNK]):
                    title = register.title(row)
                    missing = list(required_problems(register.entity, row))
                    found = missing or register.examine(ctx, row)
                    for problem in found:
                        told = replace(problem, record=row["id"], message=f"{title}：{problem.message}")
                        yield _to_complete(told) if missing and row["origin"] == IMPORTED else told


def _to_complete(problem: Problem) -> Problem:
    """What an old ledger never held is completed later and does not keep a month from being closed."""
    return replace(problem, code="W301", severity="warning", hint="导入的旧记录，请尽量补全。")


def _earlier_months(ctx: Context, period: Period) -> Iterator[Problem]:
    """Name the records of closed months that were entered, changed or voided since: they are reported now."""
    group = form_group()
    closed = versions.before_in_year(ctx, period, group.code)
    if not closed:
        return
    with ctx.ledger.reading() as conn:
        known = frozen_before(conn, closed)
        figures, _ = gather(ctx, group, period, known)
        moved = corrections(figures, known, "")
        late = {record for item in moved for record in item.late_records}
        both = {record for item in moved for record in item.records}
        called = titles_of(conn, sorted(both))
    for record in sorted(both):
        code, told = ("W661", "补录") if record in late else ("W662", "更正")
        yield Problem(
            code, None, f"{called.get(record, record)}：所属月份已封月，列入本期{told}。",
            "请在情况说明中写明原因。", record=record, severity="warning",
        )  # fmt: skip


def _undated_imports(ctx: Context) -> Iterator[Problem]:
    """Name imported records without their day: they count in no month until it is completed."""
    for form in form_group().sheets:
        register = register_named(form.register)
        table = table_of(register.entity)
        query = sa.select(table.c.id).where(
            table.c.void_flag.is_(sa.false()), table.c.origin == IMPORTED, table.c[register.day].is_(None)
        )
        with ctx.ledger.reading() as conn:
            ids = list(conn.execute(query.order_by(table.c.id)).scalars())
            called = titles_of(conn, ids)
        for record in ids:
            yield Problem(
                "W641", None, f"{called.get(record, record)}：导入的记录没有日期，不计入任何月份。",
                "请补填日期。", record=record, field=register.day, severity="warning",
            )  # fmt: skip


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
