"""Backups that are proven: copied by the engine, read back and checked, then put in place; thinned by age."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.ledger.atomic import publish, write_file
from app.ledger.connection import begin_immediate, engine_for, quick_check, translated, vacuum_into
from app.ledger.errors import BackupDamaged, LedgerExists, LedgerNotFound
from app.ledger.keyfile import key_paths, unlock, unlock_with_recovery
from app.ledger.location import check_location
from models import journal as j
from models.records import table_of

if TYPE_CHECKING:
    from app.ledger.keyfile import Secrets
    from app.ledger.ledger import Ledger

DAILY, WEEKLY, MONTHLY = 7, 8, 12
STAMP = "%Y%m%d-%H%M%S"
PAUSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Backup:
    """One verified backup: where it lies, how big it is, where the chain stood."""

    path: Path
    size: int
    seq: int


def backup_to(ledger: Ledger, target: Path, *, with_files: bool = True) -> Backup:
    """Write a verified backup with a copy of the key file (still wrapped by the password) beside it."""
    if target.exists():
        raise LedgerExists(target)
    check_location(target, live=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    temporary.unlink(missing_ok=True)
    try:
        with ledger.reading() as conn:
            wanted = ledger.head(conn)
            vacuum_into(conn, temporary)
        verify_copy(temporary, ledger.secrets, wanted.seq, target)
        publish(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    write_file(target.with_name(target.name + ".key"), key_paths(ledger.path)[0].read_bytes())
    if with_files:
        _copy_files(files_dir(ledger.path), files_dir(target))
    return Backup(target, target.stat().st_size, wanted.seq)


def verify_copy(path: Path, secrets: Secrets, least_seq: int, called: Path) -> None:
    """Open a copy and check it: every page, and at least the changes it must hold.

    Errors: `BackupDamaged` naming the file ``called``.
    """
    engine = engine_for(path, secrets)
    try:
        with translated(path), engine.connect() as conn:
            damage = quick_check(conn)
            seq = conn.execute(sa.select(sa.func.max(table_of(j.JournalHead).c.seq))).scalar() or 0
    finally:
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    if damage or seq < least_seq:
        raise BackupDamaged(called)


def restore(
    source: Path, target: Path, *, password: str | None = None, recovery_code: str | None = None
) -> None:
    """Put a backup at a new place; nothing that stands is overwritten. The caller opens it as a new epoch."""
    if not source.is_file():
        raise LedgerNotFound(source)
    if target.exists() or any(path.exists() for path in key_paths(target)):
        raise LedgerExists(target)
    check_location(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    key = source.with_name(source.name + ".key").read_bytes()
    secrets = unlock_with_recovery(source, recovery_code) if recovery_code else unlock(source, password or "")
    temporary = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, temporary)
        verify_copy(temporary, secrets, 0, source)
        for path in key_paths(target):
            write_file(path, key)
        publish(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _copy_files(files_dir(source), files_dir(target))


def automatic(ledger: Ledger, now: datetime, *, always: bool = False) -> Backup | None:
    """Back up beside the ledger when something changed and the last one is not fresh; thin the old ones."""
    folder = backups_dir(ledger.path)
    kept = automatic_backups(ledger.path)
    with ledger.reading() as conn:
        seq = ledger.head(conn).seq
    if ledger.meta.get("backup_seq") == f"{ledger.epoch}:{seq}":
        return None
    if kept and not always and now - _taken_at(kept[-1]) < PAUSE:
        return None
    folder.mkdir(exist_ok=True)
    made = backup_to(ledger, _free_name(folder, now), with_files=False)
    with ledger.engine.connect() as conn:
        begin_immediate(conn)
        ledger.set_meta(conn, backup_seq=f"{ledger.epoch}:{seq}", backup_at=now.isoformat(timespec="seconds"))
        conn.commit()
    for old in to_thin([_taken_at(path) for path in automatic_backups(ledger.path)]):
        for path in folder.glob(f"{old.strftime(STAMP)}.ybz*"):
            path.unlink()
    return made


def to_thin(taken: list[datetime]) -> list[datetime]:
    """Give the backups that may go: all of the latest day stay, then one a day, a week and a month."""
    if not taken:
        return []
    newest = max(taken)
    keep = {moment for moment in taken if moment.date() == newest.date()}
    for count, form in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        last_of = {moment.strftime(form): moment for moment in sorted(taken)}
        keep.update(sorted(last_of.values())[-count:])
    return sorted(set(taken) - keep)


def automatic_backups(path: Path) -> list[Path]:
    """Give the automatic backups of a ledger, oldest first."""
    return sorted(backups_dir(path).glob("*.ybz"))


def backups_dir(path: Path) -> Path:
    """Give the folder of a ledger's automatic backups."""
    return path.with_name(path.name + ".backups")


def files_dir(path: Path) -> Path:
    """Give the folder of a ledger's attachments."""
    return path.with_name(path.name + ".files")


def _free_name(folder: Path, now: datetime) -> Path:
    moment = now
    while (path := folder / f"{moment.strftime(STAMP)}.ybz").exists():
        moment += timedelta(seconds=1)
    return path


def _taken_at(path: Path) -> datetime:
    return datetime.strptime(path.stem, STAMP)  # noqa: DTZ007 — local time, as the officer reads it


def _copy_files(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                write_file(copy, path.read_bytes())
