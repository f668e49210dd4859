"""A county's receipt arriving at a station: it moves the version it names and opens what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.month import apply_receipt
from exports.bundle.errors import TamperedBundle
from exports.bundle.receipt import RECEIPT_PATH, parse_receipt

if TYPE_CHECKING:
    from app.context import Context
    from app.county.reading import Verified
    from app.ledger.writer import Writer
    from exports.bundle.receipt import Receipt


def receipt_in(verified: Verified) -> Receipt:
    """Give the receipt of a verified bundle; raises DamagedBundle, TamperedBundle when it names another."""
    manifest = verified.opened.manifest
    receipt = parse_receipt(verified.opened.members[RECEIPT_PATH])
    if receipt.importer_org != manifest.org.code or receipt.version != manifest.version:
        raise TamperedBundle("回执内容与清单不一致")
    return receipt


def take_receipt(ctx: Context, writer: Writer, receipt: Receipt) -> tuple[dict[str, Any], bool]:
    """Apply a receipt inside an open transaction; gives what it does and whether anything changed."""
    return apply_receipt(ctx, writer, receipt)
