"""Writes a workbook: laid out once, rows streamed, the same bytes for the same values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from exports.workbook.layout import SAMPLE_ROWS, Frame, SheetFrame, lay_out
from exports.workbook.sheet import Sheet, Workbook
from exports.workbook.stream import RowShape, height_of, moved, render_of, row_xml

CREATOR = "一本账"
_FILTER_NAME = re.compile(r'(<definedName name="_xlnm\._FilterDatabase" localSheetId="(\d+)"[^>]*>)([^<]*)')


def write_workbook(workbook: Workbook, target: Path | BinaryIO, *, stamp: datetime) -> None:
    """Write the workbook to a path (through a partial file, then replaced) or to an open binary stream.

    ``stamp`` is the time kept in the file; the same workbook and stamp give the same bytes. Raises SheetFull
    if a sheet has more rows than fit.
    """
    if isinstance(target, Path):
        with _replacing(target) as stream:
            _write(workbook, stream, stamp)
    else:
        _write(workbook, target, stamp)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write(workbook: Workbook, stream: BinaryIO, stamp: datetime) -> None:
    frame = lay_out(workbook)
    moment = _utc(stamp)
    counts: list[int] = []
    sheets = iter(workbook.sheets)
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name in _ordered(frame):
            with archive.open(_entry(name, moment), "w") as part:
                if name in frame.sheets:
                    counts.append(_write_sheet(part, next(sheets), frame.sheets[name]))
                else:
                    part.write(_part(name, frame, moment, counts))


def _ordered(frame: Frame) -> list[str]:
    """Put the worksheets in order before the part that needs to know how long they became."""
    last = "xl/workbook.xml"
    others = [name for name in sorted(frame.parts) if name not in frame.sheets and name != last]
    return [*others, *frame.sheets, last]


def _entry(name: str, moment: datetime) -> ZipInfo:
    year = min(max(moment.year, 1980), 2107)
    entry = ZipInfo(
        name, (year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    )
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 0
    entry.external_attr = 0
    return entry


def _utc(stamp: datetime) -> datetime:
    return stamp.astimezone(UTC).replace(tzinfo=None) if stamp.tzinfo else stamp


def _part(name: str, frame: Frame, moment: datetime, counts: list[int]) -> bytes:
    if name == "docProps/core.xml":
        return _core(moment)
    if name == "docProps/app.xml":
        return _APP
    if name == "xl/workbook.xml":
        return _with_filters(frame.parts[name].decode(), counts).encode()
    return frame.parts[name]


_APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{CREATOR}</Application></Properties>"
).encode()


def _core(moment: datetime) -> bytes:
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.xml.functions import tostring

    properties = DocumentProperties(creator=CREATOR, created=moment, modified=moment)
    xml: str | bytes = tostring(properties.to_tree())
    return xml if isinstance(xml, bytes) else xml.encode()


def _with_filters(xml: str, counts: list[int]) -> str:
    def follow(found: re.Match[str]) -> str:
        name, _, area = found[3].rpartition("!")
        begin, _, end = area.partition(":")
        column, row = end.rsplit("$", 1)
        return f"{found[1]}{name}!{begin}:{column}${int(row) + counts[int(found[2])] - SAMPLE_ROWS}"

    return _FILTER_NAME.sub(follow, xml)


class _Behind:
    """Writes to a stream one piece behind, in a thread: a piece is compressed while the next is made."""

    def __init__(self, part: IO[bytes], thread: ThreadPoolExecutor) -> None:
        self._part, self._thread = part, thread
        self._last: Future[int] | None = None

    def write(self, xml: str) -> None:
        """Hand a piece over; errors of the piece before come out here."""
        self.finish()
        self._last = self._thread.submit(self._part.write, xml.encode())

    def finish(self) -> None:
        """Wait until everything handed over is written."""
        if self._last is not None:
            self._last.result()


def _write_sheet(part: IO[bytes], sheet: Sheet, frame: SheetFrame) -> int:
    """Write one worksheet and give the number of rows between header and signature lines."""
    with ThreadPoolExecutor(1) as thread:
        behind = _Behind(part, thread)
        rows = _write_rows(behind, sheet, frame)
        behind.finish()
    return rows


def _write_rows(part: _Behind, sheet: Sheet, frame: SheetFrame) -> int:
    part.write(frame.before)
    written = 0
    for size, xml in row_xml(_shape(sheet, frame, "row"), sheet.rows, frame.first_row, sheet.name):
        part.write(xml)
        written += size
    if sheet.total is not None:
        shape = _shape(sheet, frame, "total")
        for size, xml in row_xml(shape, (sheet.total,), frame.first_row + written, sheet.name):
            part.write(xml)
            written += size
    part.write(moved(frame.behind, after=frame.first_row, by=written - SAMPLE_ROWS))
    return written


def _shape(sheet: Sheet, frame: SheetFrame, word: Literal["row", "total"]) -> RowShape:
    looks = frame.columns if word == "row" else frame.totals
    renders = [render_of(column, look) for column, look in zip(sheet.columns, looks, strict=False)]
    return RowShape(renders, height_of(sheet.columns), _mark(sheet, frame, word))


def _mark(sheet: Sheet, frame: SheetFrame, word: str) -> str:
    """Give the cell that tells a reader what its row is, its row number still to be filled in."""
    if not sheet.key_row:
        return ""
    look = frame.columns[len(sheet.columns)]
    return f'<c r="{look.letter}#" s="{look.plain}" t="inlineStr"><is><t>{word}</t></is></c>'
