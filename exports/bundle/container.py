"""Sealing a bundle: members and manifest become one signed zip, the same bytes at every sealing."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes

from exports.bundle import archive
from exports.bundle.errors import BundleError, TooLarge
from exports.bundle.manifest import (
    MAX_FILES,
    MAX_MANIFEST,
    MEMBER_PATH,
    FileEntry,
    Manifest,
    manifest_bytes,
    manifest_hash,
    parse_manifest,
)
from exports.bundle.readme import readme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

MANIFEST_PATH: Final = "manifest.json"
SIGNATURE_PATH: Final = "manifest.sig"
README_PATH: Final = "README.txt"
SIGNATURE_SIZE: Final = 64

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class BundleFile:
    """A sealed bundle ready to be written out; ``manifest`` lists every member."""

    name: str
    data: bytes
    manifest: Manifest
    manifest_hash: str
    short_code: str


@dataclass(frozen=True)
class FileName:
    """The pieces of the file name the manifest does not hold: the office's short code, the form group."""

    org_short: str
    form_group: str

    def full(self, manifest: Manifest, code: str, stamp: datetime) -> str:
        """Give e.g. ``QS0722-202611-YB01-v2-7F3A.zip``; without a period, the day it was sealed."""
        period = (manifest.period or f"{stamp:%Y%m%d}").replace("-", "")
        pieces = (self.org_short, period, self.form_group)
        if not all(re.fullmatch(r"[0-9A-Za-z]{1,20}", piece, re.ASCII) for piece in pieces):
            raise ValueError("file name pieces are ASCII letters and digits")
        return f"{self.org_short}-{period}-{self.form_group}-v{manifest.version}-{code}.zip"


def write_bundle(
    manifest: Manifest,
    members: Mapping[str, bytes],
    sign: Callable[[bytes], bytes],
    *,
    stamp: datetime,
    name: FileName,
    rows: Mapping[str, int] | None = None,
) -> BundleFile:
    """Seal a bundle; ``manifest`` comes without files, README.txt is written here unless given.

    ``stamp`` dates every entry; ``rows`` gives the row count of members that are not ndjson.
    Raises ValueError for members or values no reader would take, TooLarge beyond a reader's limits.
    """
    everything = dict(members)
    everything.setdefault(README_PATH, readme(manifest, members))
    _refuse_unreadable(everything)
    counted = rows or {}
    files = tuple(
        _entry(path, everything[path], counted.get(path)) for path in sorted(everything, key=_order)
    )
    full = replace(manifest, files=files)
    listed = _listed(full)
    signature = sign(listed)
    if len(signature) != SIGNATURE_SIZE:
        raise ValueError("an Ed25519 signature has 64 bytes")
    ordered = [
        (MANIFEST_PATH, listed),
        (SIGNATURE_PATH, signature),
        *((f.path, everything[f.path]) for f in files),
    ]
    stored = [path for path, _ in ordered if _is_packed_already(path)]
    data = archive.pack(ordered, stored, stamp)
    if len(data) > archive.MAX_BYTES:
        raise TooLarge(f"大于 {archive.MAX_BYTES // archive.MIB} MB")
    digest = manifest_hash(listed)
    code = short_code(digest)
    return BundleFile(name.full(full, code, stamp), data, full, digest, code)


def _listed(manifest: Manifest) -> bytes:
    """Give the manifest's bytes once it is certain that they read back as the same manifest."""
    listed = manifest_bytes(manifest)
    if len(listed) > MAX_MANIFEST:
        raise TooLarge("清单大于 1 MB")
    try:
        same = parse_manifest(listed) == manifest
    except BundleError as error:
        raise ValueError(f"no reader would take this manifest: {error}") from error
    if not same:
        raise ValueError("the manifest does not read back as it was given")
    return listed


def short_code(manifest_digest: str, length: int = 4) -> str:
    """Give the first four to six base-32 letters (Crockford's, without I L O U) of a manifest hash."""
    if not 4 <= length <= 6:
        raise ValueError("a short code has four to six letters")
    value = int(manifest_digest, 16) >> (256 - 5 * length)
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))


def sm3(content: bytes) -> str:
    """Give the SM3 digest (GB/T 32905-2016) in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def _entry(path: str, content: bytes, rows: int | None) -> FileEntry:
    if rows is None and path.endswith(".ndjson"):
        rows = sum(1 for line in content.split(b"\n") if line.strip())
    return FileEntry(path, len(content), hashlib.sha256(content).hexdigest(), sm3(content), rows)


def _refuse_unreadable(members: Mapping[str, bytes]) -> None:
    """Never write what the reader would refuse."""
    for path in members:
        if not MEMBER_PATH.fullmatch(path):
            raise ValueError(f"{path} is no member of a bundle")
    if len(members) > MAX_FILES:
        raise TooLarge(f"文件多于 {MAX_FILES} 个")
    if any(len(content) > archive.MAX_ENTRY for content in members.values()):
        raise TooLarge(f"单个文件大于 {archive.MAX_ENTRY // archive.MIB} MB")
    if sum(map(len, members.values())) > archive.MAX_TOTAL - MAX_MANIFEST - SIGNATURE_SIZE:
        raise TooLarge(f"总量大于 {archive.MAX_TOTAL // archive.MIB} MB")


def _order(path: str) -> tuple[int, str]:
    """People's files first, then the machine's, attachments last: a truncated copy loses the least."""
    folder = path.partition("/")[0] if "/" in path else ""
    rank = {"data": 2, "dict": 3, "att": 4}.get(folder, 1)
    return (0 if path == README_PATH else rank, path)


def _is_packed_already(path: str) -> bool:
    return path in {MANIFEST_PATH, SIGNATURE_PATH} or path.endswith(
        (".xlsx", ".jpg", ".jpeg", ".png", ".docx", ".mp4")
    )
