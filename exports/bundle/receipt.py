"""The receipt: what became of a submission, row by row, in the words of whoever took it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from exports.bundle.canonical import Json, NotCanonical, canonical, parse_canonical
from exports.bundle.errors import DamagedBundle
from exports.bundle.shape import Shape, WrongShape

RECEIPT_PATH: Final = "receipt.json"
WORKBOOK_PATH: Final = "receipt.xlsx"
MAX_ROWS: Final = 100_000

STATUS_LABELS: Final[Mapping[str, str]] = {
    "received": "已收",
    "accepted": "受理",
    "returned": "退回",
    "superseded": "已被新版取代",
    "duplicate": "重号，需所内裁定",
}
ROW_LABELS: Final[Mapping[str, str]] = {
    "accepted": "收",
    "warned": "警",
    "returned": "退",
    "duplicate": "重",
    "attachment_missing": "缺附件",
}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True)
class ReceiptRow:
    """The verdict on one row; ``code`` is E1xx…E7xx or W…, ``status`` a key of ROW_LABELS."""

    row_id: str
    rev: str
    sheet: str
    row_no: int | None
    status: str
    code: str | None = None
    field: str | None = None
    seen: Json = None
    expected: Json = None
    hint_zh: str = ""


@dataclass(frozen=True)
class Receipt:
    """The verdict on one version of one bundle; ``county_seq`` orders receipts, however they arrive."""

    bundle_id: str
    manifest_hash: str
    version: int
    status: str
    county_seq: int
    importer_org: str
    importer_name: str
    period: str | None = None
    importer_vv: Mapping[str, int] = field(default_factory=dict)
    rule_pack_ver: str = ""
    note: str = ""
    rows: tuple[ReceiptRow, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what the figures forbid: a version with a returned row is never accepted in part."""
        if self.status == "accepted" and any(row.status == "returned" for row in self.rows):
            raise ValueError("a version with a returned row cannot be accepted")


def write_receipt(receipt: Receipt) -> bytes:
    """Give receipt.json; equal receipts give equal bytes. Raises ValueError for an impossible one."""
    plain = asdict(receipt)
    extra = plain.pop("extra")
    data = canonical(
        {**extra, **plain, "rows": list(plain["rows"]), "importer_vv": dict(receipt.importer_vv)}
    )
    _receipt(Shape.of(parse_canonical(data)))
    return data


def parse_receipt(data: bytes) -> Receipt:
    """Read receipt.json from a verified bundle; raises DamagedBundle."""
    try:
        return _receipt(Shape.of(parse_canonical(data)))
    except (NotCanonical, WrongShape) as error:
        raise DamagedBundle("回执内容不合规") from error


def receipt_members(receipt: Receipt, workbook: bytes | None = None) -> dict[str, bytes]:
    """Give the members of a receipt bundle: the machine copy and, if given, the sheet to print and stamp."""
    members = {RECEIPT_PATH: write_receipt(receipt)}
    return members if workbook is None else {**members, WORKBOOK_PATH: workbook}


def _receipt(shape: Shape) -> Receipt:
    rows = tuple(_row(item) for item in shape.inners("rows", most=MAX_ROWS))
    status = shape.choice("status", STATUS_LABELS)
    if status == "accepted" and any(row.status == "returned" for row in rows):
        raise WrongShape("status")
    return Receipt(
        bundle_id=shape.text("bundle_id", pattern=_UUID),
        manifest_hash=shape.text("manifest_hash", pattern=r"[0-9a-f]{64}"),
        version=shape.whole("version", most=9999),
        status=status,
        county_seq=shape.whole("county_seq"),
        importer_org=shape.text("importer_org", pattern=r"[0-9A-Za-z_\-]{1,32}"),
        importer_name=shape.text("importer_name", most=80),
        period=shape.optional_text("period", most=10),
        importer_vv=shape.counts("importer_vv", most=500),
        rule_pack_ver=shape.text("rule_pack_ver", pattern=r"[0-9A-Za-z_.+\-]*", least=0, most=40),
        note=shape.text("note", least=0, most=4000),
        rows=rows,
        extra=shape.rest(Receipt),
    )


def _row(shape: Shape) -> ReceiptRow:
    return ReceiptRow(
        row_id=shape.text("row_id", most=80),
        rev=shape.text("rev", least=0, most=80),
        sheet=shape.text("sheet", least=0, most=80),
        row_no=shape.optional_whole("row_no", least=1),
        status=shape.choice("status", ROW_LABELS),
        code=shape.optional_text("code", pattern=r"[EWR]\d{2,4}[0-9A-Za-z_\-]{0,20}"),
        field=shape.optional_text("field", most=120),
        seen=_scalar(shape, "seen"),
        expected=_scalar(shape, "expected"),
        hint_zh=shape.text("hint_zh", least=0, most=1000),
    )


def _scalar(shape: Shape, name: str) -> Json:
    """Give a value as the row showed it: text, number, yes/no, a list of codes, or nothing."""
    value = shape.value(name)
    if isinstance(value, str):
        return shape.text(name, least=0, most=4000)
    if isinstance(value, list):
        return list(shape.texts(name, pattern=r"[^\x00-\x1f]{0,400}", most=200))
    if isinstance(value, dict):
        raise WrongShape(shape.at(name))
    return value
