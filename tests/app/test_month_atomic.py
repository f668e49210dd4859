"""A closing that fails anywhere freezes nothing; and the check finds the same alone as all together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.context import Context
from app.drafts import fetch_rows
from app.ledger.check import check_ledger
from app.mediation.batch_lookup import alike, alone
from app.month import close_month, month_status
from app.records import add
from app.registers import register_named
from models.mediation import MediationCase
from models.records import table_of
from models.submission import Submission, SubmissionFigure, SubmissionFile, SubmissionRow
from tests.builders.mediation import accepted_case, add_organisations, agreement, party
from tests.builders.month import at, month, put_event

FROZEN = (Submission, SubmissionRow, SubmissionFigure, SubmissionFile)


class Interrupted(Exception):
    """Stands for whatever stops a closing half-way."""


def counts(ctx: Context) -> dict[str, int]:
    with ctx.ledger.reading() as conn:
        return {
            kind.__tablename__: conn.execute(
                sa.select(sa.func.count()).select_from(table_of(kind))
            ).scalar_one()
            for kind in FROZEN
        }


@pytest.mark.parametrize("step", ["seal", "sheets_hold", "_store"])
def test_a_closing_that_fails_at_any_step_leaves_nothing_frozen(
    station: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """I-14: what is there afterwards is either the state before or the state after."""

    def stop(*_: object, **__: object) -> None:
        raise Interrupted

    put_event(station, "2026-11-05")
    today = at(station, "2026-11-30")
    with monkeypatch.context() as patched:
        patched.setattr(f"app.month.closing.{step}", stop)
        with pytest.raises(Interrupted):
            close_month(today, month("2026-11"), tmp_path / "out", reason="如实报送")
    assert set(counts(station).values()) == {0}
    assert {one["state"] for one in month_status(today)} == {"open"}
    assert check_ledger(station.ledger).damage == ()
    done = close_month(today, month("2026-11"), tmp_path / "out", reason="如实报送")
    assert (done.version, done.is_new) == (1, True)


def test_files_that_could_not_be_written_are_handed_out_again_from_what_was_frozen(
    station: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    put_event(station, "2026-11-05")
    today = at(station, "2026-11-30")
    with monkeypatch.context() as patched:
        patched.setattr("app.month.closing.write_file", full)
        with pytest.raises(OSError, match="No space"):
            close_month(today, month("2026-11"), tmp_path / "a", reason="如实报送")
    done = close_month(today, month("2026-11"), tmp_path / "b", reason="如实报送")
    assert (done.version, done.is_new, done.bundle.is_file()) == (1, False, True)


def test_cases_looked_up_together_show_what_each_shows_alone(station: Context) -> None:
    """Same parties, copied words and a number used twice are found although most look-ups are spared."""
    add_organisations(station)
    settled = {
        "state": "performed", "concluded_on": "2026-11-10", "outcome": "1", "performed_on": "2026-11-10",
        "performance": "1", "performance_proof": "收条一张", "agreement_form": "口头",
        "agreements": [agreement("2026-11-10", perform_due="2026-11-10")],
    }  # fmt: skip
    others = [party("甘霖", "甲方"), party("尤其", "乙方")]
    words = "甘霖盖房时占用公共通道，尤其多次劝说无果，双方在村口发生争吵并报警"
    rows = [
        accepted_case(1, **settled),
        accepted_case(2, **settled),
        accepted_case(3, parties=others, brief=words),
        accepted_case(4, parties=[party("钟意", "甲方"), party("尤其", "乙方")], brief="田埂的位置有争议"),
        accepted_case(5, parties=[party("卜算", "甲方"), party("安宁", "乙方")], brief="拖欠木工工钱三个月"),
    ]
    ids = add(station, "mediation_case", rows).ids
    with station.ledger.writing(station, "test.change", "改卷号") as writer:
        twice = writer.get(MediationCase, ids[2])
        assert twice is not None
        writer.update(MediationCase, ids[3], {"volume_no": twice["volume_no"]})
    register = register_named("mediation_case")
    with station.ledger.reading() as conn:
        stored = list(fetch_rows(conn, MediationCase, list(ids)))
        calm = replace(station, alone=alone(conn, stored), alike=alike(conn, stored))
    single = [[(p.code, p.record, p.message) for p in register.examine(station, row)] for row in stored]
    together = [[(p.code, p.record, p.message) for p in register.examine(calm, row)] for row in stored]
    assert together == single
    assert {code for found in single for code, _, _ in found} >= {"W408", "W409", "E701"}
    assert any(ids[4] in spared for spared in calm.alone.values()), "some look-ups are spared"
