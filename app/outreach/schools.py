"""Schools, their law vice-principals and the lessons given (教育部令第52号)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.register import Register, joined
from models.dates import is_before
from models.errors import Problem
from models.outreach import LawClass, School, VicePrincipal
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeBook
    from models.records import Row

MOST_SCHOOLS = 2


def _school_subtitle(row: Row, codes: CodeBook) -> str:
    return codes["school_stage"].label(row["stage"])


def _examine_appointment(ctx: Context, row: Row) -> Iterable[Problem]:
    if not all(isinstance(row[name], str) for name in ("name", "school_id", "term_start", "term_end")):
        return
    if row["term_end"] <= row["term_start"]:
        yield Problem("E401", row["term_end"], "任期止早于任期起。", "请核对任期。", field="term_end")
    table = table_of(VicePrincipal)
    query = sa.select(table.c.school_id).where(
        table.c.name == row["name"], table.c.void_flag.is_(sa.false()), table.c.id != row["id"],
        table.c.term_start <= row["term_end"], table.c.term_end >= row["term_start"],
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        others = set(conn.execute(query).scalars()) - {row["school_id"]}
    if len(others) >= MOST_SCHOOLS:
        yield Problem(
            "W402", row["name"], f"同一人已在 {len(others)} 所学校任职。",
            "一人一般不超过两所学校（教育部令第52号）。", field="name", severity="warning",
        )  # fmt: skip


def _examine_class(ctx: Context, row: Row) -> Iterable[Problem]:
    if is_before(ctx.today.isoformat(), row["held_on"]):
        yield Problem("E401", row["held_on"], "授课时间晚于今天。", "请在授课后登记。", field="held_on")


SCHOOL = Register(
    key="school",
    label="学校",
    slice="outreach",
    entity=School,
    title=lambda row: joined(row["name"]),
    subtitle=_school_subtitle,
    day="created_at",
    list_columns=("name", "stage", "village_id", "students"),
    unique=(("name",),),
)
VICE_PRINCIPAL = Register(
    key="vice_principal",
    label="法治副校长聘任",
    slice="outreach",
    entity=VicePrincipal,
    title=lambda row: joined(row["name"]),
    day="appointed_on",
    list_columns=("school_id", "name", "from_unit", "appointed_on", "term_start", "term_end"),
    examine=_examine_appointment,
)
LAW_CLASS = Register(
    key="law_class",
    label="法治课",
    slice="outreach",
    entity=LawClass,
    title=lambda row: joined(row["held_on"], row["topic"], by=" "),
    day="held_on",
    list_columns=("held_on", "school_id", "lecturer", "topic", "periods", "students", "form"),
    examine=_examine_class,
)
