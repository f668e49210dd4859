"""What changes in last year's months after the new year began is told beside this year's account."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.context import Context
from app.month import close_month, month_problems
from app.month.closing import ClosedMonth
from models.outreach import OutreachEvent
from tests.builders.month import at, corrections_in, figures_in, month, put_event

CELL = "P1/total/audience"


def close(ctx: Context, key: str, day: str, out: Path) -> ClosedMonth:
    return close_month(at(ctx, day), month(key), out, reason="年后核对")


def recount(ctx: Context, record: str, audience: int) -> None:
    with ctx.ledger.writing(ctx, "test.change", "改动活动") as writer:
        writer.update(OutreachEvent, record, {"audience_count": audience})


@pytest.fixture
def new_year(station: Context, tmp_path: Path) -> tuple[Context, str]:
    """December 2026 and January 2027 are closed; gives December's event."""
    record = put_event(station, "2026-12-05", 10)
    close(station, "2026-12", "2026-12-31", tmp_path)
    put_event(station, "2027-01-06", 3)
    close(station, "2027-01", "2027-01-31", tmp_path)
    return station, record


def test_a_change_of_last_year_moves_no_figure_of_this_year_and_is_told(
    new_year: tuple[Context, str], tmp_path: Path
) -> None:
    ctx, record = new_year
    recount(ctx, record, 14)
    done = close(ctx, "2027-02", "2027-02-28", tmp_path)
    figure = figures_in(done.bundle)[CELL]
    assert (figure["value"], figure["correction"], figure["cumulative"]) == (0, 0, 3)
    (told,) = [one for one in corrections_in(done.bundle) if one["cell"] == CELL]
    assert (told["year"], told["before"], told["after"], told["late"], told["adjusted"]) == (
        "2026",
        10,
        14,
        0,
        4,
    )
    assert told["records"] == [record]


def test_a_late_entry_and_a_void_of_last_year_are_told_apart(
    new_year: tuple[Context, str], tmp_path: Path
) -> None:
    ctx, record = new_year
    late = put_event(ctx, "2026-11-20", 7)
    with ctx.ledger.writing(ctx, "test.void", "作废活动") as writer:
        writer.void(OutreachEvent, record, "重复登记")
    found = month_problems(at(ctx, "2027-02-28"), month("2027-02"))
    assert {one.record: one.code for one in found} == {late: "W661", record: "W662"}
    assert all("上年" in one.message for one in found)
    done = close(ctx, "2027-02", "2027-02-28", tmp_path)
    (told,) = [one for one in corrections_in(done.bundle) if one["cell"] == CELL]
    assert (told["before"], told["after"], told["late"], told["adjusted"]) == (10, 7, 7, -10)
    assert sorted(told["records"]) == sorted([late, record])


def test_each_month_tells_all_that_differs_from_last_years_last_month(
    new_year: tuple[Context, str], tmp_path: Path
) -> None:
    """The receiver needs no earlier month to know where last year stands."""
    ctx, record = new_year
    recount(ctx, record, 14)
    close(ctx, "2027-02", "2027-02-28", tmp_path)
    recount(ctx, record, 15)
    march = close(ctx, "2027-03", "2027-03-31", tmp_path)
    (told,) = [one for one in corrections_in(march.bundle) if one["cell"] == CELL]
    assert (told["before"], told["after"]) == (10, 15)
    recount(ctx, record, 10)
    april = close(ctx, "2027-04", "2027-04-30", tmp_path)
    assert corrections_in(april.bundle) == []


def test_a_change_of_both_years_is_told_under_each(new_year: tuple[Context, str], tmp_path: Path) -> None:
    ctx, record = new_year
    with ctx.ledger.writing(ctx, "test.move", "改日期") as writer:
        writer.update(OutreachEvent, record, {"held_on": "2027-01-08"})
    done = close(ctx, "2027-02", "2027-02-28", tmp_path)
    told = {one["year"]: one for one in corrections_in(done.bundle) if one["cell"] == CELL}
    assert (told["2026"]["before"], told["2026"]["after"]) == (10, 0)
    assert (told["2027"]["before"], told["2027"]["after"], told["2027"]["late"]) == (3, 13, 10)
    assert figures_in(done.bundle)[CELL]["cumulative"] == 13
