"""Ledgers to test on: one encrypted template is built once, every test works on its own copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.context import Context
from app.indexing import update_search
from app.ledger.keyslots import KdfCost
from app.ledger.ledger import create_ledger, open_ledger
from app.records import add
from app.session import context_of, refreshed

PASSWORD = "三三得九-test"
CHEAP = KdfCost(memory_kib=8192, time_cost=1)
NOW = datetime(2026, 11, 23, 9, 0)
VILLAGES = [
    {"list_name": "village", "code": f"4209810010{n:02}", "label": f"{name}村", "synonyms": [name]}
    for n, name in enumerate(("青石", "白水", "红岩"), 1)
]


def _built(folder: Path, role: str) -> Path:
    path = folder / f"{role}.ybz"
    name, code = ("青石司法所", "QS0722") if role == "station" else ("青山县司法局", "QS0700")
    create_ledger(path, PASSWORD, name=name, code=code, role=role, now=NOW, kdf=CHEAP)
    if role == "station":
        ledger = open_ledger(path, password=PASSWORD, projections=(update_search,))
        add(context_of(ledger, NOW), "code_entry", VILLAGES)
        ledger.close()
    return path


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One ready-made ledger of each role."""
    folder = tmp_path_factory.mktemp("templates")
    return {role: _built(folder, role) for role in ("station", "county")}


@pytest.fixture
def open_copy(templates: dict[str, Path], tmp_path: Path) -> Iterator[Callable[[str, str], Context]]:
    """Open a private copy of a template: ``open_copy(role, name)``; closed after the test."""
    opened = []

    def make(role: str, name: str = "") -> Context:
        source = templates[role]
        target = tmp_path / f"{name or role}.ybz"
        for path in source.parent.glob(f"{source.name}*"):
            if path.is_file() and "lock" not in path.name:
                shutil.copyfile(path, target.with_name(target.name + path.name.removeprefix(source.name)))
        ledger = open_ledger(target, password=PASSWORD, projections=(update_search,))
        opened.append(ledger)
        return context_of(ledger, NOW)

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def station(open_copy: Callable[[str, str], Context]) -> Context:
    """A fresh station ledger with three villages (青石村, 白水村, 红岩村), on 2026-11-23 09:00."""
    return open_copy("station", "")


@pytest.fixture
def county(open_copy: Callable[[str, str], Context]) -> Context:
    """A fresh county ledger on the same day."""
    return open_copy("county", "")


@pytest.fixture
def fresh() -> Callable[[Context], Context]:
    """Give the context again after settings or codes changed."""
    return refreshed
