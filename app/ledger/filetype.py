"""Guess a file's kind from its first bytes; the name it came with proves nothing."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
OOXML = "application/vnd.openxmlformats-officedocument"

_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"{\\rtf", "application/rtf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_ZIP_MEMBERS = (
    (b"OFD.xml", "application/ofd"),  # GB/T 33190
    (b"word/document.xml", f"{OOXML}.wordprocessingml.document"),
    (b"xl/workbook.xml", f"{OOXML}.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", f"{OOXML}.presentationml.presentation"),
)
_SHOWN_CONTROLS = frozenset(b"\t\n\f\r\x1b")
_TEXT_SAMPLE = 4096


def guess_mime(content: bytes) -> str:
    """Give the media type of ``content``, or ``application/octet-stream``."""
    if content.startswith(b"PK\x03\x04"):
        return next((mime for member, mime in _ZIP_MEMBERS if member in content), "application/zip")
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "video/mp4")
    found = next((mime for beginning, mime in _BEGINNINGS if content.startswith(beginning)), None)
    return found or (TEXT if _is_text(content[:_TEXT_SAMPLE]) else UNKNOWN)


def _is_text(sample: bytes) -> bool:
    if any(byte < 0x20 and byte not in _SHOWN_CONTROLS for byte in sample):
        return False
    return any(_decodes(sample, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(sample: bytes, encoding: str) -> bool:
    for cut in range(4):  # the sample may end inside a character
        try:
            sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
