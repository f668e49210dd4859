"""Bringing an older ledger to the present schema: on a copy, checked, then put in its place."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.ledger.atomic import publish
from app.ledger.connection import begin_immediate, engine_for, quick_check, vacuum_into
from models import journal as j
from models.errors import LedgerError
from models.records import table_of
from models.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from alembic.config import Config

    from app.ledger.keyslots import Secrets

OLD_SUFFIX = ".before-upgrade"


class MigrationFailed(LedgerError):
    """The migrated copy did not pass its check; the ledger itself was not touched."""

    code = "migration_failed"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"台账“{path.name}”升级没有通过核对（{why}），原台账未改动，请联系技术人员。")


def migrate(path: Path, secrets: Secrets) -> Path:
    """Migrate a ledger and give where the old one is kept; before or after, never half."""
    copy = path.with_name(path.name + ".upgrading")
    _remove(copy)
    old = _next_free(path)
    try:
        before = _copy(path, secrets, copy)
        upgrade_copy(copy, secrets)
        after = _counts(copy, secrets)
        lost = [name for name, number in before.items() if after.get(name, number) != number]
        if lost:
            raise MigrationFailed(path, f"行数不符：{'、'.join(lost)}")
        _keep(path, secrets, old)
        publish(copy, path)
    finally:
        _remove(copy)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return old


def upgrade_copy(path: Path, secrets: Secrets) -> None:
    """Run the missing steps on a copy and note the schema it then has."""
    from alembic import command

    engine = engine_for(path, secrets)
    try:
        with engine.connect() as conn:
            begin_immediate(conn)
            command.upgrade(alembic_config(conn), f"{SCHEMA_VERSION:04}")
            table = table_of(j.LedgerMeta)
            conn.execute(sa.update(table).where(table.c.key == "schema").values(value=str(SCHEMA_VERSION)))
            conn.commit()
        with engine.connect() as conn:
            damage = quick_check(conn)
            conn.rollback()
            conn.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    if damage:
        raise MigrationFailed(path, damage[0])


def alembic_config(conn: sa.Connection) -> Config:
    """Give Alembic its steps and the connection to run them on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("models").joinpath("migrations")))
    config.attributes["connection"] = conn
    return config


def _copy(path: Path, secrets: Secrets, copy: Path) -> dict[str, int]:
    engine = engine_for(path, secrets)
    try:
        with engine.connect() as conn:
            vacuum_into(conn, copy)
    finally:
        engine.dispose()
    return _counts(copy, secrets)


def _keep(path: Path, secrets: Secrets, old: Path) -> None:
    engine = engine_for(path, secrets)
    try:
        with engine.connect() as conn:
            vacuum_into(conn, old.with_name(old.name + ".part"))
    finally:
        engine.dispose()
    publish(old.with_name(old.name + ".part"), old)


def _counts(path: Path, secrets: Secrets) -> dict[str, int]:
    engine = engine_for(path, secrets)
    try:
        with engine.connect() as conn:
            names: list[Any] = list(
                conn.execute(sa.text("select name from sqlite_master where type = 'table'")).scalars()
            )
            kept = [name for name in names if not name.startswith(("search_", "sqlite_", "alembic_"))]
            return {
                name: conn.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar() or 0
                for name in kept
            }
    finally:
        engine.dispose()


def _next_free(path: Path) -> Path:
    number = 1
    while (old := path.with_name(f"{path.name}{OLD_SUFFIX}{number}")).exists():
        number += 1
    return old


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
