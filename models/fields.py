"""A field is described once, beside its column; form, table, search, sheets and command line read that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from models.records import Model

INFO_KEY = "field"


class Kind(StrEnum):
    """What a value is; a closed list, each reader is a dictionary from kind to a small function."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    DATETIME = "datetime"
    YES_NO = "yes_no"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"
    REFERENCE = "reference"
    REFERENCES = "references"
    FILE = "file"


class Sensitivity(StrEnum):
    """How carefully a value is shown; the masking function decides what each level hides where."""

    NORMAL = "normal"
    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    BIRTH_DATE = "birth_date"
    BANK_CARD = "bank_card"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Field:
    """What one value is: never how it is computed, never when a widget is hidden.

    ``unit`` is what follows the number on screen; ``scale`` is the number of decimal digits a DECIMAL keeps
    (stored as an integer); ``required_in`` names the states in which the field must be filled; ``synonyms``
    are headers seen in old ledgers; ``derived`` fields are computed and never typed.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    required_in: tuple[str, ...] = ()
    codes: str | None = None
    unit: str | None = None
    sensitivity: Sensitivity = Sensitivity.NORMAL
    help: str = ""
    synonyms: tuple[str, ...] = ()
    ref: str | None = None
    default: object = None
    derived: bool = False
    search: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    scale: int = 0

    @property
    def is_list(self) -> bool:
        """Tell whether the value is a list."""
        return self.kind in LIST_KINDS


LIST_KINDS = frozenset({Kind.CODES, Kind.TEXTS, Kind.REFERENCES})


class JsonText(TypeDecorator[Any]):
    """A list or mapping kept as compact JSON text, the same on SQLite and PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Write compact JSON; an empty list or mapping is stored as NULL."""
        import json

        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else None

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Read JSON back; NULL stays None. One call a value: lists read very many."""
        return _read_json


def _read_json(value: str | None) -> Any:
    if value is None:
        return None
    import json

    return json.loads(value)


_TYPES: Mapping[Kind, type[sa.types.TypeEngine[Any]]] = {
    Kind.INTEGER: sa.Integer,
    Kind.DECIMAL: sa.Integer,
    Kind.MONEY: sa.BigInteger,
    Kind.YES_NO: sa.Boolean,
    Kind.CODES: JsonText,
    Kind.TEXTS: JsonText,
    Kind.REFERENCES: JsonText,
}


def column(
    label: str, kind: Kind, *, index: bool = False, order: int = 0, **described: Any
) -> MappedColumn[Any]:
    """Describe one field and its column together; ``described`` are the attributes of `Field`."""
    field = Field(name="", label=label, kind=kind, **described)
    return mapped_column(
        _TYPES.get(kind, sa.Text)(), nullable=True, index=index, info={INFO_KEY: field}, sort_order=order
    )


@cache
def fields_of(entity: type[Model]) -> Mapping[str, Field]:
    """Give the described fields of an entity by name, in the order they are written in its class."""
    from dataclasses import replace

    found = {}
    for col in entity.__table__.columns:
        described = col.info.get(INFO_KEY)
        if described is not None:
            found[col.name] = replace(described, name=col.name)
    return found
