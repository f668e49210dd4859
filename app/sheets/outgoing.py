"""Registers as workbooks: whole, to be taken in again; or empty, for others to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.drafts import fetch_rows
from app.listing import Condition, selection
from app.naming import REFERENCE_KINDS, title_of, titles_in
from app.registers import register_named
from app.sheets import shape as sh
from exports.workbook.sheet import Sheet, Workbook
from exports.workbook.table import Labels, register_sheet
from exports.workbook.writer import write_workbook
from models.fields import Kind
from models.records import table_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.context import Context
    from app.register import Register
    from models.records import Row

CHUNK = 2000
EVENT = "export"


def export_register(
    ctx: Context,
    key: str,
    out: Path,
    *,
    where: Sequence[Condition] = (),
    sensitive: bool = False,
) -> int:
    """Write a register as a workbook and note it in the journal; gives the number of records.

    ``sensitive`` adds fields that stay in the office otherwise. Errors: those of `list_records`, OSError.
    """
    register = register_named(key)
    number = write_register(ctx, register, out, where=where, sensitive=sensitive)
    with ctx.ledger.writing(ctx, EVENT, f"导出{register.label}") as writer:
        writer.event(EVENT, details={"register": register.key, "records": number, "sensitive": sensitive})
    return number


def write_register(
    ctx: Context,
    register: Register,
    out: Path,
    *,
    where: Sequence[Condition] = (),
    sensitive: bool = False,
    void: bool = False,
) -> int:
    """Write a register as a workbook without noting it; ``void`` adds the voided records.

    Errors: those of `list_records`, OSError.
    """
    with ctx.ledger.reading() as conn:
        rows = _records(ctx, conn, register, where, void=void)
        titles = titles_in(conn, register.entity, rows)
    workbook = _workbook(ctx, register, rows, titles, sensitive=sensitive, void=void)
    write_workbook(workbook, out, stamp=ctx.now)
    return len(rows)


def write_blank(ctx: Context, key: str, out: Path) -> None:
    """Write the empty sheet of a register with drop-downs, for a grid worker or committee to fill in."""
    register = register_named(key)
    shape = sh.blank_shape(register)
    needed = "、".join(field.label for field in shape.fields if field.required)
    sheet = register_sheet(
        shape.name,
        f"{register.label}填报表",
        sh.specs(shape, blank=True),
        (),
        labels_of(ctx, [shape], {}),
        subtitle=(f"单位：{ctx.ledger.org_name}", f"带 * 的必填：{needed}。不清楚的写“不详”。"),
    )
    meta = {sh.META_KIND: sh.BLANK, sh.META_REGISTER: register.key}
    write_workbook(Workbook((sheet,), meta), out, stamp=ctx.now)


def _records(
    ctx: Context, conn: sa.Connection, register: Register, where: Sequence[Condition], *, void: bool
) -> list[Row]:
    table = table_of(register.entity)
    query = selection(ctx, register, where)
    ids = list(conn.execute(query.with_only_columns(table.c.id).order_by(table.c.id)).scalars())
    if void:
        dropped = selection(ctx, register, where, voided=True)
        ids += conn.execute(dropped.with_only_columns(table.c.id).order_by(table.c.id)).scalars()
    return [
        row
        for start in range(0, len(ids), CHUNK)
        for row in fetch_rows(conn, register.entity, ids[start : start + CHUNK])
    ]


def _workbook(
    ctx: Context,
    register: Register,
    rows: list[Row],
    titles: Mapping[str, str],
    *,
    sensitive: bool,
    void: bool,
) -> Workbook:
    shapes = sh.shapes(register, sensitive=sensitive)
    labels = labels_of(ctx, shapes, titles)
    sheets = [
        _sheet(shape, register, list(_rows_of(shape, register, rows, titles)), labels, ctx, void=void)
        for shape in shapes
    ]
    meta = {
        sh.META_KIND: sh.EXPORT,
        sh.META_REGISTER: register.key,
        sh.META_WHOLE: "1" if sensitive else "0",
    }
    return Workbook(tuple(sheets), meta)


def _sheet(
    shape: sh.SheetShape, register: Register, rows: list[Row], labels: Labels, ctx: Context, *, void: bool
) -> Sheet:
    title = register.label if shape.is_root else f"{register.label}——{shape.entity.__label__}"
    made = f"导出时间：{ctx.now.strftime('%Y-%m-%d %H:%M')}"
    return register_sheet(
        shape.name,
        title,
        sh.specs(shape, void=void and shape.is_root),
        rows,
        labels,
        subtitle=(f"单位：{ctx.ledger.org_name}", made),
    )


def _rows_of(
    shape: sh.SheetShape, register: Register, rows: Iterable[Row], titles: Mapping[str, str]
) -> Iterator[Row]:
    for row in rows:
        owner = "" if shape.is_root else title_of(register, row)
        for inner in _at(row, shape.path):
            yield _line(shape, inner, owner, titles)


def _at(row: Row, path: tuple[str, ...]) -> Iterator[Row]:
    if not path:
        yield row
        return
    for child in row.get(path[0]) or []:
        yield from _at(child, path[1:])


def _line(shape: sh.SheetShape, row: Row, owner: str, titles: Mapping[str, str]) -> Row:
    """Give one line of a sheet: the row's values with the marks our own reading goes by."""
    line: Row = {**row, sh.ID_KEY: row["id"], sh.OWNER_KEY: owner}
    line[sh.PARENT_KEY] = row.get("parent_id")
    line[sh.VOID_KEY] = (row.get("void_reason") or "作废") if row.get("void_flag") else None
    values = {field.name: sh.stored_value(row, field.name) for field in shape.typed}
    line[sh.HASH_KEY] = sh.row_hash(shape.typed, values)
    for field in shape.fields:
        value = row.get(field.name)
        if field.kind in REFERENCE_KINDS and value:
            ids = value if isinstance(value, list) else [value]
            line[f"{shape.table}.{field.name}{sh.IDS}"] = _reference_mark(ids, titles)
        elif field.kind is Kind.TEXTS and value:
            line[field.name] = _joined(value)
    return line


def _reference_mark(ids: Sequence[str], titles: Mapping[str, str]) -> str:
    """Keep ids and what was shown for them, so that a cell somebody rewrote is seen."""
    return "、".join(ids) + "\n" + "、".join(titles.get(one, one) for one in ids)


def _joined(items: Sequence[str]) -> list[str]:
    """Give texts so that they can be told apart again: one to a line where one holds the separator."""
    return ["\n".join(items) + "\n"] if any("、" in item for item in items) else list(items)


def labels_of(ctx: Context, shapes: Sequence[sh.SheetShape], titles: Mapping[str, str]) -> Labels:
    """Give the words for codes and references; a word that would not lead back to its code is the code."""
    names = dict.fromkeys(field.codes for shape in shapes for field in shape.fields if field.codes)
    codes: dict[str, dict[str, str]] = {}
    offered: dict[str, list[str]] = {}
    today = ctx.today.isoformat()
    for name in names:
        if name not in ctx.codes:
            continue
        book = ctx.codes[name]
        codes[name] = {entry.code: _word(book, entry.code, entry.label) for entry in book}
        offered[name] = [entry.code for entry in book.choices(today)]
    return Labels(codes, titles, offered)


def _word(book: Any, code: str, label: str) -> str:
    found = book.find(label)
    return label if found is not None and found.code == code else code
