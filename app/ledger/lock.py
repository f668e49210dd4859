"""One writer per ledger: a lock the operating system gives up by itself when the program dies."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from app.ledger.atomic import disk_error, read_file, write_file
from app.ledger.errors import SecondInstance
from models.errors import LedgerError

_MOST_BYTES = 4096


class LedgerLock:
    """The lock of the ledger at ``path``; a context manager, or `acquire` and `release`."""

    def __init__(self, path: Path) -> None:
        self._ledger = path
        self._note = path.with_name(f"{path.name}.lock-info")
        self._file = FileLock(path.with_name(f"{path.name}.lock"), timeout=0, thread_local=False)

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file.is_locked

    def acquire(self) -> None:
        """Take the lock and note who holds it; a lock left by a killed program is simply free.

        Errors: `SecondInstance` naming the holder, `NotWritable`.
        """
        if self.held:
            raise SecondInstance(self._ledger, "（就在本窗口中）")
        try:
            self._file.acquire()
        except Timeout as error:
            raise SecondInstance(self._ledger, _holder(self._note)) from error
        except OSError as error:
            raise disk_error(error, self._note.with_name(f"{self._ledger.name}.lock")) from error
        with suppress(LedgerError):  # the note only makes the other program's sentence better
            write_file(self._note, _own_note())

    def release(self) -> None:
        """Give the lock up; without effect when it is not held."""
        if not self.held:
            return
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        self._file.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _own_note() -> bytes:
    since = datetime.now().astimezone().isoformat(timespec="minutes")
    return json.dumps({"pid": os.getpid(), "machine": platform.node(), "since": since}).encode()


def _holder(note: Path) -> str:
    try:
        content = json.loads(read_file(note, _MOST_BYTES))
        pid, machine, since = int(content["pid"]), str(content["machine"]), str(content["since"])
    except (OSError, ValueError, KeyError, TypeError, LedgerError):
        return ""
    place = "本机" if machine == platform.node() else f"电脑“{machine}”"
    return f"（{place}，进程 {pid}，{since[:16].replace('T', ' ')} 起）"
