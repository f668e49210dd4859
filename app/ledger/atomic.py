"""Durable writes: after a power cut a file is either the old one or the new one, never half of each."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from app.ledger.errors import DiskFull, NotReadable, NotWritable, WriteFailed
from models.errors import LedgerError

ATTEMPTS = 10
PAUSE_SECONDS = 0.5
TEMPORARY_SUFFIX = ".ybz-tmp"

_NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY})
_ONLY_OWNER = 0o600

_Result = TypeVar("_Result")


def patiently(action: Callable[[], _Result]) -> _Result:
    """Do ``action``; try again for about five seconds while an antivirus or indexer holds the file."""
    for _ in range(ATTEMPTS - 1):
        try:
            return action()
        except PermissionError:
            time.sleep(PAUSE_SECONDS)
    return action()


def disk_error(error: OSError, path: Path) -> LedgerError:
    """Name the situation behind an operating-system error met while writing ``path``."""
    if error.errno in _NO_ROOM:
        return DiskFull(path)
    if error.errno in _NO_RIGHT:
        return NotWritable(path)
    return WriteFailed(path)


def sync_directory(folder: Path) -> None:
    """Make the names in ``folder`` durable; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create ``folder`` and the missing ones above it, durably. Errors: `disk_error`."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    try:
        for step in reversed(missing):
            step.mkdir(exist_ok=True)
            sync_directory(step.parent)
    except OSError as error:
        raise disk_error(error, folder) from error


def write_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write ``path`` whole or not at all: temporary file, fsync, replace, fsync of the folder.

    When it returns, the content survives a power cut. Errors: `DiskFull`, `NotWritable`, `WriteFailed`;
    the old file then still stands, unless only the last fsync failed.
    """
    parts = (content,) if isinstance(content, bytes) else content
    temporary = path.with_name(f".{token_hex(8)}{TEMPORARY_SUFFIX}")
    try:
        _write_synced(temporary, parts)
        _put_in_place(temporary, path)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def publish(temporary: Path, path: Path) -> None:
    """Make a finished file durable and give it its name, replacing what bore it. Errors: as `write_file`."""
    try:
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        _put_in_place(temporary, path)
    except OSError as error:
        raise disk_error(error, path) from error


def read_file(path: Path, limit: int) -> bytes:
    """Read at most ``limit`` bytes of ``path``, waiting for a program that holds it.

    Errors: FileNotFoundError as it is, any other as `NotReadable`.
    """
    try:
        return patiently(lambda: _read_up_to(path, limit))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotReadable(path) from error


def remove_leftovers(folder: Path) -> int:
    """Delete temporary files a killed program left in ``folder``; give how many. Only the one writer may."""
    removed = 0
    for leftover in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            leftover.unlink()
            removed += 1
    return removed


def _read_up_to(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limit)


def _put_in_place(temporary: Path, path: Path) -> None:
    patiently(lambda: temporary.replace(path))
    sync_directory(path.parent)


def _write_synced(path: Path, parts: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _ONLY_OWNER)
    with os.fdopen(handle, "wb") as stream:
        for part in parts:
            stream.write(part)
        stream.flush()
        os.fsync(stream.fileno())
