"""Rows for statistics, written straight into the tables: any mixture, also what a form would refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app.context import Context
from app.records import add
from app.statistics import TOTAL, compute
from models.dates import Period, parse_period
from models.mediation import (
    Agreement,
    CaseOutsider,
    CasePrevented,
    CaseSession,
    JudicialConfirmation,
    MediationCase,
    MediationOrg,
)
from models.outreach import LawClass, MediaPost, OutreachEvent, PostMetric, School
from models.records import Journaled, column_names, table_of
from models.screening import DisputeLead, ScreeningRound
from tests.builders.mediation import add_organisations, example_november_cases

VILLAGES = ("420981001001", "420981001002", "420981001003")
TYPES = (*(f"{n:02}" for n in range(1, 18)), "99")
SOURCES = ("10", "20", "31", "32", "33", "34", "35")
TOPICS = ("civil_family", "civil_property", "labour", "anti_fraud", "consumer", "constitution", "other")


NOVEMBER = parse_period("2026-11")
DECEMBER = parse_period("2026-12")
YEAR = parse_period("2026")


def put_november(ctx: Context) -> None:
    """Type in the six cases of the acceptance example in whole; the clock stands after they happened."""
    add_organisations(ctx)
    later = replace(ctx, now=ctx.now + timedelta(days=38))
    for row in example_november_cases():
        add(later, "mediation_case", [row])


def total(ctx: Context, table: str, period: Period = NOVEMBER, **asked: Any) -> dict[str, Any]:
    """Give the total row of a table."""
    return dict(compute(ctx, table, period, **asked).rows[TOTAL])


def show(
    ctx: Context, table: str, row: str, *columns: str, period: Period = NOVEMBER, **asked: Any
) -> list[str]:
    """Give cells of a row as printed."""
    result = compute(ctx, table, period, **asked)
    return [result.text(row, column) for column in columns]


def put(ctx: Context, kind: type[Journaled], rows: list[dict[str, Any]]) -> None:
    """Insert rows as they are; ids are given, everything not named is empty."""
    names = column_names(kind)
    base = {"void_flag": False, "origin": "entered", "position": 1}
    full = [{name: row.get(name, base.get(name)) for name in names} for row in rows]
    with ctx.ledger.writing(ctx, "test", "test") as writer:
        if full:
            writer.conn.execute(sa.insert(table_of(kind)), full)


def case_row(number: int, **changes: Any) -> dict[str, Any]:
    """Give a case settled in writing in November 2026."""
    row = {
        "id": f"case-{number:06}",
        "title": f"第{number}号纠纷",
        "org_id": "org-1",
        "village_id": VILLAGES[0],
        "source": "10",
        "dispute_type": "02",
        "difficulty": "1",
        "party_count": 2,
        "accepted_on": "2026-11-03",
        "concluded_on": "2026-11-10",
        "outcome": "1",
        "agreement_form": "1",
        "agreement_amount": 0,
        "state": "performing",
    }
    return {**row, **changes}


def org_rows() -> list[dict[str, Any]]:
    """Give one committee of each type, two of them in villages."""
    places = {"1": VILLAGES[0], "2": VILLAGES[1]}
    return [
        {"id": f"org-{code}", "name": f"第{code}调委会", "org_type": code, "village_id": places.get(code)}
        for code in "123456"
    ]


def random_rows(rng: Random, size: int) -> dict[type[Journaled], list[dict[str, Any]]]:
    """Give a ledger's worth of random rows, tidy and untidy, from 2025 to 2026."""
    cases = [_case(rng, number) for number in range(size)]
    leads = [_lead(rng, number, cases) for number in range(size)]
    schools = [
        {"id": f"school-{n}", "name": f"第{n}小学", "village_id": rng.choice((*VILLAGES, None))}
        for n in range(5)
    ]
    posts = [_post(rng, number) for number in range(size // 2)]
    return {
        MediationOrg: org_rows(),
        MediationCase: cases,
        DisputeLead: leads,
        ScreeningRound: [_round(rng, number) for number in range(size // 4)],
        CasePrevented: _children(rng, cases, "prevented", _prevented),
        CaseOutsider: _children(rng, cases, "outsider", _outsider),
        CaseSession: _children(rng, cases, "session", _session),
        Agreement: _children(rng, cases, "agreement", _agreement),
        JudicialConfirmation: _children(rng, cases, "confirmation", _confirmation),
        School: schools,
        OutreachEvent: [_event(rng, number) for number in range(size)],
        LawClass: [_lesson(rng, number) for number in range(size // 2)],
        MediaPost: posts,
        PostMetric: [row for post in posts for row in _metrics(rng, post)],
    }


def fill(ctx: Context, seed: int, size: int = 60) -> dict[type[Journaled], list[dict[str, Any]]]:
    """Put random rows into a ledger; gives what was put."""
    rows = random_rows(Random(seed), size)
    for kind, of_kind in rows.items():
        put(ctx, kind, of_kind)
    return rows


def day(rng: Random, *, empty: float = 0.1) -> str | None:
    """Give a day of 2025 or 2026, sometimes only a month, sometimes nothing."""
    if rng.random() < empty:
        return rng.choice((None, "~2026-11", "~~去年冬天"))
    return f"{rng.choice((2025, 2026))}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _void(rng: Random) -> bool:
    return rng.random() < 0.1


def _case(rng: Random, number: int) -> dict[str, Any]:
    return case_row(
        number,
        void_flag=_void(rng),
        org_id=rng.choice((*[f"org-{code}" for code in "123456"], None, "org-gone")),
        village_id=rng.choice((*VILLAGES, None, "9")),
        source=rng.choice((*SOURCES, None)),
        dispute_type=rng.choice((*TYPES, None)),
        difficulty=rng.choice(("0", "1", "2", "3", "4", None)),
        party_count=rng.choice((None, 1, 2, 3, 13)),
        accepted_on=day(rng),
        concluded_on=day(rng, empty=0.3),
        performed_on=day(rng, empty=0.6),
        sued_on=day(rng, empty=0.8),
        performance=rng.choice((None, "1", "5")),
        court_result=rng.choice((None, "upheld", "modified", "revoked", "invalid")),
        outcome=rng.choice((None, "1", "1", "2", "3", "4")),
        agreement_form=rng.choice((None, "1", "2")),
        agreement_amount=rng.choice((None, 0, 1, 123_456)),
        claim_amount=rng.choice((None, 5_000)),
        external_no=rng.choice((None, "A1")),
        joint_units=rng.choice((None, ["police"], ["police", "court"], ["court"])),
        joint_group=rng.choice((None, "甲组", "乙组", "丙组")),
        modes=rng.choice((None, ["video"], ["phone", "video"])),
        state=rng.choice(("accepted", "performing", "failed", "closed")),
    )


def _lead(rng: Random, number: int, cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"lead-{number:06}",
        "void_flag": _void(rng),
        "found_on": day(rng),
        "village_id": rng.choice((*VILLAGES, None)),
        "parties_text": f"甲{number}、乙{number}",
        "dispute_type": rng.choice((*TYPES, None)),
        "brief": "相邻通行",
        "people_count": rng.choice((None, 2, 5)),
        "amount": rng.choice((None, 700)),
        "risk_level": rng.choice(("red", "orange", "yellow", "blue")),
        "resolved_on": day(rng, empty=0.5),
        "resolution": rng.choice((None, "on_site", "mediation")),
        "closed_on": day(rng, empty=0.8),
        "case_id": rng.choice(cases)["id"] if rng.random() < 0.4 else None,
        "state": "handling",
    }


def _round(rng: Random, number: int) -> dict[str, Any]:
    villages = rng.sample(VILLAGES, rng.randint(1, 3))
    return {"id": f"round-{number}", "void_flag": _void(rng), "start_on": day(rng), "village_ids": villages}


def _children(rng: Random, cases: list[dict[str, Any]], name: str, make: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{name}-{number:06}",
            "parent_id": rng.choice(cases)["id"],
            "void_flag": _void(rng),
            **make(rng),
        }
        for number in range(len(cases))
    ]


def _prevented(rng: Random) -> dict[str, Any]:
    return {"type": rng.choice("1234"), "persons": rng.randint(1, 9), "on": day(rng, empty=0.5)}


def _outsider(rng: Random) -> dict[str, Any]:
    return {"name": rng.choice(("赵甲", "钱乙", "孙丙", "", None)), "kind": "elder"}


def _session(rng: Random) -> dict[str, Any]:
    return {"held_at": "2026-11-03T09:00", "mode": rng.choice(("video", "phone", None))}


def _agreement(rng: Random) -> dict[str, Any]:
    return {"form": "1", "paper_bound": rng.choice((True, False, None)), "scan": rng.choice((None, "file"))}


def _confirmation(rng: Random) -> dict[str, Any]:
    result = rng.choice((None, "valid", "dismissed"))
    return {"applied_on": day(rng), "result": result, "result_on": day(rng, empty=0.4)}


def _event(rng: Random, number: int) -> dict[str, Any]:
    return {
        "id": f"event-{number:06}",
        "title": f"第{number}场",
        "void_flag": _void(rng),
        "held_on": day(rng),
        "state": rng.choice(("held", "archived", "planned", "cancelled")),
        "form": rng.choice(("lecture", "market", "arts", None)),
        "six_entry": rng.choice(("organ", "village", "community", "school", "enterprise", "unit", None)),
        "village_id": rng.choice((*VILLAGES, None)),
        "school_id": rng.choice((None, "school-1")),
        "main_topic": rng.choice((*TOPICS, None)),
        "audience_count": rng.choice((None, 0, 50)),
        "material_count": rng.choice((None, 100)),
        "consult_count": rng.choice((None, 3)),
        "banner_count": rng.choice((None, 1)),
        "board_count": rng.choice((None, 2)),
        "budget_used": rng.choice((None, 12_345)),
    }


def _lesson(rng: Random, number: int) -> dict[str, Any]:
    return {
        "id": f"lesson-{number:06}",
        "topic": "宪法",
        "void_flag": _void(rng),
        "school_id": f"school-{rng.randint(0, 4)}",
        "held_on": day(rng),
        "periods": rng.choice((10, 15)),
        "students": rng.choice((None, 40)),
        "count_as_event": rng.choice((None, True, False)),
    }


def _post(rng: Random, number: int) -> dict[str, Any]:
    return {
        "id": f"post-{number:06}",
        "title": f"第{number}篇",
        "void_flag": _void(rng),
        "published_on": day(rng),
        "platform": rng.choice(("douyin", "wechat_oa", None)),
        "topic": rng.choice(TOPICS),
    }


def _metrics(rng: Random, post: dict[str, Any]) -> list[dict[str, Any]]:
    counts = sorted(rng.randint(0, 900) for _ in range(4))
    days = sorted(filter(None, (day(rng) for _ in range(4))))
    return [
        {
            "id": f"{post['id']}-{n}",
            "parent_id": post["id"],
            "position": n,
            "as_of_on": on,
            "reads": count,
            "plays": rng.choice((None, count)),
            "void_flag": _void(rng),
        }
        for n, (on, count) in enumerate(zip(days, counts, strict=False))
    ]
