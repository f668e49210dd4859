"""How an answer is printed: one JSON document, or short Chinese text with tables."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING

from app.cli.command import Answer, Grid

if TYPE_CHECKING:
    from models.errors import LedgerError

PIPE_WIDTH = 200


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on standard output."""
    if as_json:
        print_json(answer.data)
        return
    for part in answer.text:
        if isinstance(part, str):
            print(part)
        else:
            _print_grid(part)


def print_json(data: object) -> None:
    """Print one JSON document."""
    print(json.dumps(data, ensure_ascii=False, default=plain))


def plain(value: object) -> object:
    """Give a value as JSON can hold it."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def refusal_json(error: LedgerError) -> dict[str, object]:
    """Give what a refusal answers in JSON: its stable code, its sentence, and every problem it names."""
    problems = [problem.as_json() for problem in getattr(error, "problems", ())]
    data: dict[str, object] = {"code": error.code, "message": error.message, "problems": problems}
    matches = getattr(error, "matches", None)
    if matches:
        data["matches"] = [{"id": identity, "title": title} for identity, title in matches]
    return data


def _print_grid(grid: Grid) -> None:
    if not grid.rows:
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout, markup=False, highlight=False, emoji=False, width=None if terminal else PIPE_WIDTH
    )
    table = Table(box=SIMPLE_HEAD, title=grid.title or None, title_justify="left", pad_edge=False)
    for header in grid.headers:
        table.add_column(header, overflow="fold")
    for row in grid.rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
