"""Backups: verified before they are published, thinned by age, restored without overwriting anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.context import Context
from app.ledger.backup import BackupDamaged, automatic, automatic_backups, backup_to, restore, to_thin
from app.ledger.check import check_ledger
from app.ledger.errors import LedgerExists, WrongPassword
from app.ledger.ledger import open_ledger
from app.records import add, fetch
from app.session import context_of
from tests.conftest import NOW, PASSWORD


def test_backup_restores_as_a_new_epoch_with_everything(station: Context, tmp_path: Path) -> None:
    person = add(station, "person", [{"name": "褚二"}]).ids[0]
    made = backup_to(station.ledger, tmp_path / "u" / "b.ybz")
    assert made.seq > 0
    restore(made.path, tmp_path / "new" / "r.ybz", password=PASSWORD)
    ledger = open_ledger(tmp_path / "new" / "r.ybz", password=PASSWORD)
    again = context_of(ledger, NOW)
    assert fetch(again, person)["name"] == "褚二"
    assert check_ledger(ledger).ok
    ledger.close()


def test_restore_overwrites_nothing_and_wants_the_password(station: Context, tmp_path: Path) -> None:
    made = backup_to(station.ledger, tmp_path / "b.ybz")
    before = station.ledger.path.read_bytes()
    with pytest.raises(LedgerExists):
        restore(made.path, station.ledger.path, password=PASSWORD)
    assert station.ledger.path.read_bytes() == before
    with pytest.raises(WrongPassword):
        restore(made.path, tmp_path / "x.ybz", password="不对的密码")
    assert not (tmp_path / "x.ybz").exists()


def test_a_damaged_backup_is_not_restored(station: Context, tmp_path: Path) -> None:
    add(station, "person", [{"name": f"卫{n}"} for n in "一二三四五六七"])
    made = backup_to(station.ledger, tmp_path / "b.ybz")
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(bytes(content))
    with pytest.raises(Exception, match="核对|损坏") as told:
        restore(made.path, tmp_path / "x.ybz", password=PASSWORD)
    assert isinstance(told.value, BackupDamaged) or getattr(told.value, "code", "")
    assert not (tmp_path / "x.ybz").exists()


def test_automatic_backup_only_after_changes_and_not_too_often(station: Context) -> None:
    add(station, "person", [{"name": "蒋三"}])
    assert automatic(station.ledger, NOW) is not None
    assert automatic(station.ledger, NOW + timedelta(hours=1)) is None
    add(station, "person", [{"name": "沈四"}])
    assert automatic(station.ledger, NOW + timedelta(minutes=5)) is None
    assert automatic(station.ledger, NOW + timedelta(minutes=31)) is not None
    assert len(automatic_backups(station.ledger.path)) == 2


def test_thinning_keeps_days_weeks_and_months() -> None:
    newest = datetime(2026, 11, 23, 9)
    taken = [newest - timedelta(hours=8 * n) for n in range(3 * 400)]
    kept = sorted(set(taken) - set(to_thin(taken)))
    assert {m.date() for m in kept} >= {(newest - timedelta(days=n)).date() for n in range(7)}
    assert {m.strftime("%Y-%m") for m in kept} >= {f"2026-{n:02}" for n in range(1, 12)}
    assert len(kept) <= 3 + 7 + 8 + 12


def test_nothing_is_thinned_when_there_is_nothing() -> None:
    assert to_thin([]) == []
