"""What happened to a record, and taking a whole action back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.finding import find
from models import journal as j
from models.clock import wall_of
from models.errors import LedgerError
from models.fields import fields_of
from models.records import Journaled, children_of, entity, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

UNDO = "undo"
UNDONE_REASON = "撤销录入"
FINAL = ("month.", "county.receipt")
TAKE_BACK = "月报请用 ybz month void 收回，其余以新的来往更正。"


@dataclass(frozen=True)
class FieldChange:
    """One field of one change: what it was and what it became."""

    field: str
    label: str
    old: object
    new: object


@dataclass(frozen=True)
class Entry:
    """One line of a record's history."""

    at: str
    actor: str
    verb: str
    label: str
    batch: str
    entity: str
    record: str
    kind: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Undone:
    """What an undo did: its batch, how many rows were put back, and what was left as later changed."""

    batch: str
    records: int
    left: tuple[str, ...]


class NothingToUndoError(LedgerError):
    """No action can be undone."""

    code = "nothing_to_undo"


def history(ctx: Context, words: str) -> list[Entry]:
    """Give every change of a record and its children, oldest first, with old and new values."""
    found = find(ctx, words)
    with ctx.ledger.reading() as conn:
        ids = [found.id, *_descendants(conn, found.register.entity, [found.id])]
        table = table_of(j.JournalChange)
        query = sa.select(table).where(table.c.record.in_(ids)).order_by(table.c.hlc, table.c.local)
        rows = [dict(row) for row in conn.execute(query).mappings()]
        labels = _batch_labels(conn, {row["batch"] for row in rows})
    before: dict[tuple[str, str], object] = {}
    return [_entry(row, labels, before) for row in rows]


def batches(ctx: Context, limit: int = 50) -> list[Row]:
    """Give the latest actions, newest first, with whether each was undone."""
    table = table_of(j.JournalBatch)
    with ctx.ledger.reading() as conn:
        rows = [dict(r) for r in conn.execute(sa.select(table).order_by(table.c.number.desc())).mappings()]
    undone = {row["undoes"] for row in rows if row["undoes"]}
    return [{**row, "undone": row["batch"] in undone} for row in rows][:limit]


def undo(ctx: Context, batch: str | None = None) -> Undone:
    """Undo an action as a new action; what was changed again since is left alone and listed."""
    target = _target(ctx, batch)
    with ctx.ledger.writing(ctx, UNDO, f"撤销：{target['label']}") as writer:
        writer.undoes = target["batch"]
        changes = _changes_of(writer, target["batch"])
        left = _undo_changes(writer, changes)
        return Undone(writer.batch, len(writer.touched), tuple(left))


def is_final(verb: str) -> bool:
    """Tell whether an action reached another office (a closed month, a receipt): it is not undone."""
    return verb.startswith(FINAL)


def _target(ctx: Context, batch: str | None) -> Row:
    known = batches(ctx, limit=100_000)
    if batch is not None:
        found = next((row for row in known if batch in (row["batch"], str(row["number"]))), None)
        if found is None:
            raise NothingToUndoError(f"没有批次“{batch}”，请用 ybz undo --list 查看可撤销的操作。")
        if found["undone"]:
            raise NothingToUndoError(f"“{found['label']}”已经撤销过了。")
        if is_final(found["verb"]):
            raise NothingToUndoError(f"“{found['label']}”已经对外发出或收进，不能撤销；{TAKE_BACK}")
        return found
    for row in known:
        if not row["undone"] and row["undoes"] is None and not is_final(row["verb"]):
            return row
    raise NothingToUndoError("没有可以撤销的操作。")


def _changes_of(writer: Writer, batch: str) -> list[Row]:
    table = table_of(j.JournalChange)
    query = sa.select(table).where(table.c.batch == batch, table.c.kind != j.EVENT).order_by(table.c.local)
    return [dict(row) for row in writer.conn.execute(query).mappings()]


def _undo_changes(writer: Writer, changes: Sequence[Row]) -> list[str]:
    per_record: dict[str, list[Row]] = {}
    for change in changes:
        per_record.setdefault(change["record"], []).append(change)
    return [record for record in reversed(per_record) if not _undo_record(writer, per_record[record])]


def _undo_record(writer: Writer, changes: Sequence[Row]) -> bool:
    """Put one record back; False when something it set has been changed by a later action."""
    kind, record = entity(changes[0]["entity"]), changes[0]["record"]
    ours = {j.op_of(change["hash"]) for change in changes}
    heads = writer.heads(record)
    if changes[0]["kind"] == j.CREATE:
        held = [(field, op) for field, value in heads.items() for op in _ops(value)]
        if any(_in_force(writer, record, field, op) not in ours for field, op in held):
            return False
        writer.void(kind, record, UNDONE_REASON)
        return True
    whole, values = True, {}
    for field, prev in _first_prev(changes).items():
        if all(_in_force(writer, record, field, op) in ours for op in j.head_of(heads, field)):
            values[field] = _value_at(writer, record, prev, field)
        else:
            whole = False
    if "void_flag" in values and not values["void_flag"]:
        writer.revive(kind, record, values.pop("void_reason", None))
        values.pop("void_flag")
    if values:
        writer.update(kind, record, values)
    return whole


def _is_op(op: str) -> tuple[sa.ColumnElement[bool], ...]:
    low = bytes.fromhex(op)
    return (j.JournalChange.hash >= low, j.JournalChange.hash < low + b"\xff" * 16)


def _in_force(writer: Writer, record: str, field: str, op: str) -> str:
    """Give the operation whose value stands: one written by an undo stands for what it put back."""
    change, batch = table_of(j.JournalChange), table_of(j.JournalBatch)
    undone = writer.conn.execute(
        sa.select(batch.c.undoes)
        .join(change, change.c.batch == batch.c.batch)
        .where(change.c.record == record, *_is_op(op))
    ).scalar()
    if undone is None:
        return op
    query = sa.select(change.c.prev).where(change.c.batch == undone, change.c.record == record)
    for prev in writer.conn.execute(query.order_by(change.c.local)).scalars():
        put_back = json.loads(prev).get(field)
        if put_back:
            return _in_force(writer, record, field, put_back[0])
    return op


def _ops(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else [str(value)]


def _first_prev(changes: Sequence[Row]) -> dict[str, list[str]]:
    prev: dict[str, list[str]] = {}
    for change in changes:
        for field, ops in json.loads(change["prev"]).items():
            prev.setdefault(field, ops)
    return prev


def _value_at(writer: Writer, record: str, ops: Sequence[str], field: str) -> Any:
    """Give the value a field had under an operation; a field not set at creation was empty."""
    table = table_of(j.JournalChange)
    for op in ops:
        query = sa.select(table.c.payload).where(table.c.record == record, *_is_op(op))
        for payload in writer.conn.execute(query).scalars():
            kept = json.loads(payload).get(field)
            return kept[0] if kept is not None else (False if field == "void_flag" else None)
    return None


def _entry(row: Mapping[str, Any], labels: Mapping[str, str], before: dict[tuple[str, str], object]) -> Entry:
    kind = entity(row["entity"]) if row["entity"] else None
    described = fields_of(kind) if kind else {}
    changes = []
    for name, kept in json.loads(row["payload"]).items():
        key = (row["record"], name)
        field = described.get(name)
        changes.append(FieldChange(name, field.label if field else name, before.get(key), kept[0]))
        before[key] = kept[0]
    at = datetime.fromtimestamp(wall_of(row["hlc"]) / 1000).astimezone()
    return Entry(
        at=at.replace(tzinfo=None).isoformat(timespec="seconds"),
        actor=row["actor"],
        verb=row["verb"],
        label=labels.get(row["batch"], row["verb"]),
        batch=row["batch"],
        entity=row["entity"],
        record=row["record"],
        kind=row["kind"],
        fields=tuple(changes),
    )


def _batch_labels(conn: sa.Connection, wanted: set[str]) -> dict[str, str]:
    table = table_of(j.JournalBatch)
    query = sa.select(table.c.batch, table.c.label).where(table.c.batch.in_(wanted))
    return {row.batch: row.label for row in conn.execute(query)}


def _descendants(conn: sa.Connection, kind: type[Journaled], ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for child in children_of(kind.__tablename__):
        table = table_of(child)
        inner = list(conn.execute(sa.select(table.c.id).where(table.c.parent_id.in_(ids))).scalars())
        if inner:
            found += [*inner, *_descendants(conn, child, inner)]
    return found
