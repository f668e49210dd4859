"""The register of people's mediation committees, and how many members each has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.register import Register, joined
from models.dates import term_end, whole_day
from models.errors import Problem
from models.mediation import MediationOrg
from models.mediation.states import PROFESSIONAL_ORG
from models.person import Person
from models.records import table_of
from models.roster import MediatorPost

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeBook
    from models.records import Row

FEWEST, MOST, TERM_YEARS = 3, 9, 3
ELECTED_POSTS = ("director", "deputy", "member")
FEMALE, HAN = "2", "01"


@dataclass(frozen=True)
class Members:
    """How many people serve a committee on a day: members, women, minorities, full-time, part-time."""

    member_count: int = 0
    female_count: int = 0
    minority_count: int = 0
    full_time_count: int = 0
    part_time_count: int = 0


def members_of(ctx: Context, org_id: str, on: date | None = None) -> Members:
    """Count the posts of a committee held on a day (default today).

    Members are director, deputies and 委员 (人民调解法第八条); women and minorities are counted among them,
    full-time and part-time among all mediators.
    """
    rows = _posts(ctx, org_id, (on or ctx.today).isoformat())
    members = {row.person_id: row for row in rows if row.post in ELECTED_POSTS}
    return Members(
        member_count=len(members),
        female_count=sum(1 for row in members.values() if row.sex == FEMALE),
        minority_count=sum(1 for row in members.values() if row.ethnic not in (None, HAN)),
        full_time_count=len({row.person_id for row in rows if row.employ == "full_time"}),
        part_time_count=len({row.person_id for row in rows if row.employ == "part_time"}),
    )


def _posts(ctx: Context, org_id: str, on: str) -> Sequence[sa.Row[Any, Any, Any, Any, Any]]:
    post, person = table_of(MediatorPost), table_of(Person)
    query = (
        sa.select(post.c.person_id, post.c.post, post.c.employ, person.c.sex, person.c.ethnic)
        .join(person, person.c.id == post.c.person_id)
        .where(
            post.c.org_id == org_id, post.c.void_flag.is_(sa.false()), post.c.start_on <= on,
            sa.or_(post.c.leave_on.is_(None), post.c.leave_on > on),
            sa.or_(post.c.end_on.is_(None), post.c.end_on >= on),
        )
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        return conn.execute(query).all()


def _title(row: Row) -> str:
    return joined(row["name"])


def _subtitle(row: Row, codes: CodeBook) -> str:
    return codes["org_type"].label(row.get("org_type"))


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:
    if row.get("org_type") == PROFESSIONAL_ORG and not row.get("ind_type"):
        yield Problem(
            code="E301", seen=None, field="ind_type", message="行业性、专业性调委会须填写“行业专业类型”。",
            hint="请补填。",
        )  # fmt: skip
    yield from _term(row)
    if row.get("created_at"):
        yield from _membership(ctx, row)


def _term(row: Row) -> Iterator[Problem]:
    start, end = whole_day(row.get("term_start")), whole_day(row.get("term_end"))
    if start is None or end is None:
        return
    if end < start:
        yield Problem("E401", end, "任期止早于任期起。", "请核对任期起止日期。", field="term_end")
    elif end > term_end(date.fromisoformat(start), years=TERM_YEARS, days=1).isoformat():
        yield _warning(
            "W421", "term_end", end, "本届任期超过三年。", "每届任期三年（人民调解法第九条），请核对。"
        )


def _membership(ctx: Context, row: Row) -> Iterator[Problem]:
    members = members_of(ctx, row["id"])
    if members.member_count == 0:
        return
    if not FEWEST <= members.member_count <= MOST:
        message = f"现有委员 {members.member_count} 人，应为三至九人。"
        yield _warning(
            "W422", "director_id", members.member_count, message, "见人民调解法第八条，请核对任职登记。"
        )
    if members.female_count == 0:
        yield _warning(
            "W422", "director_id", 0, "委员中没有妇女。", "应当有妇女成员（人民调解法第八条），请核对。"
        )
    if not row.get("director_id"):
        yield _warning("W422", "director_id", None, "还没有填写主任。", "设主任一人（人民调解法第八条）。")


def _warning(code: str, field: str, seen: object, message: str, hint: str) -> Problem:
    return Problem(code, seen, message, hint, field=field, severity="warning")


MEDIATION_ORG = Register(
    key="mediation_org",
    label="人民调解委员会",
    slice="mediation",
    entity=MediationOrg,
    title=_title,
    subtitle=_subtitle,
    day="term_start",
    list_columns=("name", "org_type", "village_id", "director_id", "term_start", "term_end", "phone"),
    unique=(("name",),),
    examine=_examine,
)
