"""What works from the source only: the packed program reads resources one step at a time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEVERAL_STEPS = re.compile(r"joinpath\([^()]*,")


def breaks_when_packed(text: str) -> list[str]:
    """Give the lines that hand `joinpath` several parts, which the packed program's reader refuses."""
    return [line.strip() for line in text.splitlines() if SEVERAL_STEPS.search(line)]


def test_the_check_sees_a_bad_line() -> None:
    assert breaks_when_packed('files("resources").joinpath("codes", name)')
    assert not breaks_when_packed('files("resources").joinpath("codes").joinpath(name)')


@pytest.mark.parametrize("folder", ["app", "models", "exports"])
def test_resources_are_read_one_step_at_a_time(folder: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := breaks_when_packed(path.read_text(encoding="utf-8")))
    }
    assert found == {}
