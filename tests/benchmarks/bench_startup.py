"""How soon the command line answers: its version against an empty Python, and what is due on ten years."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.decade import PASSWORD, PATH, decade
from tests.benchmarks.figure import Figure, best, exactly, slower_than, within

MEMORY = 150.0
ENVIRONMENT = {**os.environ, "YBZ_PASSWORD": PASSWORD, "YBZ_TODAY": "2026-11-23"}


def figures() -> list[Figure]:
    """The version, and the list of what is due."""
    decade()
    empty, version = best(
        12, lambda: _run([sys.executable, "-c", "pass"]), lambda: _run([*_ybz(), "--version"])
    )
    found = [slower_than("ybz --version", version, "python -c pass", empty, 10)]
    due = [*_ybz(), "--ledger", str(PATH), "due"]
    (took,) = best(3, lambda: _run(due))
    memory = _peak(due)
    return [
        *found,
        within("十年台账上 ybz due（含解锁）", took, 1.5, "python -c pass", empty),
        exactly("ybz due 占内存", f"≤{MEMORY:.0f} MB", f"{memory:.0f} MB", met=memory <= MEMORY),
    ]


def _ybz() -> list[str]:
    script = Path(sys.executable).with_name("ybz")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "app"]


def _run(words: Sequence[str]) -> None:
    done = subprocess.run(words, capture_output=True, env=ENVIRONMENT, check=False)
    assert done.returncode == 0, done.stderr.decode()


def _peak(words: Sequence[str]) -> float:
    """The most memory of a command, asked for in a process that ran nothing else."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, env=ENVIRONMENT, check=True
    )
    return int(told.stdout) / 1024
