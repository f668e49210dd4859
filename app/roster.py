"""The register of mediators' posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.register import Register, Verb, joined, param
from models.dates import is_before
from models.errors import GuardFailed, Problem
from models.fields import Kind
from models.person import Person
from models.records import table_of
from models.roster import MediatorPost

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.records import Row, Values

ELECTED_POSTS = ("director", "deputy", "member")


def _title(row: Row) -> str:
    return joined(row.get("name"))


def _subtitle(row: Row, codes: CodeBook) -> str:
    parts = (codes["post"].label(row.get("post")), codes["employ"].label(row.get("employ")))
    return " · ".join(part for part in parts if part)


def _prepare(ctx: Context, row: Row) -> Row:
    if isinstance(row.get("person_id"), str) and not row.get("name"):
        person = table_of(Person)
        with ctx.ledger.reading() as conn:
            query = sa.select(person.c.name).where(person.c.id == row["person_id"])
            row["name"] = conn.execute(query).scalar()
    return row


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:  # noqa: ARG001
    start, end, left = (row.get(name) for name in ("start_on", "end_on", "leave_on"))
    for name, label, day in (("end_on", "任职止", end), ("leave_on", "离任日期", left)):
        if is_before(day, start):
            yield Problem("E401", day, f"{label}早于任职起。", "请核对任职起止日期。", field=name)
    if left and not row.get("leave_reason"):
        yield Problem("E301", None, "填写了离任日期，还须填写离任原因。", "请补填。", field="leave_reason")
    if row.get("post") in ELECTED_POSTS and row.get("appointed_by") == "appointed":
        yield Problem(
            code="W431", seen=row["post"], field="appointed_by", severity="warning",
            message="委员由推选产生，登记为聘任。", hint="见人民调解法第九条、第十三条，请核对产生方式。",
        )  # fmt: skip


def _leave(ctx: Context, writer: Writer, record: Row, given: Row) -> Values:  # noqa: ARG001
    if record["leave_on"]:
        raise GuardFailed(f"已于 {record['leave_on']} 离任，不用重复登记。")
    return {"leave_on": given["on"] or ctx.today.isoformat(), "leave_reason": given["reason"]}


MEDIATOR_POST = Register(
    key="mediator_post",
    label="人民调解员任职",
    slice="roster",
    entity=MediatorPost,
    title=_title,
    subtitle=_subtitle,
    day="start_on",
    list_columns=("name", "org_id", "post", "employ", "start_on", "end_on", "cert_no", "leave_on"),
    unique=(("person_id", "org_id", "start_on"),),
    prepare=_prepare,
    examine=_examine,
    verbs=(
        Verb(
            "leave", "离任", (), None, _leave,
            (
                param("reason", "离任原因", Kind.CODE, codes="leave_reason", required=True),
                param("on", "离任日期", Kind.DATE, help="空着为今天"),
            ),
            basis="人民调解法第十五条（罢免、解聘的情形）",
        ),
    ),
)  # fmt: skip

REGISTERS = (MEDIATOR_POST,)
