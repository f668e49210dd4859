"""How a register lies in a workbook: one sheet for its records, one for each kind of child row."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.naming import REFERENCE_KINDS
from exports.workbook.table import ColumnSpec, column_spec
from exports.workbook.text import fitted
from models import journal as j
from models.fields import Field, Kind, Sensitivity, fields_of
from models.records import Journaled, children_of

if TYPE_CHECKING:
    from app.register import Register

ID_KEY, PARENT_KEY, HASH_KEY, OWNER_KEY, VOID_KEY = "_id", "_parent", "_h", "_owner", "_void"
IDS = ".ids"  # what is added to a reference's key for the hidden column with the ids themselves
HASH_LETTERS = 16  # 80 bits
REQUIRED_MARK = "*"
META_KIND, META_REGISTER, META_WHOLE = "kind", "register", "sensitive"
EXPORT, BLANK = "register", "blank"
_NAME_LENGTH = 31
_NO_SHEET_NAME = str.maketrans("[]", "（）", ":*?/\\")


@dataclass(frozen=True)
class SheetShape:
    """One sheet: whose rows it holds, the path of nested fields that leads to them, and its fields."""

    entity: type[Journaled]
    name: str
    path: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def table(self) -> str:
        """The table the rows belong to; the first part of every key."""
        return str(self.entity.__tablename__)

    @property
    def is_root(self) -> bool:
        """Tell whether the rows are the records themselves."""
        return not self.path

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields by their keys in the hidden row."""
        return {f"{self.table}.{field.name}": field for field in self.fields}

    @property
    def keys(self) -> frozenset[str]:
        """Every key that may stand in the hidden row of this sheet."""
        return frozenset((*self.by_key, *(f"{key}{IDS}" for key in self.by_key)))

    def handed_out(self, *, sensitive: bool) -> tuple[Field, ...]:
        """Give the fields a person may change, as far as they were handed out: those a row's mark covers."""
        return tuple(
            field for field in self.typed if sensitive or field.sensitivity is not Sensitivity.SENSITIVE
        )

    @property
    def typed(self) -> tuple[Field, ...]:
        """The fields a person may change."""
        return tuple(field for field in self.fields if not field.derived)


def shapes(register: Register, *, sensitive: bool) -> tuple[SheetShape, ...]:
    """Give the sheets of a register, the records first, each child's sheet behind its parent's.

    Fields marked sensitive (health, earlier offences, notes for the office alone) stay out unless asked for.
    """
    root = SheetShape(
        register.entity, _sheet_name(register.label, ()), (), _fields(register.entity, sensitive=sensitive)
    )
    return (root, *_child_shapes(register.entity, (), [root.name], sensitive=sensitive))


def blank_shape(register: Register) -> SheetShape:
    """Give the sheet others fill in: what they can know of a new record, without what is settled later."""
    wanted = tuple(
        field
        for field in _fields(register.entity, sensitive=False)
        if not field.derived
        and not field.required_in
        and field.kind not in (*REFERENCE_KINDS, Kind.FILE)
        and field.name != "remark"
    )
    remark = fields_of(register.entity)["remark"]
    return SheetShape(register.entity, _sheet_name(register.label, ()), (), (*wanted, remark))


def _child_shapes(
    parent: type[Journaled], path: tuple[str, ...], taken: list[str], *, sensitive: bool
) -> Iterator[SheetShape]:
    for child in children_of(parent.__tablename__):
        inner = (*path, child.__field__)
        fields = _fields(child, sensitive=sensitive)
        name = _sheet_name(child.__label__, taken)
        taken.append(name)
        if fields:
            yield SheetShape(child, name, inner, fields)
            yield from _child_shapes(child, inner, taken, sensitive=sensitive)


def _fields(entity: type[Journaled], *, sensitive: bool) -> tuple[Field, ...]:
    return tuple(
        field
        for field in fields_of(entity).values()
        if sensitive or field.sensitivity is not Sensitivity.SENSITIVE
    )


def _sheet_name(label: str, taken: Iterable[str]) -> str:
    plain = label.translate(_NO_SHEET_NAME)
    name, number = plain[:_NAME_LENGTH], 1
    while name in taken:
        number += 1
        name = f"{plain[: _NAME_LENGTH - 2]}{number}"
    return name


def specs(shape: SheetShape, *, blank: bool = False, void: bool = False) -> tuple[ColumnSpec, ...]:
    """Give the columns of a sheet; the ids and what stands for them are hidden."""
    columns = [column_spec(shape.table, field, locked=field.derived) for field in shape.fields]
    if blank:
        marked = [
            replace(spec, label=f"{spec.label}{REQUIRED_MARK}") if field.required else spec
            for spec, field in zip(columns, shape.fields, strict=True)
        ]
        return tuple(marked)
    hidden = [_hidden(ID_KEY, "编号"), _hidden(HASH_KEY, "校验")]
    head = []
    if not shape.is_root:
        hidden.append(_hidden(PARENT_KEY, "所属编号"))
        head.append(ColumnSpec(OWNER_KEY, OWNER_KEY, "所属记录", locked=True, width=24))
    if void:
        head.append(ColumnSpec(VOID_KEY, VOID_KEY, "作废理由", locked=True))
    references = [
        _hidden(f"{shape.table}.{field.name}{IDS}", f"{field.label}编号")
        for field in shape.fields
        if field.kind in REFERENCE_KINDS
    ]
    return (*head, *columns, *hidden, *references)


def _hidden(key: str, label: str) -> ColumnSpec:
    return ColumnSpec(key, key, label, hidden=True, locked=True)


def row_hash(fields: Iterable[Field], values: Mapping[str, Any]) -> str:
    """Give the mark of what stood in a row: whoever changes a cell makes it differ (no proof of origin)."""
    parts = [[field.name, as_written(values.get(field.name))] for field in fields]
    digest = hashlib.sha256(j.canonical(parts)).digest()
    return base64.b32encode(digest[:10]).decode()[:HASH_LETTERS]


def as_written(value: Any) -> Any:
    """Give a value as a cell can hold it: text without what no spreadsheet keeps."""
    if isinstance(value, str):
        return fitted(value).strip() or None
    if isinstance(value, list):
        return [as_written(item) for item in value] or None
    return value


def stored_value(row: Mapping[str, Any], name: str) -> Any:
    """Give what a record holds in a field, with the reason where it holds nothing."""
    reason = (row.get("missing") or {}).get(name)
    return {"missing": reason} if reason else row.get(name)
