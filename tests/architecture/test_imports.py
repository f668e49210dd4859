"""Which part may know which other part and which library, and what starting the program may cost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, Source, product_sources

# Slow to import and needed by single verbs only: each is imported where it is used.
HEAVY = {
    "openpyxl",
    "docx",
    "docxtpl",
    "pypinyin",
    "rapidfuzz",
    "alembic",
    "numpy",
    "lxml",
    "xlsxwriter",
}
LINT = (
    "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True, no_logo=True))"
)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts in the folder's pyproject.toml against the packages in that folder."""
    return subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def loaded_by(*arguments: str) -> set[str]:
    """Give the top-level names of all modules a fresh interpreter imports for these arguments."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if re.match(r"import time:\s+\d", line)
    }


def foreign_imports(source: Source) -> Iterator[str]:
    """Give the top-level names a file imports that are neither ours nor the standard library's."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            if top not in PRODUCT and top not in sys.stdlib_module_names:
                yield top


def undeclared(sources: Iterable[Source], declared: set[str]) -> list[str]:
    providers = packages_distributions()
    found = []
    for source in sources:
        for name in sorted(set(foreign_imports(source))):
            packages = {normal(package) for package in providers.get(name, [name])}
            if not packages & declared:
                found.append(f"{source.path}: {name}")
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared_packages() -> set[str]:
    lines = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    return {normal(re.split(r"[<>=!~\[; ]", line)[0]) for line in lines if line and not line.startswith("#")}


def test_the_import_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("models/sample.py", "import app"),
        ("exports/sample.py", "from app import sample"),
        ("app/sample.py", "import ui"),
        ("resources/sample.py", "import models"),
        ("exports/sample.py", "import sqlalchemy"),
        ("ui/sample.py", "def f():\n    from sqlcipher3 import dbapi2\n"),
        ("app/sample.py", "import openpyxl"),
        ("models/sample.py", "from python_calamine import CalamineWorkbook"),
        ("app/sample.py", "from PySide6 import QtCore"),
    ],
)
def test_a_forbidden_import_breaks_a_contract(tmp_path: Path, path: str, line: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in PRODUCT:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "sample.py").touch()
    assert lint_imports(tmp_path).returncode == 0
    (tmp_path / path).write_text(line, "utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert " 1 broken" in done.stdout


def test_asking_for_the_version_loads_no_heavy_library() -> None:
    loaded = loaded_by("-m", "app", "--version")
    assert "app" in loaded
    assert loaded & (HEAVY | {"sqlalchemy", "sqlcipher3", "PySide6"}) == set()


def test_the_command_line_itself_loads_no_heavy_library() -> None:
    loaded = loaded_by("-m", "app", "--help")
    assert "app" in loaded
    assert loaded & HEAVY == set()


def test_what_a_program_loads_is_seen() -> None:
    assert "openpyxl" in loaded_by("-c", "import openpyxl.cell")
    assert loaded_by("-c", "pass") & HEAVY == set()


def test_every_library_the_product_imports_is_declared() -> None:
    assert undeclared(product_sources(), declared_packages()) == []


def test_an_undeclared_library_is_found() -> None:
    declared = declared_packages()
    bad = Source(
        "models/sample.py", "def f():\n    import pytest\n    import json\n    import no_such_thing.x\n"
    )
    assert undeclared([bad], declared) == ["models/sample.py: no_such_thing", "models/sample.py: pytest"]
    good = Source(
        "models/sample.py", "import sqlalchemy as sa\nfrom rich.table import Table\nfrom . import x\n"
    )
    assert undeclared([good], declared) == []
