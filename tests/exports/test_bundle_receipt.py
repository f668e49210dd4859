"""Receipts: the verdict on every row reaches the station exactly as the county gave it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exports.bundle.canonical import canonical, parse
from exports.bundle.errors import DamagedBundle
from exports.bundle.receipt import (
    ROW_LABELS,
    STATUS_LABELS,
    Receipt,
    ReceiptRow,
    parse_receipt,
    receipt_members,
    write_receipt,
)
from exports.bundle.verify import open_bundle
from tests.exports.bundle_samples import COUNTY, MEMBERS, TRUSTED, sealed

RETURNED = ReceiptRow("r-1", "3", "04", 17, "returned", "E203", "parties[0].id_no", "11010", None, "补全证号")
FINE = ReceiptRow("r-2", "1", "04", 18, "accepted")
RECEIPT = Receipt(
    bundle_id="0193c0de-0000-7000-8000-000000000001",
    manifest_hash="ab" * 32,
    version=2,
    status="returned",
    county_seq=41,
    importer_org=COUNTY,
    importer_name="青山县司法局",
    period="2026-11",
    importer_vv={"00aa:1": 9},
    rule_pack_ver="2026.1",
    note="第 17 行\n请补正",
    rows=(RETURNED, FINE),
)


def test_a_receipt_reads_back_and_is_the_same_bytes_every_time() -> None:
    data = write_receipt(RECEIPT)
    assert parse_receipt(data) == RECEIPT
    assert write_receipt(parse_receipt(data)) == data


def test_a_receipt_travels_in_a_bundle_with_its_printed_copy() -> None:
    members = receipt_members(RECEIPT, b"PK sheet")
    opened = open_bundle(sealed(members=members, kind="receipt").data, None, TRUSTED)
    assert opened.grade == "A"
    assert parse_receipt(opened.members["receipt.json"]) == RECEIPT
    assert opened.members["receipt.xlsx"] == b"PK sheet"
    assert list(receipt_members(RECEIPT)) == ["receipt.json"]


def test_a_version_with_a_returned_row_is_never_accepted_in_part() -> None:
    with pytest.raises(ValueError, match="cannot be accepted"):
        replace(RECEIPT, status="accepted")
    plain = parse(write_receipt(RECEIPT))
    assert isinstance(plain, dict)
    plain["status"] = "accepted"
    with pytest.raises(DamagedBundle):
        parse_receipt(canonical(plain))
    assert (
        parse_receipt(write_receipt(replace(RECEIPT, status="accepted", rows=(FINE,)))).status == "accepted"
    )


@pytest.mark.parametrize("status", sorted(STATUS_LABELS))
def test_every_status_reads_back(status: str) -> None:
    assert parse_receipt(write_receipt(replace(RECEIPT, status=status, rows=()))).status == status


@pytest.mark.parametrize("status", sorted(ROW_LABELS))
def test_every_row_status_reads_back(status: str) -> None:
    rows = (replace(FINE, status=status),)
    assert parse_receipt(write_receipt(replace(RECEIPT, rows=rows))).rows == rows


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("bundle_id", "1"),
        ("manifest_hash", "AB" * 32),
        ("version", "2"),
        ("status", "lost"),
        ("county_seq", -1),
        ("county_seq", True),
        ("importer_org", "县 局"),
        ("rows", {}),
        ("rows", [{"row_id": "x"}]),
        ("note", None),
        ("note", "\u202e"),
        ("importer_vv", {"a b": 1}),
    ],
)
def test_an_impossible_part_is_refused(part: str, value: object) -> None:
    plain = parse(write_receipt(RECEIPT))
    assert isinstance(plain, dict)
    with pytest.raises(DamagedBundle):
        parse_receipt(canonical({**plain, part: value}))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("status", "gone"),
        ("code", "X1"),
        ("row_no", 0),
        ("seen", {}),
        ("expected", [1]),
        ("hint_zh", 5),
        ("row_id", ""),
    ],
)
def test_an_impossible_part_of_a_row_is_refused(part: str, value: object) -> None:
    plain = parse(write_receipt(RECEIPT))
    assert isinstance(plain, dict)
    rows = plain["rows"]
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    changed = {**rows[0], part: value}
    with pytest.raises(DamagedBundle):
        parse_receipt(canonical({**plain, "rows": [changed]}))


def test_parts_of_a_newer_receipt_are_kept() -> None:
    plain = parse(write_receipt(RECEIPT))
    assert isinstance(plain, dict)
    data = canonical({**plain, "seal_no": "7"})
    read = parse_receipt(data)
    assert read.extra == {"seal_no": "7"}
    assert write_receipt(read) == data


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", MEMBERS["data/figures.json"], b"{" * 9000])
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedBundle):
        parse_receipt(data)
