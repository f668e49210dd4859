"""What look-ups among other cases find for many cases at once, found out with a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from app.mediation.lookup import (
    CHUNK,
    LIKE_BRIEF,
    LIKE_TERMS,
    LOGGED_EVENTS,
    SAME_DISPUTE,
    SAME_VOLUME_NO,
    Alike,
    texts_by_key,
)
from models.mediation import Agreement, CaseParty, MediationCase
from models.mediation.terms import neighbouring_keys
from models.records import Row, table_of


def alone(conn: sa.Connection, cases: Sequence[Row]) -> Mapping[str, frozenset[str]]:
    """Give for each look-up the stored cases it finds nothing for; a case left out is looked up by itself."""
    ids = frozenset(case["id"] for case in cases)
    return {
        SAME_VOLUME_NO: ids - _same_numbers(conn, cases),
        SAME_DISPUTE: ids - _same_parties(conn, cases),
        LOGGED_EVENTS: ids,
    }


def alike(conn: sa.Connection, cases: Sequence[Row]) -> Mapping[str, Mapping[str, Sequence[Alike]]]:
    """Give for both likenesses the texts that any of the stored cases is compared with, by their key."""
    briefs = [(case["id"], case["brief_key"]) for case in cases if case.get("brief_key")]
    terms = [
        (case["id"], row["terms_key"])
        for case in cases
        for row in case.get("agreements") or []
        if row.get("terms_key")
    ]
    case, agreement = table_of(MediationCase), table_of(Agreement)
    near = {
        LIKE_BRIEF: _near(conn, briefs, case.c.brief_key, case.c.id),
        LIKE_TERMS: _near(conn, terms, agreement.c.terms_key, agreement.c.parent_id),
    }
    return {look_up: texts_by_key(conn, look_up, keys) for look_up, keys in near.items()}


def _same_numbers(conn: sa.Connection, cases: Iterable[Row]) -> set[str]:
    table = table_of(MediationCase)
    by_number: dict[str, set[str]] = {}
    numbers = sorted({case["volume_no"] for case in cases if case.get("volume_no")})
    for start in range(0, len(numbers), CHUNK):
        query = sa.select(table.c.volume_no, table.c.id).where(
            table.c.volume_no.in_(numbers[start : start + CHUNK]), table.c.void_flag.is_(sa.false())
        )
        for number, record in conn.execute(query):
            by_number.setdefault(number, set()).add(record)
    return {record for records in by_number.values() if len(records) > 1 for record in records}


def _same_parties(conn: sa.Connection, cases: Iterable[Row]) -> set[str]:
    """Give the cases one of whose parties takes part in another case too."""
    party = table_of(CaseParty)
    names = sorted({row["name"] for case in cases for row in case.get("parties") or [] if row.get("name")})
    by_name: dict[str, set[str]] = {}
    for start in range(0, len(names), CHUNK):
        query = sa.select(party.c.name, party.c.parent_id).where(
            party.c.name.in_(names[start : start + CHUNK]), party.c.void_flag.is_(sa.false())
        )
        for name, record in conn.execute(query):
            by_name.setdefault(name, set()).add(record)
    shared = {name for name, records in by_name.items() if len(records) > 1}
    return {
        case["id"]
        for case in cases
        if {row["name"] for row in case.get("parties") or [] if row.get("name")} <= shared
    }


def _near(
    conn: sa.Connection,
    keys: Iterable[tuple[str, str]],
    key: sa.ColumnElement[str],
    record: sa.ColumnElement[str],
) -> list[str]:
    """Give the keys near those of (record, key) pairs under which a text of another record is kept."""
    near = [(own, other) for own, held in keys for other in neighbouring_keys(held)]
    wanted = sorted({other for _, other in near})
    holders: dict[str, set[str]] = {}
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(key, sa.func.min(record), sa.func.max(record)).group_by(key)
        for found, first, last in conn.execute(query.where(key.in_(wanted[start : start + CHUNK]))):
            holders[found] = {first, last}
    return sorted({other for own, other in near if holders.get(other, set()) - {own}})
