"""The command line called in this process, on a private copy of a ledger made beforehand."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from tests.conftest import PASSWORD

TODAY = "2026-11-23T09:00"


@dataclass(frozen=True)
class Result:
    """What a call gave: exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


def copy_ledger(template: Path, target: Path) -> Path:
    for path in template.parent.glob(f"{template.name}*"):
        if path.is_file() and "lock" not in path.name:
            shutil.copyfile(path, target.with_name(target.name + path.name.removeprefix(template.name)))
    return target


@pytest.fixture
def ledger(templates: dict[str, Path], tmp_path: Path) -> Path:
    """A station's ledger with three villages."""
    return copy_ledger(templates["station"], tmp_path / "台账.ybz")


@pytest.fixture
def other_ledger(templates: dict[str, Path], tmp_path: Path) -> Path:
    """A second, equally empty one."""
    return copy_ledger(templates["station"], tmp_path / "另一本.ybz")


@pytest.fixture
def county_ledger(templates: dict[str, Path], tmp_path: Path) -> Path:
    return copy_ledger(templates["county"], tmp_path / "县局.ybz")


@pytest.fixture
def surroundings(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Environment of a station: its ledger, password and day, and a home folder of its own."""
    for name, value in (
        ("YBZ_LEDGER", str(ledger)),
        ("YBZ_PASSWORD", PASSWORD),
        ("YBZ_TODAY", TODAY),
        ("XDG_DATA_HOME", str(tmp_path / "home")),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("YBZ_OFFICER", raising=False)
    monkeypatch.delenv("YBZ_RECOVERY_CODE", raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def ybz(surroundings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line: ``ybz("show", "张三", given=…)``; ``given`` is standard input."""

    def run(*words: object, given: object = None) -> Result:
        if not isinstance(given, str | bytes):
            given = json.dumps(given, ensure_ascii=False)
        data = given if isinstance(given, bytes) else given.encode()
        surroundings.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture
def person(ybz: Run) -> str:
    """The id of 陈大山, entered through the command line."""
    row = {
        "name": "陈大山",
        "village_id": "青石村",
        "phone_main": "13800001234",
        "id_docs": [{"number": "11010519491231002X"}],
    }
    made = ybz("add", "person", "--json", given=row)
    assert made.status == 0, made.err
    return str(made.data["ids"][0])
