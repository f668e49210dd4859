"""Looks at a zip container before anything of it is parsed: bombs, overlaps, entities, macros."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from exports.workbook.errors import WorkbookDamaged, WorkbookPassword, WorkbookSuspicious, WorkbookTooLarge
from exports.workbook.limits import Limits

_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40
_CHUNK = 256 * 1024
_OVERLAP = 32
_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!doctype", "<!entity")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_XML_NAMES = (".xml", ".rels", ".vml")
_EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""")


@dataclass(frozen=True)
class Container:
    """What a container that may be parsed holds: part names, unpacked bytes, and what was noticed.

    ``flags``: ``macro`` (VBA project), ``embedded`` (OLE objects), ``external_links`` (other workbooks, data
    connections), ``external_targets`` (links that leave the file, mail addresses among them).
    """

    names: tuple[str, ...]
    unpacked: int
    flags: tuple[str, ...]


def scan_container(data: bytes, limits: Limits) -> Container:
    """Check every entry of a zip container, counting bytes while they are unpacked.

    Raises WorkbookDamaged, WorkbookPassword, WorkbookTooLarge or WorkbookSuspicious.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(data, entries, limits)
            flags: set[str] = set()
            unpacked = 0
            for entry in entries:
                unpacked += _check_entry(archive, entry, limits, limits.total_bytes - unpacked, flags)
    except (
        BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as problem:
        raise WorkbookDamaged("压缩结构不完整") from problem
    names = tuple(entry.filename for entry in entries)
    return Container(names, unpacked, tuple(sorted(flags | _named_flags(names))))


def _check_directory(data: bytes, entries: list[ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise WorkbookTooLarge(f"内含 {len(entries)} 个部件")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise WorkbookPassword
    if any(entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for entry in entries):
        raise WorkbookSuspicious("压缩方式少见")
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) != len(names):
        raise WorkbookSuspicious("部件重名")
    if any(_leaves_container(entry.orig_filename) for entry in entries):
        raise WorkbookSuspicious("部件名越出文件")
    if sum(entry.file_size for entry in entries) > limits.total_bytes:
        raise WorkbookTooLarge("解压后过大")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise WorkbookSuspicious("部件互相重叠")
        end = _end_of(data, entry)


def _leaves_container(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or "\x00" in name or ":" in name


def _end_of(data: bytes, entry: ZipInfo) -> int:
    start = entry.header_offset
    if data[start : start + 4] != b"PK\x03\x04" or len(data) < start + _LOCAL_HEADER:
        raise WorkbookDamaged("部件位置不对")
    name, extra = struct.unpack_from("<HH", data, start + 26)
    return start + _LOCAL_HEADER + int(name) + int(extra) + entry.compress_size


def _check_entry(archive: ZipFile, entry: ZipInfo, limits: Limits, left: int, flags: set[str]) -> int:
    is_xml = entry.filename.lower().endswith(_XML_NAMES)
    size = 0
    tail = b""
    for chunk in _chunks(archive, entry):
        size += len(chunk)
        if size > left or size > limits.entry_bytes:
            raise WorkbookTooLarge("解压后过大")
        if size > limits.ratio_from_bytes and size > limits.ratio * max(entry.compress_size, 1):
            raise WorkbookSuspicious("压缩比异常")
        if is_xml:
            window = tail + chunk
            _refuse_declarations(window)
            if _EXTERNAL.search(window):
                flags.add("external_targets")
            tail = window[-_OVERLAP:]
    if size != entry.file_size:
        raise WorkbookDamaged("部件长度不符")
    return size


def _chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _refuse_declarations(window: bytes) -> None:
    if b"<!" not in window and b"<\x00!" not in window and b"\x00<\x00!" not in window:
        return
    lowered = window.lower()
    if any(word in lowered for word in _DECLARATIONS):
        raise WorkbookSuspicious("含有外部实体或文档类型声明")


def _named_flags(names: tuple[str, ...]) -> set[str]:
    flags = set()
    for name in (name.lower() for name in names):
        if name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name:
            flags.add("macro")
        if "/embeddings/" in name or "/activex/" in name:
            flags.add("embedded")
        if "/externallinks/" in name or name.endswith("connections.xml"):
            flags.add("external_links")
    return flags
