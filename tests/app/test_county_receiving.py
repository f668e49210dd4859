"""Taking in submissions: refused whole with a reason, or written whole; shown before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.context import Context
from app.county import check_received, receive, receiving, store
from app.county.errors import BareWorkbook, InputMissing, NotTakenIn, PartsMissing, SidecarAlone
from app.history import undo
from app.ledger.backup import automatic_backups
from app.ledger.check import check_ledger
from exports.bundle.errors import (
    BundleError,
    DamagedBundle,
    NotABundle,
    TamperedBundle,
    UnknownStation,
    WrongDirection,
    WrongStation,
)
from exports.bundle.manifest import Org
from exports.bundle.recovery import parity
from models.errors import LedgerError
from models.records import Model
from tests.builders.county import Sealer, figure, members_of, paired, plain_report, row, without

Open = Callable[[str, str], Context]
META = {"ledger_meta"}


@pytest.fixture
def sealer(station: Context, county: Context, tmp_path: Path) -> Sealer:
    return paired(station, county, tmp_path)


def everything(ctx: Context) -> dict[str, list[Any]]:
    """Give every row of every table, but for the note of the last backup."""
    with ctx.ledger.reading() as conn:
        return {
            name: sorted(map(repr, conn.execute(sa.select(table))))
            for name, table in Model.metadata.tables.items()
            if name not in META
        }


def states(ctx: Context) -> set[tuple[int, str, str]]:
    with ctx.ledger.reading() as conn:
        return {(b["version"], b["manifest_hash"], b["state"]) for b in store.bundles(conn)}


def refused(ctx: Context, path: Path, kind: type[LedgerError], words: str) -> None:
    """Refuse a file with its sentence, leaving every table as it was."""
    before = everything(ctx)
    for write in (False, True):
        with pytest.raises(kind, match=words) as caught:
            receive(ctx, [path], write=write)
        assert caught.value.message.endswith("。")
    assert everything(ctx) == before
    assert check_ledger(ctx.ledger).ok


def test_a_submission_is_kept_whole(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    path = sealer.file(tmp_path, plain_report([1, 2, 3], dispute_type="02"))
    [taken] = receive(county, [path], write=True)
    assert (taken.kind, taken.applied, taken.plan["state"]) == ("submit", True, "received")
    with county.ledger.reading() as conn:
        [bundle] = store.bundles(conn)
        assert [r["cells"]["dispute_type"] for r in store.rows_of(conn, bundle["id"])] == ["02"] * 3
        assert store.figure_values(conn, bundle["id"])["T1/total/c1"] == 3
        [kept] = store.files(conn, bundle["id"], store.BUNDLE)
    assert kept["content"] == path.read_bytes()
    assert check_ledger(county.ledger).ok
    assert check_received(county) == []


def test_content_changed_behind_the_program_is_found(sealer: Sealer, county: Context, tmp_path: Path) -> None:
    receive(county, [sealer.file(tmp_path, plain_report([1, 2]))], write=True)
    with county.ledger.engine.begin() as conn:
        conn.execute(sa.text("DELETE FROM station_row WHERE row_no = 2"))
        conn.execute(sa.text("UPDATE received_file SET content = x'00' WHERE kind = 'bundle'"))
    assert len(check_received(county)) == 2


def test_a_rehearsal_says_exactly_what_writing_does_and_writes_nothing(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    first = sealer.file(tmp_path, plain_report([1, 2, 3, 4]))
    changed = [*map(row, (1, 2)), row(3, brief="改过"), row(5)]
    second = sealer.file(
        tmp_path, members_of(changed, [figure("T1/total/c1", 4)], {"T1/total/c1": [("row-1", 4)]}), version=2
    )
    before = everything(county)
    rehearsed = receive(county, [first, second], write=False)
    assert everything(county) == before
    assert automatic_backups(county.ledger.path) == []
    written = receive(county, [first, second], write=True)
    assert [one.plan for one in rehearsed] == [one.plan for one in written]
    assert [one.applied for one in rehearsed] == [False, False]
    assert written[1].plan["rows"] == {
        "total": 4, "added": 1, "changed": 1, "same": 2, "rejected": 0, "removed": 1,
    }  # fmt: skip
    assert written[1].plan["figures_changed"] == 2
    with county.ledger.reading() as conn:
        stored = {b["version"]: len(store.rows_of(conn, b["id"])) for b in store.bundles(conn)}
    assert stored == {1: 4, 2: 4}
    assert len(automatic_backups(county.ledger.path)) == 1


def test_the_same_bundle_again_writes_nothing_and_says_when_it_came(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    path = sealer.file(tmp_path, plain_report([1, 2]))
    [first] = receive(county, [path], write=True)
    before, backups = everything(county), automatic_backups(county.ledger.path)
    later = replace(county, now=datetime.fromisoformat("2026-12-08T09:00"))
    for _ in range(3):
        [again] = receive(later, [path], write=True)
        assert not again.applied
        assert again.plan["already_received_on"] == "2026-11-23"
        assert "2026-11-23已经接收过" in again.plan["notes"][0]
        assert again.receipt == first.receipt
    assert everything(county) == before
    assert automatic_backups(county.ledger.path) == backups


def test_a_taken_in_bundle_can_be_undone_and_taken_in_again(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    one = sealer.file(tmp_path, plain_report([1]))
    two = sealer.file(tmp_path, plain_report([1, 2]), version=2)
    receive(county, [one], write=True)
    before = states(county)
    receive(county, [two], write=True)
    undo(county)
    assert states(county) == before
    [again] = receive(county, [two], write=True)
    assert again.applied
    assert {state for _, _, state in states(county)} == {"superseded", "received"}


@pytest.mark.parametrize("cut", [10, 45, 400, -200, -30])
def test_a_truncated_bundle_without_its_sidecar_is_refused_or_whole(
    sealer: Sealer, county: Context, tmp_path: Path, cut: int
) -> None:
    """I-26: whatever is cut off, it is refused, or every row was verified all the same."""
    whole = sealer.file(tmp_path, plain_report(range(1, 30)))
    path = tmp_path / "cut.zip"
    path.write_bytes(whole.read_bytes()[:cut])
    before = everything(county)
    try:
        [taken] = receive(county, [path], write=False)
    except LedgerError as error:
        assert error.message.endswith("。")  # noqa: PT017
    else:
        assert taken.plan["rows"]["added"] == 29
    assert everything(county) == before


@given(at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_flipped_bit_is_taken_in(
    sealer: Sealer, county: Context, tmp_path: Path, at: int, bit: int
) -> None:
    """I-26: a bundle with any bit flipped is refused, or all that counts in it is what was signed."""
    sealed = sealer.seal(plain_report([1, 2, 3]), bundle_id="0193c0de-0000-7000-8000-000000000001")
    data = bytearray(sealed.data)
    data[at % len(data)] ^= 1 << bit
    path = tmp_path / "flipped.zip"
    path.write_bytes(bytes(data))
    try:
        [taken] = receive(county, [path], write=False)
    except LedgerError:
        return
    assert taken.plan["manifest_hash"] == sealed.manifest_hash
    assert taken.plan["rows"]["added"] == 3
    assert taken.plan["rows"]["rejected"] == 0


def test_the_sidecar_beside_a_damaged_bundle_heals_it(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    path = sealer.file(tmp_path, plain_report(range(1, 60)))
    whole = path.read_bytes()
    path.with_name(path.name + ".par").write_bytes(parity(whole))
    path.write_bytes(whole[:300] + bytes(64) + whole[364:])
    [taken] = receive(county, [path], write=True)
    assert taken.plan["grade"] == "A"
    assert "已用同名 .par 文件修复" in taken.plan["notes"][0]


def _random(sealer: Sealer, folder: Path) -> Path:
    path = folder / "随便.zip"
    path.write_bytes(bytes(range(256)) * 9)
    return path


def _tampered(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1, 2]), seed=bytes([9]) * 32)


def _other_county(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1]), to_org=Org("QS0800", "邻县司法局"))


def _stranger(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1]), org=Org("QS0799", "无名司法所"), seed=bytes([9]) * 32)


def _receipt_kind(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1]), kind="receipt")


def _transfer(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1]), kind="transfer")


def _workbook(sealer: Sealer, folder: Path) -> Path:
    from io import BytesIO
    from zipfile import ZipFile

    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    path = folder / "改过名的月报.zip"
    path.write_bytes(buffer.getvalue())
    return path


def _missing(sealer: Sealer, folder: Path) -> Path:
    return folder / "没有这个文件.zip"


def _sidecar(sealer: Sealer, folder: Path) -> Path:
    path = folder / "QS0722-202611-YB01-v1-7F3A.zip.par"
    path.write_bytes(b"YBZPAR1\n")
    return path


def _no_figures(sealer: Sealer, folder: Path) -> Path:
    report = {path: data for path, data in plain_report([1]).items() if path != "data/figures.json"}
    return sealer.file(folder, report)


def _bad_figures(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, {**plain_report([1]), "data/figures.json": b'[{"cell":"T1"}]'})


def _no_period(sealer: Sealer, folder: Path) -> Path:
    return sealer.file(folder, plain_report([1]), period=None)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (_random, NotABundle, "不是一本账的表格包"),
        (_tampered, TamperedBundle, "签名核对不上"),
        (_other_county, WrongStation, "邻县司法局"),
        (_stranger, UnknownStation, "QS0799"),
        (_receipt_kind, WrongDirection, "在司法所的台账接收"),
        (_transfer, NotTakenIn, "移交包"),
        (_workbook, BareWorkbook, "单独的电子表格"),
        (_missing, InputMissing, "没有找到文件"),
        (_sidecar, SidecarAlone, "同名的 .zip"),
        (_no_figures, PartsMissing, "data/figures.json"),
        (_bad_figures, DamagedBundle, "内容不合规"),
        (_no_period, DamagedBundle, "没有写明所属期"),
    ],
)
def test_what_is_not_for_this_county_is_refused_in_one_sentence(
    sealer: Sealer,
    county: Context,
    tmp_path: Path,
    make: Callable[[Sealer, Path], Path],
    kind: type[LedgerError],
    words: str,
) -> None:
    """T15, T16: tampered, misdirected, foreign and broken files leave the ledger as it was."""
    refused(county, make(sealer, tmp_path), kind, words)


def test_a_submission_is_not_taken_in_by_a_station(
    sealer: Sealer, station: Context, county: Context, tmp_path: Path
) -> None:
    path = sealer.file(tmp_path, plain_report([1]))
    refused(station, path, WrongDirection, "在县局的台账接收")


def test_other_content_under_a_known_number_is_refused(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    number = "0193c0de-0000-7000-8000-000000000001"
    receive(county, [sealer.file(tmp_path, plain_report([1]), bundle_id=number)], write=True)
    other = sealer.file(tmp_path, plain_report([1, 2]), bundle_id=number)
    refused(county, other, TamperedBundle, "同一个包号已经接收过不同的内容")


def test_of_several_files_the_bad_ones_are_named_and_the_good_ones_go_in(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    good = sealer.file(tmp_path, plain_report([1]))
    results = receive(county, [_random(sealer, tmp_path), good, good], write=True)
    assert [(one.kind, one.applied) for one in results] == [
        ("refused", False), ("submit", True), ("submit", False),
    ]  # fmt: skip
    assert results[0].plan["code"] == "not_a_bundle"
    with pytest.raises(BundleError, match="不是一本账"):
        receive(county, [_random(sealer, tmp_path), _random(sealer, tmp_path)], write=True)


def test_a_failure_while_writing_leaves_nothing_behind(
    sealer: Sealer, county: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-14: rows, figures and journal are one transaction; broken off anywhere, none of it stays."""
    path = sealer.file(tmp_path, plain_report([1, 2, 3]))
    before = everything(county)
    for step in ("put_content", "put_file", "settle"):
        with monkeypatch.context() as patch:
            real = getattr(store, step)

            def broken(*args: Any, real: Callable[..., None] = real, **named: Any) -> None:
                real(*args, **named)
                raise KeyboardInterrupt

            patch.setattr(receiving.store, step, broken)
            with pytest.raises(KeyboardInterrupt):
                receive(county, [path], write=True)
        assert everything(county) == before
    assert receive(county, [path], write=True)[0].applied


@pytest.mark.parametrize(
    ("line", "rejected"),
    [
        (b"not json\n", 1),
        (b'{"_id":"x"}\n', 1),
        (None, 1),
    ],
    ids=["no json", "parts missing", "same row twice"],
)
def test_a_row_that_is_not_sound_is_left_out_and_the_others_stay(
    sealer: Sealer, county: Context, tmp_path: Path, line: bytes | None, rejected: int
) -> None:
    """I-23: a rejected row concerns no other; added + changed + same + rejected = all."""
    report = plain_report([1, 2, 3])
    rows = report["data/rows.ndjson"]
    bad = rows.splitlines(keepends=True)[0] if line is None else line
    [taken] = receive(county, [sealer.file(tmp_path, {**report, "data/rows.ndjson": rows + bad})], write=True)
    assert taken.plan["rows"]["rejected"] == rejected
    assert (taken.plan["rows"]["added"], taken.plan["rows"]["total"]) == (3, 4)
    assert taken.plan["problems"][0]["code"] == "E101"
    assert any("只能退回" in note for note in taken.plan["notes"])


def test_a_figure_that_its_rows_do_not_make_is_a_problem(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """I-18: figure = sum of its rows."""
    report = members_of([row(1)], [figure("T1/total/c1", 2)], {"T1/total/c1": [("row-1", 1)]})
    [taken] = receive(county, [sealer.file(tmp_path, report)], write=True)
    assert taken.plan["mismatch_count"] == 1
    assert taken.plan["problems"][0]["code"] == "E501"


def test_a_bundle_that_lost_a_sheet_is_kept_and_completed_later(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    """Grade B: the records are whole; the missing part may follow."""
    report: Mapping[str, bytes] = {**plain_report([1, 2]), "03_trace.xlsx": bytes(range(200)) * 3}
    path = sealer.file(tmp_path, report)
    whole = path.read_bytes()
    path.write_bytes(without(whole, "03_trace.xlsx"))
    [lost] = receive(county, [path], write=True)
    assert lost.plan["grade"] == "B"
    assert any("03_trace.xlsx" in note and "不能受理" in note for note in lost.plan["notes"])
    path.write_bytes(whole)
    [healed] = receive(county, [path], write=True)
    assert (healed.applied, healed.plan["grade"]) == (True, "A")
    assert not receive(county, [path], write=True)[0].applied
    with county.ledger.reading() as conn:
        [bundle] = store.bundles(conn)
        assert bundle["grade"] == "A"
        assert len(store.rows_of(conn, bundle["id"])) == 2


def test_a_bundle_that_lost_its_records_is_refused_naming_them(
    sealer: Sealer, county: Context, tmp_path: Path
) -> None:
    path = sealer.file(tmp_path, plain_report(range(1, 40)))
    path.write_bytes(without(path.read_bytes(), "data/rows.ndjson"))
    refused(county, path, PartsMissing, "data/rows.ndjson")
