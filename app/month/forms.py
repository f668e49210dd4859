"""What a form group holds: its tables and the registers listed, from ``resources/bundle``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

MONTHLY = "YB01"


@dataclass(frozen=True)
class TableForm:
    """One statistical table and the sheet it stands on.

    ``cumulative`` adds what is handed in for earlier months and the year so far below the total.
    """

    code: str
    sheet: str
    cumulative: bool = False


@dataclass(frozen=True)
class SheetForm:
    """One register listed row by row.

    A record is listed when one of ``dates`` lies in the period, or when it was open (``open`` states,
    ``opened`` by the period's end). A column is a field name, or ``@parties`` for the names of the parties.
    """

    key: str
    name: str
    register: str
    dates: tuple[str, ...]
    columns: tuple[str, ...]
    open: tuple[str, ...]
    opened: str


@dataclass(frozen=True)
class FormGroup:
    """One group of forms that are handed in together."""

    code: str
    label: str
    tables: tuple[TableForm, ...]
    sheets: tuple[SheetForm, ...]


@cache
def form_group(code: str = MONTHLY) -> FormGroup:
    """Read a form group."""
    text = files("resources").joinpath("bundle").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    described: Mapping[str, Any] = tomllib.loads(text)
    return FormGroup(
        code=described["code"],
        label=described["label"],
        tables=tuple(TableForm(**item) for item in described["table"]),
        sheets=tuple(_sheet(item) for item in described["sheet"]),
    )


def _sheet(item: Mapping[str, Any]) -> SheetForm:
    return SheetForm(
        key=item["key"],
        name=item["name"],
        register=item["register"],
        dates=tuple(item["dates"]),
        columns=tuple(item["columns"]),
        open=tuple(item.get("open", ())),
        opened=item.get("opened", ""),
    )
