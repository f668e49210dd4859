"""What the house checks look at: the product's own sources and every file that is handed on."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("app", "exports", "models", "resources", "ui")
GENERATED = "models/migrations/versions/"
NOT_OURS = {
    ".git",
    ".venv",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "__pycache__",
    "build",
    "dist",
    "out",
}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the top of the project and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def in_product(self) -> bool:
        return self.path.split("/")[0] in PRODUCT


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def files() -> tuple[Path, ...]:
    """Give every file of the project, without caches and what building leaves behind."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
        ).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # a copy without git
        found = list(_walk(ROOT))
    return tuple(sorted(path for path in found if path.is_file()))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in NOT_OURS:
            continue
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """Give the text of a file, or None for pictures, workbooks and the like."""
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        return None
    return data.decode("utf-8", errors="replace")


@cache
def python_sources() -> tuple[Source, ...]:
    """Give every hand-written Python file of the project."""
    return tuple(
        Source(relative(path), path.read_text("utf-8"))
        for path in files()
        if path.suffix == ".py" and not relative(path).startswith(GENERATED)
    )


@cache
def product_sources() -> tuple[Source, ...]:
    found = tuple(source for source in python_sources() if source.in_product)
    assert len(found) > 20, "the checks no longer find the product's sources"
    return found
