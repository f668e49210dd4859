"""The journal: append-only changes under a hash chain, from which every table can be rebuilt.

One change sets fields of one record. Its identity is its content hash, so two copies of a ledger that went
on from one backup never mistake each other's changes (docs/decisions/journal.md). The chain covers salted
digests of the values, not the values: what the law orders sealed or erased can be blanked and the chain
still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from models.records import Model

CREATE = "create"
SET = "set"
VOID = "void"
REVIVE = "revive"
EVENT = "event"
LIFE_KINDS = frozenset({VOID, REVIVE})

GENESIS = b"\0" * 32
ALL_FIELDS = "*"
SALT_BYTES = 12
OP_CHARS = 32
FORMAT = 1
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class JournalChange(Model):
    """One change; ``local`` is the order of arrival here, everything else is the same on every copy."""

    __tablename__ = "journal_change"
    local = mapped_column(sa.Integer, primary_key=True, autoincrement=True)
    device = mapped_column(sa.Text, nullable=False)
    epoch = mapped_column(sa.Integer, nullable=False)
    seq = mapped_column(sa.Integer, nullable=False)
    hash = mapped_column(sa.LargeBinary, nullable=False)
    prev_hash = mapped_column(sa.LargeBinary, nullable=False)
    hlc = mapped_column(sa.BigInteger, nullable=False)
    batch = mapped_column(sa.String(36), nullable=False, index=True)
    verb = mapped_column(sa.Text, nullable=False)
    actor = mapped_column(sa.Text, nullable=False)
    entity = mapped_column(sa.Text, nullable=False)
    record = mapped_column(sa.String(36), nullable=False, index=True)
    kind = mapped_column(sa.Text, nullable=False)
    payload = mapped_column(sa.Text, nullable=False)
    prev = mapped_column(sa.Text, nullable=False)
    context = mapped_column(sa.Text, nullable=True)
    __table_args__ = (sa.Index("ix_journal_change_device_epoch_seq", "device", "epoch", "seq"),)


class JournalHead(Model):
    """The last change of one device in one epoch that this ledger holds without a gap."""

    __tablename__ = "journal_head"
    device = mapped_column(sa.Text, primary_key=True)
    epoch = mapped_column(sa.Integer, primary_key=True)
    seq = mapped_column(sa.Integer, nullable=False)
    hash = mapped_column(sa.LargeBinary, nullable=False)
    hlc = mapped_column(sa.BigInteger, nullable=False)


class JournalBatch(Model):
    """One action of a person: the changes that are undone together."""

    __tablename__ = "journal_batch"
    batch = mapped_column(sa.String(36), primary_key=True)
    number = mapped_column(sa.Integer, nullable=False, unique=True)
    verb = mapped_column(sa.Text, nullable=False)
    label = mapped_column(sa.Text, nullable=False)
    actor = mapped_column(sa.Text, nullable=False)
    at = mapped_column(sa.Text, nullable=False)
    changes = mapped_column(sa.Integer, nullable=False)
    undoes = mapped_column(sa.String(36), nullable=True)


class RecordHead(Model):
    """The changes that hold each field of a record now: {"*": op, field: op or [op, …]}."""

    __tablename__ = "record_head"
    record = mapped_column(sa.String(36), primary_key=True)
    entity = mapped_column(sa.Text, nullable=False)
    heads = mapped_column(sa.Text, nullable=False)
    __table_args__ = ({"sqlite_with_rowid": False},)


class LedgerMeta(Model):
    """Facts about this ledger file itself; not journaled."""

    __tablename__ = "ledger_meta"
    key = mapped_column(sa.Text, primary_key=True)
    value = mapped_column(sa.Text, nullable=False)


class NumberCounter(Model):
    """The last number issued of each sequence; a projection of the numbers the records carry."""

    __tablename__ = "number_counter"
    scheme = mapped_column(sa.Text, primary_key=True)
    year = mapped_column(sa.Integer, primary_key=True)
    last = mapped_column(sa.Integer, nullable=False)


@dataclass(frozen=True)
class Change:
    """The parts of a change that its hash covers; ``digests`` maps field to hex digest of its value."""

    device: str
    epoch: int
    seq: int
    prev_hash: bytes
    hlc: int
    batch: str
    verb: str
    actor: str
    entity: str
    record: str
    kind: str
    digests: Mapping[str, str]
    prev: str
    context: str | None

    def hash(self) -> bytes:
        """Compute the content hash (SHA-256 over canonical JSON)."""
        parts = [
            FORMAT,
            self.device,
            self.epoch,
            self.seq,
            self.prev_hash.hex(),
            self.hlc,
            self.batch,
            self.verb,
            self.actor,
            self.entity,
            self.record,
            self.kind,
            self.digests,
            self.prev,
            self.context,
        ]
        return hashlib.sha256(canonical(parts)).digest()


def canonical(value: object) -> bytes:
    """Write a value as the one JSON text both ends agree on."""
    return _CANONICAL.encode(value).encode()


def compact(value: object) -> str:
    """Write a value as short JSON text for storing."""
    return _COMPACT.encode(value)


def digest_of(field: str, value: object, salt: str) -> str:
    """Digest one value with its salt so that the digest alone does not betray it."""
    text = value if isinstance(value, str) else _CANONICAL.encode(value)
    tag = "s" if isinstance(value, str) else "j"
    return hashlib.sha256(f"{salt}\0{field}\0{tag}{text}".encode()).hexdigest()[:OP_CHARS]


def op_of(change_hash: bytes) -> str:
    """Give the short name other changes call this one by in ``prev`` and in heads."""
    return change_hash.hex()[:OP_CHARS]


def digests_in(payload: Mapping[str, Any]) -> dict[str, str]:
    """Give the digest of each value of a payload; a blanked value ([null, null, digest]) keeps its own."""
    return {
        field: kept[2] if len(kept) > 2 else digest_of(field, kept[0], kept[1])
        for field, kept in payload.items()
    }


def head_of(heads: Mapping[str, Any], field: str) -> list[str]:
    """Give the operations that hold a field now; several when two machines wrote unseen by each other."""
    held = heads.get(field, heads.get(ALL_FIELDS))
    if held is None:
        return []
    return list(held) if isinstance(held, list) else [held]
