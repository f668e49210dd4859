"""A person's whole file: every record of every register that names them, on one time line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.finding import find, root_of
from app.registers import REGISTERS
from models.fields import Kind, fields_of
from models.person import Person, PersonPair
from models.records import Journaled, entities, table_of

if TYPE_CHECKING:
    from app.context import Context

KEPT_APART = (Person, PersonPair)


@dataclass(frozen=True)
class Line:
    """One line of the time line: the record, the day, and in what role the person stands there."""

    day: str
    register: str
    record: str
    title: str
    role: str


def timeline(ctx: Context, words: str) -> list[Line]:
    """Give every record that names a person (or a file merged into theirs), newest first."""
    person = find(ctx, words, ["person"])
    with ctx.ledger.reading() as conn:
        ids = same_person(conn, person.id)
        lines = dict.fromkeys(_lines(conn, ids))
    return sorted(lines, key=lambda line: (line.day, line.record), reverse=True)


def same_person(conn: sa.Connection, person_id: str) -> list[str]:
    """Give all file ids that stand for one person, following merges both ways."""
    person = table_of(Person)
    survivor = conn.execute(sa.select(person.c.merged_into).where(person.c.id == person_id)).scalar()
    main = survivor or person_id
    merged = conn.execute(sa.select(person.c.id).where(person.c.merged_into == main)).scalars()
    return [main, *merged]


def references_to_persons() -> Iterator[tuple[type[Journaled], str, str]]:
    """Give every field that names a person, read from the field descriptions: none can be forgotten."""
    for kind in entities():
        for name, field in fields_of(kind).items():
            if field.ref == "person" and field.kind is Kind.REFERENCE and kind not in KEPT_APART:
                yield kind, name, field.label


def _lines(conn: sa.Connection, ids: list[str]) -> Iterator[Line]:
    by_table = {register.entity.__tablename__: register for register in REGISTERS}
    for kind, name, label in references_to_persons():
        table = table_of(kind)
        query = sa.select(table.c.id).where(table.c[name].in_(ids), table.c.void_flag.is_(sa.false()))
        for found in conn.execute(query).scalars().all():
            root, root_table = root_of(conn, table.name, found)
            register = by_table.get(root_table)
            if register is None or root in ids:
                continue
            row = conn.execute(
                sa.select(table_of(register.entity)).where(table_of(register.entity).c.id == root)
            ).mappings().one()  # fmt: skip
            if not row["void_flag"]:
                role = kind.__label__ if kind is not register.entity else label
                yield Line(str(row[register.day] or ""), register.key, root, register.title(dict(row)), role)
