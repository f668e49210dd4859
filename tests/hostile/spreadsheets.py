"""Small generators of spreadsheets no honest program writes; each gives the bytes of one file."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

ONE_CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
ENTITY_BOMB = '<!DOCTYPE z [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL_ENTITY = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def parts(
    rows: str = ONE_CELL,
    *,
    before: str = "",
    prolog: str = "",
    strict: bool = False,
    holder: str = "sheetData",
) -> dict[str, bytes]:
    """Give the parts of a smallest workbook with these rows in its one sheet."""
    main, relations = (STRICT_MAIN, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    sheet = f'<worksheet xmlns="{main}">{before}<{holder}>{rows}</{holder}></worksheet>'
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT_TYPE}.worksheet+xml"/>'
            "</Types>"
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{relations}">'
            '<sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": (prolog + sheet).encode(),
    }


def packed(content: Mapping[str, bytes]) -> bytes:
    """Give a zip container of the parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """Give a smallest workbook with one part more, or one replaced."""
    return packed({**parts(), name: data})


def ratio_bomb() -> bytes:
    return with_part("xl/media/image1.xml", b" " * 24 * 1024 * 1024)


def many_entries() -> bytes:
    return packed({**parts(), **{f"xl/media/{n}.bin": b"" for n in range(2001)}})


def large_entry() -> bytes:
    """A part that unpacks to more than one part may, at a ratio an honest part could have."""
    noise = random.Random(5).randbytes(4096)
    return with_part("xl/media/image1.bin", b"".join(noise[n % 512 :] for n in range(36_000)))


def duplicate_entry() -> bytes:
    data = bytearray(with_part("xl/worksheets/sheetX.xml", b"<x/>"))
    while (at := data.find(b"sheetX.xml")) >= 0:
        data[at : at + 10] = b"SHEET1.xml"
    return bytes(data)


def overlapping_entries() -> bytes:
    """Two directory entries that point at the same packed bytes."""
    data = bytearray(packed({**parts(), "a/1.xml": b"<x/>" * 50, "a/2.xml": b"<x/>" * 50}))
    first, second = (data.rfind(name) - 46 for name in (b"a/1.xml", b"a/2.xml"))
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def encrypted_entry() -> bytes:
    data = bytearray(packed(parts()))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def understated_entry() -> bytes:
    """A directory that states fewer bytes than the part unpacks to."""
    data = bytearray(with_part("xl/long.xml", b"<x/>" * 5000))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    return bytes(data)


def traversal_entry() -> bytes:
    return with_part("../../evil.xml", b"<x/>")


def encrypted_ole() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def word_ole() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + "WordDocument".encode("utf-16-le") + bytes(512)


def broken_ole() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + "Workbook".encode("utf-16-le") + bytes(512)


def far_cells() -> bytes:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return packed(parts(rows))


def impossible_row() -> bytes:
    return packed(parts('<row r="2000000000"><c r="B2000000000"><v>1</v></c></row>'))


def repeated_text() -> bytes:
    """Few bytes that become gigabytes: one long shared text in very many cells."""
    content = parts("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001)))
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>{"哈" * 32_000}</t></si></sst>'.encode()
    content["xl/_rels/workbook.xml.rels"] = content["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'.encode()
        + b"</Relationships>",
    )
    return packed(content)


def utf16_doctype() -> bytes:
    prolog = '<?xml version="1.0" encoding="UTF-16"?>' + EXTERNAL_ENTITY
    text = prolog + parts()["xl/workbook.xml"].decode()
    return with_part("xl/workbook.xml", text.encode("utf-16"))


def noise(size: int = 4096, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def old_workbook(cells: Mapping[tuple[int, int], str | float], *, macro: bool = False) -> bytes:
    """Give an .xls file (BIFF8 in a compound file) with these cells in one sheet."""
    return _compound_file(_biff(cells), "_VBA_PROJECT_CUR" if macro else "")


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _biff(cells: Mapping[tuple[int, int], str | float]) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1996, 0, 6)
    name = "表一".encode("utf-16-le")
    end = _record(0x000A, b"")
    body = _record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    for (row, column), value in cells.items():
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            body += _record(0x0204, place + text)
        else:
            body += _record(0x0203, place + struct.pack("<d", value))
    globals_head = _record(0x0809, begin)
    sheet_size = 4 + 6 + 2 + len(name)
    offset = len(globals_head) + sheet_size + len(end)
    bound = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 2, 1) + name)
    return globals_head + bound + end + body + end


def _compound_file(stream: bytes, other: str) -> bytes:
    sector, last, free, table = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    stream = stream.ljust(max(4096, -(-len(stream) // sector) * sector), b"\x00")
    count = len(stream) // sector
    chain = [table, last, *range(3, 2 + count), last]
    fat = struct.pack(f"<{sector // 4}I", *chain, *[free] * (sector // 4 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, last, 0, last, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    entries = _entry("Root Entry", 5, child=1, start=last) + _entry("Workbook", 2, start=2, size=len(stream))
    entries += _entry(other, 0) if other else b""
    return head + fat + entries.ljust(sector, b"\x00") + stream


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int = 0, size: int = 0) -> bytes:
    raw = (name + "\x00").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return raw.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<IQ", start, size)
