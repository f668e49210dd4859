"""Nothing typed on the command line or handed in as JSON ends in a traceback or a fault of ours."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.cli.catalog import CATALOG
from app.registers import REGISTERS
from models.fields import fields_of
from models.records import children_of
from tests.builders import build, needed
from tests.cli.conftest import TODAY, copy_ledger
from tests.conftest import PASSWORD

# Commands that build whole ledgers or take seconds by design; their arguments are tried in the refusals.
SLOW = {"demo", "selftest", "new", "recovery-code", "password", "restore", "month", "export-plain", "backup"}
NAMES = [entry.name for entry in CATALOG if entry.name not in SLOW]
WORDS = [
    "person", "dispute_lead", "陈大山", "--where", "--json", "--file", "-", "--limit", "--list", "name=a..b",
    "sex=男,女", "--order", "-name", "--until", "T1", "total", "c1", "--period", "2026-10", "--", "..", "=",
    "--today", "2026-11-23", "--reason", "--register", "%", "'", '"', "\\", "a" * 500, "0", "-1", "1e9", "\n",
    "birth_date=2026-99", "created_at=1", "id=1", "id_docs.number=1", "tags=a", "--mark", "--kind", "done",
]  # fmt: skip
QUIET = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def place(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One ledger for all examples; what an example adds does not matter to the next."""
    return copy_ledger(templates["station"], tmp_path_factory.mktemp("hostile") / "台账.ybz")


@contextmanager
def surroundings(place: Path, text: str) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    env = {
        "YBZ_LEDGER": str(place), "YBZ_PASSWORD": PASSWORD, "YBZ_TODAY": TODAY,
        "XDG_DATA_HOME": str(place.parent / "home"),
    }  # fmt: skip
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(place.parent)
    try:
        with (
            mock.patch.dict(os.environ, env),
            mock.patch.object(sys, "stdin", stdin),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            yield out, err
    finally:
        os.chdir(before)


def _faults(place: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in place.parent.glob("home/**/*.log"))


def check(place: Path, words: list[str], text: str = "{}") -> int:
    with surroundings(place, text) as (out, err):
        status = main(words)
    assert status in (0, 1, 2, 3), (words, text)
    assert "意外情况" not in err.getvalue(), (words, text, _faults(place))
    if status in (1, 2):
        assert err.getvalue().count("\n") == 1, err.getvalue()
    if out.getvalue() and "--json" in words and "--" not in words:
        json.loads(out.getvalue())
    return status


@QUIET
@given(
    st.sampled_from(NAMES),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=6),
)
def test_any_words_are_answered(place: Path, name: str, rest: list[str]) -> None:
    check(place, [name, *rest])


@QUIET
@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_text_is_answered(place: Path, words: list[str]) -> None:
    check(place, [word for word in words if word not in SLOW])


ODD: list[Any] = [
    None, "", " ", 0, -1, 2**63, -(2**70), 10**400, 1.5, True, [], {}, [[]], [None], [{}], {"a": 1},
    {"missing": "unknown"}, {"missing": []}, {"missing": None}, {"missing": "unknown", "a": 1}, "x" * 5000,
    "1" * 5000, "2026-02-30", "~", "~~", "~2026", "0000-00-00", "9999-12-31", "١٢٣", "१", "²", "\u202e",
    "'; --", "019a0000-0000-7000-8000-000000000000", "陈大山", [1, "a", None], "NaN", "Infinity",
    "1e999", {"id": 1},
]  # fmt: skip
KEYS = ("id", "state", "void", "missing", "position", "parent_id", "void_flag", "origin", "")


def _fields(key: str) -> list[str]:
    register = next(one for one in REGISTERS if one.key == key)
    nested = [child.__field__ for child in children_of(register.entity.__tablename__)]
    return [*fields_of(register.entity), *nested, *KEYS]


@pytest.mark.parametrize("key", [register.key for register in REGISTERS])
def test_any_value_in_any_field_is_answered(place: Path, key: str) -> None:
    """One odd value in an otherwise good record, for every field of every register."""
    for other in needed(key):
        check(place, ["add", other], json.dumps(build(other)))
    row = build(key)
    for number, name in enumerate(_fields(key)):
        for step in range(4):
            odd = ODD[(number * 7 + step * 11) % len(ODD)]
            check(place, ["add", key, "--json"], json.dumps({**row, name: odd}))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*_fields("person"), "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@QUIET
@given(st.sampled_from(["person", "dispute_lead", "mediation_case"]), JSON)
def test_any_json_is_answered(place: Path, key: str, value: Any) -> None:
    check(place, ["add", key], json.dumps(value))


@pytest.mark.parametrize("key", [register.key for register in REGISTERS])
def test_what_is_unknown_can_be_said_of_every_required_field(ledger: Path, key: str) -> None:
    """A record that says 不详 where it must say something is shown, listed, searched and exported.

    On a ledger of its own: next to records like it, a record would be refused before its rules are asked.
    """
    place = ledger
    register = next(one for one in REGISTERS if one.key == key)
    for other in needed(key):
        check(place, ["add", other], json.dumps(build(other)))
    for name, field in fields_of(register.entity).items():
        if field.required and not field.derived:
            check(place, ["add", key], json.dumps({**build(key), name: {"missing": "unknown"}}))
    assert check(place, ["list", key]) == 0
    assert check(place, ["export", key, "--out", f"{key}.xlsx"]) == 0
    check(place, ["due"])
    check(place, ["search", "青石"])
    check(place, ["month", "check", "2026-10"])
