"""A styled workbook of 100 000 rows and 25 columns, against LibreOffice Calc opening and saving it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from exports.workbook.sheet import CellKind, CellValue, Column, Sheet, Workbook
from exports.workbook.writer import write_workbook
from tests.benchmarks.bench_search import GIVEN, SURNAMES, VERBS
from tests.benchmarks.figure import Figure, exactly, faster_than, peak_megabytes, seconds

ROWS, FASTER, MEMORY = 100_000, 8.0, 60.0
STAMP = datetime(2026, 11, 30, 9, 0)
KINDS = (
    *[CellKind.TEXT] * 9,
    *[CellKind.CODE] * 5,
    *[CellKind.DATE] * 5,
    *[CellKind.INTEGER] * 3,
    *[CellKind.MONEY] * 2,
    CellKind.LONG_TEXT,
)
LABELS = ("邻里纠纷", "婚姻家庭纠纷", "合同纠纷", "损害赔偿纠纷", "山林土地纠纷")


def columns() -> tuple[Column, ...]:
    """Twenty-five columns under a header of two rows, of every usual kind."""
    return tuple(
        Column(
            f"c{at}", (f"第{at // 5 + 1}组", f"第{at + 1}栏"), kind,
            codes=LABELS if kind is CellKind.CODE else None, width=30 if kind is CellKind.LONG_TEXT else 14,
        )
        for at, kind in enumerate(KINDS)
    )  # fmt: skip


def rows(number: int) -> Iterator[list[CellValue]]:
    """Made-up rows, one after the other."""
    pick = random.Random(20261123)
    names = ["".join((pick.choice(SURNAMES), *pick.choices(GIVEN, k=2))) for _ in range(5000)]
    briefs = ["".join(pick.choices(VERBS, k=18)) for _ in range(500)]
    for at in range(number):
        row: list[CellValue] = [names[(at * 7 + n) % 5000] for n in range(9)]
        row += [LABELS[(at + n) % 5] for n in range(5)]
        row += [f"2026-{1 + (at + n) % 12:02}-{1 + at % 28:02}" for n in range(5)]
        row += [at, at % 13, at % 7, at * 100, at * 37, briefs[at % 500]]
        yield row


def write(target: Path, given: Iterable[list[CellValue]]) -> None:
    """Write the workbook as an export does: styled, filtered, frozen, numbers as numbers."""
    sheet = Sheet("清单", "人民调解案件清单", columns(), given, filtered=True, freeze_columns=1)
    write_workbook(Workbook((sheet,)), target, stamp=STAMP)


def figures() -> list[Figure]:
    """How long it takes, how much memory more than a small one, and how long Calc takes for the same file."""
    what = f"写出 {ROWS} 行 × {len(KINDS)} 列带格式的工作簿"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list.xlsx"
        took, memory = _apart(target, ROWS)
        found = [
            exactly(
                f"{what}，多占内存", f"≤{MEMORY:.0f} MB", f"{memory:.0f} MB", met=memory <= MEMORY,
                peer="写 10 行的工作簿",
            )
        ]  # fmt: skip
        calc = shutil.which("soffice")
        if calc is None:
            missed = exactly(what, f"快 ≥{FASTER:g}×", f"{took:.2f} 秒", met=False, note="没有 LibreOffice")
            return [missed, *found]
        out = Path(folder) / "calc"
        theirs = seconds(lambda: _calc(calc, target, out))
        assert (out / target.name).stat().st_size > target.stat().st_size / 4
        return [faster_than(what, took, "LibreOffice Calc 打开并保存", theirs, FASTER, unit="s"), *found]


def _calc(program: str, source: Path, out: Path) -> None:
    profile = f"-env:UserInstallation=file://{out}-profile"
    words = [program, profile, "--headless", "--calc", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*words, str(source)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _apart(target: Path, number: int) -> tuple[float, float]:
    """Write in a process of its own, so that memory is that of writing alone; seconds and megabytes more."""
    words = [sys.executable, "-m", "tests.benchmarks.bench_workbook", str(target), str(number)]
    answer = subprocess.run(words, check=True, capture_output=True)
    told = json.loads(answer.stdout)
    return told["seconds"], told["megabytes"]


def main() -> None:
    """Write a small one, then a big one; tell the time and the memory it took beyond the small one."""
    target, number = Path(sys.argv[1]), int(sys.argv[2])
    write(target, rows(10))
    before = peak_megabytes()
    write(target, rows(number))
    more = peak_megabytes() - before
    ready = list(rows(number))
    took = seconds(lambda: write(target, ready))
    print(json.dumps({"seconds": took, "megabytes": more}))


if __name__ == "__main__":
    main()
