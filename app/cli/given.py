"""What a command is given besides its words: JSON from a file or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from app.cli.command import Argument, arg
from models.errors import LedgerError

STANDARD_INPUT = "-"
LARGEST_BYTES = 64 * 1024 * 1024
FILE = arg("--file", metavar="文件", help="内容所在的 JSON 文件；- 表示标准输入")


class BadJson(LedgerError):
    """What was given is not JSON of the shape wanted; ``why`` is a Chinese clause."""

    code = "bad_json"

    def __init__(self, source: str, why: str) -> None:
        shown = "标准输入" if source == STANDARD_INPUT else f"“{Path(source).name}”"
        super().__init__(f"{shown}{why}，请核对内容后再试。")


def one_object(source: str | None) -> dict[str, Any]:
    """Read one JSON object; nothing given is an empty one. Errors: `BadJson`, OSError."""
    if source is None:
        return {}
    found = _read(source)
    if not isinstance(found, dict):
        raise BadJson(source, "应是一个 JSON 对象（花括号）")
    return found


def objects(source: str) -> list[dict[str, Any]]:
    """Read one JSON object or a list of them. Errors: `BadJson`, OSError."""
    found = _read(source)
    rows = found if isinstance(found, list) else [found]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise BadJson(source, "应是一个 JSON 对象或由对象组成的列表")
    return rows


def file_argument(**settings: Any) -> Argument:
    """Describe a positional argument that names an existing file."""
    return arg("file", metavar="文件", **settings)


def _read(source: str) -> Any:
    try:
        text = _bytes(source).decode("utf-8-sig")
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # no lone surrogates, no NaN
    except (ValueError, RecursionError):
        raise BadJson(source, "不是有效的 JSON（须为 UTF-8 编码）") from None
    if "\\u0000" in text or "\x00" in text:
        raise BadJson(source, "含有空字符")
    return found


def _bytes(source: str) -> bytes:
    if source == STANDARD_INPUT:
        stream = getattr(sys.stdin, "buffer", None)
        data = stream.read(LARGEST_BYTES + 1) if stream is not None else sys.stdin.read().encode()
    else:
        with Path(source).open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise BadJson(source, "超过 64 MB")
    return bytes(data)
