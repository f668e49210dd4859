"""The county's receipts: each moves the one version it names, whatever the order, and opens tasks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.context import Context
from app.history import undo
from app.month import apply_receipt, close_month, open_tasks, void_submission
from app.month.closing import ClosedMonth
from app.month.errors import MonthAccepted, MonthLater, ReasonNeeded
from app.month.receipts import ReceiptForNothing
from app.month.withdrawing import NotWithdrawable
from exports.bundle.receipt import Receipt, ReceiptRow
from models.outreach import OutreachEvent
from models.records import Row
from models.submission import Submission
from tests.builders.month import at, figures_in, month, put_event

STATUSES = ("received", "accepted", "returned", "superseded", "duplicate")
REASON = "如实报送"


class Rolled(Exception):
    """Ends a trial so that nothing of it stays."""


def submission_of(ctx: Context, record: str) -> Row:
    with ctx.ledger.writing(ctx, "test.look", "查看") as writer:
        found = writer.get(Submission, record)
    assert found is not None
    return found


def receipt(
    ctx: Context, done: ClosedMonth, status: str, seq: int, *rows: ReceiptRow, **changes: Any
) -> Receipt:
    named = submission_of(ctx, done.submission)
    values: dict[str, Any] = {
        "bundle_id": named["bundle_id"], "manifest_hash": named["manifest_hash"], "version": named["version"],
        "status": status, "county_seq": seq, "importer_org": "QS0700", "importer_name": "青山县司法局",
        "period": named["period"], "rows": rows, **changes,
    }  # fmt: skip
    return Receipt(**values)


def take(ctx: Context, *receipts: Receipt) -> None:
    for one in receipts:
        with ctx.ledger.writing(ctx, "county.receive", "接收来件") as writer:
            apply_receipt(ctx, writer, one)


def close(ctx: Context, key: str, out: Path, **options: Any) -> ClosedMonth:
    return close_month(at(ctx, "2026-12-31"), month(key), out, **{"reason": REASON, **options})


def changed(ctx: Context, record: str, audience: int) -> None:
    with ctx.ledger.writing(ctx, "test.change", "改动活动") as writer:
        writer.update(OutreachEvent, record, {"audience_count": audience})


@pytest.fixture
def two_versions(station: Context, tmp_path: Path) -> tuple[Context, ClosedMonth, ClosedMonth]:
    record = put_event(station, "2026-11-05")
    first = close(station, "2026-11", tmp_path)
    changed(station, record, 12)
    return station, first, close(station, "2026-11", tmp_path)


def outcome(
    ctx: Context, versions: Sequence[ClosedMonth], receipts: Sequence[Receipt]
) -> list[tuple[str, int, int]]:
    """Give state, receipt number and open tasks of each version after these receipts, and leave no trace."""
    found: list[tuple[str, int, int]] = []
    with suppress(Rolled), ctx.ledger.writing(ctx, "county.receive", "接收来件") as writer:
        for one in receipts:
            apply_receipt(ctx, writer, one)
        tasks = [task["submission_id"] for task in open_tasks(ctx)]
        for version in versions:
            row = writer.get(Submission, version.submission)
            assert row is not None
            found.append((row["state"], row["county_seq"], tasks.count(version.submission)))
        raise Rolled
    return found


@settings(
    max_examples=20, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(sent=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(STATUSES)), min_size=2, max_size=4))
def test_versions_end_the_same_in_whatever_order_receipts_arrive(
    two_versions: tuple[Context, ClosedMonth, ClosedMonth], sent: list[tuple[int, str]]
) -> None:
    """I-19: the highest county number of each version stands; a receipt for v1 never touches v2."""
    ctx, *versions = two_versions
    numbers = count(3)
    receipts = [receipt(ctx, versions[at], status, next(numbers)) for at, status in sent]
    orders = list(permutations(receipts))
    outcomes = [outcome(ctx, versions, order) for order in (orders[0], orders[-1], orders[len(orders) // 2])]
    assert outcomes[0] == outcomes[1] == outcomes[2] == outcome(ctx, versions, [*receipts, *receipts])
    for at_, (state, seq, _) in enumerate(outcomes[0]):
        own = [one for one, (which, _) in zip(receipts, sent, strict=True) if which == at_]
        wanted = max(own, key=lambda one: one.county_seq, default=None)
        assert (state, seq) == ((wanted.status, wanted.county_seq) if wanted else ("closed", None))


def test_a_receipt_for_another_ledgers_bundle_is_refused(
    two_versions: tuple[Context, ClosedMonth, ClosedMonth],
) -> None:
    ctx, first, _ = two_versions
    with pytest.raises(ReceiptForNothing):
        take(ctx, receipt(ctx, first, "received", 1, manifest_hash="0" * 64))
    with pytest.raises(ReceiptForNothing):
        take(ctx, receipt(ctx, first, "received", 1, bundle_id="01a230d5-1280-7b08-9e90-000000000000"))


@pytest.mark.parametrize("accepted", [0, 1], ids=["v1 accepted after v2 was sealed", "v2 accepted"])
def test_an_accepted_month_gives_no_further_version(
    two_versions: tuple[Context, ClosedMonth, ClosedMonth], tmp_path: Path, accepted: int
) -> None:
    """I-20: after acceptance a difference goes into the next month."""
    ctx, *versions = two_versions
    take(ctx, receipt(ctx, versions[accepted], "accepted", 5))
    assert close(ctx, "2026-11", tmp_path).version == 2, "unchanged: the same bytes again"
    put_event(ctx, "2026-11-09")
    with pytest.raises(MonthAccepted, match="下一个月"):
        close(ctx, "2026-11", tmp_path)


def test_a_returned_row_leads_to_its_record_and_is_done_with_the_next_version(
    station: Context, tmp_path: Path
) -> None:
    record = put_event(station, "2026-11-05")
    done = close(station, "2026-11", tmp_path)
    row = ReceiptRow(
        record, "", "07 普法活动明细", 1, "returned", "E302", "audience_count", 10, None, "人次偏低"
    )
    take(station, receipt(station, done, "returned", 4, row))
    (task,) = open_tasks(station)
    assert (task["record_id"], task["register"], task["field"], task["hint"]) == (
        record, "outreach_event", "audience_count", "人次偏低",
    )  # fmt: skip
    changed(station, record, 30)
    with pytest.raises(ReasonNeeded):
        close(station, "2026-11", tmp_path, reason=None)
    assert close(station, "2026-11", tmp_path).version == 2
    assert open_tasks(station) == []


def test_a_return_without_rows_is_one_task_that_says_why(station: Context, tmp_path: Path) -> None:
    put_event(station, "2026-11-05")
    done = close(station, "2026-11", tmp_path)
    take(station, receipt(station, done, "returned", 4, note="口径不对，整份重报"))
    (task,) = open_tasks(station)
    assert (task["record_id"], task["hint"]) == (None, "口径不对，整份重报")
    take(station, receipt(station, done, "received", 5))
    assert open_tasks(station) == []


def test_a_returned_month_is_mended_after_its_successor_and_the_year_still_adds_up(
    station: Context, tmp_path: Path
) -> None:
    record = put_event(station, "2026-10-05", 10)
    october = close(station, "2026-10", tmp_path)
    put_event(station, "2026-10-06", 100)
    november = close(station, "2026-11", tmp_path)
    changed(station, record, 12)
    with pytest.raises(MonthLater):
        close(station, "2026-10", tmp_path)
    take(station, receipt(station, october, "returned", 4, note="请核对"))
    mended = close(station, "2026-10", tmp_path)
    assert mended.version == 2
    december = close(station, "2026-12", tmp_path)
    told = [figures_in(one.bundle)["P1/total/audience"] for one in (mended, november, december)]
    assert sum(one["value"] + one["correction"] for one in told) == told[-1]["cumulative"] == 112


def test_a_month_not_handed_in_is_taken_back_and_its_number_stays_used(
    station: Context, tmp_path: Path
) -> None:
    put_event(station, "2026-11-05")
    first = close(station, "2026-11", tmp_path)
    with pytest.raises(ReasonNeeded):
        void_submission(station, month("2026-11"), " ")
    assert void_submission(station, month("2026-11"), "封早了") == first.submission
    with pytest.raises(NotWithdrawable):
        void_submission(station, month("2026-11"), "再作废")
    second = close(station, "2026-11", tmp_path)
    assert second.version == 2
    take(station, receipt(station, second, "received", 1))
    with pytest.raises(NotWithdrawable):
        void_submission(station, month("2026-11"), "县局已收")


def test_undoing_a_close_does_not_give_its_number_out_twice(station: Context, tmp_path: Path) -> None:
    """Two contents under one number would be 重号 at the county."""
    put_event(station, "2026-11-05")
    first = close(station, "2026-11", tmp_path)
    undo(station)
    second = close(station, "2026-11", tmp_path)
    assert (first.version, second.version) == (1, 2)
    take(station, receipt(station, first, "received", 7))
    row = submission_of(station, first.submission)
    assert (row["state"], row["void_flag"]) == ("received", False), "the county has it: it was handed in"
