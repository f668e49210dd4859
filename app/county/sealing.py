"""Sealing a receipt: signed by the county, addressed to the one station, with a sheet to print and stamp."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from app.county.enrolment import enrolled_offices
from app.county.receipt_sheet import receipt_workbook
from app.ledger.signing import public_key, sign
from app.version import VERSION
from exports.bundle.card import fingerprint
from exports.bundle.container import BundleFile, FileName, write_bundle
from exports.bundle.manifest import Created, Device, Manifest, Org, Schema
from exports.bundle.receipt import receipt_members
from exports.workbook.writer import write_workbook
from models.clock import COUNTER_BITS, wall_of
from models.county import OrgRole
from models.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from exports.bundle.receipt import Receipt
    from models.records import Row

SCHEMA_ID = "ybz-receipt"
DATA_VERSION = "1"
CHINA = "+08:00"
RECEIPT_MARK = "HZ"
"""Stands behind the form group in the file name: 回执."""


def seal_receipt(ctx: Context, writer: Writer, bundle: Row, receipt: Receipt) -> BundleFile:
    """Give the receipt bundle of a decision, inside the transaction that records it."""
    names = enrolled_offices(writer.conn, OrgRole.STATION)
    code = str(bundle["org_code"])
    station = Org(code, names.get(code, code))
    sheet = BytesIO()
    write_workbook(receipt_workbook(ctx, receipt, station.name, bundle), sheet, stamp=ctx.now)
    seed = ctx.ledger.secrets.sign_seed
    short = re.sub(r"[^0-9A-Za-z]", "", bundle["org_code"])[:20] or "YBZ"
    group = re.sub(r"[^0-9A-Za-z]", "", bundle["form_group"])[:18]
    return write_bundle(
        _manifest(ctx, writer, bundle, receipt, station),
        receipt_members(receipt, sheet.getvalue()),
        lambda message: sign(seed, message),
        stamp=ctx.now,
        name=FileName(short, f"{group}{RECEIPT_MARK}"),
    )


def _manifest(ctx: Context, writer: Writer, bundle: Row, receipt: Receipt, station: Org) -> Manifest:
    ledger, head = ctx.ledger, writer.head
    key = fingerprint(public_key(ledger.secrets.sign_seed))
    counter = head.hlc & ((1 << COUNTER_BITS) - 1)
    return Manifest(
        schema=Schema(SCHEMA_ID, SCHEMA_VERSION, "", 1),
        kind="receipt",
        bundle_id=writer.new_id(),
        org=Org(ledger.org_code, ledger.org_name),
        to_org=station,
        device=Device(ledger.device, ledger.epoch, key),
        seq=receipt.county_seq,
        period=bundle["period"],
        forms=tuple(bundle["forms"] or ()),
        version=bundle["version"],
        supersedes=None,
        prev_submit_hash=None,
        vv=ledger.vector(writer.conn),
        base_vv={},
        created=Created(
            f"{wall_of(head.hlc)}-{counter}-{ledger.device}", ctx.now.isoformat(timespec="seconds"), CHINA
        ),
        rule_pack_ver=DATA_VERSION,
        calendar_ver=DATA_VERSION,
        counts={"rows": len(receipt.rows)},
        audit_head=head.hash.hex(),
        sensitivity="internal",
        app_ver=VERSION,
    )
