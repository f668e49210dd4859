"""Is everything whole? The file, the journal's chain, and the tables against the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.ledger.connection import quick_check
from app.ledger.writer import journaled_names, missing_reason
from models import journal as j
from models.records import Journaled, entities, entity, table_of

if TYPE_CHECKING:
    from app.ledger.ledger import Ledger

BATCH = 5000


@dataclass(frozen=True)
class Checked:
    """What a check looked at and what it found; ``damage`` is empty when all is whole."""

    changes: int
    records: int
    damage: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.damage


def check_ledger(ledger: Ledger) -> Checked:
    """Check the file's pages, the chain of every device, and each row against what the journal adds up to."""
    with ledger.reading() as conn:
        damage = [f"文件：{line}" for line in quick_check(conn)]
        changes, broken = _check_chain(conn)
        damage += broken
        records, differing = _check_tables(conn)
        damage += differing
        damage += _check_counters(conn)
    return Checked(changes, records, tuple(damage))


def _check_chain(conn: sa.Connection) -> tuple[int, list[str]]:
    last: dict[tuple[str, int], tuple[int, bytes]] = {}
    damage: list[str] = []
    count = 0
    for row in _stream(conn, sa.select(table_of(j.JournalChange)).order_by(j.JournalChange.local)):
        count += 1
        key = (row["device"], row["epoch"])
        seq, previous = last.get(key, (0, j.GENESIS))
        where = f"修改史第 {row['seq']} 条"
        if row["seq"] != seq + 1 or row["prev_hash"] != previous:
            damage.append(f"{where}与前一条接不上，可能被删改。")
        if _hash_of(row) != row["hash"]:
            damage.append(f"{where}内容与指纹不符，可能被改动。")
        last[key] = (row["seq"], row["hash"])
    heads = table_of(j.JournalHead)
    damage += [
        f"修改史末尾与记录的第 {head['seq']} 条不符，可能被截断。"
        for head in conn.execute(sa.select(heads)).mappings()
        if last.get((head["device"], head["epoch"])) != (head["seq"], head["hash"])
    ]
    return count, damage


def _hash_of(row: Any) -> bytes:
    change = j.Change(
        digests=j.digests_in(json.loads(row["payload"])),
        **{
            name: row[name]
            for name in (
                "device", "epoch", "seq", "prev_hash", "hlc", "batch", "verb", "actor", "entity", "record",
                "kind", "prev", "context",
            )
        },
    )  # fmt: skip
    return change.hash()


def _check_tables(conn: sa.Connection) -> tuple[int, list[str]]:
    damage: list[str] = []
    count = 0
    table = table_of(j.JournalChange)
    query = (
        sa.select(table.c.entity, table.c.record, table.c.payload)
        .where(table.c.kind != j.EVENT)
        .order_by(table.c.entity, table.c.record, table.c.hlc, table.c.local)
    )
    for name, records in _grouped(_stream(conn, query)):
        kind = entity(name)
        stored = _rows(conn, kind, list(records))
        for record, expected in records.items():
            count += 1
            if record not in stored:
                damage.append(f"{kind.__label__ or name}缺少记录 {record}。")
            else:
                damage += _differences(kind, record, expected, stored[record])
    for kind in entities():
        number = conn.execute(sa.select(sa.func.count()).select_from(table_of(kind))).scalar() or 0
        known = conn.execute(
            sa.select(sa.func.count()).where(j.RecordHead.entity == kind.__tablename__)
        ).scalar()
        if number != known:
            damage.append(f"{kind.__label__ or kind.__tablename__}有 {number} 行，修改史只认 {known} 行。")
    return count, damage


def _grouped(rows: Iterator[Any]) -> Iterator[tuple[str, dict[str, dict[str, object]]]]:
    """Fold changes into the fields each record should have, a few thousand records of one table at a time."""
    name = ""
    records: dict[str, dict[str, object]] = {}
    for row in rows:
        if row["entity"] != name or (len(records) >= BATCH and row["record"] not in records):
            if records:
                yield name, records
            name, records = row["entity"], {}
        fields = records.setdefault(row["record"], {})
        fields.update({field: kept[0] for field, kept in json.loads(row["payload"]).items()})
    if records:
        yield name, records


def _rows(conn: sa.Connection, kind: type[Journaled], ids: list[str]) -> dict[str, Any]:
    table = table_of(kind)
    found: dict[str, Any] = {}
    for start in range(0, len(ids), 500):
        query = sa.select(table).where(table.c.id.in_(ids[start : start + 500]))
        found.update({row["id"]: dict(row) for row in conn.execute(query).mappings()})
    return found


def _differences(
    kind: type[Journaled], record: str, expected: dict[str, object], stored: dict[str, Any]
) -> Iterator[str]:
    defaults: dict[str, object] = {"void_flag": False, "position": 0, "origin": "entered"}
    for name in sorted(journaled_names(kind)):
        wanted = expected.get(name, defaults.get(name))
        reason = missing_reason(wanted)
        is_now = stored[name]
        if reason is not None:
            same = (stored["missing"] or {}).get(name) == reason
        else:
            same = (wanted or None) == (is_now or None) or wanted == is_now
        if not same:
            yield f"{kind.__label__ or kind.__tablename__}记录 {record} 的“{name}”与修改史不符。"


def _check_counters(conn: sa.Connection) -> list[str]:
    rows = conn.execute(sa.select(table_of(j.NumberCounter)).where(j.NumberCounter.last < 0)).all()
    return [f"编号“{row.scheme}”的计数不对。" for row in rows]


def _stream(conn: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    result = conn.execution_options(yield_per=BATCH).execute(query)
    return iter(result.mappings())
