"""Connections to the encrypted ledger: keyed, set for safety, and every setting read back.

Write-ahead log with ``synchronous=FULL``; where that is impossible, or on a removable disk, rollback
journal with ``EXTRA``: the combinations under which a power cut loses nothing that was confirmed.
The key is given together with the salt, so a torn first sector does not lock the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.ledger.errors import (
    DiskFull,
    KeyMismatch,
    LedgerBusy,
    LedgerDamaged,
    LedgerNotFound,
    LedgerTruncated,
    NotALedger,
    NotReadable,
    NotWritable,
    SettingRefused,
    WriteFailed,
)
from app.ledger.keyslots import Secrets
from models.errors import LedgerError

PAGE_SIZE = 4096
BUSY_MILLISECONDS = 5000
WRITES = "ledger_writes"  # execution option of a connection whose transaction is going to write

# name, value asked for, value read back
_SETTINGS = (
    ("busy_timeout", str(BUSY_MILLISECONDS), str(BUSY_MILLISECONDS)),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
    ("secure_delete", "ON", "1"),
    ("temp_store", "MEMORY", "2"),
    ("cache_size", "-32768", "-32768"),
    ("mmap_size", "0", "0"),
)
_ENCRYPTION = (
    ("cipher_status", "1"),
    ("cipher_page_size", str(PAGE_SIZE)),
    ("cipher_use_hmac", "1"),
    ("cipher_log_level", "none"),
)
_SYNCHRONOUS = {"wal": ("FULL", "2"), "delete": ("EXTRA", "3")}

_BUSY, _READONLY, _IO, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 5, 8, 10, 11, 13, 14, 26
_LOCKED = 6
_FOREIGN = (
    (b"SQLite format 3\0", "未加密的数据库"),
    (b"PK\x03\x04", "表格、文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧格式的表格或文档"),
    (b"%PDF", "PDF 文档"),
    (b"YBZ-KEY\0", "密钥文件"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)
_PAGE_NUMBER = re.compile(r"page (\d+)")


def open_connection(path: Path, secrets: Secrets, *, create: bool = False, portable: bool = False) -> Any:
    """Open the ledger with the driver alone, in autocommit; the caller closes it.

    ``create`` allows a new file; ``portable`` is for removable disks (no write-ahead log).
    Errors: `LedgerNotFound`, `NotALedger`, `KeyMismatch`, `LedgerTruncated`, `LedgerDamaged`, `LedgerBusy`,
    `NotReadable`, `NotWritable`, `SettingRefused`.
    """
    _refuse_nothing_to_open(path, create=create)
    connection = _keyed(path, secrets, create=create)
    try:
        _apply(connection, portable=portable)
        verify_settings(connection)
    except dbapi2.Error as error:
        refusal = _diagnosis(connection, path, secrets, error)
        connection.close()
        raise refusal from error
    except BaseException:
        connection.close()
        raise
    return connection


def verify_settings(connection: Any) -> None:
    """Read every setting back from a driver connection. Errors: `SettingRefused`."""
    for name, expected in (*_ENCRYPTION, *((name, found) for name, _, found in _SETTINGS)):
        _require(name, expected, _read(connection, name))
    journal = _read(connection, "journal_mode")
    if journal not in _SYNCHRONOUS:
        raise SettingRefused("journal_mode", "wal", journal)
    _require("synchronous", _SYNCHRONOUS[journal][1], _read(connection, "synchronous"))


def engine_for(path: Path, secrets: Secrets, *, create: bool = False, portable: bool = False) -> sa.Engine:
    """Give a pooled engine; the key is in no URL, and settings are verified at every checkout.

    A transaction begins with ``BEGIN``; after `begin_immediate` with ``BEGIN IMMEDIATE``.
    """

    def connect() -> Any:
        return open_connection(path, secrets, create=create, portable=portable)

    engine = sa.create_engine(
        "sqlite://", module=dbapi2, creator=connect, poolclass=QueuePool, hide_parameters=True
    )
    sa.event.listen(engine, "checkout", _verify_at_checkout)
    sa.event.listen(engine, "begin", _emit_begin)
    return engine


def begin_immediate(conn: sa.Connection) -> None:
    """Begin a transaction that holds the write lock from its start; the caller commits or rolls back."""
    conn.execution_options(**{WRITES: True})
    conn.begin()


def vacuum_into(conn: sa.Connection, target: Path) -> None:
    """Write a whole, compact copy under the same key and salt to ``target``, which must not exist.

    The copy is one committed state, whoever writes meanwhile; it is not yet durable (`atomic.publish`).
    """
    conn.rollback()  # VACUUM runs outside transactions only, and any statement of the engine begins one
    conn.connection.cursor().execute("VACUUM INTO ?", (str(target),))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the driver reports about disk, lock and damage into the error that tells a person what to do.

    Errors that are ours (a broken constraint, a wrong statement) pass unchanged.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        known = _known(path, error.orig)
        if known is None:
            raise
        raise known from error
    except dbapi2.Error as error:
        known = _known(path, error)
        if known is None:
            raise
        raise known from error


def quick_check(conn: sa.Connection | Any) -> tuple[str, ...]:
    """Run SQLite's quick check on an engine's or a driver's connection; empty means sound."""
    run = conn.exec_driver_sql if isinstance(conn, sa.Connection) else conn.execute
    try:
        found = tuple(str(row[0]) for row in run("PRAGMA quick_check").fetchall())
    except (sa.exc.DatabaseError, dbapi2.DatabaseError) as error:
        driver = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if _code(driver) not in {_CORRUPT, _NOT_A_DATABASE}:
            raise
        return (str(driver),)
    return () if found == ("ok",) else found


def cipher_check(path: Path, secrets: Secrets) -> tuple[int, ...]:
    """Verify the seal of every page of a ledger nobody else has open; give the numbers of damaged pages.

    The write-ahead log is folded in first: the check reads past it and would raise false alarms.
    Errors: `LedgerNotFound`, `LedgerTruncated` (empty file), `LedgerBusy`, `NotReadable`.
    """
    _refuse_nothing_to_open(path, create=False)
    connection = _keyed(path, secrets, create=False)
    try:
        _fold_log(connection, path)
        lines = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
    finally:
        connection.close()
    numbers = (_PAGE_NUMBER.search(line) for line in lines)
    return tuple(sorted({int(number.group(1)) if number else 0 for number in numbers}))


def _fold_log(connection: Any, path: Path) -> None:
    try:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except dbapi2.Error as error:
        if _code(error) in {_CORRUPT, _NOT_A_DATABASE}:
            return  # the pages themselves are about to be checked
        raise _known(path, error) or error from error
    if row is not None and row[0]:
        raise LedgerBusy(path)


def _refuse_nothing_to_open(path: Path, *, create: bool) -> None:
    if create:
        return
    if not path.is_file():
        raise LedgerNotFound(path)
    log = path.with_name(f"{path.name}-wal")
    if path.stat().st_size == 0 and not (log.is_file() and log.stat().st_size):
        raise LedgerTruncated(path)


def _keyed(path: Path, secrets: Secrets, *, create: bool) -> Any:
    place = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    try:
        connection = dbapi2.connect(
            place,
            uri=True,
            timeout=BUSY_MILLISECONDS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
    except dbapi2.Error as error:
        raise _known(path, error) or NotReadable(path) from error
    connection.execute("PRAGMA cipher_log_level=NONE").fetchall()
    connection.execute(f"PRAGMA key=\"x'{(secrets.data_key + secrets.db_salt).hex()}'\"").fetchall()
    return connection


def _apply(connection: Any, *, portable: bool) -> None:
    if not _read(connection, "cipher_version"):  # a plain SQLite would ignore the key and write plain text
        raise SettingRefused("cipher_version", "SQLCipher", "")
    for name, value, _ in _SETTINGS:
        connection.execute(f"PRAGMA {name}={value}").fetchall()
    journal = _settle_journal(connection, portable=portable)
    if journal in _SYNCHRONOUS:
        connection.execute(f"PRAGMA synchronous={_SYNCHRONOUS[journal][0]}").fetchall()


def _settle_journal(connection: Any, *, portable: bool) -> str:
    if not portable:
        row = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if row[0] == "wal":
            return "wal"
    return str(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0])


def _read(connection: Any, name: str) -> str:
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return "" if row is None else str(row[0]).lower()


def _require(name: str, expected: str, found: str) -> None:
    if found != expected:
        raise SettingRefused(name, expected, found)


def _verify_at_checkout(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    verify_settings(dbapi_connection)


def _emit_begin(conn: sa.Connection) -> None:
    immediate = conn.get_execution_options().get(WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _known(path: Path, error: BaseException | None) -> LedgerError | None:
    situations: dict[int, type[LedgerError]] = {
        _BUSY: LedgerBusy,
        _LOCKED: LedgerBusy,
        _READONLY: NotWritable,
        _IO: WriteFailed,
        _CORRUPT: LedgerDamaged,
        _FULL: DiskFull,
        _CANNOT_OPEN: NotReadable,
        _NOT_A_DATABASE: LedgerDamaged,
    }
    situation = situations.get(_code(error))
    return None if situation is None else situation(path)  # type: ignore[arg-type]


def _diagnosis(connection: Any, path: Path, secrets: Secrets, error: BaseException) -> LedgerError:
    """Tell apart why the file did not open, from its size, its first bytes and the seals of its pages."""
    if _code(error) == _NOT_A_DATABASE:
        return _diagnosis_of_beginning(path, secrets)
    if _code(error) == _CORRUPT:
        if (
            path.stat().st_size % PAGE_SIZE
            or not connection.execute("PRAGMA cipher_integrity_check").fetchone()
        ):
            return LedgerTruncated(path)
        return LedgerDamaged(path)
    return _known(path, error) or LedgerDamaged(path)


def _diagnosis_of_beginning(path: Path, secrets: Secrets) -> LedgerError:
    # Closing this handle drops POSIX locks other connections of the process hold on the file;
    # it is opened only when the ledger could not be, so there are none.
    with path.open("rb") as stream:
        beginning = stream.read(16)
    for magic, what in _FOREIGN:
        if beginning.startswith(magic):
            return NotALedger(path, what)
    if path.stat().st_size < PAGE_SIZE:
        return LedgerTruncated(path)
    return LedgerDamaged(path) if beginning == secrets.db_salt else KeyMismatch(path)
