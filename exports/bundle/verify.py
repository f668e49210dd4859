"""Opening a bundle: nothing is read as data before signature and digests hold, nothing touches a disk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exports.bundle import archive
from exports.bundle.container import MANIFEST_PATH, SIGNATURE_PATH, SIGNATURE_SIZE, sm3
from exports.bundle.errors import (
    BundleError,
    DamagedBundle,
    ReplayedBundle,
    TamperedBundle,
    UnknownStation,
    WrongDirection,
    WrongStation,
)
from exports.bundle.manifest import (
    FORMAT_MINOR,
    KIND_LABELS,
    MAX_MANIFEST,
    MEMBER_PATH,
    FileEntry,
    Manifest,
    manifest_hash,
    parse_manifest,
)
from exports.bundle.recovery import repair

TrustedKeys: TypeAlias = Mapping[str, bytes | tuple[bytes, ...]]
"""Organisation code → raw Ed25519 public key, or several: a second machine, keys of earlier years."""

HEALED: Final = "包有损坏，已用同名 .par 文件修复，修复后内容与签名一致。"
REBUILT: Final = "包内目录损坏，已按顺序扫描找回，内容与签名一致。"

_CLAIMED_ORG: Final = re.compile(rb'"org":\{"code":"([0-9A-Za-z_\-]{1,32})"')
_TO_STATION: Final = frozenset({"receipt", "directive", "transfer", "sync", "resend"})
_TO_COUNTY: Final = frozenset({"submit", "transfer", "sync", "resend"})


@dataclass(frozen=True)
class OpenedBundle:
    """A verified bundle; ``members`` holds only what agrees with the manifest.

    Grades: A whole · B attachments, dictionaries or sheets missing, records whole · C machine copy lost,
    02_ledger.xlsx or receipt.xlsx good · D nothing to take in, ask for it again. E is an error instead.
    """

    manifest: Manifest
    members: Mapping[str, bytes]
    grade: str
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    manifest_hash: str


def open_bundle(data: bytes, par: bytes | None, trusted: TrustedKeys | None) -> OpenedBundle:
    """Verify a bundle in memory, healing it from its sidecar where that is needed and possible.

    ``trusted`` holds the pinned keys; without any, every bundle is from an unknown station. Raises
    NotABundle, DamagedBundle, TamperedBundle, UnknownStation, NewerBundle or TooLarge.
    """
    keys = trusted or {}
    try:
        opened = _open(data, keys)
    except BundleError:
        healed = _healed(data, par)
        if healed is None:
            raise
    else:
        healed = _healed(data, par) if opened.grade != "A" else None
        if healed is None:
            return opened
    again = _open(healed, keys)
    return replace(again, notes=(HEALED, *again.notes))


def check_direction(manifest: Manifest, *, own_code: str, role: str) -> None:
    """Refuse a bundle that this ledger must not take in; ``role`` is "station" or "county".

    Raises WrongDirection for a kind that goes the other way or one's own bundle, WrongStation for another's.
    """
    label = KIND_LABELS[manifest.kind]
    own = manifest.org.code == own_code
    if manifest.kind == "backup":
        raise WrongDirection(label, "请用“从备份恢复”打开")
    if manifest.kind not in (_TO_COUNTY if role == "county" else _TO_STATION):
        raise WrongDirection(label, "请在司法所的台账接收" if role == "county" else "请在县局的台账接收")
    if own and manifest.kind not in {"sync", "resend"}:
        raise WrongDirection(f"本单位自己封的{label}", "请选择对方发来的文件")
    if manifest.kind == "sync" and not own:
        raise WrongStation(manifest.org.name)
    if manifest.to_org is not None and manifest.to_org.code != own_code:
        raise WrongStation(manifest.to_org.name)


def check_replay(opened: OpenedBundle, seen: Mapping[str, str]) -> None:
    """Refuse a bundle taken in before; ``seen`` maps bundle ids to manifest hashes.

    Raises ReplayedBundle for the same bundle, TamperedBundle for another one under the same id.
    """
    known = seen.get(opened.manifest.bundle_id)
    if known == opened.manifest_hash:
        raise ReplayedBundle(opened.manifest.bundle_id)
    if known is not None:
        raise TamperedBundle("同一个包号已经接收过不同的内容")


def _healed(data: bytes, par: bytes | None) -> bytes | None:
    """Give the repaired bytes when there is a sidecar and something to repair."""
    healed = repair(data, par) if par is not None and len(data) <= archive.MAX_BYTES else None
    return healed if healed != data else None


def _open(data: bytes, keys: TrustedKeys) -> OpenedBundle:
    listing = archive.list_entries(data, _is_known)
    listed, signers = _signed_manifest(data, listing, keys)
    manifest = parse_manifest(listed)
    if manifest.org.code not in signers:
        raise TamperedBundle("签名属于另一个单位")
    wanted = _wanted(manifest)
    notes: list[str] = [REBUILT] if listing.rebuilt else []
    members: dict[str, bytes] = {}
    by_name = {entry.name: entry for entry in listing.entries}
    for item in wanted:
        content = _member(data, by_name.get(item.path), item)
        if content is None:
            notes.append(f"缺少或损坏：{item.path}")
        else:
            members[item.path] = content
    ignored = sorted(set(by_name) - {item.path for item in manifest.files} - {MANIFEST_PATH, SIGNATURE_PATH})
    notes += [f"清单之外的文件已忽略：{name[:80]}" for name in ignored[:20]]
    if len(ignored) > 20:
        notes.append(f"另有 {len(ignored) - 20} 个清单之外的文件已忽略。")
    notes += [f"本版程序不认识，未读取：{item.path}" for item in manifest.files if item not in wanted]
    missing = tuple(item.path for item in wanted if item.path not in members)
    return OpenedBundle(
        manifest, members, _grade(missing, members), tuple(notes), missing, manifest_hash(listed)
    )


def _signed_manifest(
    data: bytes, listing: archive.Listing, keys: TrustedKeys
) -> tuple[bytes, frozenset[str]]:
    """Give the manifest bytes and whose pinned keys signed them; the bytes are not parsed here."""
    first = listing.entries[0] if listing.entries else None
    if first is None or first.name != MANIFEST_PATH or first.offset != 0 or first.method != archive.STORED:
        raise DamagedBundle("清单不在包首，可能被重新压缩过")
    if first.size > MAX_MANIFEST:
        raise DamagedBundle("清单过大")
    listed = archive.read_entry(data, first, first.size)
    if listed is None:
        raise DamagedBundle("清单读不出来")
    entry = next((item for item in listing.entries if item.name == SIGNATURE_PATH), None)
    signature = archive.read_entry(data, entry, SIGNATURE_SIZE) if entry is not None else None
    if entry is None or signature is None:
        raise TamperedBundle("没有签名")
    signers = frozenset(code for code, pinned in keys.items() if _verifies(pinned, signature, listed))
    if not signers:
        _explain_unsigned(data, (first, entry), listed, keys)
    return listed, signers


def _explain_unsigned(
    data: bytes, entries: tuple[archive.Entry, ...], listed: bytes, keys: TrustedKeys
) -> None:
    """Say why no key fits; the organisation is only looked up in the raw bytes, for the sentence."""
    if not all(archive.crc_holds(data, entry) for entry in entries):
        raise DamagedBundle("清单或签名损坏")
    claimed = _CLAIMED_ORG.search(listed)
    if claimed is not None and (code := claimed.group(1).decode("ascii")) not in keys:
        raise UnknownStation(code)
    raise TamperedBundle("签名核对不上")


def _verifies(pinned: bytes | tuple[bytes, ...], signature: bytes, message: bytes) -> bool:
    for key in (pinned,) if isinstance(pinned, bytes) else pinned:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except InvalidSignature:
            continue
        return True
    return False


def _is_known(name: str) -> bool:
    return name in {MANIFEST_PATH, SIGNATURE_PATH} or MEMBER_PATH.fullmatch(name) is not None


def _wanted(manifest: Manifest) -> list[FileEntry]:
    """Give the members to read: in the manifest and of a known name; a newer minor version may list more."""
    wanted = [item for item in manifest.files if MEMBER_PATH.fullmatch(item.path)]
    if len(wanted) != len(manifest.files) and manifest.minor <= FORMAT_MINOR:
        raise DamagedBundle("清单列有不应有的文件")
    if any(item.size > archive.MAX_ENTRY for item in wanted):
        raise DamagedBundle("清单列有过大的文件")
    return wanted


def _member(data: bytes, entry: archive.Entry | None, item: FileEntry) -> bytes | None:
    """Give a member that agrees in size and both digests, None if lost; raises TamperedBundle if replaced."""
    if entry is None:
        return None
    content = archive.read_entry(data, entry, item.size)
    if (
        content is not None
        and hashlib.sha256(content).hexdigest() == item.sha256
        and sm3(content) == item.sm3
    ):
        return content
    if archive.crc_holds(data, entry):
        raise TamperedBundle(f"{item.path} 被换过")
    return None


def _grade(missing: tuple[str, ...], members: Mapping[str, bytes]) -> str:
    if not missing:
        return "A"
    if not any(path.startswith("data/") or path == "receipt.json" for path in missing):
        return "B"
    return "C" if "02_ledger.xlsx" in members or "receipt.xlsx" in members else "D"
