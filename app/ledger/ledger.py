"""A ledger that is open: reading, writing, and the facts about the file itself."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.ledger import identity
from app.ledger.connection import begin_immediate, engine_for, translated
from app.ledger.errors import LedgerExists, LedgerNotFound, NewerLedger
from app.ledger.keyfile import create_keyfile, unlock, unlock_with_recovery
from app.ledger.keyslots import KdfCost, Secrets
from app.ledger.location import check_location
from app.ledger.lock import LedgerLock
from app.ledger.writer import Head, Writer, make_batch
from models import journal as j
from models.records import table_of
from models.schema import SCHEMA_VERSION, create_tables

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Projection

Random = Callable[[int], bytes]
DEFAULT_KDF = KdfCost()


@dataclass(frozen=True)
class NewLedger:
    """What creating a ledger hands out; the recovery code is shown this once."""

    path: Path
    device: str
    recovery_code: str


class Ledger:
    """One open ledger file; made by `open_ledger`, closed by `close`."""

    def __init__(
        self, path: Path, secrets: Secrets, lock: LedgerLock, projections: Sequence[Projection] = ()
    ) -> None:
        self.path = path
        self.secrets = secrets
        self.engine = engine_for(path, secrets)
        self.random: Random = os.urandom
        self.projections = tuple(projections)
        self._lock = lock
        self._open: tuple[int, Writer] | None = None
        self.meta = self._read_meta()
        self.notices: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """``station`` or ``county``."""
        return self.meta["role"]

    @property
    def org_code(self) -> str:
        """The organisation code of the station or county this ledger belongs to."""
        return self.meta["org_code"]

    @property
    def org_name(self) -> str:
        """Its name."""
        return self.meta["org_name"]

    @property
    def device(self) -> str:
        """The machine's identity in the journal: 16 hex digits."""
        return self.meta["device"]

    @property
    def epoch(self) -> int:
        """How often this device went on from an older copy."""
        return int(self.meta["epoch"])

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the ledger; inside a write, what was written so far."""
        if self._open is not None and self._open[0] == get_ident():
            self._open[1].flush()
            yield self._open[1].conn
            return
        with translated(self.path), self.engine.connect() as conn:
            yield conn

    @contextmanager
    def writing(self, ctx: Context, verb: str, label: str) -> Iterator[Writer]:
        """Give a writer; everything it did is committed together at the end, or nothing is."""
        with translated(self.path), self.engine.connect() as conn:
            begin_immediate(conn)
            try:
                writer = self._writer(conn, ctx, verb, label)
                self._open = (get_ident(), writer)
                yield writer
                writer.finish()
                conn.commit()
            except BaseException:
                conn.rollback()
                raise
            finally:
                self._open = None

    def set_meta(self, conn: sa.Connection, **values: str) -> None:
        """Change facts about the file inside a transaction of the caller."""
        table = table_of(j.LedgerMeta)
        for key, value in values.items():
            conn.execute(sa.delete(table).where(table.c.key == key))
            conn.execute(sa.insert(table).values(key=key, value=value))
            self.meta[key] = value

    def head(self, conn: sa.Connection) -> Head:
        """Read where this device's chain stands."""
        table = table_of(j.JournalHead)
        found = conn.execute(
            sa.select(table.c.seq, table.c.hash, table.c.hlc).where(
                table.c.device == self.device, table.c.epoch == self.epoch
            )
        ).first()
        latest = conn.execute(sa.select(sa.func.max(table.c.hlc))).scalar() or 0
        if found is None:
            return Head(self.device, self.epoch, 0, j.GENESIS, latest)
        return Head(self.device, self.epoch, found.seq, found.hash, max(found.hlc, latest))

    def vector(self, conn: sa.Connection) -> dict[str, int]:
        """Give the version vector: {device:epoch → highest change held without a gap}."""
        table = table_of(j.JournalHead)
        rows = conn.execute(sa.select(table.c.device, table.c.epoch, table.c.seq)).all()
        return {f"{row.device}:{row.epoch}": row.seq for row in rows}

    def close(self) -> None:
        """Write the head beside the ledger, close every connection and give up the lock."""
        try:
            with self.reading() as conn:
                identity.write_head(self.path, self.secrets, self.head(conn))
        finally:
            self.engine.dispose()
            self._lock.release()

    def _writer(self, conn: sa.Connection, ctx: Context, verb: str, label: str) -> Writer:
        wall_ms = int(ctx.now.timestamp() * 1000)
        return Writer(
            conn,
            self.head(conn),
            batch=make_batch(wall_ms, self.random),
            verb=verb,
            label=label,
            actor=ctx.actor,
            now=ctx.now.isoformat(timespec="seconds"),
            wall_ms=wall_ms,
            projections=self.projections,
            reproducible=self.random,
        )

    def _read_meta(self) -> dict[str, str]:
        with self.reading() as conn:
            table = table_of(j.LedgerMeta)
            return {row.key: row.value for row in conn.execute(sa.select(table.c.key, table.c.value))}


def create_ledger(
    path: Path,
    password: str,
    *,
    name: str,
    code: str,
    role: str,
    now: datetime,
    kdf: KdfCost = DEFAULT_KDF,
    random: Random = os.urandom,
    secrets: Secrets | None = None,
) -> NewLedger:
    """Create an encrypted ledger with its two key files; refused where one already stands.

    ``secrets`` are drawn afresh unless given (the demonstration's signing key follows from its seed).
    """
    if path.exists() or path.with_name(path.name + ".key").exists():
        raise LedgerExists(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    check_location(path)
    with LedgerLock(path):
        secrets, recovery_code = create_keyfile(path, password, kdf, secrets=secrets)
        device = random(8).hex()
        meta = {
            "schema": str(SCHEMA_VERSION),
            "role": role,
            "org_code": code,
            "org_name": name,
            "device": device,
            "epoch": "1",
            "machine": identity.machine_mark(),
            "created": now.isoformat(timespec="seconds"),
            "number_hold": "",
        }
        _build(path, secrets, meta)
    return NewLedger(path, device, recovery_code)


def _build(path: Path, secrets: Secrets, meta: Mapping[str, str]) -> None:
    engine = engine_for(path, secrets, create=True)
    try:
        with engine.connect() as conn:
            begin_immediate(conn)
            create_tables(conn)
            rows = [{"key": key, "value": value} for key, value in meta.items()]
            conn.execute(sa.insert(table_of(j.LedgerMeta)), rows)
            conn.commit()
    finally:
        engine.dispose()


def open_ledger(
    path: Path,
    *,
    password: str | None = None,
    recovery_code: str | None = None,
    projections: Sequence[Projection] = (),
) -> Ledger:
    """Open a ledger with its password or its recovery code; nothing is touched when that is refused."""
    if not path.is_file():
        raise LedgerNotFound(path)
    check_location(path)
    lock = LedgerLock(path)
    lock.acquire()
    try:
        secrets = (
            unlock_with_recovery(path, recovery_code)
            if recovery_code is not None
            else unlock(path, password or "")
        )
        ledger = Ledger(path, secrets, lock, projections)
        stored = int(ledger.meta["schema"])
        if stored > SCHEMA_VERSION:
            ledger.engine.dispose()
            raise NewerLedger(stored, SCHEMA_VERSION)
        if stored < SCHEMA_VERSION:
            from app.ledger.migrate import migrate

            ledger.engine.dispose()
            migrate(path, secrets)
            ledger = Ledger(path, secrets, lock, projections)
        identity.check_identity(ledger)
    except BaseException:
        lock.release()
        raise
    return ledger


def describe_vector(vector: Mapping[str, int]) -> str:
    """Write a version vector as canonical JSON."""
    return json.dumps(vector, sort_keys=True, separators=(",", ":"))
