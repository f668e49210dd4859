"""Opening: what is missing is graded, what belongs to somebody else or goes the other way is refused."""

from __future__ import annotations

import dataclasses

import pytest

from exports.bundle.container import FileName, write_bundle
from exports.bundle.errors import (
    BundleError,
    DamagedBundle,
    NewerBundle,
    NotABundle,
    ReplayedBundle,
    TamperedBundle,
    UnknownStation,
    WrongDirection,
    WrongStation,
)
from exports.bundle.manifest import Org
from exports.bundle.verify import REBUILT, check_direction, check_replay, open_bundle
from tests.exports.bundle_samples import (
    COUNTY,
    MEMBERS,
    PHOTO,
    PHOTO_PATH,
    STAMP,
    STATION,
    TRUSTED,
    manifest,
    public,
    sealed,
    sign,
)
from tests.hostile.zip_forge import entries_of, forge


def _without(*paths: str) -> bytes:
    return forge([item for item in entries_of(sealed().data) if item.name not in paths])


@pytest.mark.parametrize(
    ("gone", "grade"),
    [
        ((PHOTO_PATH,), "B"),
        (("README.txt",), "B"),
        (("dict/DISPUTE_TYPE.json",), "B"),
        (("01_report.xlsx",), "B"),
        (("02_ledger.xlsx",), "B"),
        (("data/rows.ndjson",), "C"),
        (("data/figures.json", PHOTO_PATH), "C"),
        (("data/rows.ndjson", "01_report.xlsx"), "C"),
        (("data/rows.ndjson", "02_ledger.xlsx"), "D"),
        (tuple(MEMBERS), "D"),
    ],
)
def test_a_part_that_is_gone_lowers_the_grade_and_is_named(gone: tuple[str, ...], grade: str) -> None:
    opened = open_bundle(_without(*gone), None, TRUSTED)
    assert opened.grade == grade
    assert set(opened.missing) == set(gone)
    assert not set(gone) & set(opened.members)
    assert all(any(path in note for note in opened.notes) for path in gone)


def test_a_sync_bundle_without_its_changes_has_nothing_to_take_in() -> None:
    bundle = sealed(members={"data/ops.ndjson": b"{}\n"}, kind="sync")
    rest = [item for item in entries_of(bundle.data) if item.name != "data/ops.ndjson"]
    assert open_bundle(forge(rest), None, TRUSTED).grade == "D"


def test_a_lost_directory_is_rebuilt_from_the_local_headers() -> None:
    whole = sealed().data
    cut = whole[: whole.index(b"PK\x01\x02")]
    for data in (cut, cut + b"\0" * 300, whole[:-1], whole + b"\0" * 10):
        opened = open_bundle(data, None, TRUSTED)
        assert opened.grade == "A"
        assert REBUILT in opened.notes
        assert opened.members == open_bundle(whole, None, TRUSTED).members


def test_an_unreadable_sector_costs_one_member_not_the_bundle() -> None:
    data = bytearray(sealed().data)
    at = data.index(PHOTO)
    data[at : at + 100] = bytes(100)
    opened = open_bundle(bytes(data), None, TRUSTED)
    assert (opened.grade, opened.missing) == ("B", (PHOTO_PATH,))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"SQLite format 3\0" * 40,
        b"%PDF-1.7",
        b"PK\x05\x06" + b"\0" * 18,
        bytes(range(256)) * 9,
    ],
)
def test_other_files_are_no_bundle(data: bytes) -> None:
    with pytest.raises(NotABundle):
        open_bundle(data, None, TRUSTED)


def test_a_workbook_is_no_bundle() -> None:
    with pytest.raises(BundleError):
        open_bundle(
            forge([dataclasses.replace(entries_of(sealed().data)[0], name="xl/workbook.xml")]), None, TRUSTED
        )


@pytest.mark.parametrize("trusted", [None, {}, {"QS0723": public(2)}])
def test_a_station_without_a_card_is_unknown(trusted: dict[str, bytes] | None) -> None:
    with pytest.raises(UnknownStation) as caught:
        open_bundle(sealed().data, None, trusted)
    assert caught.value.org_code == STATION


def test_another_stations_key_does_not_vouch_for_this_one() -> None:
    with pytest.raises(TamperedBundle):
        open_bundle(sealed(seed=2).data, None, TRUSTED)
    with pytest.raises(TamperedBundle):
        open_bundle(sealed(seed=3).data, None, TRUSTED)


def test_an_earlier_key_or_a_second_machine_of_the_station_is_accepted() -> None:
    assert open_bundle(sealed(seed=3).data, None, {STATION: (public(1), public(3))}).grade == "A"
    with pytest.raises(TamperedBundle):
        open_bundle(sealed(seed=2).data, None, {STATION: (public(1), public(3))})


def test_a_newer_bundle_is_named_after_its_signature_holds() -> None:
    newer = _signed_as("ybz-bundle/2.0")
    with pytest.raises(NewerBundle):
        open_bundle(newer, None, TRUSTED)
    with pytest.raises(UnknownStation):
        open_bundle(newer, None, {})


def _signed_as(version: str) -> bytes:
    """Seal a bundle that claims another format version, signature and all."""
    entries = entries_of(sealed().data)
    listed = entries[0].content.replace(b"ybz-bundle/1.0", version.encode())
    fresh = {"manifest.json": listed, "manifest.sig": sign()(listed)}
    return forge([dataclasses.replace(item, content=fresh.get(item.name, item.content)) for item in entries])


def test_a_newer_minor_version_opens_and_its_new_members_stay_unread() -> None:
    entries = entries_of(sealed().data)
    listed = entries[0].content.replace(b"ybz-bundle/1.0", b"ybz-bundle/1.1")
    listed = listed.replace(b'"path":"03_trace.xlsx"', b'"path":"04_extra.bin"')
    fresh = {"manifest.json": listed, "manifest.sig": sign()(listed)}
    changed = [
        dataclasses.replace(
            item,
            name=item.name.replace("03_trace.xlsx", "04_extra.bin"),
            content=fresh.get(item.name, item.content),
        )
        for item in entries
    ]
    opened = open_bundle(forge(changed), None, TRUSTED)
    assert opened.grade == "A"
    assert "04_extra.bin" not in opened.members
    assert any("04_extra.bin" in note for note in opened.notes)


def test_the_same_version_may_not_list_unknown_members() -> None:
    entries = entries_of(sealed().data)
    listed = entries[0].content.replace(b'"path":"03_trace.xlsx"', b'"path":"04_extra.bin"')
    fresh = {"manifest.json": listed, "manifest.sig": sign()(listed)}
    with pytest.raises(DamagedBundle):
        open_bundle(
            forge(
                [dataclasses.replace(item, content=fresh.get(item.name, item.content)) for item in entries]
            ),
            None,
            TRUSTED,
        )


@pytest.mark.parametrize(
    ("kind", "sender", "addressee", "role", "own", "expected"),
    [
        ("submit", STATION, COUNTY, "county", COUNTY, None),
        ("submit", STATION, None, "county", COUNTY, None),
        ("submit", STATION, "QT", "county", COUNTY, WrongStation),
        ("submit", STATION, COUNTY, "station", "QS0723", WrongDirection),
        ("submit", STATION, COUNTY, "station", STATION, WrongDirection),
        ("receipt", COUNTY, STATION, "station", STATION, None),
        ("receipt", COUNTY, STATION, "station", "QS0723", WrongStation),
        ("receipt", COUNTY, STATION, "county", COUNTY, WrongDirection),
        ("directive", COUNTY, None, "station", STATION, None),
        ("directive", COUNTY, None, "county", "QT", WrongDirection),
        ("transfer", STATION, "QS0723", "station", "QS0723", None),
        ("transfer", STATION, "QS0723", "station", STATION, WrongDirection),
        ("transfer", STATION, "QS0723", "station", "QS0724", WrongStation),
        ("sync", STATION, None, "station", STATION, None),
        ("sync", "QS0723", None, "station", STATION, WrongStation),
        ("resend", STATION, None, "station", STATION, None),
        ("resend", COUNTY, STATION, "station", STATION, None),
        ("backup", STATION, None, "station", STATION, WrongDirection),
    ],
)
def test_bundles_go_one_way_to_one_office(
    kind: str, sender: str, addressee: str | None, role: str, own: str, expected: type[BundleError] | None
) -> None:
    to_org = None if addressee is None else Org(addressee, "某单位")
    sent = manifest(kind=kind, org=Org(sender, "某所"), to_org=to_org)
    if expected is None:
        check_direction(sent, own_code=own, role=role)
    else:
        with pytest.raises(expected):
            check_direction(sent, own_code=own, role=role)


def test_the_same_bundle_again_is_known_and_another_under_its_number_is_refused() -> None:
    opened = open_bundle(sealed().data, None, TRUSTED)
    other = open_bundle(sealed(seq=8).data, None, TRUSTED)
    check_replay(opened, {})
    seen = {opened.manifest.bundle_id: opened.manifest_hash}
    with pytest.raises(ReplayedBundle):
        check_replay(opened, seen)
    with pytest.raises(TamperedBundle):
        check_replay(other, seen)


def test_every_refusal_is_one_chinese_sentence_that_says_what_to_do() -> None:
    errors = [
        NotABundle(),
        DamagedBundle("目录"),
        TamperedBundle("签名"),
        UnknownStation(STATION),
        NewerBundle("包格式 2.0"),
        WrongDirection("回执", "请在司法所的台账接收"),
        WrongStation("青石司法所"),
        ReplayedBundle("x"),
    ]
    assert len({error.code for error in errors}) == len(errors)
    for error in errors:
        assert error.message == str(error)
        assert error.message.endswith("。")
        assert error.message.count("。") == 1
        assert any(word in error.message for word in ("请", "如需"))


def test_every_kind_of_bundle_can_be_sealed_and_opened() -> None:
    for kind in ("submit", "receipt", "sync", "directive", "transfer", "backup", "resend"):
        bundle = write_bundle(
            manifest(kind=kind, period=None, to_org=None),
            {"data/ops.ndjson": b"{}\n"},
            sign(),
            stamp=STAMP,
            name=FileName("QS0722", "OPS"),
        )
        assert open_bundle(bundle.data, None, TRUSTED).manifest.kind == kind
