"""A register as one value: what it is called, what it holds, and what may be done with its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.fields import Field, Kind

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.errors import Problem
    from models.records import Record, Row, Values


def param(name: str, label: str, kind: Kind, **described: Any) -> Field:
    """Describe one value a verb asks for; the same description as a column's."""
    return Field(name=name, label=label, kind=kind, **described)


@dataclass(frozen=True)
class Verb:
    """Something done to a record besides changing fields.

    ``run`` gets the record with its children and the checked parameters inside the open transaction; it
    raises `GuardFailed` (or `Refused`) when a condition is not met, may create children through the writer,
    and returns the fields of the record to change. ``from_states`` empty means any; ``to_state`` None keeps
    the state unless ``run`` returns one. ``basis`` cites the rule the guard comes from.
    """

    name: str
    label: str
    from_states: tuple[str, ...]
    to_state: str | None
    run: Callable[[Context, Writer, Row, Row], Values]
    params: tuple[Field, ...] = ()
    basis: str = ""


@dataclass(frozen=True)
class Numbering:
    """How a register numbers its records.

    ``field`` is filled at creation if empty; ``template`` uses {prefix}, {year} and {n}; a sequence runs
    per ``prefix`` and year of the ``day`` field; numbers are never reused, a gap stays a gap.
    """

    field: str
    template: str
    width: int
    prefix: Callable[[Context, Row], str]


UNSAID = "（不详）"


def joined(*parts: object, by: str = " · ") -> str:
    """Join what is known of a record into the line it is shown by; nothing known reads （不详）."""
    return by.join(str(part) for part in parts if part) or UNSAID


def _no_change(ctx: Context, row: Row) -> Row:  # noqa: ARG001
    return row


def _as_given(ctx: Context, writer: Writer, raw: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    return raw


def _no_problem(ctx: Context, row: Row) -> Iterable[Problem]:  # noqa: ARG001
    return ()


def _no_text(row: Row, codes: CodeBook) -> str:  # noqa: ARG001
    return ""


@dataclass(frozen=True)
class Register:
    """One top-level list of the station.

    ``prepare`` fills defaults and derived fields of a draft (the record with its children nested by field
    name) and must be idempotent; ``examine`` gives the cross-field problems of a draft: errors refuse, the
    rest are shown. ``expand`` may turn a short input row into a full one before it is read; it is given the
    writer because a full row may need a number. ``day`` is the field by which lists run; ``unique`` names
    field groups that may stand only once among records that are not void.
    """

    key: str
    label: str
    slice: str
    entity: type[Record]
    title: Callable[[Row], str]
    day: str
    list_columns: tuple[str, ...]
    subtitle: Callable[[Row, CodeBook], str] = _no_text
    state_codes: str | None = None
    initial_state: str | None = None
    numbering: Numbering | None = None
    unique: tuple[tuple[str, ...], ...] = ()
    verbs: tuple[Verb, ...] = ()
    expand: Callable[[Context, Writer, Mapping[str, Any]], Mapping[str, Any]] = _as_given
    prepare: Callable[[Context, Row], Row] = _no_change
    examine: Callable[[Context, Row], Iterable[Problem]] = _no_problem
    extra_search: Callable[[Context, Row], Iterable[str]] | None = None
    settings_only: bool = False

    @property
    def verb(self) -> Mapping[str, Verb]:
        """The verbs by name."""
        return {verb.name: verb for verb in self.verbs}

    def with_verbs(self, *verbs: Verb) -> Register:
        """Give the same register with these verbs added."""
        return replace(self, verbs=(*self.verbs, *verbs))
