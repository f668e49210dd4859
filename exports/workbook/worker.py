"""The separate process that reads a spreadsheet: limits itself, reads, and hands back JSON lines only."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from zipfile import ZipFile

from exports.workbook.errors import (
    NotAWorkbook,
    WorkbookDamaged,
    WorkbookPassword,
    WorkbookRefused,
    WorkbookTooLarge,
    WorkbookUnsupported,
)
from exports.workbook.facts import SheetFacts, sheet_facts, workbook_part
from exports.workbook.limits import Limits
from exports.workbook.scan import scan_container

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

WORKER_FLAG = "--read-workbook-worker"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CSV_ENCODINGS = ("utf-8-sig", "gb18030")
_TEXT_CONTROLS = frozenset(chr(code) for code in range(32)) - set("\t\n\r\f")

Answer = dict[str, object] | list[object]


def main() -> int:
    """Read one request from standard input, answer on standard output; 0 also if the file was refused."""
    with open(0, "rb", closefd=False) as source, open(1, "w", encoding="utf-8", closefd=False) as target:
        request = json.loads(source.readline())
        limits = Limits(**request["limits"])
        _confine(limits)
        try:
            for answer in read(source.read(), request["suffix"], limits):
                print(_line(answer), file=target)  # the pipe to the parent
        except WorkbookRefused as refusal:
            print(_line({"refused": refusal.code, "reason": refusal.reason}), file=target)
        except MemoryError:
            print(_line({"refused": WorkbookTooLarge.code, "reason": "内存不足"}), file=target)
    return 0


def _confine(limits: Limits) -> None:
    """Bound memory, and forbid writing files and core dumps, where the system can (POSIX)."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _line(answer: Answer) -> str:
    return _ENCODER.encode(answer)


def _moment(value: object) -> dict[str, str]:
    """Give dates and times as ISO text beside their kind; a duration is written in hours."""
    if isinstance(value, dt.datetime):
        return {"type": "datetime", "text": value.isoformat(timespec="seconds")}
    if isinstance(value, dt.date):
        return {"type": "date", "text": value.isoformat()}
    if isinstance(value, dt.time):
        return {"type": "time", "text": value.isoformat(timespec="seconds")}
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return {"type": "time", "text": f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"}
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_moment)


def read(data: bytes, suffix: str, limits: Limits) -> Iterator[Answer]:
    """Give what the file holds: one head, then for each sheet a head and its rows, then the end."""
    if data.startswith(_ZIP):
        yield from _read_zip(data, limits)
    elif data.startswith(_OLE):
        yield from _read_ole(data, limits)
    elif suffix in {"", ".csv", ".txt"}:
        yield from _read_csv(data, limits)
    else:
        raise NotAWorkbook
    yield {"end": True}


def _read_zip(data: bytes, limits: Limits) -> Iterator[Answer]:
    container = scan_container(data, limits)
    with ZipFile(io.BytesIO(data)) as archive:
        if not workbook_part(archive):
            raise _other_container(container.names)
        facts = sheet_facts(archive, limits)
    yield {"format": "xlsx", "flags": container.flags}
    read_cells = yield from _read_sheets(data, facts, limits)
    if not read_cells and any(fact.counted > len(fact.errors) for fact in facts.values()):
        raise WorkbookUnsupported("文件中有内容，但读不出单元格")


def _other_container(names: tuple[str, ...]) -> WorkbookRefused:
    if "xl/workbook.bin" in names:
        return WorkbookUnsupported("二进制工作簿")
    if {"content.xml", "mimetype"} <= set(names):
        return WorkbookUnsupported("开放文档格式")
    return NotAWorkbook()


def _read_ole(data: bytes, limits: Limits) -> Iterator[Answer]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookPassword
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise NotAWorkbook
    flags = ["macro"] if "_VBA_PROJECT".encode("utf-16-le") in data else []
    yield {"format": "xls", "flags": flags}
    yield from _read_sheets(data, {}, limits)


def _read_sheets(
    data: bytes, facts: Mapping[str, SheetFacts], limits: Limits
) -> Generator[Answer, None, int]:
    """Give each sheet with its rows; the result is the number of filled cells of all sheets."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

    try:
        budget = _Budget(limits)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for at, about in enumerate(book.sheets_metadata):
            if about.typ is SheetTypeEnum.WorkSheet:
                yield from _read_sheet(book, at, facts.get(about.name, SheetFacts()), budget)
    except PasswordError as problem:
        raise WorkbookPassword from problem
    except CalamineError as problem:
        raise WorkbookDamaged from problem
    return budget.cells


class _Budget:
    """What is left of the cells and letters one file may hand over."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = 0
        self._letters = 0

    def spend(self, cells: int, letters: int) -> None:
        """Count one row; raises WorkbookTooLarge beyond the limits."""
        self.cells += cells
        self._letters += letters
        if self.cells > self.limits.cells or self._letters > self.limits.letters:
            raise WorkbookTooLarge(f"超过 {self.limits.cells} 个单元格或文字过多")


def _read_sheet(book: CalamineWorkbook, at: int, facts: SheetFacts, budget: _Budget) -> Iterator[Answer]:
    sheet = book.get_sheet_by_index(at)
    visible = {"Hidden": "hidden", "VeryHidden": "very_hidden"}.get(
        str(book.sheets_metadata[at].visible).rpartition(".")[2], "visible"
    )
    if sheet.total_height * sheet.total_width > budget.limits.area:
        raise WorkbookTooLarge(f"工作表“{sheet.name}”范围过大")
    merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
    yield _about(sheet.name, visible, merged, facts)
    blank: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    for row in _with_errors(([*blank, *row] for row in sheet.iter_rows()), facts):
        while row and row[-1] == "":
            row.pop()
        filled = len(row) - row.count("")
        budget.spend(filled, sum([len(value) for value in row if isinstance(value, str)]))
        yield row


def _with_errors(rows: Iterable[list[object]], facts: SheetFacts) -> Iterator[list[object]]:
    """Put the error values back, which the value reader gives as empty."""
    errors: dict[int, dict[int, str]] = {}
    for at, column, text in facts.errors:
        errors.setdefault(at, {})[column] = text
    done = 0
    for row in rows:
        yield _with_values(row, errors.pop(done, {}))
        done += 1
    for at in range(done, max(errors, default=-1) + 1):
        yield _with_values([], errors.get(at, {}))


def _with_values(row: list[object], errors: Mapping[int, str]) -> list[object]:
    for column, text in errors.items():
        row += [""] * (column + 1 - len(row))
        row[column] = {"type": "error", "text": text}
    return row


def _about(name: str, visible: str, merged: Sequence[Sequence[int]], facts: SheetFacts) -> Answer:
    return {"sheet": name, "visible": visible, "merged": merged, **asdict(facts), "errors": len(facts.errors)}


def _read_csv(data: bytes, limits: Limits) -> Iterator[Answer]:
    text, encoding = _decoded(data)
    csv.field_size_limit(len(text) + 1)
    budget = _Budget(limits)
    yield {"format": "csv", "flags": (), "encoding": encoding}
    yield _about("", "visible", (), SheetFacts())
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            budget.spend(len(row), sum(map(len, row)))
            yield list(row)
    except csv.Error as problem:
        raise WorkbookDamaged from problem


def _decoded(data: bytes) -> tuple[str, str]:
    """Give the text and its encoding; only text without control characters is taken for a table."""
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else _CSV_ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (
            text.strip()
            and not _TEXT_CONTROLS & set(text)
            and not text.lstrip().startswith(("<", "%PDF", "{\\rtf"))
        ):
            return text, encoding
    raise NotAWorkbook


def _delimiter(text: str) -> str:
    head = text[:4096].partition("\n")[0]
    return max(",\t;", key=head.count)


if __name__ == "__main__":
    raise SystemExit(main())
