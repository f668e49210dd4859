"""Files that belong to records: taken in encrypted, listed with those that are missing, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.finding import Found, find
from app.ledger.filestore import FileStore
from models.person import Attachment
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

LONGEST_NAME = 120


@dataclass(frozen=True)
class Held:
    """One attachment of a record; ``present`` tells whether its stored file is there."""

    id: str
    filename: str
    kind: str | None
    mime: str
    size: int
    sha256: str
    sm3: str
    taken_in_at: str
    present: bool


def attach(
    ctx: Context, words: str, source: Path, *, kind: str | None = None, remark: str | None = None
) -> tuple[str, Held]:
    """Take a file in and note it at a record; gives the record's id and what was noted.

    Errors: those of `find` and of `FileStore.put`; `Refused` for an unknown kind.
    """
    found = find(ctx, words)
    kind_code = _kind(ctx, kind)
    stored = store(ctx).put(source)
    moment = ctx.now.isoformat(timespec="minutes")
    values = {
        "record_id": found.id, "filename": source.name[-LONGEST_NAME:], "kind": kind_code,
        "mime": stored.mime, "size": stored.size, "sha256": stored.sha256, "sm3": stored.sm3,
        "taken_in_at": moment, "remark": remark,
    }  # fmt: skip
    with ctx.ledger.writing(ctx, "attach", "添加附件") as writer:
        identity = writer.create(Attachment, values)
        row = writer.get(Attachment, identity)
    assert row is not None  # noqa: S101 — it has just been written
    return found.id, _held(row, present=True)


def attachments(ctx: Context, words: str) -> tuple[Found, list[Held]]:
    """Give the attachments of a record, oldest first; those whose file is gone stay visible."""
    found = find(ctx, words)
    table = table_of(Attachment)
    query = sa.select(table).where(table.c.record_id == found.id, table.c.void_flag.is_(sa.false()))
    with ctx.ledger.reading() as conn:
        rows = [dict(row) for row in conn.execute(query.order_by(table.c.id)).mappings()]
    held = store(ctx)
    return found, [_held(row, present=held.exists(row["sha256"])) for row in rows]


def damage(ctx: Context) -> tuple[int, list[str]]:
    """Open every attachment that is on record; gives how many and a line for each that is not whole."""
    table = table_of(Attachment)
    with ctx.ledger.reading() as conn:
        known = set(
            conn.execute(sa.select(table.c.sha256).where(table.c.void_flag.is_(sa.false()))).scalars()
        )
    checked = store(ctx).verify(sorted(known))
    lines = [f"附件（编号 {digest[:12]}）不在附件文件夹中。" for digest in checked.missing]
    lines += [f"附件（编号 {digest[:12]}）已损坏，打不开。" for digest in checked.damaged]
    return len(known), lines


def store(ctx: Context) -> FileStore:
    """Give the place where the attachments of the open ledger lie."""
    return FileStore(ctx.ledger.path, ctx.ledger.secrets)


def _kind(ctx: Context, kind: str | None) -> str | None:
    from app.values import read_value
    from models.errors import Refused
    from models.fields import fields_of

    value, problem = read_value(fields_of(Attachment)["kind"], kind, ctx)
    if problem is not None:
        raise Refused((problem,))
    return None if value is None else str(value)


def _held(row: Row, *, present: bool) -> Held:
    return Held(
        id=row["id"], filename=row["filename"], kind=row["kind"], mime=row["mime"], size=row["size"],
        sha256=row["sha256"], sm3=row["sm3"], taken_in_at=row["taken_in_at"], present=present,
    )  # fmt: skip
