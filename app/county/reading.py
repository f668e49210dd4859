"""From a file to a verified bundle: size, signature, direction, completeness; nothing is parsed before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.county.errors import (
    BareWorkbook,
    InputMissing,
    KeyRevoked,
    NotTakenIn,
    PartsMissing,
    SidecarAlone,
)
from app.ledger.atomic import read_file
from app.ledger.signing import public_key
from exports.bundle.archive import MAX_BYTES, MIB
from exports.bundle.errors import BundleError, DamagedBundle, TooLarge
from exports.bundle.manifest import KIND_LABELS
from exports.bundle.receipt import RECEIPT_PATH
from exports.bundle.recovery import MAX_PAR
from exports.bundle.verify import OpenedBundle, check_direction, open_bundle
from models.county import OrgRole

if TYPE_CHECKING:
    from app.context import Context
    from app.county.enrolment import TrustedKey

SUBMIT, RECEIPT = "submit", "receipt"
SIDECAR = ".par"
_SPREADSHEETS = {".xlsx", ".xlsm", ".xls", ".et", ".csv", ".ods"}
_ZIP = b"PK\x03\x04"
_WORKBOOK_STARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_ROWS_WHOLE = frozenset({"A", "B"})
_NEEDED = {
    SUBMIT: ("data/rows.ndjson", "data/figures.json", "data/trace.ndjson"),
    RECEIPT: (RECEIPT_PATH,),
}


@dataclass(frozen=True)
class Delivered:
    """A file as it lay on the disk, and its sidecar if one lay beside it."""

    name: str
    data: bytes
    sidecar: bytes | None


@dataclass(frozen=True)
class Verified:
    """A bundle whose signature holds and which is meant for this ledger."""

    delivered: Delivered
    opened: OpenedBundle
    notes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """``submit`` or ``receipt``."""
        return self.opened.manifest.kind


def deliver(path: Path) -> Delivered:
    """Read a file and the sidecar beside it; raises InputMissing, TooLarge, BareWorkbook, SidecarAlone."""
    if path.name.casefold().endswith(SIDECAR):
        raise SidecarAlone(path.name)
    try:
        data = read_file(path, MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise InputMissing(path.name) from error
    if len(data) > MAX_BYTES:
        raise TooLarge(f"文件大于 {MAX_BYTES // MIB} MB")
    if path.suffix.casefold() in _SPREADSHEETS or _is_workbook(data):
        raise BareWorkbook(path.name)
    try:
        sidecar = read_file(path.with_name(path.name + SIDECAR), MAX_PAR + 1)
    except FileNotFoundError:
        sidecar = None
    return Delivered(path.name, data, sidecar)


def verify(ctx: Context, delivered: Delivered, keys: Iterable[TrustedKey]) -> Verified:
    """Verify a bundle and that it may be taken in here; nothing inside it has been parsed before.

    Raises a BundleError, KeyRevoked, NotTakenIn or PartsMissing, each with its own sentence.
    """
    opened, old_key = _opened(ctx, delivered, tuple(keys))
    manifest = opened.manifest
    check_direction(manifest, own_code=ctx.ledger.org_code, role=ctx.ledger.role)
    wanted = SUBMIT if ctx.ledger.role == OrgRole.COUNTY else RECEIPT
    if manifest.kind != wanted:
        raise NotTakenIn(KIND_LABELS[manifest.kind])
    lost = tuple(path for path in _NEEDED[wanted] if path not in opened.members)
    if lost or opened.grade not in _ROWS_WHOLE:
        raise PartsMissing(opened.grade if opened.missing else "D", opened.missing or lost)
    if wanted == SUBMIT and (manifest.period is None or not manifest.forms or manifest.version < 1):
        raise DamagedBundle("月报报送包没有写明所属期、报表和版本")
    notes = opened.notes
    if old_key is not None:
        notes = (f"签名用的是“{old_key.name}”{old_key.revoked_on}已停用的旧密钥，封包在停用之前。", *notes)
    return Verified(delivered, opened, notes)


def _opened(
    ctx: Context, delivered: Delivered, keys: tuple[TrustedKey, ...]
) -> tuple[OpenedBundle, TrustedKey | None]:
    """Open with the keys in use; if none fits, with those given up, for what was sealed before that day."""
    current = [key for key in keys if key.revoked_on is None]
    try:
        return open_bundle(delivered.data, delivered.sidecar, _by_office(ctx, current)), None
    except BundleError as error:
        for key in keys:
            if key.revoked_on is None:
                continue
            try:
                opened = open_bundle(delivered.data, delivered.sidecar, {key.org_code: key.public_key})
            except BundleError:
                continue
            return _sealed_before(opened, key), key
        raise error from None


def _sealed_before(opened: OpenedBundle, key: TrustedKey) -> OpenedBundle:
    if opened.manifest.created.wall[:10] > str(key.revoked_on):
        raise KeyRevoked(key.name, str(key.revoked_on))
    return opened


def _by_office(ctx: Context, keys: Iterable[TrustedKey]) -> dict[str, bytes | tuple[bytes, ...]]:
    """Give the pinned keys by office, our own among them so that our own bundle is named as such."""
    found: dict[str, tuple[bytes, ...]] = {ctx.ledger.org_code: (public_key(ctx.ledger.secrets.sign_seed),)}
    for key in keys:
        found[key.org_code] = (*found.get(key.org_code, ()), key.public_key)
    return dict(found)


def _is_workbook(data: bytes) -> bool:
    """Tell a spreadsheet by what comes first in it; a bundle holds some, but begins with its manifest."""
    return data.startswith(_ZIP) and data[30:60].startswith(_WORKBOOK_STARTS)
