"""Reading a sheet of ours back: every row with what its cells say, before anything is compared or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.naming import REFERENCE_KINDS
from app.sheets import shape as sh
from app.sheets.cells import CellError, raw_value
from app.sheets.headers import find_header
from app.values import is_record_id
from exports.workbook.keyed import SheetTable, sheet_table
from exports.workbook.raw import RawSheet, RawWorkbook, Scalar
from exports.workbook.sheet import CODE_SHEET, MARK_KEY, META_SHEET
from models.errors import LedgerError, Problem

if TYPE_CHECKING:
    from app.register import Register
    from models.fields import Field


class NotOurSheet(LedgerError):
    """No sheet of the workbook can be read as the register."""

    code = "not_our_sheet"

    def __init__(self, name: str, label: str) -> None:
        super().__init__(
            f"“{name}”中没有找到“{label}”的表头，"
            "请使用本程序导出的表格（ybz export --blank），或改写表头后再导入。"
        )


class OtherRegister(LedgerError):
    """The workbook holds another register than the one it is to be taken in as."""

    code = "other_register"

    def __init__(self, name: str, held: str, wanted: str) -> None:
        super().__init__(f"“{name}”是“{held}”的表格，不能作为“{wanted}”导入，请核对登记簿。")


class NoSuchSheet(LedgerError):
    """The workbook has no sheet of that name."""

    code = "no_such_sheet"

    def __init__(self, sheet: str, names: tuple[str, ...]) -> None:
        super().__init__(f"没有名为“{sheet[:40]}”的工作表，文件中有：{'、'.join(names)}。")


@dataclass(slots=True)
class SourceRow:
    """One row as it stands: the ids it carries, what its cells say by field, and what cannot be read.

    An empty cell is noted only where it says something: in a row with the mark of its export. ``linked``
    tells that a reference still carries the ids it was exported with.
    """

    sheet: str
    number: int
    shape: sh.SheetShape
    values: dict[str, Any] = field(default_factory=dict)
    id: str | None = None
    parent: str | None = None
    owner: str = ""
    mark: str | None = None
    problems: list[Problem] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    linked: bool = False

    def place(self, problem: Problem) -> Problem:
        """Give a problem with the row and, where its field has a column, the column's letter."""
        from dataclasses import replace

        name = (problem.field or "").rpartition(".")[2]
        return replace(problem, row=self.number, column=self.columns.get(name))


@dataclass(frozen=True)
class Source:
    """What was read: rows of records and of children in sheet order, and which header means which field.

    ``sensitive`` tells that the sheets were handed out with the fields that otherwise stay in the office.
    """

    roots: tuple[SourceRow, ...]
    children: tuple[SourceRow, ...]
    mapping: Mapping[str, str | None]
    sensitive: bool


def read_source(book: RawWorkbook, register: Register, only: str | None = None) -> Source:
    """Read the sheets of a register. Errors: `NotOurSheet`, `OtherRegister`, `NoSuchSheet`."""
    _refuse_other_register(book, register)
    shapes = sh.shapes(register, sensitive=True)
    sheets = [sheet for sheet in book.sheets if sheet.name not in (META_SHEET, CODE_SHEET)]
    if only is not None:
        sheets = [sheet for sheet in sheets if sheet.name == only]
        if not sheets:
            raise NoSuchSheet(only, tuple(sheet.name for sheet in book.sheets if not sheet.hidden))
    views = [view for sheet in sheets if (view := _by_keys(sheet, shapes))]
    views = views or [view for sheet in sheets if (view := _by_words(sheet, shapes[0]))]
    if not views:
        raise NotOurSheet(book.name, register.label)
    rows = [row for view in views for row in view.rows()]
    mapping = {header: name for view in views for header, name in view.mapping.items()}
    return Source(
        roots=tuple(row for row in rows if row.shape.is_root),
        children=tuple(row for row in rows if not row.shape.is_root),
        mapping=mapping,
        sensitive=book.meta.get(sh.META_WHOLE) == "1",
    )


def _refuse_other_register(book: RawWorkbook, register: Register) -> None:
    from app.registers import registers_by_key

    held = book.meta.get(sh.META_REGISTER)
    if held and held != register.key:
        known = registers_by_key().get(held)
        raise OtherRegister(book.name, known.label if known else held, register.label)


@dataclass(frozen=True)
class _View:
    """One sheet with the column of each key, and where its rows begin and end."""

    sheet: RawSheet
    shape: sh.SheetShape
    columns: Mapping[str, int]
    first: int
    marked: bool
    mapping: Mapping[str, str | None]

    def rows(self) -> Iterator[SourceRow]:
        """Give the rows that hold anything in a column of ours, up to the signature lines."""
        mark = self.columns.get(MARK_KEY) if self.marked else None
        fields = [
            (self.shape.by_key[key], column)
            for key, column in self.columns.items()
            if key in self.shape.by_key
        ]
        letters = {one.name: column_letter(column) for one, column in fields}
        for index in range(self.first, len(self.sheet.values)):
            values = self.sheet.values[index]
            word = _cell(values, mark)
            if word == "foot":
                return
            row = SourceRow(self.sheet.name, index + 1, self.shape, columns=letters)
            if word != "total" and self._fill(row, fields, index, values):
                yield row

    def _fill(
        self, row: SourceRow, fields: list[tuple[Field, int]], index: int, values: tuple[Scalar, ...]
    ) -> bool:
        """Read the cells of one row; False when nothing but hidden marks stands in it."""
        if _cell(values, self.columns.get(sh.VOID_KEY)):
            return False
        filled = False
        row.id = _identity(_cell(values, self.columns.get(sh.ID_KEY)))
        row.parent = _identity(_cell(values, self.columns.get(sh.PARENT_KEY)))
        row.owner = _cell(values, self.columns.get(sh.OWNER_KEY))
        row.mark = _cell(values, self.columns.get(sh.HASH_KEY)) or None
        for one, column in fields:
            scalar = values[column] if column < len(values) else None
            if scalar is None or scalar == "":
                if row.mark:
                    row.values[one.name] = None
                continue
            filled = True
            try:
                value = self._value(one, index, column, scalar, values)
            except CellError as error:
                row.problems.append(row.place(error.problem))
                continue
            row.linked = row.linked or isinstance(value, _Known)
            if value is not None or row.mark:
                row.values[one.name] = value
        return filled or row.id is not None

    def _value(self, one: Field, index: int, column: int, scalar: Scalar, values: tuple[Scalar, ...]) -> Any:
        if one.kind in REFERENCE_KINDS:
            kept = _cell(values, self.columns.get(f"{self.shape.table}.{one.name}{sh.IDS}"))
            ids, _, shown = kept.partition("\n")
            if ids and shown == str(scalar).strip():
                return _Known(ids.split("、"), str(scalar).strip(), one.is_list)
        return raw_value(one, self.sheet, (index, column), scalar)


@dataclass(frozen=True)
class _Known:
    """A reference nobody rewrote: the ids the sheet carries, and the words shown for them."""

    ids: list[str]
    words: str
    many: bool

    def resolved(self, exists: Mapping[str, object] | set[str]) -> Any:
        """Give the ids where all of them are known here, else the words to look up."""
        if all(one in exists for one in self.ids):
            return self.ids if self.many else self.ids[0]
        return self.words.split("、") if self.many else self.words


def references_in(rows: tuple[SourceRow, ...]) -> set[str]:
    """Give every id that unchanged reference cells carry."""
    linked = (value for row in rows if row.linked for value in row.values.values())
    return {one for value in linked if isinstance(value, _Known) for one in value.ids}


def settle_references(rows: tuple[SourceRow, ...], exists: set[str]) -> None:
    """Replace unchanged reference cells by ids where these are known, else by their words."""
    for row in rows:
        for name, value in row.values.items() if row.linked else ():
            if isinstance(value, _Known):
                row.values[name] = value.resolved(exists)


def _by_keys(sheet: RawSheet, shapes: tuple[sh.SheetShape, ...]) -> _View | None:
    """View a sheet by its hidden key row: as the shape most of whose keys stand in it."""
    best: tuple[int, sh.SheetShape, SheetTable] | None = None
    for shape in shapes:
        table = sheet_table(sheet, shape.keys)
        known = 0 if table is None else sum(1 for key in table.columns if key in shape.by_key)
        if table is not None and known and (best is None or known > best[0]):
            best = (known, shape, table)
    if best is None:
        return None
    _, shape, table = best
    fields = [shape.by_key[key] for key in table.columns if key in shape.by_key]
    mapping = _named(shape, {one.label: one.name for one in fields})
    return _View(sheet, shape, table.columns, table.first_row, table.marked, mapping)


def _by_words(sheet: RawSheet, shape: sh.SheetShape) -> _View | None:
    """View a visible sheet by the words of its header row."""
    header = None if sheet.hidden else find_header(sheet, shape)
    if header is None:
        return None
    columns = {f"{shape.table}.{name}": column for name, column in header.columns.items()}
    mapping: dict[str, str | None] = {header.headers[at]: name for name, at in header.columns.items()}
    mapping.update(dict.fromkeys(header.unknown))
    return _View(sheet, shape, columns, header.row, marked=False, mapping=mapping)


def _named(shape: sh.SheetShape, mapping: Mapping[str, str]) -> Mapping[str, str | None]:
    prefix = "" if shape.is_root else f"{shape.name}/"
    inner = "" if shape.is_root else f"{'.'.join(shape.path)}."
    return {f"{prefix}{label}": f"{inner}{name}" for label, name in mapping.items()}


def _cell(values: tuple[Scalar, ...], column: int | None) -> str:
    if column is None or column >= len(values):
        return ""
    value = values[column]
    return value.strip() if isinstance(value, str) else ""


def _identity(text: str) -> str | None:
    return text if is_record_id(text) else None


def column_letter(index: int) -> str:
    """Give the letters of a column counted from 0: A to Z, then AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
