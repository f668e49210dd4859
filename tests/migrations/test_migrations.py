"""Old ledgers: each schema's golden ledger opens, and a step runs on a copy, checked, then swapped."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlcipher3 import dbapi2

from app.indexing import rebuild_search
from app.ledger import migrate as migrating
from app.ledger.check import check_ledger
from app.ledger.errors import NewerLedger
from app.ledger.keyfile import unlock
from app.ledger.ledger import open_ledger
from app.ledger.migrate import MigrationFailed, alembic_config, migrate
from app.registers import REGISTERS
from app.search import search
from app.session import context_of
from models.journal import LedgerMeta
from models.records import table_of
from models.schema import SCHEMA_VERSION, Model
from tests.conftest import NOW, PASSWORD

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{number:04}"
down_revision = "{before:04}"


def upgrade():
    {body}
"""


def _golden(schema: int, folder: Path) -> Path:
    for path in GOLDEN.glob(f"schema-{schema}.ybz*"):
        shutil.copyfile(path, folder / path.name)
    return folder / f"schema-{schema}.ybz"


def test_the_steps_lead_to_the_very_schema_of_the_models(tmp_path: Path) -> None:
    engine = sa.create_engine(
        "sqlite://", module=dbapi2, creator=lambda: dbapi2.connect(str(tmp_path / "empty.db"))
    )
    with engine.connect() as conn:
        command.upgrade(alembic_config(conn), "head")
        differences = compare_metadata(MigrationContext.configure(conn), Model.metadata)
        version = conn.execute(sa.text("select version_num from alembic_version")).scalar()
    engine.dispose()
    assert [d for d in differences if "search_" not in str(d)] == []
    assert version == f"{SCHEMA_VERSION:04}"


@pytest.mark.parametrize("schema", range(1, SCHEMA_VERSION + 1))
def test_every_golden_ledger_opens_whole(schema: int, tmp_path: Path) -> None:
    ledger = open_ledger(_golden(schema, tmp_path), password=PASSWORD)
    ctx = context_of(ledger, NOW)
    assert ledger.meta["schema"] == str(SCHEMA_VERSION)
    assert check_ledger(ledger).damage == ()
    with ledger.reading() as conn:
        for register in REGISTERS:
            count = sa.select(sa.func.count()).select_from(table_of(register.entity))
            assert conn.execute(count).scalar(), register.key
        assert search(conn, "陈大山")
    assert rebuild_search(ctx) > 0
    ledger.close()


def _with_step(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Pretend the program is one schema further, with one more step."""
    number = SCHEMA_VERSION + 1
    folder.mkdir()
    text = STEP.format(number=number, before=SCHEMA_VERSION, body=body)
    (folder / "step.py").write_text(text, encoding="utf-8")

    def config(conn: sa.Connection) -> Config:
        made = alembic_config(conn)
        location = made.get_main_option("script_location")
        made.set_main_option("version_path_separator", "newline")
        made.set_main_option("path_separator", "newline")
        made.set_main_option("version_locations", f"{location}/versions\n{folder}")
        return made

    monkeypatch.setattr(migrating, "alembic_config", config)
    monkeypatch.setattr(migrating, "SCHEMA_VERSION", number)


def test_a_step_runs_on_a_copy_and_the_old_ledger_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _golden(SCHEMA_VERSION, tmp_path)
    secrets = unlock(path, PASSWORD)
    _with_step(monkeypatch, tmp_path / "steps", 'op.add_column("person", sa.Column("shoe_size", sa.Integer))')
    old = migrate(path, secrets)
    assert old.is_file()
    with pytest.raises(NewerLedger):
        open_ledger(path, password=PASSWORD)
    engine = migrating.engine_for(path, secrets)
    with engine.connect() as conn:
        assert "shoe_size" in {column["name"] for column in sa.inspect(conn).get_columns("person")}
        kept = conn.execute(sa.select(LedgerMeta.value).where(LedgerMeta.key == "schema")).scalar()
    engine.dispose()
    assert kept == str(SCHEMA_VERSION + 1)


@pytest.mark.parametrize(
    "body", ['op.execute("delete from person")', 'raise RuntimeError("power")', 'op.drop_table("no_such")']
)
def test_a_step_that_fails_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    path = _golden(SCHEMA_VERSION, tmp_path)
    secrets = unlock(path, PASSWORD)
    before = path.read_bytes()
    _with_step(monkeypatch, tmp_path / "steps", body)
    with pytest.raises((MigrationFailed, RuntimeError, sa.exc.DBAPIError)):
        migrate(path, secrets)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.upgrading*"))
    monkeypatch.undo()
    ledger = open_ledger(path, password=PASSWORD)
    assert check_ledger(ledger).ok
    ledger.close()
