"""A program killed in the middle of its saves loses nothing it confirmed and leaves nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from models.records import table_of
from models.screening import DisputeLead, LeadStep
from tests.benchmarks.crash import Outcome, create, examine, kill_often, opened


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A ledger whose program was killed five times while it saved."""
    path = tmp_path_factory.mktemp("crash") / "crash.ybz"
    create(path)
    return path, kill_often(path, 5)


def test_killed_saves_are_there_whole_or_not_at_all(killed: tuple[Path, Outcome]) -> None:
    outcome = killed[1]
    assert outcome.confirmed >= 5
    assert (outcome.lost, outcome.partial, outcome.damage) == (0, 0, [])


def test_the_comparison_sees_a_lost_save_and_a_half_written_one(killed: tuple[Path, Outcome]) -> None:
    path = killed[0]
    unknown = {"id": "01a207a2-3280-70fa-a686-71308701b9fa", "place": "", "state": "new"}
    with opened(path) as ctx, ctx.ledger.engine.begin() as conn:
        lead = table_of(DisputeLead)
        one = conn.execute(sa.select(lead).where(lead.c.state == "verified")).mappings().first()
        assert one is not None
        steps = table_of(LeadStep)
        conn.execute(sa.delete(steps).where(steps.c.parent_id == one["id"]))
    outcome = Outcome()
    later = {"id": one["id"], "place": "以后的地点", "state": "verified"}
    examine(path, [unknown, later], outcome, chain=True)
    assert (outcome.lost, outcome.partial, bool(outcome.damage)) == (2, 1, True)
