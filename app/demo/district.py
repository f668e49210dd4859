"""The county's year: fifteen stations report month by month, the county receives and answers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

from app.county import consolidate, enrol, make_card, make_receipt, own_card, receive
from app.demo.calendar_year import Year
from app.demo.places import county, stations
from app.demo.reporting import MONTHS, DemonstrationFailed, Plan, Reported, report_elsewhere, report_year
from app.demo.station import DEMO_YEAR, founded, reopened
from app.demo.texts import told
from app.ledger.keyslots import KdfCost
from app.ledger.ledger import DEFAULT_KDF
from models.calendar import WorkCalendar

if TYPE_CHECKING:
    from app.demo.diary import Diary


def demo_district(
    folder: Path,
    year: int = DEMO_YEAR,
    *,
    password: str,
    now: datetime,
    seed: int | None = None,
    kdf: KdfCost = DEFAULT_KDF,
    most: int | None = None,
    months: int = MONTHS,
    workers: int | None = None,
) -> dict[str, int]:
    """Create the ledgers of fifteen stations and of their county with a year of monthly reports.

    Gives the records of each register over all stations. Every month that is over by ``now`` is closed,
    received, accepted and answered; the county's workbook of the year lies beside its ledger. ``most`` and
    ``months`` build a smaller county, ``workers`` says how many stations are built at a time (default: one a
    processor). `LedgerExists` where a ledger already stands, `DemonstrationFailed`.
    """
    seed = int(told("district")["seed"]) if seed is None else seed
    morning = Year(year, WorkCalendar.shipped()).first
    with founded(county_path(folder), county(), "county", morning, password, seed, kdf) as office:
        card, code = make_card(office.ctx, folder / "cards"), own_card(office.ctx).spoken_code
        plan = Plan(folder.resolve(), year, password, now, seed, kdf, months, card.resolve(), code)
        reported = _all_reported(plan, len(stations()[:most]), _workers(workers))
        receipts = _received(plan, office, reported)
    for station in reported:
        _answered(plan, station.number, receipts[station.number])
    counted: Counter[str] = Counter()
    for station in reported:
        counted.update(station.counts)
    return dict(counted)


def county_path(folder: Path) -> Path:
    """Give where the ledger of the county lies."""
    return folder / "county" / f"{county().code}.ybz"


def _workers(wanted: int | None) -> int:
    """Give how many stations are built at a time; a packed program starts no copies of itself."""
    if getattr(sys, "frozen", False):
        return 1
    return wanted or cpu_count() or 1


def _all_reported(plan: Plan, wanted: int, workers: int) -> list[Reported]:
    """Let every station tell its year: one share here, the others in processes beside."""
    shares = [range(first, wanted, workers) for first in range(min(workers, wanted))]
    with ThreadPoolExecutor(max(1, len(shares) - 1)) as pool:
        beside = [pool.submit(report_elsewhere, plan, share) for share in shares[1:]]
        found = [report_year(plan, number) for number in shares[0]]
        for others in beside:
            found += others.result()
    return sorted(found, key=lambda station: station.number)


def _received(plan: Plan, office: Diary, reported: Sequence[Reported]) -> dict[int, list[Path]]:
    """Enrol the stations at the county, take in their months in order, and give the receipts by station."""
    receipts: dict[int, list[Path]] = {station.number: [] for station in reported}
    for station in reported:
        enrol(office.ctx, station.card, station.spoken_code)
    for key, _, receiving in plan.rhythm():
        office.at(receiving)
        receive(office.ctx, [station.bundles[key] for station in reported], write=True)
        for station in reported:
            name = station.bundles[key].name
            made = make_receipt(office.ctx, name, plan.folder / "receipts" / key, accept=True)
            receipts[station.number].append(made.file)
    office.at(plan.now)
    if any(receipts.values()):
        consolidate(office.ctx, str(plan.year), plan.folder / "county" / f"{plan.year}.xlsx")
    return receipts


def _answered(plan: Plan, number: int, receipts: Sequence[Path]) -> None:
    """Let a station take in the receipts of its months."""
    if not receipts:
        return
    with reopened(plan.station(number), stations()[number], plan.password, plan.seed, plan.now) as diary:
        taken = receive(diary.ctx, receipts, write=True)
    if not all(one.applied for one in taken):
        raise DemonstrationFailed("有回执没有被采用")
