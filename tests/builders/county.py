"""Submissions as stations seal them, made by hand so that each part can be bent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.context import Context
from app.county import enrol, make_card, own_card
from app.ledger.signing import public_key, sign
from exports.bundle.card import fingerprint
from exports.bundle.container import BundleFile, FileName, write_bundle
from exports.bundle.manifest import Created, Device, Manifest, Org, Schema
from models.clock import id_from

STAMP = datetime.fromisoformat("2026-12-02T09:30:04")
SHEET = "人民调解案件"


def row(number: int, **cells: Any) -> dict[str, Any]:
    """Give one row of the mediation sheet; its hash follows its values."""
    values = {"case_no": f"（2026）青石人调字第{number}号", "accepted_on": "2026-11-03", **cells}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    return {
        "_id": f"row-{number}", "_rev": f"r{digest[:6]}", "_h": digest, "register": "mediation_case",
        "sheet": SHEET, "row_no": number, "values": values,
    }  # fmt: skip


def figure(cell: str, value: Any, **parts: Any) -> dict[str, Any]:
    """Give one figure as a bundle carries it."""
    known = {"count": value, "cumulative": value, "correction": 0, "trace": "", "unit": "件"}
    return {"cell": cell, "value": value, **known, **parts}


def members_of(
    rows: Sequence[Mapping[str, Any]],
    figures: Sequence[Mapping[str, Any]],
    traces: Mapping[str, Sequence[tuple[str, int]]],
) -> dict[str, bytes]:
    """Give the members of a submission."""
    lines = [json.dumps(one, ensure_ascii=False) for one in rows]
    traced = [json.dumps({"cell": cell, "ids": [list(m) for m in found]}) for cell, found in traces.items()]
    return {
        "data/rows.ndjson": "".join(f"{line}\n" for line in lines).encode(),
        "data/figures.json": json.dumps(list(figures), ensure_ascii=False).encode(),
        "data/trace.ndjson": "".join(f"{line}\n" for line in traced).encode(),
        "data/check.json": b'{"problems":[]}',
        "dict/difficulty.json": '{"1":"简单"}'.encode(),
    }


def plain_report(numbers: Sequence[int], **cells: Any) -> dict[str, bytes]:
    """Give a report of so many cases: T1 counts them and adds 100 元 for each."""
    ids = [f"row-{number}" for number in numbers]
    total = len(ids)
    figures = [
        figure("T1/total/c1", total),
        figure("T1/total/c5", 10_000 * total, unit="万元"),
        figure("T1/total/c3", total // 2),
    ]
    traces = {
        "T1/total/c1": [(one, 1) for one in ids],
        "T1/total/c5": [(one, 10_000) for one in ids],
        "T1/total/c3": [(one, 1) for one in ids[: total // 2]],
    }
    return members_of([row(number, **cells) for number in numbers], figures, traces)


@dataclass(frozen=True)
class Sealer:
    """A station that seals bundles for a county."""

    station: Context
    county: Context
    serial: list[int] = field(default_factory=lambda: [0])

    def seal(self, members: Mapping[str, bytes], **changes: Any) -> BundleFile:
        """Seal a submission for 2026-11, version 1, unless ``changes`` to the manifest say otherwise."""
        self.serial[0] += 1
        seed = changes.pop("seed", self.station.ledger.secrets.sign_seed)
        ledger, county = self.station.ledger, self.county.ledger
        values: dict[str, Any] = {
            "schema": Schema("ybz", 1, "", 1),
            "kind": "submit",
            "bundle_id": id_from(1_764_639_004_000 + self.serial[0], self.serial[0].to_bytes(10, "big")),
            "org": Org(ledger.org_code, ledger.org_name),
            "to_org": Org(county.org_code, county.org_name),
            "device": Device(ledger.device, 1, fingerprint(public_key(seed))),
            "seq": self.serial[0],
            "period": "2026-11",
            "forms": ("YB01",),
            "version": 1,
            "supersedes": None,
            "prev_submit_hash": None,
            "vv": {},
            "base_vv": {},
            "created": Created("1764639004000-0-00ff", "2026-11-23T08:30:04", "+08:00"),
            "rule_pack_ver": "1",
            "calendar_ver": "1",
            "counts": {},
            "audit_head": "ef" * 32,
            "sensitivity": "internal",
            "app_ver": "0.2.0",
            **changes,
        }
        short = values["org"].code
        return write_bundle(
            Manifest(**values), members, lambda m: sign(seed, m), stamp=STAMP, name=FileName(short, "YB01")
        )

    def file(self, folder: Path, members: Mapping[str, bytes], **changes: Any) -> Path:
        """Seal a submission and write it into a folder."""
        sealed = self.seal(members, **changes)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / sealed.name
        path.write_bytes(sealed.data)
        return path


def paired(station: Context, county: Context, folder: Path) -> Sealer:
    """Enrol a station with a county and the county with the station."""
    enrol(county, make_card(station, folder / "cards"), own_card(station).spoken_code)
    enrol(station, make_card(county, folder / "cards"), own_card(county).spoken_code)
    return Sealer(station, county)


def without(data: bytes, member: str) -> bytes:
    """Give a bundle whose named member was lost on the way: its bytes are blanked."""
    at = data.rindex(member.encode(), 0, data.rindex(member.encode())) + len(member)
    return data[:at] + bytes(9) + data[at + 9 :]
