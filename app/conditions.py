"""A filter typed by a person, ``field=value``, as a condition of a query."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.finding import find
from app.values import is_record_id, read_value
from models.errors import LedgerError, Refused
from models.fields import Field, Kind, fields_of
from models.records import Journaled, children_of, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.register import Register

RANGE = ".."
_PART_OF_DATE = re.compile(r"\d{4}(-\d\d)?", re.ASCII)
_DAY_KINDS = frozenset({Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME})
_RANGE_KINDS = _DAY_KINDS | {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY}
_LAST = "\uffff"


class UnknownField(LedgerError):
    """The register has no field of that name."""

    code = "unknown_field"

    def __init__(self, label: str, name: str) -> None:
        super().__init__(f"“{label}”没有字段“{name[:40]}”，请用 ybz registers 查看字段名。")


def condition_of(ctx: Context, register: Register, name: str, value: str) -> sa.ColumnElement[bool]:
    """Give the condition of one filter; ``child.field`` asks whether any child meets it.

    A value is a code, its label, a day, a month (2026-11) or year, a range ``a..b`` (either end may be left
    out), several joined by commas, or nothing for an empty field; ``!`` in front turns it round.
    """
    if value.startswith("!"):
        return sa.not_(sa.func.coalesce(condition_of(ctx, register, name, value[1:]), sa.false()))
    head, dot, rest = name.partition(".")
    if dot:
        return _of_child(ctx, register, head, rest, value)
    return _of_field(ctx, register.entity, register.label, name, value)


def _of_child(
    ctx: Context, register: Register, child_field: str, name: str, value: str
) -> sa.ColumnElement[bool]:
    children = {child.__field__: child for child in children_of(register.entity.__tablename__)}
    child = children.get(child_field)
    if child is None:
        raise UnknownField(register.label, f"{child_field}.{name}")
    inner = table_of(child)
    condition = _of_field(ctx, child, child.__label__, name, value)
    held = inner.c.parent_id == table_of(register.entity).c.id
    return sa.exists().where(held, inner.c.void_flag.is_(sa.false()), condition)


def _of_field(
    ctx: Context, entity: type[Journaled], label: str, name: str, value: str
) -> sa.ColumnElement[bool]:
    field = fields_of(entity).get(name)
    if field is None:
        raise UnknownField(label, name)
    column = table_of(entity).c[name]
    if not value:
        return column.is_(None)
    if RANGE in value and field.kind in _RANGE_KINDS:
        return _between(ctx, column, field, value)
    parts = [part.strip() for part in re.split("[,，]", value) if part.strip()]
    return sa.or_(sa.false(), *[_equals(ctx, column, field, part) for part in parts])


def _between(ctx: Context, column: sa.Column[Any], field: Field, value: str) -> sa.ColumnElement[bool]:
    low, _, high = (part.strip() for part in value.partition(RANGE))
    clauses = []
    if low:
        clauses.append(column >= _bound(ctx, field, low))
    if high:
        last = _bound(ctx, field, high)
        is_day_part = field.kind in _DAY_KINDS and len(str(last)) < 16
        clauses.append(column <= (f"{last}{_LAST}" if is_day_part else last))
    if field.kind in _DAY_KINDS:
        clauses.append(column < "~")  # partial dates lie in no period
    return sa.and_(sa.true(), *clauses)


def _bound(ctx: Context, field: Field, text: str) -> object:
    if field.kind in _DAY_KINDS and _PART_OF_DATE.fullmatch(text):
        return text
    found = _read(ctx, field, text)
    return found[:10] if field.kind is Kind.DATETIME and len(text) <= 10 else found


def _equals(ctx: Context, column: sa.Column[Any], field: Field, text: str) -> sa.ColumnElement[bool]:
    if field.kind in _DAY_KINDS and (_PART_OF_DATE.fullmatch(text) or field.kind is Kind.DATETIME):
        low = _bound(ctx, field, text)
        return sa.and_(column >= low, column <= f"{low}{_LAST}")
    if field.kind in (Kind.REFERENCE, Kind.REFERENCES):
        text = _record(ctx, field, text)
    if field.is_list:
        wanted = text if field.kind is Kind.REFERENCES else _read(ctx, field, text)[0]
        quoted = json.dumps(wanted, ensure_ascii=False)
        return sa.cast(column, sa.Text).contains(quoted, autoescape=True)
    if field.kind is Kind.YES_NO:
        return column.is_(sa.true() if _read(ctx, field, text) else sa.false())
    return column == (text if field.kind is Kind.REFERENCE else _read(ctx, field, text))


def _record(ctx: Context, field: Field, text: str) -> str:
    if is_record_id(text):
        return text
    return find(ctx, text, [field.ref] if field.ref else None).id


def _read(ctx: Context, field: Field, text: str) -> Any:
    value, problem = read_value(field, text, ctx)
    if problem is not None:
        raise Refused((problem,))
    if value is None:
        raise LedgerError(f"“{field.label}”的筛选值是空的，请写出要找的内容。")
    return value
