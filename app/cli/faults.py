"""Unexpected faults: noted without a single value of a record, told with a reference to look them up by."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from secrets import token_hex

from app.version import VERSION

LARGEST_BYTES = 512 * 1024
KEPT = 3


def note(error: BaseException, log: Path) -> str:
    """Write the types of a fault and where in the code it passed; give the reference it is found by.

    Texts of errors are left out: they may quote what somebody typed.
    """
    reference = token_hex(4).upper()
    try:
        _write(log, f"{reference} {VERSION} {sys.platform} {_described(error)}")
    except OSError:
        return f"{reference}（日志未能写入）"
    return reference


def sentence(reference: str) -> str:
    """Say that something went wrong on our side."""
    return f"程序遇到意外情况，本次操作没有完成，已有数据不受影响；请记下编号 {reference} 并联系维护人员。"


def _described(error: BaseException) -> str:
    parts: list[str] = []
    step: BaseException | None = error
    while step is not None and len(parts) < 5:
        frames = traceback.extract_tb(step.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames]
        parts.append(f"{type(step).__module__}.{type(step).__qualname__} @ {' > '.join(places)}")
        step = step.__cause__ or step.__context__
    return " | caused by | ".join(parts)


def _write(log: Path, line: str) -> None:
    import logging
    from logging.handlers import RotatingFileHandler

    log.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(log, maxBytes=LARGEST_BYTES, backupCount=KEPT, encoding="utf-8")
    try:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        handler.emit(logging.LogRecord("ybz", logging.ERROR, "", 0, line, None, None))
    finally:
        handler.close()
