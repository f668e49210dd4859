"""Writes zips that no honest program would write: every header field can be a lie."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Forged:
    """One entry; None means the truth. ``at`` points the directory at another entry's bytes."""

    name: str
    content: bytes
    method: int = 0
    flags: int = 0
    local_name: str | None = None
    claimed_size: int | None = None
    crc: int | None = None
    mode: int = 0o100644
    packed: bytes | None = None
    at: int | None = None
    listed: bool = True


def entries_of(data: bytes) -> list[Forged]:
    """Take an honest zip apart."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return [Forged(item.filename, file.read(item), item.compress_type) for item in file.infolist()]


def forge(entries: Sequence[Forged], *, tail: bytes = b"", count: int | None = None) -> bytes:
    """Put the entries into a zip as they claim to be."""
    body, directory, listed = bytearray(), bytearray(), 0
    for entry in entries:
        flags = entry.flags | (0 if entry.name.isascii() else 0x800)
        packed = entry.packed if entry.packed is not None else _packed(entry)
        size = len(entry.content) if entry.claimed_size is None else entry.claimed_size
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        raw = entry.name.encode("utf-8", "surrogateescape")
        local = raw if entry.local_name is None else entry.local_name.encode()
        head = (20, flags, entry.method, 0, 0x5D82, crc, len(packed), size)
        offset = len(body) if entry.at is None else entry.at
        if entry.at is None:
            body += struct.pack("<4s5H3I2H", b"PK\x03\x04", *head, len(local), 0) + local + packed
        if entry.listed:
            listed += 1
            rest = (len(raw), 0, 0, 0, 0, entry.mode << 16, offset)
            directory += struct.pack("<4sH5H3I5H2I", b"PK\x01\x02", 0x0314, *head, *rest) + raw
    total = listed if count is None else count
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, total & 0xFFFF, total & 0xFFFF, len(directory), len(body), 0
    )
    return bytes(body + directory) + end + tail


def _packed(entry: Forged) -> bytes:
    if entry.method != zipfile.ZIP_DEFLATED:
        return entry.content
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(entry.content) + squeezer.flush()
