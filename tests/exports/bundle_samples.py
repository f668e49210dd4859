"""A small sealed bundle and the keys it is signed with, for the tests of sealing, opening and attacking."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exports.bundle.card import fingerprint
from exports.bundle.container import BundleFile, FileName, write_bundle
from exports.bundle.manifest import Created, Device, Manifest, Org, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STATION = "QS0722"
COUNTY = "QS"
STAMP = datetime(2026, 12, 2, 9, 30, 4)
NAME = FileName("QS0722", "YB01")
PHOTO = bytes(range(256)) * 3
PHOTO_PATH = f"att/{hashlib.sha256(PHOTO).hexdigest()[:2]}/{hashlib.sha256(PHOTO).hexdigest()}.jpg"
ROWS = "".join(f'{{"_id":"{n}","title":"邻里纠纷第{n}号"}}\n' for n in range(40)).encode()

MEMBERS: Mapping[str, bytes] = {
    "01_report.xlsx": b"PK\x03\x04 report " + bytes(range(200)),
    "02_ledger.xlsx": b"PK\x03\x04 ledger " + bytes(range(255, 0, -1)),
    "03_trace.xlsx": b"PK\x03\x04 trace",
    "data/rows.ndjson": ROWS,
    "data/figures.json": b'{"c1":40}',
    "dict/DISPUTE_TYPE.json": '{"01":"婚姻家庭"}'.encode(),
    PHOTO_PATH: PHOTO,
}


def key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def public(seed: int) -> bytes:
    return key(seed).public_key().public_bytes_raw()


def sign(seed: int = 1) -> Callable[[bytes], bytes]:
    return key(seed).sign


TRUSTED: Mapping[str, bytes] = {STATION: public(1), "QS0723": public(2)}


def manifest(**changes: object) -> Manifest:
    values: dict[str, object] = {
        "schema": Schema("ybz", 1, "ab" * 32, 1),
        "kind": "submit",
        "bundle_id": "0193c0de-0000-7000-8000-000000000001",
        "org": Org(STATION, "青石司法所"),
        "to_org": Org(COUNTY, "青山县司法局"),
        "device": Device("00ff00ff00ff00ff", 1, fingerprint(public(1))),
        "seq": 7,
        "period": "2026-11",
        "forms": ("YB01",),
        "version": 2,
        "supersedes": "0193c0de-0000-7000-8000-000000000000",
        "prev_submit_hash": "cd" * 32,
        "vv": {"00ff00ff00ff00ff:1": 162},
        "base_vv": {},
        "created": Created("1764639004000-0-00ff", "2026-12-02T09:30:04", "+08:00"),
        "rule_pack_ver": "2026.1",
        "calendar_ver": "2026.2",
        "counts": {"mediation_case": 40},
        "audit_head": "ef" * 32,
        "sensitivity": "normal",
        "app_ver": "0.2.0",
    }
    return Manifest(**{**values, **changes})  # type: ignore[arg-type]


def sealed(seed: int = 1, members: Mapping[str, bytes] = MEMBERS, **changes: object) -> BundleFile:
    return write_bundle(manifest(**changes), members, sign(seed), stamp=STAMP, name=NAME)
