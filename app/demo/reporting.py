"""The year of one station with its monthly reports; also run as a process of its own, several at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from app.county import enrol, make_card, own_card
from app.demo.people import helper_names
from app.demo.places import Place, stations
from app.demo.quotas import district_quotas
from app.demo.scene import Scene, set_scene
from app.demo.station import opened
from app.ledger.keyslots import KdfCost
from app.month import close_month
from models.calendar import WorkCalendar
from models.dates import parse_period
from models.errors import LedgerError

MONTHS = 12
CLOSING, RECEIVING = time(16, 0), time(10, 0)
REASON = "预检提示已逐条核实。"


class DemonstrationFailed(LedgerError):
    """A station of the demonstration could not be built."""

    code = "demonstration_failed"

    def __init__(self, detail: str) -> None:
        super().__init__(f"演示台账没有建成：{detail}。请清空该文件夹后重试。")


@dataclass(frozen=True)
class Plan:
    """What a county is built by; ``card`` and ``spoken_code`` are the county's own."""

    folder: Path
    year: int
    password: str
    now: datetime
    seed: int
    kdf: KdfCost
    months: int
    card: Path
    spoken_code: str

    def station(self, number: int) -> Path:
        """Give where the ledger of a station lies."""
        return station_path(self.folder, stations()[number])

    def rhythm(self) -> Iterator[tuple[str, datetime, datetime]]:
        """Give the months, when each is closed (the first working day after it) and received (the next)."""
        calendar = WorkCalendar.shipped()
        for month in range(1, self.months + 1):
            following = date(self.year + month // MONTHS, month % MONTHS + 1, 1)
            closed = calendar.next_workday(following)
            received = datetime.combine(calendar.add_workdays(closed, 1), RECEIVING)
            if received > self.now:
                return
            yield f"{self.year}-{month:02}", datetime.combine(closed, CLOSING), received


@dataclass(frozen=True)
class Reported:
    """A station that has told its year: its records, its card, its bundles by month."""

    number: int
    counts: Mapping[str, int]
    card: Path
    spoken_code: str
    bundles: Mapping[str, Path]


def station_path(folder: Path, place: Place) -> Path:
    """Give where the ledger of a station lies."""
    return folder / "stations" / f"{place.code}.ybz"


def scenes(year: int, seed: int) -> Iterator[Scene]:
    """Set the scenes of all stations; each gets its own people from outside."""
    quotas = district_quotas(seed)
    helpers = helper_names(seed, sum(quota.helpers for quota in quotas))
    taken = 0
    for place, quota in zip(stations(), quotas, strict=True):
        yield set_scene(place, year, quota, seed, helpers[taken : taken + quota.helpers])
        taken += quota.helpers


def report_year(plan: Plan, number: int) -> Reported:
    """Tell the year of one station and close its months."""
    scene = list(scenes(plan.year, plan.seed))[number]
    path = plan.station(number)
    bundles = {}
    with opened(path, scene, password=plan.password, seed=plan.seed, kdf=plan.kdf) as built:
        diary = built.diary
        enrol(diary.ctx, plan.card, plan.spoken_code)
        card, code = make_card(diary.ctx, plan.folder / "cards"), own_card(diary.ctx).spoken_code
        for key, closing, _ in plan.rhythm():
            built.script.play(diary, closing)
            out = plan.folder / "bundles" / key
            bundles[key] = close_month(diary.ctx, parse_period(key), out, reason=REASON).bundle
        built.script.play(diary, plan.now)
        return Reported(number, diary.counts(), card, code, bundles)


def report_elsewhere(plan: Plan, numbers: Sequence[int]) -> list[Reported]:
    """Let another process tell the years of some stations; `DemonstrationFailed` if it cannot."""
    root = str(Path(__file__).resolve().parents[2])
    finished = subprocess.run(
        [sys.executable, "-P", "-m", "app.demo.reporting"],
        input=json.dumps({"plan": asdict(plan), "numbers": list(numbers)}, default=str).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root, "PYTHONUTF8": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if finished.returncode != 0:
        lines = finished.stderr.decode(errors="replace").strip().splitlines()
        raise DemonstrationFailed(lines[-1] if lines else "子进程中断")
    return [_reported(row) for row in json.loads(finished.stdout)]


def main() -> int:
    """Read a plan and station numbers from standard input, answer with what was reported."""
    request = json.loads(sys.stdin.read())
    plan = _plan(request["plan"])
    answers = [asdict(report_year(plan, number)) for number in request["numbers"]]
    sys.stdout.write(json.dumps(answers, default=str))
    return 0


def _plan(row: dict[str, Any]) -> Plan:
    row.update(
        folder=Path(row["folder"]),
        now=datetime.fromisoformat(row["now"]),
        kdf=KdfCost(**row["kdf"]),
        card=Path(row["card"]),
    )
    return Plan(**row)


def _reported(row: dict[str, Any]) -> Reported:
    bundles = {key: Path(path) for key, path in row["bundles"].items()}
    return Reported(row["number"], row["counts"], Path(row["card"]), row["spoken_code"], bundles)


if __name__ == "__main__":
    sys.exit(main())
