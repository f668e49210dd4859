"""What a draft needs to know of other records: names behind references, posts, similar cases, the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.mediation import (
    Agreement,
    CaseEvent,
    CaseMediator,
    CaseParty,
    MediationCase,
    MediationOrg,
    Studio,
)
from models.mediation.states import VILLAGE_ORGS
from models.mediation.terms import later, neighbouring_keys, plain_words
from models.person import Person
from models.person.people import Relation
from models.records import table_of
from models.roster import MediatorPost

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

CHUNK = 500
FEW = 20
LIKENESS_CANDIDATES = 200
SAME_DISPUTE_DAYS = 90
SAME_DISPUTE, LIKE_BRIEF, LIKE_TERMS, SAME_VOLUME_NO = "same_dispute", "like_brief", "like_terms", "volume_no"
LOGGED_EVENTS = "logged_events"


@dataclass(frozen=True)
class Alike:
    """Another case with a text to compare: its id, title, and the text with names and numbers levelled."""

    record: str
    title: str
    plain: str


def _is_alone(ctx: Context, look_up: str, draft: Row) -> bool:
    return draft.get("id") in ctx.alone.get(look_up, ())


def row_of(ctx: Context, entity: Any, record_id: object) -> Row | None:
    """Read one row that is not void by its id; None for no id or an unknown one."""
    if not isinstance(record_id, str):
        return None
    table = table_of(entity)
    query = sa.select(table).where(table.c.id == record_id, table.c.void_flag.is_(sa.false()))
    with ctx.ledger.reading() as conn:
        found = conn.execute(query).mappings().first()
    return None if found is None else dict(found)


def person_of(ctx: Context, person_id: object) -> Row | None:
    """Read a person file."""
    return row_of(ctx, Person, person_id)


def post_of(ctx: Context, post_id: object) -> Row | None:
    """Read a mediator's post."""
    return row_of(ctx, MediatorPost, post_id)


def org_of(ctx: Context, org_id: object) -> Row | None:
    """Read a mediation committee."""
    return row_of(ctx, MediationOrg, org_id)


def studio_id(ctx: Context, org_id: object, words: str) -> str | None:
    """Find a studio of a committee by its id or name; None if it has no such studio."""
    table = table_of(Studio)
    query = sa.select(table.c.id).where(
        table.c.void_flag.is_(sa.false()), table.c.parent_id == org_id,
        sa.or_(table.c.id == words, table.c.name == words),
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        return conn.execute(query.limit(1)).scalar()


def posts_of(ctx: Context, ids: Sequence[str]) -> Mapping[str, Row]:
    """Read several posts by id."""
    if not ids:
        return {}
    table = table_of(MediatorPost)
    with ctx.ledger.reading() as conn:
        rows = conn.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()
        return {row["id"]: dict(row) for row in rows}


def relatives(ctx: Context, persons: Iterable[str]) -> set[tuple[str, str]]:
    """Give pairs (person, other person) that a person file records as family or close relations."""
    ids = [found for found in persons if found]
    if not ids:
        return set()
    table = table_of(Relation)
    query = sa.select(table.c.parent_id, table.c.to_person_id).where(
        table.c.void_flag.is_(sa.false()), table.c.to_person_id.is_not(None),
        sa.or_(table.c.parent_id.in_(ids), table.c.to_person_id.in_(ids)),
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        pairs = conn.execute(query).all()
    return {pair for one, other in pairs for pair in ((one, other), (other, one))}


def relatives_by_name(ctx: Context, persons: Iterable[str]) -> set[tuple[str, str]]:
    """Give pairs (person, name) of relations written by name only in a person file."""
    ids = [found for found in persons if found]
    if not ids:
        return set()
    table = table_of(Relation)
    query = sa.select(table.c.parent_id, table.c.name).where(
        table.c.void_flag.is_(sa.false()), table.c.parent_id.in_(ids), table.c.name.is_not(None)
    )
    with ctx.ledger.reading() as conn:
        return {(row.parent_id, row.name) for row in conn.execute(query)}


def same_dispute(ctx: Context, draft: Row) -> list[tuple[str, str, frozenset[str]]]:
    """Give id, title and party names of other cases of this type concluded within 90 days of this one.

    Only those are looked at in which the first of this case's parties takes part too.
    """
    names_here = sorted(party.get("name") or "" for party in draft.get("parties") or [])
    if not names_here or _is_alone(ctx, SAME_DISPUTE, draft):
        return []
    case, party = table_of(MediationCase), table_of(CaseParty)
    concluded = draft["concluded_on"]
    query = (
        sa.select(case.c.id, case.c.case_no, case.c.title, party.c.name)
        .join(party, party.c.parent_id == case.c.id)
        .where(
            case.c.dispute_type == draft["dispute_type"],
            case.c.concluded_on >= later(concluded, -SAME_DISPUTE_DAYS),
            case.c.concluded_on <= later(concluded, SAME_DISPUTE_DAYS),
            case.c.id != draft.get("id"),
            case.c.void_flag.is_(sa.false()),
            party.c.void_flag.is_(sa.false()),
            case.c.id.in_(_cases_of(names_here[-1])),
        )
    )
    names: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    with ctx.ledger.reading() as conn:
        for row in conn.execute(query):
            names.setdefault(row.id, set()).add(row.name)
            titles[row.id] = f"{row.title}（{row.case_no}）"
    return [(found, titles[found], frozenset(names[found])) for found in names]


def _cases_of(name: str) -> sa.Select[tuple[str]]:
    party = table_of(CaseParty)
    return sa.select(party.c.parent_id).where(party.c.name == name, party.c.void_flag.is_(sa.false()))


def like_brief(ctx: Context, draft: Row) -> Iterator[Sequence[Alike]]:
    """Give other cases whose brief begins alike and is about as long, a few at a time."""
    return _alike(ctx, LIKE_BRIEF, draft.get("id"), draft.get("brief_key"))


def like_terms(ctx: Context, draft: Row, key: str | None) -> Iterator[Sequence[Alike]]:
    """Give other cases with an agreement whose terms begin alike and are about as long, a few at a time."""
    return _alike(ctx, LIKE_TERMS, draft.get("id"), key)


def _alike(ctx: Context, look_up: str, own: object, key: str | None) -> Iterator[Sequence[Alike]]:
    if not key:
        return
    keys = sorted(neighbouring_keys(key))
    by_key = ctx.alike.get(look_up)
    if by_key is not None:
        known = (one for near in keys for one in by_key.get(near, ()) if one.record != own)
        others = islice(known, LIKENESS_CANDIDATES)
        while few := list(islice(others, FEW)):
            yield few
        return
    with ctx.ledger.reading() as conn:
        rows = [row for row in _texts_under(conn, look_up, keys) if row.id != own]
        for start in range(0, min(len(rows), LIKENESS_CANDIDATES), FEW):
            yield _compared(conn, rows[start : start + FEW])


def texts_by_key(conn: sa.Connection, look_up: str, keys: Iterable[str]) -> dict[str, list[Alike]]:
    """Give the texts of live cases under each key, so many a key as are compared with one case."""
    rows = {key: _texts_under(conn, look_up, [key]) for key in keys}
    texts = iter(_compared(conn, [row for found in rows.values() for row in found]))
    return {key: list(islice(texts, len(found))) for key, found in rows.items()}


def _texts_under(conn: sa.Connection, look_up: str, keys: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Read id, title and text of live cases by the keys of the text; one more than is compared: the own."""
    return conn.execute(_TEXTS[look_up].limit(LIKENESS_CANDIDATES + 1), {"wanted": keys}).all()


def _compared(conn: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Alike]:
    names = party_names(conn, sorted({row.id for row in rows}))
    return [Alike(row.id, row.title, plain_words("".join(row.words or ()), names[row.id])) for row in rows]


def _texts() -> Mapping[str, sa.Select[Any]]:
    case, agreement = table_of(MediationCase), table_of(Agreement)
    wanted: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
    live = case.c.void_flag.is_(sa.false())
    briefs = sa.select(case.c.id, case.c.title, case.c.brief.label("words")).where(
        case.c.brief_key.in_(wanted), live
    )
    terms = (
        sa.select(case.c.id, case.c.title, agreement.c.terms.label("words"))
        .join(agreement, agreement.c.parent_id == case.c.id)
        .where(agreement.c.terms_key.in_(wanted), agreement.c.void_flag.is_(sa.false()), live)
    )
    return MappingProxyType({LIKE_BRIEF: briefs, LIKE_TERMS: terms})


_TEXTS = _texts()


def party_names(conn: sa.Connection, cases: Sequence[str]) -> Mapping[str, list[str]]:
    """Give the party names of several cases."""
    names: dict[str, list[str]] = {case: [] for case in cases}
    party = table_of(CaseParty)
    for start in range(0, len(cases), CHUNK):
        query = sa.select(party.c.parent_id, party.c.name).where(
            party.c.parent_id.in_(cases[start : start + CHUNK]), party.c.void_flag.is_(sa.false())
        )
        for row in conn.execute(query):
            names[row.parent_id].append(row.name)
    return names


def same_volume_no(ctx: Context, draft: Row) -> str | None:
    """Give the title of another live case of the same committee that bears the same volume number."""
    if _is_alone(ctx, SAME_VOLUME_NO, draft):
        return None
    case = table_of(MediationCase)
    query = sa.select(case.c.title).where(
        case.c.volume_no == draft["volume_no"], case.c.org_id == draft.get("org_id"),
        case.c.id != draft.get("id"), case.c.void_flag.is_(sa.false()),
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        return conn.execute(query.limit(1)).scalar()


def logged_events(ctx: Context, case_id: object) -> list[Row]:
    """Read the stored log of a case, to hold a draft against; a case examined as it is stored has none."""
    if case_id in ctx.alone.get(LOGGED_EVENTS, ()):
        return []
    table = table_of(CaseEvent)
    query = sa.select(table).where(table.c.parent_id == case_id, table.c.void_flag.is_(sa.false()))
    with ctx.ledger.reading() as conn:
        return [dict(row) for row in conn.execute(query).mappings()]


def village_org(ctx: Context, village: object) -> str | None:
    """Give the committee of a village; where it has none, the committee of the case entered last."""
    org, case = table_of(MediationOrg), table_of(MediationCase)
    own = sa.select(org.c.id).where(
        org.c.village_id == village, org.c.org_type.in_(VILLAGE_ORGS), org.c.void_flag.is_(sa.false())
    )
    last = sa.select(case.c.org_id).where(case.c.void_flag.is_(sa.false())).order_by(case.c.id.desc())
    only = sa.select(org.c.id).where(org.c.void_flag.is_(sa.false())).order_by(org.c.id)
    with ctx.ledger.reading() as conn:
        for query in (own, last, only):
            found = conn.execute(query.limit(1)).scalar()
            if found is not None:
                return str(found)
    return None


def last_mediator(ctx: Context, org_id: object) -> Row | None:
    """Give post and name of the mediator who led the committee's last case, else of its director."""
    case, mediator, post = table_of(MediationCase), table_of(CaseMediator), table_of(MediatorPost)
    last = (
        sa.select(mediator.c.mediator_post, mediator.c.name)
        .join(case, case.c.id == mediator.c.parent_id)
        .where(
            case.c.org_id == org_id, mediator.c.role == "lead", mediator.c.void_flag.is_(sa.false()),
            case.c.void_flag.is_(sa.false()),
        )
        .order_by(case.c.id.desc())
    )  # fmt: skip
    in_post = (
        sa.select(post.c.id.label("mediator_post"), post.c.name)
        .where(post.c.org_id == org_id, post.c.leave_on.is_(None), post.c.void_flag.is_(sa.false()))
        .order_by(sa.case((post.c.post == "director", 0), else_=1), post.c.id)
    )
    with ctx.ledger.reading() as conn:
        for query in (last, in_post):
            found = conn.execute(query.limit(1)).mappings().first()
            if found is not None:
                return dict(found)
    return None
