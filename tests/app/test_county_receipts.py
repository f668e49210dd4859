"""Deciding on submissions: whole or row by row, once, with a receipt that names exactly one version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.context import Context
from app.county import make_receipt, receive, store
from app.county.errors import AmbiguousBundle, CountyOnly, DecisionRefused, UnknownBundle
from app.ledger.check import check_ledger
from app.ledger.signing import public_key
from app.numbering import NumbersHeld
from exports.bundle.receipt import Receipt, parse_receipt
from exports.bundle.verify import OpenedBundle, open_bundle
from exports.workbook.reader import read_workbook
from tests.builders.county import SHEET, Sealer, paired, plain_report, without


@pytest.fixture
def sealer(station: Context, county: Context, tmp_path: Path) -> Sealer:
    return paired(station, county, tmp_path)


def take(sealer: Sealer, folder: Path, numbers: Sequence[int] = (1, 2, 3), **changes: Any) -> dict[str, Any]:
    path = sealer.file(folder, plain_report(numbers, dispute_type="02"), **changes)
    [taken] = receive(sealer.county, [path], write=True)
    return taken.plan


def opened(sealer: Sealer, path: Path) -> OpenedBundle:
    key = public_key(sealer.county.ledger.secrets.sign_seed)
    return open_bundle(path.read_bytes(), None, {"QS0700": key})


def told(sealer: Sealer, path: Path) -> Receipt:
    return parse_receipt(opened(sealer, path).members["receipt.json"])


def states(county: Context) -> list[tuple[int, str]]:
    with county.ledger.reading() as conn:
        return sorted((row["version"], row["state"]) for row in store.bundles(conn))


def test_an_accepted_submission_gets_a_signed_receipt_for_that_version(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    made = make_receipt(county, plan["short_code"], tmp_path / "out", accept=True, note="请按期存档")
    bundle = opened(sealer, made.file)
    assert (bundle.grade, bundle.manifest.kind) == ("A", "receipt")
    assert bundle.manifest.to_org is not None
    assert bundle.manifest.to_org.code == "QS0722"
    receipt = told(sealer, made.file)
    assert (receipt.bundle_id, receipt.manifest_hash) == (plan["bundle_id"], plan["manifest_hash"])
    assert (receipt.version, receipt.status, receipt.note) == (1, "accepted", "请按期存档")
    assert [(row.row_id, row.status) for row in receipt.rows] == [(f"row-{n}", "accepted") for n in (1, 2, 3)]
    assert made.file.with_name(made.file.name + ".par").exists()
    assert made.file.name.startswith("QS0722-202611-YB01HZ-v1-")
    assert states(county) == [(1, "accepted")]
    assert check_ledger(county.ledger).ok


def test_the_printed_receipt_says_what_comes_back_and_has_a_line_to_stamp(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    rows = [{"row_id": "row-2", "field": "dispute_type", "message": "与案情不符。", "expected": "01"}]
    made = make_receipt(county, plan["bundle_id"], tmp_path, accept=False, rows=rows)
    book = read_workbook(opened(sealer, made.file).members["receipt.xlsx"], name="receipt.xlsx")
    texts = {sheet.name: [c.text for row in sheet.rows() for c in row.cells] for sheet in book.sheets}
    assert {"退回", "第 1 版", "青石司法所（QS0722）"} <= set(texts["回执"])
    assert any("单位（盖章）" in text for text in texts["回执"])
    assert {"退", "R10", "02", "01", "与案情不符。"} <= set(texts["退回清单"])
    assert texts["逐行结论"].count("收") == 2


@pytest.mark.parametrize(
    "named", [{"row_id": "row-2"}, {"sheet": SHEET, "row_no": 2}, {"row_id": "row-2", "sheet": SHEET}]
)
def test_a_row_is_returned_by_id_or_by_its_place(
    sealer: Sealer, county: Context, tmp_path: Path, named: dict[str, Any]
) -> None:
    """Protocol 4.8: one returned row returns the version; the others stay named as taken."""
    plan = take(sealer, tmp_path)
    rows = [{**named, "field": "case_no", "code": "E203", "hint": "请核对"}]
    made = make_receipt(county, plan["bundle_id"], tmp_path, accept=False, rows=rows)
    receipt = told(sealer, made.file)
    [back] = [row for row in receipt.rows if row.status == "returned"]
    assert (back.row_id, back.row_no, back.code, back.hint_zh) == ("row-2", 2, "E203", "请核对")
    assert back.seen == "（2026）青石人调字第2号"
    assert back.rev.startswith("r")
    assert (receipt.status, made.returned_rows, len(receipt.rows)) == ("returned", 1, 3)
    assert states(county) == [(1, "returned")]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"row_id": "row-99"}], "不在这份报送里"),
        ([{"sheet": SHEET, "row_no": 77}], "不在这份报送里"),
        ([{"sheet": SHEET}], "不在这份报送里"),
        ([{"row_id": "row-1", "field": "no_such_field"}], "不属于"),
        ([{"row_id": "row-1", "code": "bad"}], "代码"),
        ([{"row_id": "row-1", "status": "accepted"}], "结论"),
        ([{"row_id": "row-1", "colour": "red"}], "colour"),
        ([{"row_id": "row-1", "expected": {"a": 1}}], "expected"),
        ([], "退回须写明"),
    ],
)
def test_what_names_no_row_is_refused_and_nothing_changes(
    sealer: Sealer, county: Context, tmp_path: Path, rows: list[dict[str, Any]], words: str
) -> None:
    plan = take(sealer, tmp_path)
    with pytest.raises(DecisionRefused, match=words):
        make_receipt(county, plan["bundle_id"], tmp_path / "out", accept=False, rows=rows)
    assert states(county) == [(1, "received")]
    assert not (tmp_path / "out").exists()
    with county.ledger.reading() as conn:
        counters = conn.execute(sa.text("SELECT count(*) FROM number_counter")).scalar()
    assert counters == 0


def test_a_whole_submission_is_returned_with_a_reason(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    made = make_receipt(county, plan["bundle_id"], tmp_path, accept=False, note="口径用错，请整份重报")
    assert told(sealer, made.file).status == "returned"
    assert states(county) == [(1, "returned")]


def test_a_decision_is_final_and_its_receipt_can_be_written_again(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    first = make_receipt(county, plan["bundle_id"], tmp_path / "a", accept=True)
    again = make_receipt(county, plan["bundle_id"], tmp_path / "b", accept=True)
    asked = make_receipt(county, plan["bundle_id"], tmp_path / "c", accept=False)
    assert first.file.read_bytes() == again.file.read_bytes() == asked.file.read_bytes()
    assert (again.reissued, again.county_seq) == (True, first.county_seq)
    with pytest.raises(DecisionRefused, match="不能再次办理"):
        make_receipt(county, plan["bundle_id"], tmp_path, accept=False, rows=[{"row_id": "row-1"}])
    with pytest.raises(DecisionRefused, match="不能同时办理"):
        make_receipt(county, plan["bundle_id"], tmp_path, accept=True, rows=[{"row_id": "row-1"}])


def test_a_plain_receipt_confirms_arrival_and_decides_nothing(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    made = make_receipt(county, plan["bundle_id"], tmp_path, accept=False)
    assert (told(sealer, made.file).status, made.county_seq) == ("received", 1)
    decided = make_receipt(county, plan["bundle_id"], tmp_path, accept=True)
    assert decided.county_seq == 2


def test_receipt_numbers_only_rise(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    """Protocol 4.5: of several receipts for one version the highest number holds."""
    seen = []
    for month in ("2026-09", "2026-10", "2026-11"):
        plan = take(sealer, tmp_path, period=month)
        seen.append(make_receipt(county, plan["bundle_id"], tmp_path, accept=False).county_seq)
        seen.append(make_receipt(county, plan["bundle_id"], tmp_path, accept=True).county_seq)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_after_a_restore_no_receipt_is_numbered_until_the_paper_was_checked(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    plan = take(sealer, tmp_path)
    county.ledger.meta["number_hold"] = "台账换了电脑。"
    with pytest.raises(NumbersHeld):
        make_receipt(county, plan["bundle_id"], tmp_path, accept=True)


def test_an_accepted_month_is_locked_against_later_versions(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """I-20: one accepted version at most; a newer one can only be returned."""
    take(sealer, tmp_path)
    make_receipt(county, "QS0722 2026-11", tmp_path, accept=True)
    later = take(sealer, tmp_path, (1, 2, 3, 4), version=2)
    assert any("已受理并锁定" in note for note in later["notes"])
    with pytest.raises(DecisionRefused, match="第 1 版已受理并锁定"):
        make_receipt(county, later["bundle_id"], tmp_path, accept=True)
    make_receipt(county, later["bundle_id"], tmp_path, accept=False, note="差额列入下期")
    assert states(county) == [(1, "accepted"), (2, "returned")]


def test_an_old_version_is_confirmed_as_superseded_and_not_decided(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """I-19: a receipt for an old version says so and leaves the new one alone."""
    new = take(sealer, tmp_path, version=2)
    old = take(sealer, tmp_path, (1,), version=1)
    assert old["state"] == "superseded"
    with pytest.raises(DecisionRefused, match="已被更新的版本取代"):
        make_receipt(county, old["bundle_id"], tmp_path, accept=True)
    made = make_receipt(county, old["bundle_id"], tmp_path, accept=False)
    assert told(sealer, made.file).status == "superseded"
    assert told(sealer, made.file).manifest_hash == old["manifest_hash"]
    make_receipt(county, new["bundle_id"], tmp_path, accept=True)
    assert states(county) == [(1, "superseded"), (2, "accepted")]


def test_two_contents_under_one_version_wait_for_the_station(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    first = take(sealer, tmp_path / "a", (1,))
    other = take(sealer, tmp_path / "b", (1, 2))
    for plan in (first, other):
        with pytest.raises(DecisionRefused, match="内容不同的两份"):
            make_receipt(county, plan["bundle_id"], tmp_path, accept=True)
        made = make_receipt(county, plan["bundle_id"], tmp_path, accept=False)
        assert told(sealer, made.file).status == "duplicate"
    with pytest.raises(AmbiguousBundle, match="2 份"):
        make_receipt(county, "QS0722 2026-11", tmp_path, accept=True)


def _broken_row(report: dict[str, bytes]) -> dict[str, bytes]:
    return {**report, "data/rows.ndjson": report["data/rows.ndjson"] + b"{}\n"}


def _wrong_sum(report: dict[str, bytes]) -> dict[str, bytes]:
    return {**report, "data/trace.ndjson": b'{"cell":"T1/total/c1","ids":[]}\n'}


@pytest.mark.parametrize("bend", [_broken_row, _wrong_sum])
def test_what_did_not_pass_the_check_is_never_accepted(
    sealer: Sealer,
    county: Context,
    tmp_path: Path,
    bend: Callable[[dict[str, bytes]], dict[str, bytes]],
) -> None:
    path = sealer.file(tmp_path, bend(plain_report([1, 2])))
    [taken] = receive(county, [path], write=True)
    with pytest.raises(DecisionRefused, match="不能受理，请退回"):
        make_receipt(county, taken.plan["bundle_id"], tmp_path, accept=True)


def test_an_incomplete_bundle_is_never_accepted(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    path = sealer.file(tmp_path, {**plain_report([1]), "03_trace.xlsx": bytes(range(200)) * 3})
    path.write_bytes(without(path.read_bytes(), "03_trace.xlsx"))
    [taken] = receive(county, [path], write=True)
    with pytest.raises(DecisionRefused, match="完好等级为 B"):
        make_receipt(county, taken.plan["bundle_id"], tmp_path, accept=True)


@pytest.mark.parametrize(
    "words", ["bundle_id", "short_code", "file_name", "path", "office", "office and form", "lower case"]
)
def test_a_submission_is_found_by_what_a_clerk_has_at_hand(
    sealer: Sealer, county: Context, tmp_path: Path, words: str
) -> None:
    plan = take(sealer, tmp_path)
    with county.ledger.reading() as conn:
        [row] = store.bundles(conn)
    named = {
        **row, "office": "QS0722 2026-11", "office and form": "QS0722 2026-11 YB01",
        "lower case": row["short_code"].lower(), "path": f"报送/{row['file_name']}",
    }  # fmt: skip
    assert make_receipt(county, named[words], tmp_path, accept=True).bundle_id == plan["bundle_id"]


def test_an_unknown_submission_and_a_station_are_told_so(
    sealer: Sealer, station: Context, county: Context, tmp_path: Path
) -> None:
    with pytest.raises(UnknownBundle, match="没有收到过"):
        make_receipt(county, "ZZZZ", tmp_path, accept=True)
    with pytest.raises(CountyOnly, match="县局的台账"):
        make_receipt(station, "ZZZZ", tmp_path, accept=True)


def test_a_crash_while_deciding_leaves_the_submission_undecided(
    sealer: Sealer, county: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-14: state, number and kept receipt are one transaction."""
    plan = take(sealer, tmp_path)

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.county.receipts.store.put_file", broken)
        with pytest.raises(KeyboardInterrupt):
            make_receipt(county, plan["bundle_id"], tmp_path, accept=True)
    assert states(county) == [(1, "received")]
    assert make_receipt(county, plan["bundle_id"], tmp_path, accept=True).county_seq == 1


def test_bundle_bytes_that_were_kept_can_be_opened_again(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """The county's copy rebuilds what a station whose computer broke had reported."""
    take(sealer, tmp_path)
    with county.ledger.reading() as conn:
        [bundle] = store.bundles(conn)
        [kept] = store.files(conn, bundle["id"], store.BUNDLE)
    key = public_key(sealer.station.ledger.secrets.sign_seed)
    again = open_bundle(BytesIO(kept["content"]).read(), None, {"QS0722": key})
    assert again.manifest_hash == bundle["manifest_hash"]
