"""Reads a spreadsheet from outside in a separate process with a time and a memory limit.

Files of two kilobytes exist that hang or abort every spreadsheet library, so none of them runs in our own
process; what crosses back is JSON, and whatever goes wrong becomes one of the errors of this package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exports.workbook.errors import (
    REFUSALS,
    WorkbookDamaged,
    WorkbookRefused,
    WorkbookTimeout,
    WorkbookTooLarge,
)
from exports.workbook.limits import Limits
from exports.workbook.raw import CellType, RawSheet, RawWorkbook, Scalar, Typed
from exports.workbook.worker import WORKER_FLAG

_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"out of memory")


def read_workbook(
    source: Path | bytes, limits: Limits | None = None, *, name: str | None = None
) -> RawWorkbook:
    """Read an .xlsx, .xls or .csv (UTF-8, GB 18030) file, or its bytes, without trusting it.

    Raises one of the WorkbookRefused errors; nothing else, whatever the file holds, but OSError if the path
    itself cannot be read.
    """
    limits = limits or Limits()
    shown = name or (source.name if isinstance(source, Path) else "该文件")
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > limits.file_bytes:
        raise WorkbookTooLarge(f"文件超过 {limits.file_bytes // 1024 // 1024} MB", shown)
    data = source.read_bytes() if isinstance(source, Path) else source
    suffix = Path(shown).suffix.lower() if name or isinstance(source, Path) else ""
    try:
        return _assembled(_lines(_ask(data, suffix, limits)), shown)
    except WorkbookRefused as refusal:
        raise type(refusal)(refusal.reason, shown) from None
    except (ValueError, KeyError, TypeError) as problem:
        raise WorkbookDamaged("读取结果不完整", shown) from problem


def worker_command() -> list[str]:
    """Give the command that starts the separate process, also from the packaged program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG]
    return [sys.executable, "-P", "-m", "exports.workbook.worker"]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}


def _ask(data: bytes, suffix: str, limits: Limits) -> bytes:
    """Send the file to a new process and give its whole answer."""
    seconds = limits.seconds_for(len(data))
    head = json.dumps({"limits": asdict(limits), "suffix": suffix}).encode()
    with subprocess.Popen(  # noqa: S603  # our own interpreter, fixed arguments
        worker_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            answer, complaint = process.communicate(head + b"\n" + data, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise WorkbookTimeout(f"超过 {seconds:.0f} 秒") from None
    if process.returncode != 0:
        out_of_memory = any(word in complaint for word in _OUT_OF_MEMORY)
        raise WorkbookTooLarge("内存不足") if out_of_memory else WorkbookDamaged
    return answer


def _lines(answer: bytes) -> Iterator[Any]:
    """Give the answer line by line; raises what was refused, or WorkbookDamaged if it is cut short."""
    ended = False
    for line in answer.splitlines():
        part = json.loads(line, object_hook=_typed) if line[:1] == b"[" else json.loads(line)
        if isinstance(part, dict) and "refused" in part:
            raise REFUSALS[part["refused"]](part["reason"])
        ended = isinstance(part, dict) and "end" in part
        if not ended:
            yield part
    if not ended:
        raise WorkbookDamaged


def _typed(parts: dict[str, str]) -> Typed:
    return Typed(CellType(parts["type"]), parts["text"])


def _assembled(lines: Iterable[Any], name: str) -> RawWorkbook:
    head: dict[str, Any] = {}
    about: dict[str, Any] = {}
    rows: list[tuple[Scalar, ...]] = []
    sheets: list[RawSheet] = []
    for part in lines:
        if isinstance(part, list):
            rows.append(tuple(part))
        elif "format" in part:
            head = part
        else:
            if about:
                sheets.append(_sheet(about, rows))
            about, rows = part, []
    if about:
        sheets.append(_sheet(about, rows))
    return RawWorkbook(
        name, head.get("format", ""), tuple(sheets), tuple(head.get("flags", ())), head.get("encoding", "")
    )


def _sheet(about: dict[str, Any], rows: list[tuple[Scalar, ...]]) -> RawSheet:
    return RawSheet(
        name=about["sheet"],
        visible=about["visible"],
        values=tuple(rows),
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in about["merged"]),
        hidden_rows=frozenset(about["hidden_rows"]),
        formulas=frozenset((row, column) for row, column in about["formulas"]),
        struck=frozenset((row, column) for row, column in about["struck"]),
        formats={(row, column): code for row, column, code in about["formats"]},
        counted=about["counted"],
        read=sum(len(row) - row.count("") for row in rows),
    )
