"""The guided demonstration: ``python -m app.tour out`` goes the whole way of a month once, and says where."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from app.county import consolidate, enrol, make_card, make_receipt, own_card, receive
from app.demo import DEMO_YEAR, demo_station
from app.demo.calendar_year import Year
from app.demo.places import county, stations
from app.ledger.ledger import create_ledger
from app.month import close_month, month_status
from app.registers import registers_by_key
from app.session import session
from models.calendar import WorkCalendar
from models.dates import month_of
from models.errors import LedgerError

if TYPE_CHECKING:
    from app.context import Context

PASSWORD = "青山绿水-演示2025"  # noqa: S105 — the ledgers of the demonstration are open to everybody
NOTICE = "演示说明.txt"
NOTE = (
    "本文件夹由“make run”建立，内容全部虚构，可以整个删除；再次运行会先清空重建。\n"
    f"演示台账密码：{PASSWORD}\n"
)
REASON = "预检提示已逐条核实。"
AFTERNOON = time(15, 0)
USAGE = "用法：python -m app.tour 文件夹"


class NotOurFolder(LedgerError):
    """The folder holds something the tour did not make."""

    code = "not_our_folder"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"“{folder}”里有不是演示留下的内容，没有改动；请换一个文件夹，或先把它移走。")


@dataclass(frozen=True)
class Tour:
    """Where everything of one tour lies, and the moment it plays at."""

    folder: Path
    now: datetime
    say: Callable[[str], None]

    @property
    def station(self) -> Path:
        """Where the station's ledger lies."""
        return self.folder / "station" / f"{stations()[0].code}.ybz"

    @property
    def county(self) -> Path:
        """Where the county's ledger lies."""
        return self.folder / "county" / f"{county().code}.ybz"

    def opened(self, path: Path) -> AbstractContextManager[Context]:
        """Open one of the two ledgers."""
        return session(path, now=self.now, password=PASSWORD)


def tour(out: Path, say: Callable[[str], None]) -> None:
    """Build the demonstration below a folder and go through the end of a month.

    The clock stands in the first working days after the year that is told, so every tour comes out the same.
    Raises `NotOurFolder` where something else lies.
    """
    following = Year(DEMO_YEAR + 1, WorkCalendar.shipped())
    plan = Tour(out / "demo", datetime.combine(following.shift(following.first, 1), AFTERNOON), say)
    _clear(plan.folder)
    _build(plan)
    _introduce(plan)
    bundle = _close(plan)
    receipt = _answer(plan, bundle)
    _take_in(plan, receipt)
    say(f"演示台账密码：{PASSWORD}")


def _clear(folder: Path) -> None:
    """Remove what an earlier tour left, and nothing else."""
    if folder.exists():
        if not (folder / NOTICE).is_file():
            raise NotOurFolder(folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / NOTICE).write_text(NOTE, encoding="utf-8")


def _build(plan: Tour) -> None:
    counts = demo_station(plan.station, DEMO_YEAR, password=PASSWORD, now=plan.now)
    listed = "、".join(f"{registers_by_key()[key].label} {n}" for key, n in counts.items())
    plan.say(f"1 建立{stations()[0].name}{DEMO_YEAR}年演示台账：{plan.station}\n  {listed}")
    create_ledger(plan.county, PASSWORD, name=county().name, code=county().code, role="county", now=plan.now)
    plan.say(f"2 建立{county().name}台账：{plan.county}")


def _introduce(plan: Tour) -> None:
    """Let each side enrol the other by its card, as they would with the digits read out on the telephone."""
    cards = plan.folder / "cards"
    with plan.opened(plan.station) as station, plan.opened(plan.county) as office:
        enrol(office, make_card(station, cards), own_card(station).spoken_code)
        enrol(station, make_card(office, cards), own_card(office).spoken_code)
    plan.say(f"3 互换登记卡并核对八位数：{cards}")


def _close(plan: Tour) -> Path:
    """Close the month before the day of the tour."""
    with plan.opened(plan.station) as ctx:
        period = month_of(ctx.today).previous()
        closed = close_month(ctx, period, plan.folder / "bundles", reason=REASON)
    plan.say(f"4 {period.label}封月，第 {closed.version} 版，校验短码 {closed.short_code}")
    for path in closed.files:
        plan.say(f"  {path}")
    return closed.bundle


def _answer(plan: Tour, bundle: Path) -> Path:
    with plan.opened(plan.county) as office:
        received = receive(office, [bundle], write=True)
        made = make_receipt(office, bundle.name, plan.folder / "receipts", accept=True)
        table = plan.folder / "county" / "consolidated.xlsx"
        consolidate(office, str(received[0].plan["period"]), table)
    plan.say(f"5 县局接收并受理，回执：{made.file}\n  县局汇总表：{table}")
    return made.file


def _take_in(plan: Tour, receipt: Path) -> None:
    with plan.opened(plan.station) as ctx:
        receive(ctx, [receipt], write=True)
        state = next(row["state"] for row in month_status(ctx) if row["version"] is not None)
        label = ctx.codes["submission_state"].label(state)
    plan.say(f"6 司法所接收回执，本月状态：{label}")


def main(argv: Sequence[str]) -> int:
    """Carry out the tour; 0 when the whole way was gone, 1 with a sentence when not, 2 for wrong usage."""
    if len(argv) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        tour(Path(argv[0]), lambda line: print(line, flush=True))
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"无法写入“{error.filename or argv[0]}”：{error.strerror}。", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
