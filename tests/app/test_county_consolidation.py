"""The county's numbers: sums of the stations', rates made anew, each leading back to station and row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.context import Context
from app.county import (
    consolidate,
    consolidated_figures,
    enrol,
    make_receipt,
    matrix,
    receive,
    trace_consolidated,
)
from app.county.errors import CountyOnly, NothingToConsolidate
from app.ledger.signing import public_key, sign
from app.statistics.figures import NotTraceable, UnknownCell
from app.statistics.loading import UnknownTable
from exports.bundle.card import EnrolmentCard, write_card
from exports.bundle.manifest import Org
from exports.workbook.reader import read_workbook
from models.dates import DateError
from tests.builders.county import SHEET, Sealer, figure, members_of, paired, row

OFFICES = {"QS0722": "青石司法所", "QS0723": "白水司法所", "QS0724": "红岩司法所"}


def seed_of(code: str) -> bytes:
    return code.encode().ljust(32, b"0")


@pytest.fixture
def sealer(station: Context, county: Context, tmp_path: Path) -> Sealer:
    """Three stations at the county; the first is a real ledger, the others are keys enrolled in January."""
    made = paired(station, county, tmp_path)
    january = replace(county, now=datetime.fromisoformat("2026-01-05T09:00"))
    for code in ("QS0723", "QS0724"):
        key = public_key(seed_of(code))
        card = EnrolmentCard(code, OFFICES[code], "station", "00ff", 1, key, "2026-01-05T09:00")
        path = tmp_path / f"{code}.ybzcard"
        path.write_bytes(write_card(card, lambda message, code=code: sign(seed_of(code), message)))  # type: ignore[misc]
        enrol(january, path, card.spoken_code)
    return made


Cells = Mapping[str, Sequence[tuple[int, int]]]


def report(cells: Cells, **parts: Mapping[str, int]) -> dict[str, bytes]:
    """Give a report from {cell: [(row number, contribution)]}; ``parts`` are cumulative and correction."""
    figures = [
        figure(cell, sum(n for _, n in made), **{name: values.get(cell) for name, values in parts.items()})
        for cell, made in cells.items()
    ]
    traces = {cell: [(f"row-{number}", n) for number, n in made] for cell, made in cells.items()}
    numbers = sorted({number for made in cells.values() for number, _ in made})
    return members_of([row(number, dispute_type="02") for number in numbers], figures, traces)


def hand_in(sealer: Sealer, folder: Path, code: str, members: Mapping[str, bytes], **changes: Any) -> str:
    named: dict[str, Any] = {"org": Org(code, OFFICES[code])}
    if code != "QS0722":
        named["seed"] = seed_of(code)
    path = sealer.file(folder / code, members, **named, **changes)
    [taken] = receive(sealer.county, [path], write=True)
    return str(taken.plan["bundle_id"])


def each(*numbers: int, by: int = 1) -> list[tuple[int, int]]:
    return [(number, by) for number in numbers]


def texts(path: Path) -> dict[str, list[list[str]]]:
    book = read_workbook(path)
    return {sheet.name: [[cell.text for cell in one.cells] for one in sheet.rows()] for sheet in book.sheets}


def test_totals_are_the_sums_of_the_stations(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    hand_in(
        sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1, 2), "T1/total/c5": each(1, by=25_000)})
    )
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(7), "T1/total/c5": each(7, by=5_001)}))
    found = consolidated_figures(county, "2026-11")
    assert found["T1/total/c1"] == 3
    assert found["T1/total/c5"] == 30_001
    assert found["T1/total/c2"] is None


def test_every_total_leads_back_to_station_and_row(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    """I-18 over the whole county: Σ contributions = the consolidated figure."""
    hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1, 2)}))
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(7)}))
    lines = trace_consolidated(county, "T1", "c1", "2026-11")
    assert lines == [("QS0722", "row-1", 1), ("QS0722", "row-2", 1), ("QS0723", "row-7", 1)]
    assert sum(line.contribution for line in lines) == consolidated_figures(county, "2026-11")["T1/total/c1"]


def test_rates_are_made_from_summed_parts_and_never_averaged(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """One station settled 1 of 1, another 0 of 9: the county settled 10 %, not 50 %."""
    hand_in(
        sealer, tmp_path, "QS0722", report({"YEAR/total/disputes": each(1), "YEAR/total/settled": each(1)})
    )
    hand_in(
        sealer,
        tmp_path,
        "QS0723",
        report({"YEAR/total/disputes": each(*range(1, 10)), "YEAR/total/settled": []}),
    )
    assert consolidated_figures(county, "2026-11")["YEAR/total/settled_rate"] == 10.0


def test_parts_of_a_rate_that_stations_hand_in_are_used(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    for code, top, bottom in (("QS0722", each(1, 2), each(1, 2, 3)), ("QS0723", [], each(4))):
        cells = {"T1/total/success_rate.num": top, "T1/total/success_rate.den": bottom}
        hand_in(sealer, tmp_path, code, report(cells))
    assert consolidated_figures(county, "2026-11")["T1/total/success_rate"] == 50.0
    with pytest.raises(NotTraceable, match=r"success_rate\.num"):
        trace_consolidated(county, "T1", "success_rate", "2026-11")
    assert len(trace_consolidated(county, "T1", "success_rate.den", "2026-11")) == 4


def test_a_rate_nobody_gave_the_parts_of_is_left_open(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c3": each(1)}))
    assert consolidated_figures(county, "2026-11")["T1/total/success_rate"] is None


def test_topics_add_up_row_by_row_and_shares_are_made_anew(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    for code, marriage in (("QS0722", each(1, 2)), ("QS0723", each(3))):
        other = each(9)
        cells = {
            "P2/01/posts": marriage, "P2/02/posts": other, "P2/total/posts": [*marriage, *other],
        }  # fmt: skip
        hand_in(sealer, tmp_path, code, report(cells))
    found = consolidated_figures(county, "2026-11")
    assert (found["P2/01/posts"], found["P2/total/posts"]) == (3, 5)
    assert (found["P2/01/posts_share"], found["P2/02/posts_share"]) == (60.0, 40.0)


def months(sealer: Sealer, folder: Path, code: str, numbers: Mapping[str, tuple[int, int, int]]) -> None:
    """Hand in months: {month: (value, correction, running count)} of T1 c1."""
    for at, (month, (value, correction, running)) in enumerate(numbers.items()):
        rows = each(*range(100 * at + 1, 100 * at + 1 + value))
        parts = {"cumulative": {"T1/total/c1": running}, "correction": {"T1/total/c1": correction}}
        hand_in(sealer, folder, code, report({"T1/total/c1": rows}, **parts), period=month)


def test_a_year_is_the_running_count_of_the_latest_month_with_its_corrections(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """I-17: Σ of what the months handed in = the running count."""
    months(sealer, tmp_path, "QS0722", {"2026-01": (3, 0, 3), "2026-02": (2, 1, 6), "2026-03": (4, -2, 8)})
    months(sealer, tmp_path, "QS0723", {"2026-01": (5, 0, 5)})
    assert consolidated_figures(county, "2026")["T1/total/c1"] == 8 + 5
    assert consolidated_figures(county, "2026Q1")["T1/total/c1"] == 8 + 5
    assert consolidated_figures(county, "2026-02")["T1/total/c1"] == 2
    lines = trace_consolidated(county, "T1", "c1", "2026")
    assert sum(line.contribution for line in lines) == 13
    assert [line for line in lines if not line.row_id] == [("QS0722", "", -1)]


def test_a_later_quarter_adds_up_its_months_and_what_they_corrected(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    months(
        sealer,
        tmp_path,
        "QS0722",
        {"2026-03": (4, 0, 4), "2026-04": (3, 1, 8), "2026-05": (2, 0, 10), "2026-06": (1, 0, 11)},
    )
    found = {
        name: consolidated_figures(county, name)["T1/total/c1"] for name in ("2026Q1", "2026Q2", "2026H1")
    }
    assert found == {"2026Q1": 4, "2026Q2": 7, "2026H1": 11}


def test_what_stands_at_a_point_in_time_is_not_added_over_months(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    for month, standing in (("2026-04", each(1, 2)), ("2026-05", each(2))):
        members = report({"T3/total/unsettled": standing, "T3/total/total": each(*range(1, 4))})
        hand_in(sealer, tmp_path, "QS0722", members, period=month)
    found = consolidated_figures(county, "2026Q2")
    assert (found["T3/total/total"], found["T3/total/unsettled"]) == (6, 1)
    assert trace_consolidated(county, "T3", "unsettled", "2026Q2") == [("QS0722", "row-2", 1)]


def test_the_accepted_version_counts_else_the_newest_received(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    first = hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1)}))
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(1, 2)}))
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(1, 2, 3)}), version=2)
    assert consolidated_figures(county, "2026-11")["T1/total/c1"] == 4
    make_receipt(county, first, tmp_path, accept=True)
    hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1, 2, 3, 4)}), version=2)
    assert consolidated_figures(county, "2026-11")["T1/total/c1"] == 4


def test_what_was_returned_or_is_disputed_does_not_count_and_is_named(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    returned = hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1)}))
    make_receipt(county, returned, tmp_path, accept=False, note="重报")
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(1)}))
    hand_in(sealer, tmp_path / "b", "QS0723", report({"T1/total/c1": each(1, 2)}))
    hand_in(sealer, tmp_path, "QS0724", report({"T1/total/c1": each(1, 2, 3)}))
    made = consolidate(county, "2026-11", tmp_path / "汇总.xlsx")
    assert made.figures["T1/total/c1"] == 3
    assert made.missing == (
        "青石司法所：2026-11 已退回、未重报",
        "白水司法所：2026-11 重号待裁定",
    )


def test_the_workbook_shows_stations_total_missing_trace_and_rows(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    cells = {"T1/total/c1": each(1, 2), "T1/total/c5": each(2, by=2_500_000)}
    accepted = hand_in(sealer, tmp_path, "QS0722", report(cells))
    make_receipt(county, accepted, tmp_path, accept=True)
    hand_in(sealer, tmp_path, "QS0723", report({"T1/total/c1": each(7)}))
    made = consolidate(county, "2026-11", tmp_path / "out" / "汇总.xlsx")
    sheets = texts(made.file)
    cover = {one[0]: one for one in sheets["说明"]}
    assert "第1版（已受理" in cover["青石司法所"][2]
    assert "已收、未受理" in cover["白水司法所"][2]
    assert cover["红岩司法所"][3] == "2026-11 未报"
    table = {one[0]: one for one in sheets["T1 人民调解案件情况统计表"]}
    names = table["单位"]
    assert (table["青石司法所"][1], table["白水司法所"][1], table["合计"][1]) == ("2", "1", "3")
    assert float(table["合计"][names.index("协议涉及金额（万元）")]) == 2.5
    assert "红岩司法所" not in table
    assert any("未报单位：红岩司法所" in one[0] for one in sheets["T1 人民调解案件情况统计表"])
    traced = [one for one in sheets["溯源"] if one[:2] == ["T1", "c5"]]
    assert traced == [
        [
            "T1",
            "c5",
            "协议涉及金额",
            "青石司法所",
            "2026-11",
            "25,000.00元",
            "1",
            f"{SHEET}：2（计25,000.00元）",
        ]
    ]
    [detail] = [name for name in sheets if name.startswith("明细")]
    rows = [one for one in sheets[detail] if one[0] in OFFICES.values()]
    assert [one[0] for one in rows] == ["青石司法所", "青石司法所", "白水司法所"]
    assert {"row-1", "row-2", "row-7"} == {one[-1] for one in rows}
    assert all("邻里纠纷" in one for one in rows)


def test_a_year_lists_each_row_once_as_its_latest_month_has_it(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1)}), period="2026-01")
    later = members_of([row(1, brief="后来改的")], [figure("T1/total/c1", 0)], {})
    hand_in(sealer, tmp_path, "QS0722", later, period="2026-02")
    made = consolidate(county, "2026", tmp_path / "年.xlsx")
    [detail] = [rows for name, rows in texts(made.file).items() if name.startswith("明细")]
    [only] = [one for one in detail if one[0] == "青石司法所"]
    assert only[1] == "2026-02"
    assert "后来改的" in only


def test_the_same_consolidation_gives_the_same_bytes(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    hand_in(sealer, tmp_path, "QS0722", report({"T1/total/c1": each(1)}))
    one = consolidate(county, "2026-11", tmp_path / "1.xlsx").file.read_bytes()
    assert consolidate(county, "2026-11", tmp_path / "2.xlsx").file.read_bytes() == one


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda c, p: consolidate(c, "2026-11", p / "x.xlsx"), NothingToConsolidate),
        (lambda c, p: consolidate(c, "上个月", p / "x.xlsx"), DateError),
        (lambda c, _: trace_consolidated(c, "T99", "c1", "2026-11"), UnknownTable),
        (lambda c, _: trace_consolidated(c, "T1", "zz", "2026-11"), UnknownCell),
    ],
)
def test_what_cannot_be_consolidated_is_said(
    sealer: Sealer,
    county: Context,
    tmp_path: Path,
    call: Callable[[Context, Path], Any],
    kind: type[Exception],
) -> None:
    with pytest.raises(kind):
        call(county, tmp_path)
    assert not (tmp_path / "x.xlsx").exists()


def test_a_station_does_not_consolidate(station: Context, tmp_path: Path) -> None:
    with pytest.raises(CountyOnly):
        consolidate(station, "2026-11", tmp_path / "x.xlsx")
    with pytest.raises(CountyOnly):
        matrix(station, 2026)


def test_the_overview_tells_who_reported_when_and_what_share_came_in_time(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """Due by 2026-03-10: January and February of three stations, six in all."""
    early = replace(county, now=datetime.fromisoformat("2026-02-03T09:00"))
    late = replace(county, now=datetime.fromisoformat("2026-03-09T09:00"))
    one = report({"T1/total/c1": each(1)})
    hand_in(Sealer(sealer.station, early, sealer.serial), tmp_path, "QS0722", one, period="2026-01")
    second = hand_in(Sealer(sealer.station, late, sealer.serial), tmp_path, "QS0722", one, period="2026-02")
    hand_in(Sealer(sealer.station, early, sealer.serial), tmp_path, "QS0723", one, period="2026-01")
    make_receipt(late, second, tmp_path, accept=True)
    found = matrix(replace(county, now=datetime.fromisoformat("2026-03-10T09:00")), 2026)
    assert [r.org_code for r in found.rows] == list(OFFICES)
    cells = {r.org_code: {cell.period: cell for cell in r.cells} for r in found.rows}
    assert cells["QS0722"]["2026-01"].label == "已收 第1版"
    assert cells["QS0722"]["2026-02"].label == "已受理 第1版（迟）"
    assert cells["QS0724"]["2026-02"].label == "未报"
    assert cells["QS0724"]["2026-03"].label == ""
    assert (found.due, found.received, found.on_time, found.accepted) == (6, 3, 2, 1)
    assert (found.completeness, found.timeliness) == (50.0, 33.3)
    assert found.as_json()["rows"][0]["cells"]["2026-02"]["late"] is True


def test_months_due_before_a_station_was_enrolled_are_not_waited_for(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """QS0722 is enrolled on 2026-11-23: October was due before; one of its months that came all the same counts."""
    first = report({"T1/total/c1": each(1)})
    hand_in(sealer, tmp_path, "QS0722", first, period="2026-09")
    found = matrix(replace(county, now=datetime.fromisoformat("2026-12-09T09:00")), 2026)
    cells = {cell.period: cell for cell in found.rows[0].cells}
    assert [cells[f"2026-{month}"].expected for month in ("08", "09", "10", "11")] == [
        False,
        True,
        False,
        True,
    ]
    assert (cells["2026-10"].label, cells["2026-11"].label) == ("", "未报")


def test_a_day_of_rest_moves_the_due_day(sealer: Sealer, county: Context) -> None:
    """The third of May 2026 lies in a holiday; the day itself is the county's setting."""
    found = matrix(county, 2026)
    april = next(cell for cell in found.rows[0].cells if cell.period == "2026-04")
    assert (
        april.due_on == county.calendar.next_workday(datetime.fromisoformat("2026-05-03").date()).isoformat()
    )
    assert april.due_on > "2026-05-03"
