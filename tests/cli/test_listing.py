"""Pages of a list: complete, without repeats, and found by the index however deep they lie."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.context import Context
from app.listing import count_records, list_records, parse_conditions, selection
from app.records import add
from app.registers import register_named
from models.records import table_of
from models.screening import DisputeLead
from tests.builders import build

DAYS = ["2026-11-03", "2026-11-03", "2026-11-05", "~2026-10", "2026-11-01", "2026-11-03"]


@pytest.fixture
def leads(station: Context) -> Context:
    add(station, "dispute_lead", [build("dispute_lead", found_on=day) for day in DAYS])
    with station.ledger.writing(station, "test", "无日期") as writer:
        (row, *_) = writer.select(DisputeLead, found_on="2026-11-01")
        writer.update(DisputeLead, row["id"], {"found_on": None})
    return station


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_pages_put_together_are_the_whole_list(leads: Context, size: int) -> None:
    whole = [row["id"] for row in list_records(leads, "dispute_lead", limit=None)]
    assert len(whole) == len(DAYS)
    paged: list[str] = []
    after = None
    while rows := list_records(leads, "dispute_lead", limit=size, after=after):
        paged += [row["id"] for row in rows]
        after = (rows[-1]["found_on"], rows[-1]["id"])
    assert paged == whole


def test_undated_records_come_last(leads: Context) -> None:
    days = [row["found_on"] for row in list_records(leads, "dispute_lead", limit=None)]
    assert days[-1] is None
    dated = [day for day in days if day is not None]
    assert dated == sorted(dated, reverse=True)


def test_filters_hold_on_every_page_and_are_counted(leads: Context) -> None:
    where = parse_conditions(["found_on=2026-11-03"])
    assert count_records(leads, "dispute_lead", where) == 3
    first = list_records(leads, "dispute_lead", where=where, limit=2)
    after = (first[-1]["found_on"], first[-1]["id"])
    rest = list_records(leads, "dispute_lead", where=where, limit=2, after=after)
    assert len({row["id"] for row in (*first, *rest)}) == 3


def test_a_page_deep_in_the_list_is_reached_by_the_index(leads: Context) -> None:
    table = table_of(DisputeLead)
    query = selection(leads, register_named("dispute_lead"), ())
    query = query.where(sa.tuple_(table.c.found_on, table.c.id) < sa.tuple_(sa.literal("x"), sa.literal("y")))
    query = query.order_by(table.c.found_on.desc(), table.c.id.desc()).limit(50)
    with leads.ledger.reading() as conn:
        compiled = str(query.compile(conn, compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row[-1]) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))
    assert "SEARCH dispute_lead USING INDEX" in plan
    assert "SCAN" not in plan
