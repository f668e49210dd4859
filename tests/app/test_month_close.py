"""When a month may be closed, and that each number of the bundle leads to rows that stand in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app.context import Context
from app.county.timing import due_on
from app.ledger.signing import public_key
from app.month import close_month, month_problems, month_status
from app.month.closing import ChangedMeanwhile, ClosedMonth, ReadBackFailed
from app.month.errors import MonthLater, MonthMissing, MonthNotOver, MonthRefused, ReasonNeeded
from app.month.report import YEAR_ROWS
from app.month.rows import row_hash
from app.records import add
from app.session import refreshed
from app.settings import change_setting
from exports.bundle.verify import open_bundle
from exports.workbook.keyed import sheet_table
from exports.workbook.raw import RawWorkbook
from exports.workbook.reader import read_workbook
from models.outreach import OutreachEvent
from tests.builders.mediation import add_organisations, example_november_cases
from tests.builders.month import at, event_values, figures_in, lines_in, month, put_event
from tests.builders.outreach import media_post
from tests.builders.screening import dispute_lead, screening_round

NOVEMBER = "2026-11"


def close(ctx: Context, key: str, out: Path, *, day: str = "2026-12-31", **options: Any) -> ClosedMonth:
    return close_month(at(ctx, day), month(key), out, **{"reason": "如实报送", **options})


def member(done: ClosedMonth, name: str) -> bytes:
    with ZipFile(done.bundle) as archive:
        return archive.read(name)


def book(done: ClosedMonth, name: str) -> RawWorkbook:
    return read_workbook(member(done, name), name=name)


def full_november(ctx: Context) -> list[str]:
    """Add cases, a lead, a round, an event and a post of October that was played in November."""
    add_organisations(ctx)
    ids = list(add(ctx, "mediation_case", example_november_cases()).ids)
    ids += add(ctx, "dispute_lead", [dispute_lead()]).ids
    ids += add(ctx, "screening_round", [screening_round()]).ids
    played = [{"as_of_on": "2026-10-20", "plays": 100}, {"as_of_on": "2026-11-10", "plays": 900}]
    ids += add(ctx, "media_post", [media_post(published_on="2026-10-06", metrics=played)]).ids
    return [*ids, put_event(ctx, "2026-11-05")]


def codes(ctx: Context, key: str = NOVEMBER, day: str = "2026-12-31") -> dict[str, str | None]:
    return {problem.code: problem.record for problem in month_problems(at(ctx, day), month(key))}


def test_a_month_is_closed_from_its_last_day_on(station: Context, tmp_path: Path) -> None:
    with pytest.raises(MonthNotOver, match="2026-11-30"):
        close(station, NOVEMBER, tmp_path, day="2026-11-29")
    assert close(station, NOVEMBER, tmp_path, day="2026-11-30").version == 1


def test_months_are_closed_in_order_from_the_first_that_was(station: Context, tmp_path: Path) -> None:
    close(station, "2026-09", tmp_path)
    with pytest.raises(MonthMissing, match="2026年10月还没有封月"):
        close(station, NOVEMBER, tmp_path)
    with pytest.raises(MonthLater):
        close(station, "2026-08", tmp_path)
    close(station, "2026-10", tmp_path)
    assert close(station, NOVEMBER, tmp_path).version == 1


def test_an_error_keeps_a_month_open_unless_the_county_lets_it_through(
    station: Context, tmp_path: Path
) -> None:
    record = put_event(station, "2026-11-05")
    with station.ledger.writing(station, "test.change", "改动活动") as writer:
        writer.update(OutreachEvent, record, {"organizer": None})
    with pytest.raises(MonthRefused) as refused:
        close(station, NOVEMBER, tmp_path)
    assert [(one.code, one.field, one.record) for one in refused.value.problems] == [
        ("E301", "organizer", record)
    ]
    change_setting(station, "month_errors", "warn")
    done = close(refreshed(station), NOVEMBER, tmp_path, reason="主办单位待查")
    told = json.loads(member(done, "data/check.json"))
    assert (told["reason"], [one["code"] for one in told["problems"]]) == ("主办单位待查", ["E301"])


def test_a_warning_needs_a_reason_which_travels_with_the_bundle(station: Context, tmp_path: Path) -> None:
    put_event(station, "2026-10-05")
    close(station, "2026-10", tmp_path)
    late = put_event(station, "2026-10-06")
    assert codes(station) == {"W661": late}
    with pytest.raises(ReasonNeeded, match="补录"):
        close(station, NOVEMBER, tmp_path, reason=None)
    done = close(station, NOVEMBER, tmp_path, reason="村里晚报一场")
    assert json.loads(member(done, "data/check.json"))["reason"] == "村里晚报一场"


def test_what_changed_in_a_closed_month_is_named_before_the_next_is_closed(
    station: Context, tmp_path: Path
) -> None:
    record = put_event(station, "2026-10-05")
    close(station, "2026-10", tmp_path)
    assert codes(station) == {}
    with station.ledger.writing(station, "test.void", "作废活动") as writer:
        writer.void(OutreachEvent, record, "重复登记")
    assert codes(station) == {"W662": record}


def test_an_imported_record_that_lacks_a_field_is_a_warning_and_one_without_its_day_is_named(
    station: Context,
) -> None:
    values = {**event_values("2026-11-05"), "organizer": None, "origin": "imported"}
    with station.ledger.writing(station, "test.add", "导入") as writer:
        lacking = writer.create(OutreachEvent, values)
        undated = writer.create(OutreachEvent, {**values, "held_on": None})
    assert codes(station) == {"W301": lacking, "W641": undated}


def test_a_month_without_records_hands_in_every_sheet_with_zeros_and_a_line_to_sign(
    station: Context, tmp_path: Path
) -> None:
    done = close(station, NOVEMBER, tmp_path)
    figures = figures_in(done.bundle)
    assert len(figures) > 100
    assert {item["value"] for item in figures.values() if isinstance(item["value"], int)} == {0}
    report = book(done, "01_report.xlsx")
    assert report.sheets[0].name == "封面"
    for sheet in report.sheets[1:-1]:
        texts = [cell.text for row in sheet.rows() for cell in row.cells]
        assert any("（公章）" in text for text in texts), sheet.name
    totals = [row for row in report.sheets[1].rows() if row.cell(0).text == "合计"]
    assert {cell.value for cell in totals[0].cells[1:]} == {0.0}, "numbers as numbers, not as text"


def test_every_number_leads_to_rows_that_stand_in_the_bundle(station: Context, tmp_path: Path) -> None:
    """I-18: figure = sum of its trace = rows listed."""
    full_november(station)
    done = close(station, NOVEMBER, tmp_path)
    figures = figures_in(done.bundle)
    rows = {line["_id"]: line for line in lines_in(done.bundle, "data/rows.ndjson")}
    traces = {line["cell"]: line["ids"] for line in lines_in(done.bundle, "data/trace.ndjson")}
    numbers = {cell: item["value"] for cell, item in figures.items() if isinstance(item["value"], int)}
    assert {cell for cell, value in numbers.items() if value} <= set(traces)
    for cell, members in traces.items():
        assert sum(added for _, added in members) == numbers[cell], cell
        assert {record for record, _ in members} <= set(rows), cell
    assert numbers["P1/total/plays"] == 800
    lines = sheet_rows(book(done, "03_trace.xlsx"), "溯源")
    listed = {(line["sheet"], line["row_no"]) for line in rows.values()}
    assert lines
    for line in lines:
        assert {(line["sheet"], number) for number in numbered(line["rows"])} <= listed
        assert len(numbered(line["rows"])) == int(line["count"])
    assert sum(int(line["count"]) for line in lines) == sum(
        len({record for record, _ in members}) for members in traces.values()
    )


def sheet_rows(found: RawWorkbook, name: str) -> list[dict[str, str]]:
    sheet = found.sheet(name)
    assert sheet is not None
    names = ("table", "row", "column", "value", "unit", "sheet", "count", "rows")
    return [
        dict(zip(names, (cell.text for cell in row.cells), strict=False))
        for row in sheet.rows()
        if row.cell(0).text in ("T1", "T3", "P1", "P2", "YEAR")
    ]


def numbered(places: str) -> list[int]:
    """Give the row numbers of a line of the trace: 1–3、5（2）."""
    found: list[int] = []
    for part in places.split("、"):
        first, _, last = part.partition("（")[0].partition("–")
        found += range(int(first), int(last or first) + 1)
    return found


def test_the_ledger_sheets_carry_the_rows_under_hidden_keys_with_room_for_the_countys_answer(
    station: Context, tmp_path: Path
) -> None:
    full_november(station)
    done = close(station, NOVEMBER, tmp_path)
    rows = lines_in(done.bundle, "data/rows.ndjson")
    ledger = book(done, "02_ledger.xlsx")
    found: dict[str, tuple[str, int]] = {}
    for sheet in ledger.sheets:
        table = sheet_table(sheet)
        if table is None:
            continue
        assert {"_id", "_rev", "_h", "_verdict", "_opinion"} <= set(table.keys)
        for row in table.rows():
            found[row.cell("_id").text] = (row.cell("_h").text, int(row.cell("_row_no").text))
    assert found == {line["_id"]: (line["_h"], line["row_no"]) for line in rows}
    assert all(line["_h"] == row_hash(line["values"]) for line in rows)
    assert {"数据字典", "填写说明"} <= {sheet.name for sheet in ledger.sheets}


def test_the_bare_workbook_says_which_version_it_is_a_copy_of(station: Context, tmp_path: Path) -> None:
    put_event(station, "2026-11-05")
    done = close(station, NOVEMBER, tmp_path)
    (path,) = [path for path in done.files if path.suffix == ".xlsx"]
    bare = read_workbook(path)
    meta = bare.sheet("_meta")
    assert meta is not None
    assert meta.visible == "very_hidden"
    assert (bare.meta["period"], bare.meta["version"], path.stem) == (NOVEMBER, "1", done.bundle.stem)
    inside = [*book(done, "01_report.xlsx").sheets, *book(done, "02_ledger.xlsx").sheets]
    assert {sheet.name for sheet in inside} == {sheet.name for sheet in bare.sheets}


def test_the_manifest_names_the_state_of_the_journal_the_figures_were_made_of(
    station: Context, tmp_path: Path
) -> None:
    put_event(station, "2026-11-05")
    with station.ledger.reading() as conn:
        head, vector = station.ledger.head(conn), station.ledger.vector(conn)
    done = close(station, NOVEMBER, tmp_path)
    own = {"QS0722": public_key(station.ledger.secrets.sign_seed)}
    opened = open_bundle(done.bundle.read_bytes(), None, own)
    assert (opened.grade, opened.manifest.audit_head) == ("A", head.hash.hex())
    assert dict(opened.manifest.vv) == vector
    assert opened.manifest.forms[0] == "YB01"


def test_what_is_entered_while_a_month_is_being_closed_is_not_half_in_it(
    station: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_event(station, "2026-11-05")
    monkeypatch.setattr("app.month.closing.automatic", lambda *_, **__: put_event(station, "2026-11-06"))
    with pytest.raises(ChangedMeanwhile):
        close(station, NOVEMBER, tmp_path)
    assert list(tmp_path.glob("*.zip")) == []
    assert {one["state"] for one in month_status(at(station, "2026-12-01"))} == {"open"}


def test_the_first_table_prints_late_entries_and_the_year_so_far_below_its_total(
    station: Context, tmp_path: Path
) -> None:
    put_event(station, "2026-10-05", 5)
    close(station, "2026-10", tmp_path)
    put_event(station, "2026-10-20", 7)
    put_event(station, "2026-11-05", 11)
    done = close(station, NOVEMBER, tmp_path)
    sheet = book(done, "01_report.xlsx").sheet("07 法治宣传月报")
    assert sheet is not None
    header = next(row for row in sheet.rows() if any(cell.text == "受众" for cell in row.cells))
    at_column = [cell.text for cell in header.cells].index("受众")
    shown = {row.cell(0).text: row.cell(at_column).value for row in sheet.rows()}
    assert [shown[name] for name in ("合计", *YEAR_ROWS)] == [11, 7, 0, 18, 23]


def test_a_workbook_that_does_not_read_back_as_frozen_is_never_handed_out(
    station: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_event(station, "2026-11-05")
    monkeypatch.setattr("app.month.report._record", lambda row: {"_id": row.record, "_h": "AAAA"})
    with pytest.raises(ReadBackFailed):
        close(station, NOVEMBER, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_station_and_the_county_count_the_same_due_day(station: Context) -> None:
    """3 October 2026 lies in the National Day holiday: the county rolls to the first workday."""
    put_event(station, "2026-09-05")
    found = {one["period"]: one for one in month_status(at(station, "2026-10-08"))}
    assert found["2026-09"]["due_on"] == due_on(station, month("2026-09")).isoformat() > "2026-10-03"
