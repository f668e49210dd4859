"""What was handed in never changes, and the months always add up to the year computed anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.context import Context
from app.month import close_month, reissue
from app.month.closing import ClosedMonth
from app.records import add
from models.mediation import MediationCase
from models.outreach import OutreachEvent
from tests.builders.mediation import add_organisations, example_november_cases
from tests.builders.month import at, corrections_in, event_values, figures_in, frozen, month, put_event

CELLS = {"P1/total/events": lambda _: 1, "P1/total/audience": lambda row: row["audience_count"]}
LAST_DAYS = {1: 31, 2: 28, 3: 31, 4: 30}

action = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 4), st.integers(0, 50)),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(1, 4)),
    st.tuples(st.just("recount"), st.integers(0, 9), st.integers(0, 50)),
    st.tuples(st.just("void"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("revive"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("close"), st.just(0), st.just(0)),
    st.tuples(st.just("close_again"), st.just(0), st.just(0)),
)


class Book:
    """A ledger and, beside it, the plainest possible account of what it holds."""

    def __init__(self, ctx: Context, out: Path) -> None:
        self.ctx, self.out = ctx, out
        self.rows: dict[str, dict[str, Any]] = {}
        self.void: set[str] = set()
        self.closed: list[ClosedMonth] = []
        self.kept: dict[str, tuple[Any, ...]] = {}

    def pick(self, number: int) -> str | None:
        ids = list(self.rows)
        return ids[number % len(ids)] if ids else None

    def do(self, kind: str, first: int, second: int) -> None:
        if kind == "add":
            day = f"2026-{first:02}-10"
            self.rows[put_event(self.ctx, day, second)] = event_values(day, second)
        elif kind == "close" and len(self.closed) < 4:
            self.close(len(self.closed) + 1)
        elif kind == "close_again" and self.closed:
            self.close(len(self.closed))
        elif (record := self.pick(first)) is not None:
            self.change(kind, record, second)

    def change(self, kind: str, record: str, value: int) -> None:
        changes = {"move": {"held_on": f"2026-{value:02}-10"}, "recount": {"audience_count": value}}
        with self.ctx.ledger.writing(self.ctx, "test.change", "改动活动") as writer:
            if kind in changes:
                writer.update(OutreachEvent, record, changes[kind])
                self.rows[record].update(changes[kind])
            elif kind == "void" and record not in self.void:
                writer.void(OutreachEvent, record, "登记错误")
                self.void.add(record)
            elif kind == "revive" and record in self.void:
                writer.revive(OutreachEvent, record)
                self.void.discard(record)

    def close(self, number: int) -> None:
        today = at(self.ctx, f"2026-{number:02}-{LAST_DAYS[number]:02}")
        done = close_month(today, month(f"2026-{number:02}"), self.out, reason="如实报送")
        self.closed[number - 1 :] = [done]
        self.kept.setdefault(done.submission, frozen(self.ctx, done.submission))

    def expected(self, measure: Callable[[dict[str, Any]], int]) -> int:
        last = f"2026-{len(self.closed):02}-31"
        alive = [row for record, row in self.rows.items() if record not in self.void]
        return sum(measure(row) for row in alive if row["held_on"] <= last)


def check(book: Book) -> None:
    for submission, before in book.kept.items():
        assert frozen(book.ctx, submission) == before


def check_sums(book: Book) -> None:
    figures = [figures_in(done.bundle) for done in book.closed]
    for cell, measure in CELLS.items():
        handed_in = sum(one[cell]["value"] + one[cell]["correction"] for one in figures)
        assert handed_in == book.expected(measure) == figures[-1][cell]["cumulative"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out reading the workbook back in a process of its own, which tells nothing of the account."""
    monkeypatch.setattr("app.month.closing.sheets_hold", lambda *_: True)


@settings(
    max_examples=8, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(actions=st.lists(action, min_size=6, max_size=14))
def test_months_add_up_to_the_year_and_nothing_frozen_changes(
    open_copy: Callable[[str, str], Context], actions: list[tuple[str, int, int]], quick: None
) -> None:
    """I-16 and I-17 of the exchange protocol, whatever is added late, moved, recounted, voided or revived."""
    with TemporaryDirectory() as folder:
        ctx = open_copy("station", f"case{abs(hash(tuple(actions)))}")
        book = Book(ctx, Path(folder))
        for kind, first, second in [*actions, ("close", 0, 0)]:
            book.do(kind, first, second)
            check(book)
            if kind in ("close", "close_again") and book.closed:
                check_sums(book)
        ctx.ledger.close()


def test_a_case_settled_after_its_month_was_closed_is_a_correction_of_the_next(
    station: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mediation acceptance example: C5 becomes 成功 on 12-03, after November was closed."""
    add_organisations(station)
    ids = add(station, "mediation_case", example_november_cases()).ids
    november = close_month(at(station, "2026-11-30"), month("2026-11"), tmp_path, reason="如实报送")
    told = frozen(station, november.submission)
    with station.ledger.writing(at(station, "2026-12-03"), "test.change", "改判") as writer:
        writer.update(MediationCase, ids[4], {"outcome": "1", "agreement_form": "2", "agreement_amount": 0})
    assert frozen(station, november.submission) == told
    first = figures_in(november.bundle)["T1/total/c3"]
    assert (first["value"], first["cumulative"], first["correction"]) == (4, 4, 0)
    monkeypatch.setattr("app.month.closing.problems_of", lambda *_: [])
    december = close_month(at(station, "2026-12-31"), month("2026-12"), tmp_path, reason="改判")
    second = figures_in(december.bundle)["T1/total/c3"]
    assert (second["value"], second["cumulative"], second["correction"]) == (0, 5, 1)
    (moved,) = [one for one in corrections_in(december.bundle) if one["cell"] == "T1/total/c3"]
    assert (moved["before"], moved["after"], moved["late"], moved["adjusted"]) == (4, 5, 0, 1)
    assert (moved["records"], moved["reason"]) == ([ids[4]], "改判")


def test_an_event_typed_in_after_its_month_was_closed_is_late_in_the_next(
    station: Context, tmp_path: Path
) -> None:
    put_event(station, "2026-10-05", 5)
    close_month(at(station, "2026-10-31"), month("2026-10"), tmp_path, reason="如实报送")
    late = put_event(station, "2026-10-20", 7)
    put_event(station, "2026-11-05", 11)
    november = close_month(at(station, "2026-11-30"), month("2026-11"), tmp_path, reason="补录一场")
    figure = figures_in(november.bundle)["P1/total/audience"]
    assert (figure["value"], figure["correction"], figure["cumulative"]) == (11, 7, 23)
    (moved,) = [one for one in corrections_in(november.bundle) if one["cell"] == "P1/total/audience"]
    assert (moved["late"], moved["adjusted"], moved["records"]) == (7, 0, [late])


def test_handing_out_again_gives_the_same_bytes_after_records_changed(
    station: Context, tmp_path: Path
) -> None:
    record = put_event(station, "2026-11-05")
    done = close_month(at(station, "2026-11-30"), month("2026-11"), tmp_path / "a", reason="如实报送")
    same = close_month(at(station, "2026-12-02"), month("2026-11"), tmp_path / "b", reason="如实报送")
    assert (same.submission, same.version) == (done.submission, 1)
    with station.ledger.writing(station, "test.change", "改动活动") as writer:
        writer.update(OutreachEvent, record, {"audience_count": 11})
    again = reissue(at(station, "2026-12-03"), month("2026-11"), tmp_path / "c")
    for folder in (same, again):
        assert [path.read_bytes() for path in folder.files] == [path.read_bytes() for path in done.files]
