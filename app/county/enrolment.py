"""Whose signature is trusted: cards handed over as files, compared by eight digits on the telephone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.county.errors import CardRefused, InputMissing, KeyChanged, SpokenCodeMismatch
from app.ledger.atomic import make_folder, read_file, write_file
from app.ledger.signing import public_key, sign
from exports.bundle.card import MAX_CARD, EnrolmentCard, read_card, write_card
from models.county import EnrolledOrg, OrgRole
from models.numerals import half_width
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

SUFFIX = ".ybzcard"
ROLE_LABELS = {OrgRole.STATION: "司法所", OrgRole.COUNTY: "县局"}


@dataclass(frozen=True)
class Enrolled:
    """An office that is enrolled now; ``replaced`` tells that an older key was given up for this one."""

    id: str
    org_code: str
    name: str
    role: str
    spoken_code: str
    replaced: bool = False
    unchanged: bool = False


@dataclass(frozen=True)
class TrustedKey:
    """One pinned key of an office; ``revoked_on`` is the day it was given up, None while in use."""

    org_code: str
    name: str
    role: str
    public_key: bytes
    revoked_on: str | None


def make_card(ctx: Context, out_dir: Path) -> Path:
    """Write this office's enrolment card into a folder and give its path; the name is the office's code."""
    seed = ctx.ledger.secrets.sign_seed
    card = own_card(ctx)
    make_folder(out_dir)
    path = out_dir / f"{card.org_code}{SUFFIX}"
    write_file(path, write_card(card, lambda message: sign(seed, message)))
    return path


def own_card(ctx: Context) -> EnrolmentCard:
    """Give what this office's card says; its ``spoken_code`` is read out on the telephone."""
    ledger = ctx.ledger
    return EnrolmentCard(
        org_code=ledger.org_code,
        org_name=ledger.org_name,
        role=ledger.role,
        device_id=ledger.device,
        epoch=ledger.epoch,
        public_key=public_key(ledger.secrets.sign_seed),
        created=ctx.now.isoformat(timespec="minutes"),
    )


def enrol(ctx: Context, file: Path, spoken_code: str, *, reason: str = "") -> Enrolled:
    """Enrol the office of a card once the eight digits agree; nothing is written otherwise.

    A station enrols its one county, a county its stations. Another key for an enrolled office (or another
    county for a station) needs the reason why the old key is given up; bundles sealed before still verify.
    Raises DamagedCard, NewerBundle, SpokenCodeMismatch, CardRefused, KeyChanged, InputMissing.
    """
    card = _read(file)
    if _digits(spoken_code) != _digits(card.spoken_code):
        raise SpokenCodeMismatch(card.org_name)
    _check_role(ctx, card)
    with ctx.ledger.writing(ctx, "county.enrol", f"登记单位：{card.org_name}") as writer:
        in_use = [row for row in writer.select(EnrolledOrg) if not row["revoked_on"]]
        rivals = [row for row in in_use if _competes(ctx, row, card)]
        same = [row for row in rivals if row["public_key"] == card.public_key.hex()]
        if same and len(rivals) == 1 and same[0]["org_code"] == card.org_code:
            return _renewed(writer, same[0], card)
        if rivals and not reason.strip():
            raise KeyChanged(rivals[0]["name"])
        for row in rivals:
            ended = {"revoked_on": ctx.today.isoformat(), "revoke_reason": reason.strip()}
            writer.update(EnrolledOrg, row["id"], ended)
        made = writer.create(EnrolledOrg, _values(ctx, card))
    return _enrolled(made, card, replaced=bool(rivals))


def trusted_keys(conn: sa.Connection) -> tuple[TrustedKey, ...]:
    """Give every pinned key, those in use first, the latest given up before the earlier."""
    table = table_of(EnrolledOrg)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false())).order_by(table.c.id.desc())
    found = [
        TrustedKey(
            row["org_code"], row["name"], row["role"], bytes.fromhex(row["public_key"]), row["revoked_on"]
        )
        for row in conn.execute(query).mappings()
    ]
    return tuple(sorted(found, key=lambda key: key.revoked_on is not None))


def enrolled_offices(conn: sa.Connection, role: OrgRole) -> dict[str, str]:
    """Give code and name of every office of a role that has a key in use, by code."""
    table = table_of(EnrolledOrg)
    query = sa.select(table.c.org_code, table.c.name).where(
        table.c.role == role.value, table.c.void_flag.is_(sa.false()), table.c.revoked_on.is_(None)
    )
    return {row.org_code: row.name for row in conn.execute(query.order_by(table.c.org_code))}


def enrolled_since(conn: sa.Connection, role: OrgRole) -> dict[str, str]:
    """Give the day each office of a role was first enrolled, whatever key it has now, by code."""
    table = table_of(EnrolledOrg)
    query = sa.select(table.c.org_code, sa.func.min(table.c.enrolled_on)).where(
        table.c.role == role.value, table.c.void_flag.is_(sa.false())
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(table.c.org_code))}


def enrolled_county(conn: sa.Connection) -> tuple[str, str] | None:
    """Give code and name of the county a station is enrolled with, None before that."""
    return next(iter(enrolled_offices(conn, OrgRole.COUNTY).items()), None)


def _read(file: Path) -> EnrolmentCard:
    try:
        return read_card(read_file(file, MAX_CARD + 1))
    except FileNotFoundError as error:
        raise InputMissing(file.name) from error


def _digits(text: str) -> str:
    return re.sub(r"\D", "", half_width(text))


def _check_role(ctx: Context, card: EnrolmentCard) -> None:
    if card.org_code == ctx.ledger.org_code:
        raise CardRefused("这是本单位自己的登记卡，不用登记；请选择对方的登记卡。")
    wanted = OrgRole.COUNTY if ctx.ledger.role == OrgRole.STATION else OrgRole.STATION
    if card.role != wanted:
        raise CardRefused(
            f"这是{ROLE_LABELS[OrgRole(card.role)]}“{card.org_name}”的登记卡，"
            f"本台账只登记{ROLE_LABELS[wanted]}，没有写入。"
        )


def _competes(ctx: Context, row: Row, card: EnrolmentCard) -> bool:
    """Say whether an enrolled key must go before the card's can be used: a station has one county only."""
    return ctx.ledger.role == OrgRole.STATION or row["org_code"] == card.org_code


def _renewed(writer: Writer, row: Row, card: EnrolmentCard) -> Enrolled:
    """Take over a new name or device epoch of an office whose key is known."""
    writer.update(
        EnrolledOrg, row["id"], {"name": card.org_name, "device_id": card.device_id, "epoch": card.epoch}
    )
    return _enrolled(row["id"], card, unchanged=True)


def _values(ctx: Context, card: EnrolmentCard) -> Row:
    return {
        "org_code": card.org_code,
        "name": card.org_name,
        "role": card.role,
        "device_id": card.device_id,
        "epoch": card.epoch,
        "public_key": card.public_key.hex(),
        "spoken_code": card.spoken_code,
        "enrolled_on": ctx.today.isoformat(),
        "origin": "received",
    }


def _enrolled(
    record: str, card: EnrolmentCard, *, replaced: bool = False, unchanged: bool = False
) -> Enrolled:
    return Enrolled(record, card.org_code, card.org_name, card.role, card.spoken_code, replaced, unchanged)
