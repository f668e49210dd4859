"""The zip around a bundle: written byte for byte the same, read without trusting a single header.

Only stored and deflated entries without encryption, data descriptors or zip64 are written. Reading stays in
memory, never inflates more than asked for, and still works when the central directory is lost.
Format: PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (end record).
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exports.bundle.errors import DamagedBundle, NotABundle, TamperedBundle, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

MIB: Final = 1024 * 1024
MAX_BYTES: Final = 256 * MIB
MAX_TOTAL: Final = 256 * MIB
MAX_ENTRY: Final = 128 * MIB
MAX_ENTRIES: Final = 2000
MAX_RATIO: Final = 250
RATIO_FROM: Final = 4 * MIB

STORED: Final = 0
DEFLATED: Final = 8

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CENTRAL_MARK: Final = b"PK\x01\x02"
_END_MARK: Final = b"PK\x05\x06"
_ENCRYPTED: Final = 0x2041
_UTF8: Final = 0x0800
_MADE_BY_UNIX: Final = 0x0314
_PLAIN_FILE: Final = 0o100644 << 16
_SYMLINK: Final = 0o120000
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """What the headers claim about one member; ``start`` is where its packed bytes begin."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int
    start: int
    attributes: int = 0


@dataclass(frozen=True)
class Listing:
    """The members found, and whether the directory had to be rebuilt by walking the local headers."""

    entries: tuple[Entry, ...]
    rebuilt: bool


def pack(members: Sequence[tuple[str, bytes]], stored: Iterable[str], stamp: datetime) -> bytes:
    """Write a zip in the given order, each entry dated ``stamp``; equal input gives equal bytes."""
    keep = frozenset(stored)
    moment = _dos_time(stamp)
    body = bytearray()
    directory = bytearray()
    for name, content in members:
        raw = name.encode("ascii")
        method, packed = (STORED, content) if name in keep else _deflate(content)
        shared = (20, 0, method, *moment, zlib.crc32(content), len(packed), len(content), len(raw), 0)
        directory += (
            _CENTRAL.pack(_CENTRAL_MARK, _MADE_BY_UNIX, *shared, 0, 0, 0, _PLAIN_FILE, len(body)) + raw
        )
        body += _LOCAL.pack(_LOCAL_MARK, *shared) + raw + packed
    count = len(members)
    return bytes(body + directory) + _END.pack(_END_MARK, 0, 0, count, count, len(directory), len(body), 0)


def _dos_time(stamp: datetime) -> tuple[int, int]:
    """Give DOS time and date (two-second steps, 1980 to 2107)."""
    year = min(max(stamp.year, 1980), 2107)
    return (
        stamp.hour << 11 | stamp.minute << 5 | stamp.second // 2,
        (year - 1980) << 9 | stamp.month << 5 | stamp.day,
    )


def _deflate(content: bytes) -> tuple[int, bytes]:
    """Deflate with fixed settings, unless that does not pay or would look like a bomb to the reader."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    packed = squeezer.compress(content) + squeezer.flush()
    bomb = len(content) > RATIO_FROM and len(content) > len(packed) * (MAX_RATIO // 2)
    return (STORED, content) if bomb or len(packed) >= len(content) else (DEFLATED, packed)


def list_entries(data: bytes, expected: Callable[[str], bool]) -> Listing:
    """List the members without inflating any; raises NotABundle, DamagedBundle, TamperedBundle, TooLarge.

    When the directory is lost, headers of files inside members turn up too; ``expected`` says which names
    count.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"文件大于 {MAX_BYTES // MIB} MB")
    if not data.startswith(_LOCAL_MARK):
        raise NotABundle
    found = _directory(data)
    rebuilt = found is None
    entries = _walk(data, expected) if found is None else found
    if len(entries) > MAX_ENTRIES:
        raise TooLarge(f"条目多于 {MAX_ENTRIES} 个")
    _refuse_bombs(entries)
    _refuse_tricks(entries)
    return Listing(entries, rebuilt)


def read_entry(data: bytes, entry: Entry, size: int) -> bytes | None:
    """Give the member's bytes if exactly ``size`` long, else None; inflates at most one byte more."""
    packed = data[entry.start : entry.start + entry.packed]
    if len(packed) != entry.packed:
        return None
    if entry.method == STORED:
        return packed if len(packed) == size else None
    if entry.method != DEFLATED:
        return None
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(packed, size + 1)
    except zlib.error:
        return None
    return content if len(content) == size else None


def crc_holds(data: bytes, entry: Entry) -> bool:
    """Say whether the member agrees with its own checksum: then a wrong content is no accident."""
    content = read_entry(data, entry, entry.size) if entry.size <= MAX_ENTRY else None
    return content is not None and zlib.crc32(content) == entry.crc


def _directory(data: bytes) -> tuple[Entry, ...] | None:
    """Read the central directory; None when it is lost or does not fit the file."""
    position = len(data) - _END.size
    if position < 0 or data[position : position + 4] != _END_MARK:
        return None
    _, disk, first_disk, here, count, length, begin, comment = _END.unpack_from(data, position)
    if disk or first_disk or comment or here != count or begin + length != position:
        return None
    entries: list[Entry] = []
    at = begin
    for _ in range(count):
        entry, at = _central_entry(data, at, position)
        if entry is None or entry.start + entry.packed > begin:
            return None
        entries.append(entry)
    return tuple(entries) if at == position else None


def _central_entry(data: bytes, at: int, end: int) -> tuple[Entry | None, int]:
    """Read one directory entry and find its bytes through the local header it points to."""
    if at + _CENTRAL.size > end:
        return None, at
    (
        mark,
        _,
        _,
        flags,
        method,
        _,
        _,
        crc,
        packed,
        size,
        name_len,
        extra_len,
        comment_len,
        _,
        _,
        attributes,
        offset,
    ) = _CENTRAL.unpack_from(data, at)
    after = at + _CENTRAL.size + name_len + extra_len + comment_len
    if mark != _CENTRAL_MARK or after > end or data[offset : offset + 4] != _LOCAL_MARK:
        return None, after
    if offset + _LOCAL.size > len(data):
        return None, after
    local_name, local_extra = struct.unpack_from("<2H", data, offset + _LOCAL.size - 4)
    name = _name(data[at + _CENTRAL.size : at + _CENTRAL.size + name_len], flags)
    start = offset + _LOCAL.size + local_name + local_extra
    return Entry(name, method, flags, crc, packed, size, offset, start, attributes), after


def _walk(data: bytes, expected: Callable[[str], bool]) -> tuple[Entry, ...]:
    """Rebuild the listing from local headers, skipping what is unreadable; raises DamagedBundle, TooLarge."""
    entries: list[Entry] = []
    at = 0
    for _ in range(2 * MAX_ENTRIES):
        if not 0 <= at <= len(data) - _LOCAL.size:
            break
        _, _, flags, method, _, _, crc, packed, size, name_len, extra_len = _LOCAL.unpack_from(data, at)
        begin = at + _LOCAL.size
        start = begin + name_len + extra_len
        name = _name(data[begin : begin + name_len], flags)
        whole = start + packed <= len(data)
        if whole and expected(name):
            entries.append(Entry(name, method, flags, crc, packed, size, at, start))
        at = data.find(_LOCAL_MARK, start + packed if whole else at + 4)
    else:
        raise TooLarge(f"条目多于 {MAX_ENTRIES} 个")
    if not entries:
        raise DamagedBundle("包内目录无法读取")
    return tuple(entries)


def _name(raw: bytes, flags: int) -> str:
    """Decode a name as its flag says; cp437 stands for anything else, as zip demands."""
    if flags & _UTF8:
        return raw.decode("utf-8", "backslashreplace")
    return raw.decode("cp437")


def _refuse_bombs(entries: tuple[Entry, ...]) -> None:
    """Refuse by the sizes the headers claim; what is read later is counted anew against the manifest."""
    if sum(entry.size for entry in entries) > MAX_TOTAL:
        raise TooLarge(f"解开后大于 {MAX_TOTAL // MIB} MB")
    for entry in entries:
        if entry.size > MAX_ENTRY:
            raise TooLarge(f"单个文件大于 {MAX_ENTRY // MIB} MB")
        if entry.size > RATIO_FROM and entry.size > entry.packed * MAX_RATIO:
            raise TooLarge("压缩比异常")


def _refuse_tricks(entries: tuple[Entry, ...]) -> None:
    """Refuse what no honest bundle holds and what could harm whoever unpacks it with another program."""
    last = 0
    for entry in sorted(entries, key=lambda item: item.offset):
        if entry.offset < last:
            raise TamperedBundle("包内文件互相重叠")
        last = entry.start + entry.packed
    seen: set[str] = set()
    for entry in entries:
        folded = unicodedata.normalize("NFKC", entry.name).casefold()
        if folded in seen:
            raise TamperedBundle("包内有重名文件")
        seen.add(folded)
        if entry.flags & _ENCRYPTED or (entry.attributes >> 16) & 0o170000 == _SYMLINK:
            raise TamperedBundle("包内有加密文件或链接")
        if is_hostile(entry.name):
            raise TamperedBundle("包内有不安全的文件名")


def is_hostile(name: str) -> bool:
    """Say whether a name could leave its folder, reach a device or hide itself on any system."""
    text = unicodedata.normalize("NFKC", name)
    if not text or text.startswith("/") or any(mark in text for mark in '\\:*?"<>|') or len(text) > 240:
        return True
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in text):
        return True
    parts = text.removesuffix("/").split("/")
    return any(part.rstrip(" .") != part or not part or _RESERVED.fullmatch(part) for part in parts)
