"""One measured figure: always a ratio against a peer measured in the same run, or a plain limit."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

NAMED = {"ms": ("毫秒", 1000.0), "s": ("秒", 1.0)}


@dataclass(frozen=True)
class Figure:
    """What is measured, what was asked for, what came out and against what."""

    what: str
    goal: str
    measured: str
    peer: str
    ratio: float | None
    met: bool
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met or missed."""
        return "达到" if self.met else "未达到"


def slower_than(
    what: str,
    ours: float,
    peer: str,
    theirs: float,
    most: float,
    *,
    limit: float | None = None,
    unit: str = "ms",
) -> Figure:
    """Ours may take at most ``most`` times theirs, and at most ``limit`` seconds; both in seconds."""
    ratio = ours / theirs
    goal = f"≤{most:g}×" + (f"，≤{spell(limit, unit)}" if limit is not None else "")
    met = ratio <= most and (limit is None or ours <= limit)
    return Figure(what, goal, spell(ours, unit), f"{peer} {spell(theirs, unit)}", ratio, met)


def faster_than(
    what: str, ours: float, peer: str, theirs: float, least: float, *, unit: str = "ms"
) -> Figure:
    """Theirs must take at least ``least`` times ours; both in seconds."""
    ratio = theirs / ours
    return Figure(
        what, f"快 ≥{least:g}×", spell(ours, unit), f"{peer} {spell(theirs, unit)}", ratio, ratio >= least
    )


def within(what: str, ours: float, limit: float, peer: str, theirs: float, *, unit: str = "s") -> Figure:
    """Ours, in seconds, may not pass a limit; the ratio is that to the peer and is told, not judged."""
    told = f"{peer} {spell(theirs, unit)}"
    return Figure(what, f"≤{spell(limit, unit)}", spell(ours, unit), told, ours / theirs, ours <= limit)


def exactly(what: str, goal: str, measured: str, *, met: bool, peer: str = "", note: str = "") -> Figure:
    """A count that is right or wrong."""
    return Figure(what, goal, measured, peer, None, met, note)


def spell(seconds: float, unit: str) -> str:
    """A duration as it is printed."""
    label, factor = NAMED[unit]
    return f"{seconds * factor:.2f} {label}"


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, by the wall clock."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def best(times: int, *calls: Callable[[], object]) -> list[float]:
    """The best of several rounds for each call; they take turns, so that a busy machine hits all alike."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(times):
        for kept, call in zip(found, calls, strict=True):
            kept.append(seconds(call))
    return [min(kept) for kept in found]


def middle(times: int, *calls: Callable[[], object]) -> list[float]:
    """The median of several rounds for each call, taking turns."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(times):
        for kept, call in zip(found, calls, strict=True):
            kept.append(seconds(call))
    return [statistics.median(kept) for kept in found]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def peak_megabytes() -> float:
    """The most memory this process has held since it began; `getrusage` would count its parent's, too."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def table(figures: Sequence[Figure]) -> str:
    """All figures as one Markdown table."""
    lines = ["| 项目 | 目标 | 实测 | 对照 | 比值 | 结论 |", "|---|---|---|---|---|---|"]
    for one in figures:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        what = f"{one.what}（{one.note}）" if one.note else one.what
        lines.append(f"| {what} | {one.goal} | {one.measured} | {one.peer} | {ratio} | {one.verdict} |")
    return "\n".join(lines)
