"""How a step of a case is carried out: its guard and effects, a line in the log, rows added beneath."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.drafts import complete, read_draft, required_problems
from app.register import Verb, param
from models.errors import Refused
from models.fields import Field, Kind
from models.mediation import CaseEvent

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Child, Row, Values

NOTE = param("note", "说明", Kind.LONG_TEXT)


@dataclass(frozen=True)
class Step:
    """What a step did: the case's new values, and what its line in the log says besides."""

    values: Mapping[str, Any] = field(default_factory=dict)
    on: str | None = None
    note: str | None = None
    receiver: str | None = None


Act = Callable[["Context", "Writer", "Row", "Row"], Step]


def step(
    name: str,
    label: str,
    from_states: tuple[str, ...],
    to_state: str | None,
    act: Act,
    params: tuple[Field, ...] = (),
    *,
    event: str = "",
    basis: str = "",
) -> Verb:
    """Make the verb of a step; every step takes a note and writes one line of the log (``event``)."""

    def run(ctx: Context, writer: Writer, record: Row, given: Row) -> Values:
        done = act(ctx, writer, record, given)
        target = done.values.get("state") or to_state or record["state"]
        note = "；".join(filter(None, (done.note, given.get("note")))) or None
        writer.create(
            CaseEvent,
            {
                "parent_id": record["id"],
                "position": len(record["events"]) + 1,
                "at": ctx.now.isoformat(timespec="minutes"),
                "actor": ctx.actor,
                "event": event or name,
                "from_state": record["state"],
                "to_state": target,
                "on": done.on or ctx.today.isoformat(),
                "receiver": done.receiver,
                "note": note,
            },
        )
        return done.values

    return Verb(name, label, from_states, to_state, run, (*params, NOTE), basis)


def day_or_today(ctx: Context, given: object) -> str:
    """Give the day that was given, else today."""
    return given if isinstance(given, str) and given else ctx.today.isoformat()


def read_child(
    ctx: Context, entity: type[Child], raw: Mapping[str, Any], finish: Callable[[Row], Row] | None = None
) -> Row:
    """Read the values of a child row (and the rows beneath it); `Refused` lists what is wrong.

    ``finish`` may fill what follows from the rest before required fields are looked for.
    """
    draft, problems = read_draft(ctx, entity, raw)
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        draft = complete(entity, draft)
        draft = finish(draft) if finish is not None else draft
        errors += required_problems(entity, draft)
    if errors:
        raise Refused(tuple(errors))
    return draft


def write_child(writer: Writer, entity: type[Child], parent: Row, draft: Row) -> str:
    """Add a child row with the rows beneath it behind its siblings; gives its id."""
    from app.records import write_new

    siblings = parent.get(entity.__field__) or []
    position = len(siblings) + 1
    return write_new(writer, entity, {**draft, "parent_id": parent["id"], "position": position})


def add_child(ctx: Context, writer: Writer, entity: type[Child], parent: Row, raw: Mapping[str, Any]) -> str:
    """Read and add a child row in one go."""
    return write_child(writer, entity, parent, read_child(ctx, entity, raw))


def label_of(ctx: Context, name: str, code: object) -> str:
    """Give what a person reads for a code."""
    return ctx.codes[name].label(code if isinstance(code, str) else None)
