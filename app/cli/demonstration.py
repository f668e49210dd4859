"""A ledger to try things on, and the program's test of itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.cli.command import Answer, Call, Command, Grid, UsageError, arg
from app.cli.surroundings import secret
from app.registers import registers_by_key


def run_demo(call: Call) -> Answer:
    """Build the demonstration ledger of one station, or the district's fifteen and their county."""
    from app.demo import DEMO_YEAR, demo_district, demo_station

    args = call.args
    if args.path is None and args.district is None:
        raise UsageError("须写明位置：ybz demo 路径（一个所），或 ybz demo --district 文件夹（全县）。")
    year = args.year or DEMO_YEAR
    password = secret("YBZ_PASSWORD", "演示台账的密码（不少于八位）", twice=True)
    data: dict[str, Any] = {}
    text: list[str | Grid] = []
    if args.path is not None:
        place = Path(args.path).absolute()
        counts = demo_station(place, year, password=password, now=call.now)
        data = {"ledger": str(place), "records": counts}
        text += _built(place, counts)
    if args.district is not None:
        folder = Path(args.district).absolute()
        counts = demo_district(folder, year, password=password, now=call.now)
        data = (
            {"ledger": str(folder), "records": counts}
            | data
            | {"district": str(folder), "district_records": counts}
        )
        text += _built(folder, counts)
    return Answer(data, tuple(text))


def _built(place: Path, counts: Mapping[str, int]) -> list[str | Grid]:
    labels = registers_by_key()
    rows = [(labels[key].label if key in labels else key, number) for key, number in counts.items()]
    return [f"已建立演示台账：{place}", Grid(("登记簿", "记录"), rows)]


def run_selftest(call: Call) -> Answer:  # noqa: ARG001
    """Try the whole way of a fact once, in a folder of its own."""
    from app.selftest import selftest

    steps = selftest()
    return Answer({"ok": True, "steps": list(steps)}, ("自检通过。",))


COMMANDS = (
    Command(
        "demo", "建立演示台账（人物、事件均为虚构）。", run_demo,
        (
            arg("path", nargs="?", metavar="路径", help="台账文件"),
            arg("--year", type=int, metavar="年度", help="演示哪一年（默认 2025）"),
            arg("--district", metavar="文件夹", help="建立全县十五个所和县局的台账"),
        ),
    ),
    Command("selftest", "自检：在临时文件夹中走一遍全部环节。", run_selftest),
)  # fmt: skip
