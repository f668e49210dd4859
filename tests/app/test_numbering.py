"""Numbers that get printed: never twice, and held after a restore until the paper was checked."""

from __future__ import annotations

import pytest

from app.context import Context
from app.history import undo
from app.ledger.identity import begin_epoch
from app.numbering import NumbersHeld, NumberTooLow, confirm_numbers, require_numbers, sequences
from app.records import add, fetch, void
from tests.builders.screening import dispute_lead


def test_a_number_is_never_issued_twice_even_after_undo_and_void(station: Context) -> None:
    first = add(station, "dispute_lead", [dispute_lead()]).ids[0]
    undo(station)
    second = add(station, "dispute_lead", [dispute_lead(brief="另一起")]).ids[0]
    void(station, second, "误登")
    third = add(station, "dispute_lead", [dispute_lead(brief="第三起")]).ids[0]
    numbers = [fetch(station, lead)["lead_no"] for lead in (first, second, third)]
    assert numbers == ["PC-2026-0001", "PC-2026-0002", "PC-2026-0003"]


def test_a_restored_ledger_holds_printed_numbers_until_confirmed(station: Context) -> None:
    require_numbers(station)
    begin_epoch(station.ledger, "从备份恢复。")
    with pytest.raises(NumbersHeld, match="从备份恢复"):
        require_numbers(station)
    confirm_numbers(station, "dispute_lead:", 2026, 17)
    require_numbers(station)
    lead = add(station, "dispute_lead", [dispute_lead()]).ids[0]
    assert fetch(station, lead)["lead_no"] == "PC-2026-0018"


def test_a_sequence_is_never_set_back(station: Context) -> None:
    add(station, "dispute_lead", [dispute_lead(), dispute_lead(brief="二")])
    with pytest.raises(NumberTooLow):
        confirm_numbers(station, "dispute_lead:", 2026, 1)
    assert [s.last for s in sequences(station) if s.scheme == "dispute_lead:"] == [2]
