"""Does this person already have a file? Same document is the same person; the rest are only hints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from models.person import Contact, IdDoc, Person, PersonPair
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

Level = Literal["same", "possible", "different"]


@dataclass(frozen=True)
class Hint:
    """A file that may be the same person: how sure, and by what."""

    person: str
    title: str
    level: Level
    why: str


def same_document(ctx: Context, kind: str, number: str, own_id: str) -> Hint | None:
    """Find another live file that holds this very document."""
    doc, person = table_of(IdDoc), table_of(Person)
    query = (
        sa.select(person.c.id, person.c.name)
        .join(doc, doc.c.parent_id == person.c.id)
        .where(
            doc.c.number == number, doc.c.type == kind, doc.c.void_flag.is_(sa.false()),
            person.c.void_flag.is_(sa.false()), person.c.merged_into.is_(None), person.c.id != own_id,
        )
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        found = conn.execute(query.limit(1)).first()
        if found is None or _merged(conn, own_id):
            return None
    return Hint(found.id, found.name, "same", "证件号码相同")


def similar(ctx: Context, row: Row) -> list[Hint]:
    """Give the files that look like this person, each with what was decided about the pair before.

    Same document: same. Same name with same birth date, telephone or village: possible (rulings leave the
    decision to the officer; nothing is ever merged by itself).
    """
    with ctx.ledger.reading() as conn:
        decided = _decided(conn, row["id"])
        found: dict[str, Hint] = {}
        for hint in _candidates(conn, row):
            if hint.person != row["id"] and hint.person not in found:
                level = decided.get(hint.person, hint.level)
                found[hint.person] = Hint(hint.person, hint.title, level, hint.why)
    return list(found.values())


def _candidates(conn: sa.Connection, row: Row) -> Iterator[Hint]:
    person = table_of(Person)
    live = (person.c.void_flag.is_(sa.false()), person.c.merged_into.is_(None))
    same_name = conn.execute(
        sa.select(person.c.id, person.c.name, person.c.birth_date, person.c.phone_main, person.c.village_id)
        .where(*live, person.c.name == row.get("name"))
        .limit(50)
    )
    for other in same_name:
        whys = [
            label
            for label, key in (
                ("出生日期", "birth_date"),
                ("电话", "phone_main"),
                ("村（社区）", "village_id"),
            )
            if row.get(key) and row.get(key) == getattr(other, key)
        ]
        if whys:
            yield Hint(other.id, other.name, "possible", "姓名和" + "、".join(whys) + "相同")
    yield from _by_phone(conn, row)


def _by_phone(conn: sa.Connection, row: Row) -> Iterator[Hint]:
    person, contact = table_of(Person), table_of(Contact)
    phone = row.get("phone_main")
    if not phone:
        return
    query = (
        sa.select(person.c.id, person.c.name)
        .join(contact, contact.c.parent_id == person.c.id)
        .where(
            contact.c.value == phone, contact.c.void_flag.is_(sa.false()),
            person.c.name == row.get("name"), person.c.void_flag.is_(sa.false()),
        )
    )  # fmt: skip
    for other in conn.execute(query.limit(10)):
        yield Hint(other.id, other.name, "possible", "姓名和电话相同")


def _decided(conn: sa.Connection, person_id: str) -> dict[str, Level]:
    pair = table_of(PersonPair)
    query = sa.select(pair.c.first_id, pair.c.second_id, pair.c.verdict).where(
        pair.c.void_flag.is_(sa.false()), sa.or_(pair.c.first_id == person_id, pair.c.second_id == person_id)
    )
    return {
        (row.second_id if row.first_id == person_id else row.first_id): row.verdict
        for row in conn.execute(query)
    }


def _merged(conn: sa.Connection, person_id: str) -> bool:
    person = table_of(Person)
    return conn.execute(sa.select(person.c.merged_into).where(person.c.id == person_id)).scalar() is not None
