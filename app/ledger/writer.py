"""One write transaction: the rows that change and the journal entries that say so, all or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models import journal as j
from models.clock import id_from, tick
from models.fields import fields_of
from models.records import Journaled, Record, column_names, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.records import Model, Row, Values

    Projection = Callable[["Writer", Sequence[tuple[type[Journaled], str]]], None]

FLUSH_AT = 4000
JOURNALED_BASE = ("parent_id", "position", "void_flag", "void_reason", "origin")


@cache
def journaled_names(entity: type[Journaled]) -> frozenset[str]:
    """Give the columns of an entity that the journal keeps (all but id, missing and the time stamps)."""
    base = [name for name in JOURNALED_BASE if name in column_names(entity)]
    return frozenset((*fields_of(entity), *base))


@dataclass
class Head:
    """Where this device's chain stands; moves on with every change of the transaction."""

    device: str
    epoch: int
    seq: int
    hash: bytes
    hlc: int


@dataclass
class Pending:
    """Rows gathered but not yet sent to the database."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[tuple[type[Journaled], tuple[str, ...]], list[dict[str, Any]]] = field(default_factory=dict)
    count: int = 0


class Writer:
    """What a use case writes with; made by `Ledger.writing`, committed or rolled back by it."""

    def __init__(
        self,
        conn: sa.Connection,
        head: Head,
        *,
        batch: str,
        verb: str,
        label: str,
        actor: str,
        now: str,
        wall_ms: int,
        projections: Sequence[Projection] = (),
        reproducible: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.conn = conn
        self.head = head
        self.batch = batch
        self.verb = verb
        self.label = label
        self.actor = actor
        self.now = now
        self.wall_ms = wall_ms
        self.undoes: str | None = None
        self.touched: dict[tuple[type[Journaled], str], None] = {}
        self.changes = 0
        self._projections = projections
        self._random = reproducible
        self._pending = Pending()
        self._numbers: dict[tuple[str, int], int] = {}

    def new_id(self) -> str:
        """Make an id for a record of this transaction."""
        return id_from(self.wall_ms, self._random(10))

    def create(self, entity: type[Journaled], values: Values, record_id: str | None = None) -> str:
        """Add a row and its journal entry; gives its id."""
        record_id = record_id or self.new_id()
        filled = {name: value for name, value in values.items() if value is not None and value != []}
        op = self._append(entity, record_id, j.CREATE, filled, prev={})
        row = _columns(filled)
        row["id"] = record_id
        if issubclass(entity, Record):
            row.update(created_at=self.now, created_by=self.actor, updated_at=self.now, updated_by=self.actor)
        self._pending.rows.setdefault((entity, tuple(row)), []).append(row)
        heads = j.compact({j.ALL_FIELDS: op})
        self._pending.heads.append({"record": record_id, "entity": entity.__tablename__, "heads": heads})
        self.touched[entity, record_id] = None
        self._count()
        return record_id

    def update(self, entity: type[Journaled], record_id: str, values: Values) -> tuple[str, ...]:
        """Change fields of a row; values equal to what is stored are left alone. Gives the changed names."""
        current = self.get(entity, record_id)
        if current is None:
            raise KeyError(record_id)
        changed = {
            name: value
            for name, value in values.items()
            if name in journaled_names(entity) and differs(current, name, value)
        }
        if changed:
            self._set(entity, record_id, current, changed, j.SET)
        return tuple(changed)

    def void(self, entity: type[Journaled], record_id: str, reason: str) -> None:
        """Void a row with a reason; it stays in the ledger and leaves lists, due items and figures."""
        self._life(entity, record_id, j.VOID, {"void_flag": True, "void_reason": reason})

    def revive(self, entity: type[Journaled], record_id: str, reason: str | None = None) -> None:
        """Take a voiding back."""
        self._life(entity, record_id, j.REVIVE, {"void_flag": False, "void_reason": reason})

    def event(self, what: str, record: str = "", details: Values | None = None) -> None:
        """Note something that changes no record but must be told later: a view, an export, a print."""
        self._append(None, record, j.EVENT, {"what": what, **(details or {})}, prev={})
        self._count()

    def get(self, entity: type[Journaled], record_id: str) -> Row | None:
        """Read one row as canonical values, with what this transaction has written so far."""
        self.flush()
        found = self.conn.execute(_by_id(entity), {"wanted": record_id}).mappings().first()
        return None if found is None else dict(found)

    def select(self, entity: type[Journaled], **equal: object) -> list[Row]:
        """Read the rows that are not void and have these values, in the order of their ids."""
        self.flush()
        table = table_of(entity)
        query = sa.select(table).where(table.c.void_flag.is_(sa.false())).order_by(table.c.id)
        for name, value in equal.items():
            query = query.where(table.c[name] == value)
        return [dict(row) for row in self.conn.execute(query).mappings()]

    def next_number(self, scheme: str, year: int) -> int:
        """Issue the next number of a sequence; one is never issued twice, a gap is never filled."""
        key = (scheme, year)
        if key not in self._numbers:
            counter = table_of(j.NumberCounter)
            query = sa.select(counter.c.last).where(counter.c.scheme == scheme, counter.c.year == year)
            self._numbers[key] = self.conn.execute(query).scalar() or 0
        self._numbers[key] += 1
        return self._numbers[key]

    def set_number(self, scheme: str, year: int, last: int) -> None:
        """Set a sequence to the last number that stands on paper."""
        self._numbers[scheme, year] = last

    def flush(self) -> None:
        """Send what is gathered to the database; still one transaction."""
        pending, self._pending = self._pending, Pending()
        if pending.changes:
            self._insert(j.JournalChange, pending.changes)
        if pending.heads:
            self._insert(j.RecordHead, pending.heads)
        for (entity, _), rows in pending.rows.items():
            self.conn.execute(sa.insert(table_of(entity)), rows)

    def _insert(self, table: type[Model], rows: list[dict[str, Any]]) -> None:
        self.conn.exec_driver_sql(_insert_text(table, tuple(rows[0])), rows)

    def finish(self) -> None:
        """Write the batch and the chain head and bring the projections up to date; just before commit."""
        self.flush()
        if self.touched:
            for projection in self._projections:
                projection(self, tuple(self.touched))
            self.flush()
        self._write_numbers()
        if not self.changes:
            return
        number = self.conn.execute(sa.select(sa.func.max(j.JournalBatch.number))).scalar() or 0
        self.conn.execute(
            sa.insert(j.JournalBatch).values(
                batch=self.batch, number=number + 1, verb=self.verb, label=self.label, actor=self.actor,
                at=self.now, changes=self.changes, undoes=self.undoes,
            )
        )  # fmt: skip
        table = table_of(j.JournalHead)
        where = (table.c.device == self.head.device, table.c.epoch == self.head.epoch)
        values = {"seq": self.head.seq, "hash": self.head.hash, "hlc": self.head.hlc}
        if self.conn.execute(sa.update(table).where(*where).values(values)).rowcount == 0:
            self.conn.execute(
                sa.insert(table).values(device=self.head.device, epoch=self.head.epoch, **values)
            )

    def _write_numbers(self) -> None:
        counter = table_of(j.NumberCounter)
        for (scheme, year), last in self._numbers.items():
            where = (counter.c.scheme == scheme, counter.c.year == year)
            if self.conn.execute(sa.update(counter).where(*where).values(last=last)).rowcount == 0:
                self.conn.execute(sa.insert(counter).values(scheme=scheme, year=year, last=last))

    def _life(self, entity: type[Journaled], record_id: str, kind: str, values: Row) -> None:
        current = self.get(entity, record_id)
        if current is None:
            raise KeyError(record_id)
        self._set(entity, record_id, current, values, kind)

    def _set(self, entity: type[Journaled], record_id: str, current: Row, changed: Row, kind: str) -> None:
        heads = self.heads(record_id)
        prev = {name: j.head_of(heads, name) for name in changed}
        op = self._append(entity, record_id, kind, changed, prev=prev)
        heads.update(dict.fromkeys(changed, op))
        self.conn.execute(
            sa.update(j.RecordHead).where(j.RecordHead.record == record_id).values(heads=j.compact(heads))
        )
        row = _columns(changed, current.get("missing"))
        if issubclass(entity, Record):
            row.update(updated_at=self.now, updated_by=self.actor)
        table = table_of(entity)
        self.conn.execute(sa.update(table).where(table.c.id == record_id).values(row))
        self.touched[entity, record_id] = None
        self._count()

    def heads(self, record_id: str) -> dict[str, Any]:
        """Give the operations that hold each field of a record now."""
        self.flush()
        text = self.conn.execute(
            sa.select(j.RecordHead.heads).where(j.RecordHead.record == record_id)
        ).scalar_one()
        return dict(json.loads(text))

    def _append(
        self,
        entity: type[Journaled] | None,
        record: str,
        kind: str,
        values: Row,
        prev: Mapping[str, Iterable[str]],
    ) -> str:
        head = self.head
        salts = self._random(j.SALT_BYTES * len(values)).hex()
        width = j.SALT_BYTES * 2
        payload = {
            name: [value, salts[n * width : (n + 1) * width]]
            for n, (name, value) in enumerate(values.items())
        }
        context = None
        if kind in j.LIFE_KINDS:
            context = j.compact({f"{head.device}:{head.epoch}": head.seq})
        head.seq += 1
        head.hlc = tick(self.wall_ms, head.hlc)
        change = j.Change(
            device=head.device, epoch=head.epoch, seq=head.seq, prev_hash=head.hash, hlc=head.hlc,
            batch=self.batch, verb=self.verb, actor=self.actor,
            entity=entity.__tablename__ if entity else "", record=record, kind=kind,
            digests={name: j.digest_of(name, kept[0], kept[1]) for name, kept in payload.items()},
            prev=j.canonical(prev).decode() if prev else "{}", context=context,
        )  # fmt: skip
        hashed = change.hash()
        self._pending.changes.append(
            {
                "device": head.device, "epoch": head.epoch, "seq": head.seq, "hash": hashed,
                "prev_hash": head.hash, "hlc": head.hlc, "batch": self.batch, "verb": self.verb,
                "actor": self.actor, "entity": change.entity, "record": record, "kind": kind,
                "payload": j.compact(payload),
                "prev": change.prev, "context": context,
            }
        )  # fmt: skip
        head.hash = hashed
        return j.op_of(hashed)

    def _count(self) -> None:
        self.changes += 1
        self._pending.count += 1
        if self._pending.count >= FLUSH_AT:
            self.flush()


@cache
def _insert_text(table: type[Model], names: tuple[str, ...]) -> str:
    """Give the statement that inserts rows whose values the driver takes as they are."""
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({values})"


@cache
def _by_id(entity: type[Journaled]) -> sa.Select[Any]:
    return sa.select(table_of(entity)).where(table_of(entity).c.id == sa.bindparam("wanted"))


def missing_reason(value: object) -> str | None:
    """Give why a value is empty when it says so ({"missing": "unknown"}), else None."""
    if isinstance(value, dict) and value.keys() == {"missing"}:
        return str(value["missing"])
    return None


def _columns(values: Row, missing: Mapping[str, str] | None = None) -> Row:
    """Split values into columns: a reasoned emptiness becomes NULL plus its entry in ``missing``."""
    row: Row = {}
    reasons = dict(missing or {})
    for name, value in values.items():
        reason = missing_reason(value)
        if reason is None:
            row[name] = value
            reasons.pop(name, None)
        else:
            row[name] = None
            reasons[name] = reason
    if reasons or missing:
        row["missing"] = reasons
    return row


def differs(row: Row, name: str, value: object) -> bool:
    """Tell whether a value, or the reason for having none, is another than the stored row holds."""
    reason = (row.get("missing") or {}).get(name)
    stored = {"missing": reason} if reason else _plain(row.get(name))
    return stored != _plain(value)


def _plain(value: object) -> object:
    """Level what SQL does not tell apart: an empty list or text is no value."""
    return None if value in ([], "", ()) else value


def make_batch(wall_ms: int, random: Callable[[int], bytes]) -> str:
    """Make the id of a new batch."""
    return id_from(wall_ms, random(10))
