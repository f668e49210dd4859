"""Measure and print one table: ``python -m tests.benchmarks [name …] [--write]``.

Names are those of the modules without ``bench_``; each is measured in a process of its own. ``--write`` keeps
the table in docs/figures.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from pathlib import Path

from tests.benchmarks.figure import Figure, table

NAMES = (
    "listing", "search", "statistics", "record", "import", "workbook", "month", "backup", "startup", "crash",
)  # fmt: skip
TARGET = Path("docs/figures.md")
MARK = "FIGURES:"


def module_of(name: str) -> str:
    """The module that measures what a name stands for."""
    return f"tests.benchmarks.{'' if name == 'crash' else 'bench_'}{name}"


def measured(name: str) -> list[Figure]:
    """Measure in a process of its own; what fails there is a missed figure, not the end of the others."""
    words = [sys.executable, "-m", "tests.benchmarks", "--alone", name]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdout is not None
        lines = list(child.stdout)
    found = [
        Figure(**one) for line in lines if line.startswith(MARK) for one in json.loads(line[len(MARK) :])
    ]
    print("".join(line for line in lines if not line.startswith(MARK)), end="")
    return found or [Figure(name, "", "测量没有完成", "", None, met=False)]


def main() -> int:
    """Measure what was named, or everything; 1 when a goal was missed."""
    words = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    words.add_argument("names", nargs="*", metavar="NAME", help="、".join(NAMES))
    words.add_argument("--write", action="store_true", help=f"写入 {TARGET}")
    words.add_argument("--alone", metavar="NAME", help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.alone:
        figures = import_module(module_of(given.alone)).figures()
        print(MARK + json.dumps([asdict(one) for one in figures], ensure_ascii=False))
        return 0
    if unknown := set(given.names) - set(NAMES):
        words.error(f"没有“{'、'.join(sorted(unknown))}”；可测：{'、'.join(NAMES)}")
    figures = []
    for name in given.names or NAMES:
        print(f"== {name}", flush=True)
        found = measured(name)
        print(table(found), flush=True)
        figures += found
    if given.write:
        TARGET.write_text(report(figures), encoding="utf-8")
    missed = sum(not one.met for one in figures)
    print(f"{len(figures)} 项，未达到 {missed} 项")
    return int(missed > 0)


def report(figures: Iterable[Figure]) -> str:
    """The page that keeps the figures: where, when, how, the table."""
    return f"""# 实测数字

`make bench` 测得。每一项都与同一次运行里的对照比较；未达到的照实写。台账为加密台账：十年 200000 件人民调解案件，
每件 2 至 3 名当事人，由 `tests/benchmarks/decade.py` 生成，人名地名均为虚构。

- 日期：{datetime.now().astimezone():%Y-%m-%d %H:%M}
- 机器：{machine()}

{table(list(figures))}
"""


def machine() -> str:
    """Processor, cores, memory and system, and how busy it was."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    return (
        f"{cpu}，{os.cpu_count()} 核，内存 {memory:.0f} GB，{platform.system()}，"
        f"Python {platform.python_version()}，测完时 5 分钟平均负载 {load:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
