"""Station → county → station: the same version all the way, in whatever order the answers arrive."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.context import Context
from app.county import (
    MadeReceipt,
    consolidate,
    consolidated_figures,
    make_receipt,
    receive,
    trace_consolidated,
)
from app.ledger.check import check_ledger
from app.ledger.signing import public_key, sign
from app.month import close_month, month_status, open_tasks
from app.month.closing import ClosedMonth
from app.month.errors import MonthAccepted
from app.month.receipts import ReceiptForNothing
from app.records import add
from app.statistics import TOTAL, compute
from exports.bundle.container import BundleFile, FileName, write_bundle
from exports.bundle.errors import TamperedBundle, WrongStation
from exports.bundle.manifest import Org
from exports.bundle.receipt import receipt_members
from exports.bundle.verify import open_bundle
from exports.workbook.reader import read_workbook
from models.outreach import OutreachEvent
from models.records import Model
from tests.builders.county import Sealer, paired, plain_report
from tests.builders.mediation import TOWN, add_organisations, example_november_cases
from tests.builders.month import at, month, put_event

Open = Callable[[str, str], Context]


@pytest.fixture
def pair(station: Context, county: Context, tmp_path: Path) -> Sealer:
    paired(station, county, tmp_path)
    return Sealer(at(station, "2026-12-01"), at(county, "2026-12-02"))


def close(station: Context, folder: Path, key: str = "2026-11", reason: str = "如实报送") -> ClosedMonth:
    return close_month(station, month(key), folder, reason=reason)


def give(ctx: Context, *files: Path) -> list[Any]:
    return receive(ctx, list(files), write=True)


def state_of(station: Context, key: str = "2026-11") -> tuple[str, int]:
    row = next(row for row in month_status(station) if row["period"] == key)
    return row["state"], row["version"]


def submissions(station: Context) -> list[tuple[int, str, int | None]]:
    with station.ledger.reading() as conn:
        found = conn.execute(sa.text("SELECT version, state, county_seq FROM submission ORDER BY version"))
        return [(row.version, row.state, row.county_seq) for row in found]


def everything(ctx: Context) -> dict[str, list[str]]:
    with ctx.ledger.reading() as conn:
        return {
            name: sorted(map(repr, conn.execute(sa.select(table))))
            for name, table in Model.metadata.tables.items()
            if name != "ledger_meta"
        }


def decide(pair: Sealer, closed: ClosedMonth, folder: Path, **how: Any) -> MadeReceipt:
    give(pair.county, closed.bundle)
    return make_receipt(pair.county, closed.short_code, folder / "回执", **{"accept": False, **how})


def test_a_month_goes_out_is_accepted_and_locked(pair: Sealer, tmp_path: Path) -> None:
    station, county = pair.station, pair.county
    add_organisations(station)
    add(station, "mediation_case", example_november_cases())
    closed = close(station, tmp_path)
    [taken] = give(county, closed.bundle)
    assert taken.plan["grade"] == "A"
    assert (taken.plan["rows"]["added"], taken.plan["mismatch_count"]) == (closed.rows, 0)
    assert taken.plan["short_code"] == closed.short_code
    receipt = decide(pair, closed, tmp_path, accept=True)
    [answer] = give(station, receipt.file)
    assert (answer.kind, answer.applied) == ("receipt", True)
    assert state_of(station) == ("accepted", 1)
    put_event(station, "2026-11-20")
    with pytest.raises(MonthAccepted):
        close(station, tmp_path, reason="补录")
    assert check_ledger(station.ledger).ok
    assert check_ledger(county.ledger).ok


def test_the_county_gets_the_numbers_the_station_computed(pair: Sealer, tmp_path: Path) -> None:
    """I-18 end to end: consolidated figure = the station's table = its rows."""
    station, county = pair.station, pair.county
    add_organisations(station)
    add(station, "mediation_case", example_november_cases())
    put_event(station, "2026-11-08", 120)
    give(county, close(station, tmp_path).bundle)
    for period in ("2026-11", "2026"):
        found = consolidated_figures(county, period)
        compared = 0
        for table in ("T1", "T3", "P1", "P2", "YEAR"):
            result = compute(station, table, month(period))
            for column in result.columns:
                value = result.rows[TOTAL][column.code]
                assert found[f"{table}/total/{column.code}"] == value, (period, table, column.code)
                compared += value not in (None, 0)
                if column.traceable and period == "2026-11":
                    lines = trace_consolidated(county, table, column.code, period)
                    assert sum(line.contribution for line in lines) == value
                    assert all(line.row_id for line in lines)
        assert compared > 40
    made = consolidate(county, "2026-11", tmp_path / "汇总.xlsx")
    assert made.missing == ()
    cells = {
        cell.text for sheet in read_workbook(made.file).sheets for one in sheet.rows() for cell in one.cells
    }
    assert {TOWN, "邻里纠纷"} <= cells


def test_a_returned_row_leads_to_the_record_and_the_next_version(pair: Sealer, tmp_path: Path) -> None:
    station, county = pair.station, pair.county
    event = put_event(station, "2026-11-08", 120)
    first = close(station, tmp_path / "v1")
    rows = [{"row_id": event, "field": "audience_count", "message": "人数与签到不符。", "expected": 20}]
    receipt = decide(pair, first, tmp_path, rows=rows)
    [plan] = receive(station, [receipt.file], write=False)
    assert (plan.applied, plan.plan["to_state"], plan.plan["tasks"]) == (False, "returned", 1)
    assert open_tasks(station) == []
    give(station, receipt.file)
    [task] = open_tasks(station)
    assert (task["record_id"], task["field"], task["seen"]) == (event, "audience_count", "120")
    assert state_of(station) == ("returned", 1)
    with station.ledger.writing(station, "test.change", "改人数") as writer:
        writer.update(OutreachEvent, event, {"audience_count": 20})
    second = close(station, tmp_path / "v2", reason="按回执更正人数")
    [taken] = give(county, second.bundle)
    assert (taken.plan["version"], taken.plan["previous_version"]) == (2, 1)
    assert taken.plan["rows"]["changed"] == 1
    assert consolidated_figures(county, "2026-11")["P1/total/audience"] == 20


def test_receipts_in_any_order_end_in_the_same_states(pair: Sealer, open_copy: Open, tmp_path: Path) -> None:
    """I-19: the highest number holds for its version; an old version's receipt leaves the new one alone."""
    station, county = pair.station, pair.county
    put_event(station, "2026-11-08")
    first = close(station, tmp_path / "v1")
    receipts = [decide(pair, first, tmp_path / "a").file]
    put_event(station, "2026-11-09")
    second = close(station, tmp_path / "v2", reason="补录一场")
    give(county, second.bundle)
    receipts.append(decide(pair, first, tmp_path / "b").file)
    receipts.append(decide(pair, second, tmp_path / "c").file)
    receipts.append(decide(pair, second, tmp_path / "d", accept=True).file)
    found = set()
    for order in itertools.permutations(receipts):
        for path in order:
            give(station, path)
        found.add(tuple(submissions(station)))
        reset(station)
    assert found == {((1, "superseded", 2), (2, "accepted", 4))}


def reset(station: Context) -> None:
    """Forget what the receipts did, as a ledger that has yet to get them."""
    with station.ledger.engine.begin() as conn:
        conn.execute(sa.text("UPDATE submission SET county_seq = NULL, state = 'closed'"))
        conn.execute(
            sa.text("UPDATE submission SET county_seq = NULL, state = 'superseded' WHERE version = 1")
        )


def test_a_receipt_again_changes_nothing(pair: Sealer, tmp_path: Path) -> None:
    station = pair.station
    put_event(station, "2026-11-08")
    receipt = decide(pair, close(station, tmp_path), tmp_path, accept=True)
    give(station, receipt.file)
    before = everything(station)
    for _ in range(3):
        [again] = give(station, receipt.file)
        assert not again.applied
    assert everything(station) == before


def forged(pair: Sealer, made: MadeReceipt, seed: bytes, **changes: Any) -> BundleFile:
    """Seal a receipt's members anew, with another key or another manifest."""
    key = public_key(pair.county.ledger.secrets.sign_seed)
    opened = open_bundle(made.file.read_bytes(), None, {"QS0700": key})
    members = {name: data for name, data in opened.members.items() if name != "README.txt"}
    return write_bundle(
        replace(opened.manifest, files=(), **changes),
        {**members, **receipt_members_of(members)},
        lambda message: sign(seed, message),
        stamp=datetime.fromisoformat("2026-12-02T10:00:00"),
        name=FileName("QS0722", "YB01HZ"),
    )


def receipt_members_of(members: dict[str, bytes]) -> dict[str, bytes]:
    from exports.bundle.receipt import parse_receipt

    return receipt_members(parse_receipt(members["receipt.json"]))


@pytest.mark.parametrize(
    ("bend", "kind", "words"),
    [
        ("stranger's key", TamperedBundle, "签名核对不上"),
        ("another station's", WrongStation, "白水司法所"),
        ("another version in the manifest", TamperedBundle, "不一致"),
    ],
)
def test_a_false_receipt_is_refused_and_moves_nothing(
    pair: Sealer, tmp_path: Path, bend: str, kind: type[Exception], words: str
) -> None:
    station = pair.station
    put_event(station, "2026-11-08")
    made = decide(pair, close(station, tmp_path), tmp_path, accept=True)
    own = pair.county.ledger.secrets.sign_seed
    sealed = {
        "stranger's key": lambda: forged(pair, made, bytes([9]) * 32),
        "another station's": lambda: forged(pair, made, own, to_org=Org("QS0723", "白水司法所")),
        "another version in the manifest": lambda: forged(pair, made, own, version=2),
    }[bend]()
    path = tmp_path / "false.zip"
    path.write_bytes(sealed.data)
    before = everything(station)
    with pytest.raises(kind, match=words):
        give(station, path)
    assert everything(station) == before


def test_a_receipt_for_a_version_never_handed_in_is_refused(pair: Sealer, tmp_path: Path) -> None:
    """The county decides on a bundle this ledger does not know: another machine's, or lost in a restore."""
    station = pair.station
    [taken] = give(pair.county, pair.file(tmp_path, plain_report([1])))
    made = make_receipt(pair.county, taken.plan["bundle_id"], tmp_path, accept=True)
    before = everything(station)
    with pytest.raises(ReceiptForNothing, match="不是本台账报出的"):
        give(station, made.file)
    assert everything(station) == before


def test_a_crash_while_a_receipt_is_applied_leaves_the_station_as_it_was(
    pair: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-14 on the station's side."""
    station = pair.station
    event = put_event(station, "2026-11-08")
    made = decide(pair, close(station, tmp_path), tmp_path, rows=[{"row_id": event}])
    before = everything(station)

    def broken(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.month.receipts._open_tasks", broken)
        with pytest.raises(KeyboardInterrupt):
            give(station, made.file)
    assert everything(station) == before
    assert give(station, made.file)[0].applied
    assert len(open_tasks(station)) == 1


def test_months_in_a_chain_raise_no_false_alarm(pair: Sealer, tmp_path: Path) -> None:
    station, county = pair.station, pair.county
    for key, day in (("2026-09", "2026-10-02"), ("2026-10", "2026-11-02"), ("2026-11", "2026-12-02")):
        put_event(station, f"{key}-08")
        closed = close(at(station, day), tmp_path / key, key)
        [taken] = give(at(county, day), closed.bundle)
        assert taken.plan["notes"] == [note for note in taken.plan["notes"] if "说明" in note]
    assert consolidated_figures(county, "2026Q4")["P1/total/events"] == 2
    assert consolidated_figures(county, "2026")["P1/total/events"] == 3
