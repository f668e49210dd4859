"""The demonstration of one station: every register, every state, whole, believable, and nobody real in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.context import Context
from app.demo import demo_station
from app.demo.people import helper_names
from app.ledger.check import check_ledger
from app.ledger.keyslots import KdfCost
from app.month import month_problems
from app.records import fetch
from app.register import Register
from app.registers import REGISTERS
from app.session import session
from app.statistics import compute
from models.dates import parse_period
from models.fields import Kind, fields_of
from models.identity import check_credit_code, check_id
from models.mediation import CaseParty, MediationCase
from models.person.people import IdDoc
from models.records import Model, entities, table_of
from models.screening import DisputeLead, ScreeningRound

PASSWORD = "三三得九-test"
CHEAP = KdfCost(memory_kib=8192, time_cost=1)
NOW = datetime.fromisoformat("2026-01-05T09:00")
INVENTED_DOCUMENT = re.compile(r"420900\d{8}9[1-9]\d[\dX]")
INVENTED_PHONE = re.compile(r"1990000\d{4}|0712-5550\d{3}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    path = tmp_path_factory.mktemp("demo") / "demo.ybz"
    return path, demo_station(path, 2025, password=PASSWORD, now=NOW, kdf=CHEAP)


@pytest.fixture(scope="module")
def demo(built: tuple[Path, dict[str, int]]) -> Iterator[Context]:
    with session(built[0], now=NOW, password=PASSWORD) as ctx:
        yield ctx


def rows(ctx: Context, entity: Any, *where: Any) -> list[Any]:
    table = table_of(entity)
    with ctx.ledger.reading() as conn:
        query = sa.select(table).where(table.c.void_flag.is_(sa.false()), *where)
        return [dict(row) for row in conn.execute(query.order_by(table.c.id)).mappings()]


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.key)
def test_every_register_has_a_record_in_the_demonstration(
    register: Register, built: tuple[Path, dict[str, int]], demo: Context
) -> None:
    counted = len(rows(demo, register.entity))
    assert counted == built[1][register.key] > 0


@pytest.mark.parametrize(
    ("entity", "codes"),
    [("mediation_case", "case_state"), ("dispute_lead", "lead_state"), ("outreach_event", "event_state"),
     ("outreach_plan", "plan_state")],
)  # fmt: skip
def test_there_is_a_record_in_every_state(entity: str, codes: str, demo: Context) -> None:
    kind = next(one for one in entities() if one.__tablename__ == entity)
    assert {row["state"] for row in rows(demo, kind)} == {one.code for one in demo.codes[codes].choices(None)}


def test_the_ledger_is_whole(demo: Context) -> None:
    checked = check_ledger(demo.ledger)
    assert checked.damage == ()
    assert checked.changes > 1000


def test_every_code_used_exists(demo: Context) -> None:
    unknown = []
    for entity in entities():
        for name, field in fields_of(entity).items():
            if field.kind not in (Kind.CODE, Kind.CODES) or field.codes is None:
                continue
            for row in rows(demo, entity):
                value = row[name]
                used = value if isinstance(value, list) else [value] if value else []
                unknown += [
                    (entity.__tablename__, name, code) for code in used if code not in demo.codes[field.codes]
                ]
    assert unknown == []


def test_the_journal_runs_forward_through_the_year(demo: Context) -> None:
    with demo.ledger.reading() as conn:
        batches = conn.execute(sa.text("select at from journal_batch order by number")).scalars().all()
    assert batches == sorted(batches)
    assert batches[0].startswith("2025-01-02")
    assert batches[-1] <= NOW.isoformat()
    assert {moment[:7] for moment in batches} >= {f"2025-{month:02}" for month in range(1, 13)}


@pytest.mark.parametrize("month", range(1, 13))
def test_no_month_has_an_error_that_would_keep_it_from_being_closed(month: int, demo: Context) -> None:
    found = month_problems(demo, parse_period(f"2025-{month:02}"))
    assert [problem for problem in found if problem.severity == "error"] == []


def test_the_land_case_of_thirty_two_households_is_paid_in_instalments(demo: Context) -> None:
    found = rows(demo, MediationCase, table_of(MediationCase).c.household_count == 32)
    case = fetch(demo, found[0]["id"])
    items = case["agreements"][0]["items"]
    assert (len(found), case["land_area_mu"], case["party_count"]) == (1, 15000, 33)
    assert sum(item["amount"] for item in items) == case["agreement_amount"] == 27_000_000
    assert [item["state"] for item in items] == ["done", "done", "done", "not_due", "not_due"]
    assert case["state"] == "performing"


def test_twelve_workers_get_their_wages_with_the_courts_confirmation(demo: Context) -> None:
    (found,) = rows(demo, MediationCase, table_of(MediationCase).c.migrant_wage_flag == "arrears")
    case = fetch(demo, found["id"])
    assert case["agreement_amount"] == 18_600_000
    assert sum(1 for party in case["parties"] if party["side"] == "applicant") == 12
    assert case["confirm_state"] == "valid"
    assert case["performance"] == "1"


def test_some_rounds_find_nothing_and_stay_as_zero_reports(demo: Context) -> None:
    with_leads = {row["round_id"] for row in rows(demo, DisputeLead)}
    without = [row for row in rows(demo, ScreeningRound) if row["id"] not in with_leads]
    assert len(without) >= 3
    assert any(row["round_type"] == "special" for row in without)


def test_every_number_is_valid_and_belongs_to_nobody(demo: Context) -> None:
    documents = [row["number"] for row in rows(demo, IdDoc)]
    parties = rows(demo, CaseParty)
    documents += [row["id_no"] for row in parties if row["id_no"]]
    assert len(documents) > 60
    assert [n for n in documents if not INVENTED_DOCUMENT.fullmatch(n)] == []
    assert [n for n in documents if check_id(n, "111", today=NOW.date()).errors] == []
    assert [n for n in documents if check_id(n, "111", today=NOW.date()).warnings] == []
    codes = [row["uscc"] for row in parties if row["uscc"]]
    assert codes
    assert [code for code in codes if check_credit_code(code).errors] == []


def test_every_telephone_number_is_of_the_block_that_stands_for_nobody(demo: Context) -> None:
    found = []
    for entity in entities():
        names = [name for name, field in fields_of(entity).items() if field.search == "phone"]
        found += [row[name] for row in rows(demo, entity) for name in names if row[name]]
    assert len(found) > 60
    assert [phone for phone in found if not INVENTED_PHONE.fullmatch(phone)] == []


def test_the_years_figures_are_the_first_stations_share_of_the_county(demo: Context) -> None:
    total = compute(demo, "YEAR", parse_period("2025")).rows["total"]
    expected = {
        "major": 3, "major_settled": 3, "joint_groups": 2, "outside_mediators": 14, "events": 30,
        "leaflets": 5600, "people": 11400, "posts": 14, "reads": 14200, "schools": 3,
        "lessons": 5, "pupils": 2760,
    }  # fmt: skip
    assert {name: total[name] for name in expected} == expected
    assert total["proactive_rate"] < 40


def test_one_film_was_seen_fifty_thousand_times(demo: Context) -> None:
    with demo.ledger.reading() as conn:
        plays = conn.execute(sa.text("select max(plays) from post_metric")).scalar()
    assert plays == 50_000


def everything(path: Path, now: datetime) -> dict[str, list[str]]:
    with session(path, now=now, password=PASSWORD) as ctx, ctx.ledger.reading() as conn:
        return {
            name: sorted(map(repr, conn.execute(sa.select(table))))
            for name, table in Model.metadata.tables.items()
            if name != "ledger_meta"
        }


def test_one_seed_gives_the_same_rows_and_journal_twice_and_another_seed_others(tmp_path: Path) -> None:
    until = datetime.fromisoformat("2025-01-24T18:00")
    found = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        path = tmp_path / f"{name}.ybz"
        demo_station(path, 2025, password=PASSWORD, now=until, seed=seed, kdf=CHEAP)
        found.append(everything(path, until))
    assert found[0] == found[1]
    assert found[0]["journal_change"]
    assert found[0]["person"] != found[2]["person"]


def test_nothing_is_entered_after_now(tmp_path: Path) -> None:
    path, until = tmp_path / "a.ybz", datetime.fromisoformat("2025-02-14T12:00")
    demo_station(path, 2025, password=PASSWORD, now=until, kdf=CHEAP)
    with session(path, now=until, password=PASSWORD) as ctx:
        assert {row["found_on"] <= "2025-02-14" for row in rows(ctx, DisputeLead)} == {True}
        assert max(date.fromisoformat(row["start_on"]) for row in rows(ctx, ScreeningRound)) <= until.date()


def test_helpers_from_outside_are_all_different_people() -> None:
    names = helper_names(1, 86)
    assert len(set(names)) == 86
    assert names == helper_names(1, 86)
