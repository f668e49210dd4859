"""What the texts of a record may say outside the station: its names, numbers and addresses are covered.

A title such as 刘福与何贵邻里纠纷 carries what the column of parties hides, so each text that leaves is
searched for the sensitive values of its own record (人民调解法第十五条: no disclosing of a party's privacy).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from app.drafts import fetch_rows, walk
from app.registers import REGISTERS, register_named
from models import journal as j
from models.fields import Sensitivity
from models.masking import mask
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Journaled, Row

LEVEL: Final = "L2"
CHUNK = 500
SHORTEST = 2
SINGLE_PERSONS = ("natural", "self_employed")
_HELD_BACK = frozenset(
    {
        Sensitivity.NAME,
        Sensitivity.PHONE,
        Sensitivity.ID_NUMBER,
        Sensitivity.ADDRESS,
        Sensitivity.BANK_CARD,
        Sensitivity.SENSITIVE,
    }
)
_SEVERAL = re.compile(r"[与、，,；;/\s]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:(\d{17}[\dXx])|(1\d{10}))(?![0-9A-Za-z])")


@dataclass(frozen=True)
class Veil:
    """The sensitive values of one record and what stands in their place, longest first."""

    words: tuple[tuple[str, str], ...] = ()

    def cover(self, text: str) -> str:
        """Give the text with this record's sensitive values and any identity or mobile number covered."""
        for plain, covered in self.words:
            text = text.replace(plain, covered)
        return _NUMBER.sub(_covered_number, text)


@dataclass(frozen=True)
class Veils:
    """The veils of many records; none covers anything when the county is to see all (``full``)."""

    known: Mapping[str, Veil] = field(default_factory=dict)
    full: bool = False

    def cover(self, record: str | None, text: str) -> str:
        """Give a text about a record as it may leave the station."""
        return text if self.full else self.known.get(record or "", Veil()).cover(text)


def covered_name(name: str) -> str:
    """Give one name, or several written in one text, each covered."""
    parts = re.split(f"({_SEVERAL.pattern})", name)
    return "".join(
        part if not part or _SEVERAL.fullmatch(part) else mask(Sensitivity.NAME, part, LEVEL)
        for part in parts
    )


def veil_of(kind: type[Journaled], row: Row) -> Veil:
    """Gather the sensitive values of a record and its children.

    Names of companies, and of those who mediate, are no secret, unless a party has the same name.
    """
    open_names = {*_companies(row), *_staff(row)} - set(_persons(row))
    words: dict[str, str] = {}
    for _, _, described, value in walk(kind, row):
        if described.sensitivity not in _HELD_BACK:
            continue
        for text in _texts(value):
            if text not in open_names:
                words.update(_pairs(described.sensitivity, text))
    return Veil(tuple(sorted(words.items(), key=lambda pair: (-len(pair[0]), pair[0]))))


def veils(
    ctx: Context, conn: sa.Connection, records: Iterable[str], read: Mapping[str, Sequence[Row]]
) -> Veils:
    """Give the veils of these records; ids of children and unknown ids have none of their own.

    ``read`` are records already at hand, by the key of their register.
    """
    if ctx.settings["bundle_full_identity"]:
        return Veils(full=True)
    wanted = set(records)
    known: dict[str, Veil] = {}
    for key, rows in read.items():
        kind = register_named(key).entity
        known |= {row["id"]: veil_of(kind, row) for row in rows if row["id"] in wanted}
    by_table: dict[str, list[str]] = {}
    for record, table in tables_of(conn, wanted - {*known}).items():
        by_table.setdefault(table, []).append(record)
    for register in REGISTERS:
        ids = by_table.get(register.entity.__tablename__, [])
        for start in range(0, len(ids), CHUNK):
            for row in fetch_rows(conn, register.entity, ids[start : start + CHUNK]):
                known[row["id"]] = veil_of(register.entity, row)
    return Veils(known)


def tables_of(conn: sa.Connection, records: Iterable[str]) -> dict[str, str]:
    """Give the table each of these ids belongs to."""
    table = table_of(j.RecordHead)
    wanted, found = sorted(set(records)), {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        query = sa.select(table.c.record, table.c.entity).where(table.c.record.in_(part))
        found.update({row.record: row.entity for row in conn.execute(query)})
    return found


def _companies(row: Row) -> Iterator[str]:
    for party in row.get("parties") or []:
        if party.get("name") and party.get("party_type") not in SINGLE_PERSONS:
            yield party["name"]


def _persons(row: Row) -> Iterator[str]:
    for party in row.get("parties") or []:
        if party.get("name") and party.get("party_type") in SINGLE_PERSONS:
            yield party["name"]


def _staff(row: Row) -> Iterator[str]:
    """Give who accepted and who mediated: they sign agreements too, where a name is held back."""
    yield row.get("acceptor") or ""
    for mediator in row.get("mediators") or []:
        yield mediator.get("name") or ""
    for held in row.get("sessions") or []:
        yield from held.get("mediators") or []
        yield held.get("recorder") or ""


def _texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and len(item.strip()) >= SHORTEST:
            yield item.strip()


def _pairs(sensitivity: Sensitivity, text: str) -> Iterator[tuple[str, str]]:
    if sensitivity is not Sensitivity.NAME:
        yield text, mask(sensitivity, text, LEVEL)
        return
    yield text, covered_name(text)
    for part in _SEVERAL.split(text):
        if len(part) >= SHORTEST:
            yield part, mask(Sensitivity.NAME, part, LEVEL)


def _covered_number(found: re.Match[str]) -> str:
    kind = Sensitivity.ID_NUMBER if found[1] else Sensitivity.PHONE
    return mask(kind, found[0], LEVEL)
