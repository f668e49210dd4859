"""Attachments: encrypted, named by their content, checked whole every time they are read.

A stored file is ``<ledger>.files/ab/<sha256>``: magic 4, version 1, salt 16, then chunks of 64 KiB, each
sealed with AES-256-GCM under a key of its own file (HKDF-SHA256 of the ledger's file key, the salt and
the content's SHA-256). The nonce counts the chunks and marks the last one, so a cut, a swap or a file
put under another name does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.ledger.atomic import make_folder, read_file, remove_leftovers, write_file
from app.ledger.errors import (
    AttachmentDamaged,
    AttachmentEmpty,
    AttachmentMissing,
    AttachmentTooLarge,
    NotReadable,
)
from app.ledger.filetype import guess_mime
from app.ledger.keyslots import Secrets
from models.errors import LedgerError

LARGEST_BYTES = 50 * 1024 * 1024

_MAGIC, _VERSION = b"YBZF", 1
_HEADER = struct.Struct(">4sB16s")
_NONCE = struct.Struct(">7xIB")
_CHUNK = 64 * 1024
_TAG = 16
_SEALED_CHUNK = _CHUNK + _TAG
_MOST_STORED = _HEADER.size + LARGEST_BYTES + (LARGEST_BYTES // _CHUNK + 1) * _TAG
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredFile:
    """What is known of an attachment at intake; both digests (SM3: GB/T 32905) are of the plain content."""

    sha256: str
    sm3: str
    size: int
    mime: str


@dataclass(frozen=True)
class FileCheck:
    """The attachments that are not there and those that do not open."""

    missing: tuple[str, ...]
    damaged: tuple[str, ...]


class FileStore:
    """The attachments of the ledger at ``path``."""

    def __init__(self, path: Path, secrets: Secrets) -> None:
        self.folder = path.with_name(f"{path.name}.files")
        self._file_key = secrets.file_key

    def put(self, source: Path | bytes, name: str = "") -> StoredFile:
        """Take a file in, durably; the same content is kept once.

        ``name`` is for the sentences only. Errors: `AttachmentEmpty`, `AttachmentTooLarge` (50 MB),
        `NotReadable`, those of `write_file`.
        """
        shown = name or (source.name if isinstance(source, Path) else "未命名")
        content = source if isinstance(source, bytes) else _taken_from(source)
        if not content:
            raise AttachmentEmpty(shown)
        if len(content) > LARGEST_BYTES:
            raise AttachmentTooLarge(shown, LARGEST_BYTES // (1024 * 1024))
        stored = StoredFile(
            hashlib.sha256(content).hexdigest(), _sm3(content), len(content), guess_mime(content)
        )
        if self._opens(stored.sha256):
            return stored
        target = self._path(stored.sha256)
        make_folder(target.parent)
        write_file(target, self._sealed(stored.sha256, content))
        return stored

    def read(self, digest: str) -> bytes:
        """Give the verified content. Errors: `AttachmentMissing`, `AttachmentDamaged`, `NotReadable`."""
        try:
            stored = read_file(self._path(digest), _MOST_STORED + 1)
        except FileNotFoundError as error:
            raise AttachmentMissing(digest) from error
        return self._unsealed(digest, stored)

    def open(self, digest: str) -> BinaryIO:
        """Give the verified content as a stream in memory, never as a plain file. Errors: as `read`."""
        return io.BytesIO(self.read(digest))

    def exists(self, digest: str) -> bool:
        """Whether a stored file of that SHA-256 is there; `verify` says whether it opens."""
        return self._path(digest).is_file()

    def stored(self) -> Iterator[str]:
        """Give the SHA-256 of every file in the store, in order."""
        for found in sorted(self.folder.glob("??/*")):
            if _DIGEST.fullmatch(found.name):
                yield found.name

    def verify(self, expected: Iterable[str]) -> FileCheck:
        """Open each of the expected files. Errors: `NotReadable`."""
        missing, damaged = [], []
        for digest in sorted(set(expected)):
            try:
                self.read(digest)
            except AttachmentMissing:
                missing.append(digest)
            except AttachmentDamaged:
                damaged.append(digest)
        return FileCheck(tuple(missing), tuple(damaged))

    def tidy(self) -> int:
        """Delete what a killed program left half written; give how many files. Only the one writer may."""
        return sum(remove_leftovers(folder) for folder in self.folder.glob("??"))

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise AttachmentMissing(digest)
        return self.folder / digest[:2] / digest

    def _opens(self, digest: str) -> bool:
        try:
            self.read(digest)
        except LedgerError:
            return False
        return True

    def _cipher(self, digest: str, salt: bytes) -> AESGCM:
        info = b"ybz attachment" + bytes.fromhex(digest)
        return AESGCM(HKDF(SHA256(), 32, salt, info).derive(self._file_key))

    def _sealed(self, digest: str, content: bytes) -> Iterator[bytes]:
        header = _HEADER.pack(_MAGIC, _VERSION, token_bytes(16))
        cipher = self._cipher(digest, header[-16:])
        yield header
        for number, start in enumerate(range(0, len(content), _CHUNK)):
            last = start + _CHUNK >= len(content)
            yield cipher.encrypt(_NONCE.pack(number, last), content[start : start + _CHUNK], header)

    def _unsealed(self, digest: str, stored: bytes) -> bytes:
        header = stored[: _HEADER.size]
        if len(stored) <= _HEADER.size or _HEADER.unpack(header)[:2] != (_MAGIC, _VERSION):
            raise AttachmentDamaged(digest)
        cipher = self._cipher(digest, header[-16:])
        content = bytearray()
        try:
            for number, start in enumerate(range(_HEADER.size, len(stored), _SEALED_CHUNK)):
                last = start + _SEALED_CHUNK >= len(stored)
                content += cipher.decrypt(
                    _NONCE.pack(number, last), stored[start : start + _SEALED_CHUNK], header
                )
        except InvalidTag as error:
            raise AttachmentDamaged(digest) from error
        if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), digest):
            raise AttachmentDamaged(digest)
        return bytes(content)


def _taken_from(source: Path) -> bytes:
    try:
        return read_file(source, LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise NotReadable(source) from error


def _sm3(content: bytes) -> str:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()
