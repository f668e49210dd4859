"""List tables: a row is a record, a column one of its fields or a text made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from string import Formatter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.statistics.engine import Member
from app.statistics.frame import Frame
from app.statistics.spec import TOTAL, Column, ListPart, TableSpec
from models.fields import Kind, fields_of
from models.records import entity

if TYPE_CHECKING:
    from app.statistics.format import Value
    from app.statistics.scope import Scope

Row = dict[str, "Value"]


@dataclass(frozen=True)
class _Made:
    """How one column is read from a result row."""

    columns: tuple[sa.ColumnElement[Any], ...]
    make: Callable[[tuple[Any, ...]], Value]


def rows_of(scope: Scope, spec: TableSpec) -> tuple[dict[str, Row], dict[str, str]]:
    """Give the rows with the total first, and what each is called."""
    rows: dict[str, Row] = {TOTAL: {}}
    for number, (record, _, row) in enumerate(_listed(scope, spec), 1):
        rows[record] = {**row, "seq": str(number)}
    count = len(rows) - 1
    rows[TOTAL] = {
        column.code: sum(int(row[column.code] or 0) for key, row in rows.items() if key != TOTAL)
        if column.traceable
        else None
        for column in spec.columns
    }
    rows[TOTAL]["title"] = f"共 {count} 件"
    labels = {record: str(row["title"]) for record, row in rows.items()}
    return rows, {**labels, TOTAL: "合计"}


def members_of(scope: Scope, spec: TableSpec, row: str, column: Column) -> list[Member]:
    """Give the records behind a number of one row or of the total."""
    return [member for member in all_members(scope, spec) if (member.row, member.cell) == (row, column.code)]


def all_members(scope: Scope, spec: TableSpec) -> Iterator[Member]:
    """Give the records behind every number."""
    columns = [column.code for column in spec.columns if column.traceable]
    for record, source, row in _listed(scope, spec):
        for cell in columns:
            if row[cell] is not None:
                for place in (TOTAL, record):
                    yield Member(record, source, record, place, cell, int(row[cell] or 0))


def _listed(scope: Scope, spec: TableSpec) -> Iterator[tuple[str, str, Row]]:
    for part in spec.parts:
        for record, row in _part(scope, spec, part):
            yield record, part.source, row


def _part(scope: Scope, spec: TableSpec, part: ListPart) -> Iterator[tuple[str, Row]]:
    frame = Frame(entity(part.source))
    made = {
        column.code: _made(scope, frame, part.columns[column.code])
        for column in spec.columns
        if column.code in part.columns
    }
    conditions = scope.conditions
    met = [
        *frame.alive(),
        *conditions.window(frame, part.date),
        *conditions.of(frame, part.where),
        *scope.narrowed(frame, part.source),
    ]
    order = frame.column(part.date.rstrip(")").rpartition("(")[2].split(",")[0])
    parts = [one.label(f"v{n}") for n, one in enumerate(one for how in made.values() for one in how.columns)]
    query = sa.select(frame.table.c.id, *parts).select_from(frame.source).where(*met)
    for record, *values in scope.conn.execute(query.order_by(order, frame.table.c.id)):
        row: Row = {column.code: None for column in spec.columns}
        left = iter(values)
        for code, how in made.items():
            row[code] = how.make(tuple(islice(left, len(how.columns))))
        yield str(record), row


def _made(scope: Scope, frame: Frame, described: str | Mapping[str, Any]) -> _Made:
    if isinstance(described, Mapping) and "number" in described:
        return _Made((frame.column(described["number"]),), lambda found: found[0])
    if isinstance(described, Mapping):
        held = scope.conditions.of(frame, {"any": described["flag"]})
        return _Made((sa.case((sa.and_(*held), 1), else_=0),), lambda found: "是" if found[0] else "否")
    text = str(described)
    paths = [name for _, name, _, _ in Formatter().parse(text) if name]
    readers = [_reader(scope, frame, path) for path in paths]

    def write(found: tuple[Any, ...]) -> str:
        words = {path: read(value) for path, read, value in zip(paths, readers, found, strict=True)}
        return "".join(
            lead + (words[path] if path else "") for lead, path, _, _ in Formatter().parse(text)
        ).strip()

    return _Made(tuple(frame.column(path) for path in paths), write)


def _reader(scope: Scope, frame: Frame, path: str) -> Callable[[Any], str]:
    kind, name = frame.kind_at(path)
    field = fields_of(kind)[name]
    if field.codes is None:
        return lambda value: "、".join(value) if isinstance(value, list) else str(value or "")
    codes = scope.ctx.codes[field.codes]
    if field.kind is Kind.CODES:
        return lambda value: "、".join(codes.label(one) for one in value or ())
    return codes.label
