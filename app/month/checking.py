"""The check before a month is closed: the rules of entry, the cross-checks, what the county sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.drafts import required_problems
from app.mediation.batch_lookup import alike, alone
from app.month.forms import form_group
from app.month.gathering import Gathered, gather_month
from app.naming import titles_of
from app.registers import register_named
from app.statistics import checks
from models.errors import Problem
from models.records import table_of
from models.submission import ReturnTask

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

IMPORTED = "imported"


def month_problems(ctx: Context, period: Period) -> list[Problem]:
    """Give everything to mend or explain before the month is closed, errors first; nothing is changed."""
    return problems_of(ctx, gather_month(ctx, form_group(), period, ""))


def problems_of(ctx: Context, month: Gathered) -> list[Problem]:
    """Give the problems of a gathered month."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in (
        *_record_problems(ctx, month),
        *checks(ctx, month.period),
        *_open_returns(ctx),
        *_earlier_months(month),
        *_undated_imports(ctx),
    ):
        found.setdefault((problem.code, problem.record, problem.field, problem.message), problem)
    return sorted(
        found.values(), key=lambda p: (p.severity != "error", p.code, p.record or "", p.field or "")
    )


def _record_problems(ctx: Context, month: Gathered) -> Iterator[Problem]:
    with ctx.ledger.reading() as conn:
        cases = month.records_by_register.get("mediation_case", ())
        calm = replace(ctx, alone=alone(conn, cases), alike=alike(conn, cases))
    for form in month.group.sheets:
        register = register_named(form.register)
        for row in month.records[form.name]:
            missing = list(required_problems(register.entity, row))
            for problem in missing or register.examine(calm, row):
                message = f"{register.title(row)}：{problem.message}"
                told = replace(problem, record=row["id"], message=message)
                yield _to_complete(told) if missing and row["origin"] == IMPORTED else told


def _to_complete(problem: Problem) -> Problem:
    """What an old ledger never held is completed later and does not keep a month from being closed."""
    return replace(problem, code="W301", severity="warning", hint="导入的旧记录，请尽量补全。")


def _earlier_months(month: Gathered) -> Iterator[Problem]:
    """Name the records of closed months that were entered, changed or voided since: they are reported now."""
    year = month.period.key[:4]
    late = {record for item in month.corrections for record in item.late_records}
    this_year = {record for item in month.corrections if item.year == year for record in item.records}
    for record in sorted({record for item in month.corrections for record in item.records}):
        code, told = ("W661", "补录") if record in late else ("W662", "更正")
        where = "列入本期" if record in this_year else "列入上年数字的"
        yield Problem(
            code, None, f"{month.titles.get(record, record)}：所属月份已封月，{where}{told}。",
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
