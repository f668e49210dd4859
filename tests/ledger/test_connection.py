"""Connections keep what was confirmed, keep it unreadable, and say what is wrong with a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2

from app.ledger import connection as cn
from app.ledger.errors import (
    DiskFull,
    KeyMismatch,
    LedgerBusy,
    SettingRefused,
)
from app.ledger.filestore import FileStore
from app.ledger.keyslots import Secrets

ROWS = 400
CANARY = "金丝雀甲乙丙丁"


@pytest.fixture
def secrets() -> Secrets:
    return Secrets.draw()


@pytest.fixture
def ledger(tmp_path: Path, secrets: Secrets) -> Path:
    """A closed ledger of a few hundred pages, its log folded in."""
    path = tmp_path / "青石 #1 100%?.ybz"
    connection = cn.open_connection(path, secrets, create=True)
    connection.execute("CREATE TABLE note (body TEXT)")
    rows = [(f"{CANARY}{number}" + "文" * 300,) for number in range(ROWS)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO note VALUES (?)", rows)
    connection.execute("COMMIT")
    connection.close()
    return path


def count(connection) -> int:
    return int(connection.execute("SELECT count(*) FROM note").fetchone()[0])


# --- settings ----------------------------------------------------------------------------------

WANTED = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "trusted_schema": "0",
    "cell_size_check": "1",
    "secure_delete": "1",
    "temp_store": "2",
    "cache_size": "-32768",
    "busy_timeout": "5000",
    "cipher_status": "1",
    "cipher_page_size": "4096",
    "cipher_log_level": "NONE",
}


def test_every_pooled_connection_reads_back_the_durable_settings(ledger: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(ledger, secrets)
    held = [engine.connect() for _ in range(8)]
    for conn in held:
        found = {name: str(conn.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in WANTED}
        assert found == WANTED
        assert str(conn.exec_driver_sql("PRAGMA mmap_size").scalar() or 0) == "0"
    assert len({id(conn.connection.dbapi_connection) for conn in held}) == 8
    for conn in held:
        conn.close()
    engine.dispose()


WEAKENED = (
    ("synchronous", "NORMAL"),
    ("synchronous", "OFF"),
    ("journal_mode", "DELETE"),
    ("journal_mode", "MEMORY"),
    ("foreign_keys", "OFF"),
    ("trusted_schema", "ON"),
    ("cell_size_check", "OFF"),
    ("secure_delete", "OFF"),
    ("temp_store", "FILE"),
    ("cache_size", "-2000"),
    ("busy_timeout", "0"),
    ("cipher_log_level", "DEBUG"),
)


@pytest.mark.parametrize(("name", "value"), WEAKENED)
def test_a_connection_whose_setting_was_weakened_is_refused_at_the_next_use(
    ledger: Path, secrets: Secrets, name: str, value: str
) -> None:
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        conn.connection.cursor().execute(f"PRAGMA {name}={value}").fetchall()
    with pytest.raises(SettingRefused) as refused:
        engine.connect()
    assert refused.value.name in {name, "synchronous"}
    with engine.connect() as conn:  # the weak connection was thrown away, a sound one takes its place
        assert conn.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
    engine.dispose()


class Disobedient:
    """A driver connection that ignores one setting, as a build without it would."""

    def __init__(self, real, ignored: str) -> None:
        self.real, self.ignored = real, ignored

    def execute(self, statement: str, *rest):
        if statement.startswith(f"PRAGMA {self.ignored}="):
            statement = "SELECT 1"
        return self.real.execute(statement, *rest)

    def close(self) -> None:
        self.real.close()


@pytest.mark.parametrize("name", ["trusted_schema", "foreign_keys", "cell_size_check", "cache_size"])
def test_a_setting_the_database_ignores_stops_the_opening(
    ledger: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    keyed = cn._keyed
    monkeypatch.setattr(cn, "_keyed", lambda *rest, **more: Disobedient(keyed(*rest, **more), name))
    with pytest.raises(SettingRefused) as refused:
        cn.open_connection(ledger, secrets)
    assert refused.value.name == name


def test_a_connection_without_encryption_is_refused(tmp_path: Path) -> None:
    plain = dbapi2.connect(tmp_path / "plain.db", isolation_level=None)
    cn._apply(plain, portable=False)
    with pytest.raises(SettingRefused) as refused:
        cn.verify_settings(plain)
    assert refused.value.name == "cipher_status"
    plain.close()


def test_a_removable_disk_gets_the_rollback_journal_with_extra(ledger: Path, secrets: Secrets) -> None:
    connection = cn.open_connection(ledger, secrets, portable=True)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 3
    connection.execute("PRAGMA synchronous=FULL")
    with pytest.raises(SettingRefused):
        cn.verify_settings(connection)
    connection.close()
    back = cn.open_connection(ledger, secrets)
    assert back.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    back.close()


def test_where_the_log_is_impossible_the_rollback_journal_is_taken_by_itself(
    tmp_path: Path, secrets: Secrets
) -> None:
    place = f"{(tmp_path / 'dot.ybz').as_uri()}?mode=rwc&vfs=unix-dotfile"  # this layer has no shared memory
    connection = dbapi2.connect(place, uri=True, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level=NONE").fetchall()
    connection.execute(f"PRAGMA key=\"x'{(secrets.data_key + secrets.db_salt).hex()}'\"").fetchall()
    cn._apply(connection, portable=False)
    cn.verify_settings(connection)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 3
    connection.close()


def test_the_key_appears_in_no_url_repr_or_error(ledger: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(ledger, secrets)
    with pytest.raises(sa.exc.OperationalError) as wrong, engine.connect() as conn:
        conn.exec_driver_sql("SELECT * FROM nowhere WHERE x = ?", (CANARY,))
    shown = f"{engine!r} {engine.url} {wrong.value} {engine.pool!r}"
    assert secrets.data_key.hex() not in shown
    assert CANARY not in shown
    engine.dispose()


# --- transactions ------------------------------------------------------------------------------


def test_readers_go_on_while_the_writer_holds_the_lock_and_see_one_state(
    ledger: Path, secrets: Secrets
) -> None:
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as reader, engine.connect() as writer:
        assert reader.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
        cn.begin_immediate(writer)
        writer.exec_driver_sql("DELETE FROM note WHERE rowid <= 10")
        assert reader.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
        writer.commit()
        assert reader.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
        reader.rollback()
        assert reader.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS - 10
    engine.dispose()


def test_a_rolled_back_transaction_leaves_nothing_even_of_its_schema(ledger: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        cn.begin_immediate(conn)
        conn.exec_driver_sql("CREATE TABLE extra (x)")
        conn.exec_driver_sql("DELETE FROM note")
        conn.rollback()
        assert conn.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
        assert not sa.inspect(conn).has_table("extra")
    engine.dispose()


def test_a_second_writer_waits_and_is_then_told_the_ledger_is_busy(
    ledger: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ("busy_timeout", "50", "50")
    patched = tuple(quick if row[0] == "busy_timeout" else row for row in cn._SETTINGS)
    monkeypatch.setattr(cn, "_SETTINGS", patched)
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as first, engine.connect() as second:
        cn.begin_immediate(first)
        with pytest.raises(LedgerBusy), cn.translated(ledger):
            cn.begin_immediate(second)
        first.rollback()
    engine.dispose()


def test_the_writers_lock_is_taken_at_the_beginning_not_at_the_first_write(
    ledger: Path, secrets: Secrets
) -> None:
    engine = cn.engine_for(ledger, secrets)
    other = cn.open_connection(ledger, secrets)
    with engine.connect() as writer:
        cn.begin_immediate(writer)
        other.execute("PRAGMA busy_timeout=1")
        with pytest.raises(dbapi2.OperationalError, match="locked"):
            other.execute("INSERT INTO note VALUES ('x')")
    other.close()
    engine.dispose()


def test_our_own_mistakes_pass_untranslated(ledger: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        conn.exec_driver_sql("CREATE TABLE one (x INTEGER PRIMARY KEY)")
        conn.exec_driver_sql("INSERT INTO one VALUES (1)")
        with pytest.raises(sa.exc.IntegrityError), cn.translated(ledger):
            conn.exec_driver_sql("INSERT INTO one VALUES (1)")
    engine.dispose()


def test_a_full_disk_is_named_and_keeps_what_was_confirmed(ledger: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        many = sa.text("INSERT INTO note SELECT body FROM note")
        with pytest.raises(DiskFull), cn.translated(ledger):
            conn.execute(many)
        conn.rollback()
        assert conn.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS
    engine.dispose()


def test_a_copy_made_while_open_is_whole_and_under_the_same_key(
    ledger: Path, secrets: Secrets, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.ybz"
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as writer, engine.connect() as conn:
        writer.exec_driver_sql("INSERT INTO note VALUES ('still in the log')")
        writer.commit()
        assert conn.exec_driver_sql("SELECT count(*) FROM note").scalar() == ROWS + 1
        cn.vacuum_into(conn, copy)
    engine.dispose()
    assert cn.cipher_check(copy, secrets) == ()
    opened = cn.open_connection(copy, secrets)
    assert count(opened) == ROWS + 1
    opened.close()


def test_what_was_confirmed_survives_a_killed_program(ledger: Path, secrets: Secrets) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from app.ledger.connection import open_connection\n"
        "from app.ledger.keyslots import Secrets\n"
        "parts = [bytes.fromhex(text) for text in sys.argv[2:]]\n"
        "connection = open_connection(Path(sys.argv[1]), Secrets(*parts))\n"
        "connection.execute(\"INSERT INTO note VALUES ('confirmed')\")\n"
        "connection.execute('BEGIN')\n"
        "connection.execute('DELETE FROM note')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parts = (secrets.data_key, secrets.db_salt, secrets.chain_key, secrets.file_key, secrets.sign_seed)
    command = [sys.executable, "-c", script, str(ledger), *(part.hex() for part in parts)]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -9
    assert ledger.with_name(f"{ledger.name}-wal").stat().st_size > 0
    opened = cn.open_connection(ledger, secrets)
    assert count(opened) == ROWS + 1
    assert cn.quick_check(opened) == ()
    opened.close()


# --- nothing readable at rest ------------------------------------------------------------------


def test_no_file_beside_the_ledger_holds_a_readable_word(
    ledger: Path, secrets: Secrets, capfd: pytest.CaptureFixture[str]
) -> None:
    store = FileStore(ledger, secrets)
    store.put(f"附件{CANARY}".encode() * 50)
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        conn.exec_driver_sql("CREATE TABLE sorted AS SELECT body FROM note ORDER BY body DESC")
        conn.exec_driver_sql("INSERT INTO note VALUES (?)", (CANARY,))
        conn.commit()
        cn.vacuum_into(conn, ledger.with_name("backup.ybz"))
        seen = [path for path in ledger.parent.rglob("*") if path.is_file()]
        assert {f"{ledger.name}-wal", ledger.name, "backup.ybz"} <= {path.name for path in seen}
        for path in seen:
            content = path.read_bytes()
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
                assert CANARY.encode(encoding) not in content, (path.name, encoding)
            assert b"CREATE TABLE" not in content
            assert secrets.data_key not in content
    engine.dispose()
    with pytest.raises(KeyMismatch):
        cn.open_connection(ledger, Secrets.draw())
    assert "ERROR" not in capfd.readouterr().err
