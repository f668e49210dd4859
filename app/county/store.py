"""Keeping what was received: the journaled line of each version, and its content beside it, written once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.county import (
    DECIDED,
    BundleState,
    ReceivedBundle,
    ReceivedFile,
    StationFigure,
    StationRow,
    StationTrace,
)
from models.records import Model, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.county.content import Content
    from app.ledger.writer import Writer
    from models.records import Row

BUNDLE, SIDECAR, DICTIONARY, RECEIPT, VERDICT = "bundle", "sidecar", "dict", "receipt:", "verdict:"
CHUNK = 5000
GRADES = "ABCDE"


def bundles(conn: sa.Connection, **equal: object) -> list[Row]:
    """Give the submissions held with these values, in the order they came."""
    table = table_of(ReceivedBundle)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false()))
    for name, value in equal.items():
        query = query.where(table.c[name] == value)
    return [dict(row) for row in conn.execute(query.order_by(table.c.id)).mappings()]


def siblings(conn: sa.Connection, bundle: Mapping[str, Any]) -> list[Row]:
    """Give every version held of the same station, period and form group."""
    names = ("org_code", "period", "form_group")
    return bundles(conn, **{name: bundle[name] for name in names})


def settled(versions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Give the state of each version of one station, period and form group.

    It follows from the versions held and the decisions made, never from the order in which they came: a newer
    version supersedes an older one, two contents under one number wait for the station to say which holds.
    """
    newest = max((row["version"] for row in versions), default=0)
    contents: dict[int, set[str]] = {}
    for row in versions:
        contents.setdefault(row["version"], set()).add(row["manifest_hash"])
    states = {}
    for row in versions:
        if row["state"] in DECIDED:
            states[row["id"]] = row["state"]
        elif row["version"] < newest:
            states[row["id"]] = BundleState.SUPERSEDED.value
        elif len(contents[row["version"]]) > 1:
            states[row["id"]] = BundleState.DUPLICATE.value
        else:
            states[row["id"]] = BundleState.RECEIVED.value
    return states


def settle(writer: Writer, bundle: Mapping[str, Any]) -> None:
    """Bring the states of all versions beside a bundle up to date."""
    versions = writer.select(ReceivedBundle, **{n: bundle[n] for n in ("org_code", "period", "form_group")})
    for record, state in settled(versions).items():
        writer.update(ReceivedBundle, record, {"state": state})


def put_content(conn: sa.Connection, bundle: str, content: Content) -> None:
    """Write rows, figures, traces and code lists of a submission, each table in a few statements."""
    _insert(
        conn,
        StationRow,
        [
            {
                "bundle": bundle, "sheet": row.sheet, "row_no": row.row_no, "row_id": row.row_id,
                "register": row.register, "rev": row.rev, "row_hash": row.row_hash, "cells": dict(row.cells),
            }
            for row in content.rows
        ],
    )  # fmt: skip
    _insert(conn, StationFigure, [_figure(bundle, figure) for figure in content.figures])
    _insert(
        conn,
        StationTrace,
        [
            {"bundle": bundle, "cell": cell, "members": [list(member) for member in members]}
            for cell, members in content.traces.items()
        ],
    )
    for path, data in content.dictionaries.items():
        put_file(conn, bundle, DICTIONARY, path, data)


def _figure(bundle: str, figure: Any) -> Row:
    table, row, column = figure.place
    number = figure.value if isinstance(figure.value, int) else None
    return {
        "bundle": bundle, "cell": figure.cell, "table_code": table, "row_key": row, "column_code": column,
        "value": number, "text": None if number is not None else figure.value, "unit": figure.unit,
        "count": figure.count, "cumulative": figure.cumulative, "correction": figure.correction,
    }  # fmt: skip


def _insert(conn: sa.Connection, kind: type[Model], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        conn.execute(sa.insert(table_of(kind)), rows[start : start + CHUNK])


def put_file(conn: sa.Connection, bundle: str, kind: str, name: str, content: bytes) -> None:
    """Keep a file with its digest."""
    digest = hashlib.sha256(content).hexdigest()
    row = {"bundle": bundle, "kind": kind, "name": name, "sha256": digest, "content": content}
    conn.execute(sa.insert(table_of(ReceivedFile)), [row])


def files(conn: sa.Connection, bundle: str, kind: str) -> list[Row]:
    """Give the files of a kind kept for a bundle, oldest first."""
    table = table_of(ReceivedFile)
    query = sa.select(table).where(table.c.bundle == bundle, table.c.kind == kind).order_by(table.c.id)
    return [dict(row) for row in conn.execute(query).mappings()]


def rows_of(conn: sa.Connection, bundle: str) -> list[Row]:
    """Give the rows of a submission by sheet and row number."""
    table = table_of(StationRow)
    query = sa.select(table).where(table.c.bundle == bundle).order_by(table.c.sheet, table.c.row_no)
    return [dict(row) for row in conn.execute(query).mappings()]


def row_hashes(conn: sa.Connection, bundle: str) -> dict[tuple[str, str], str]:
    """Give the hash of each row of a submission by sheet and row id."""
    table = table_of(StationRow)
    query = sa.select(table.c.sheet, table.c.row_id, table.c.row_hash).where(table.c.bundle == bundle)
    return {(row.sheet, row.row_id): row.row_hash for row in conn.execute(query)}


def figure_values(conn: sa.Connection, bundle: str) -> dict[str, object]:
    """Give the value of each figure of a submission."""
    table = table_of(StationFigure)
    query = sa.select(table.c.cell, table.c.value, table.c.text).where(table.c.bundle == bundle)
    return {row.cell: row.text if row.value is None else row.value for row in conn.execute(query)}


def check_received(ctx: Context) -> list[str]:
    """Compare every file kept with its digest, and the content of each bundle with the counts journaled."""
    damage: list[str] = []
    with ctx.ledger.reading() as conn:
        held = bundles(conn)
        kept = table_of(ReceivedFile)
        damage += [
            f"收存的文件“{row['name']}”内容与指纹不符。"
            for row in conn.execute(sa.select(kept).execution_options(yield_per=20)).mappings()
            if hashlib.sha256(row["content"]).hexdigest() != row["sha256"]
        ]
        rows, figures = _counts(conn, StationRow), _counts(conn, StationFigure)
    for bundle in held:
        present = rows.get(bundle["id"], 0), figures.get(bundle["id"], 0)
        if present != (bundle["row_count"], bundle["figure_count"]):
            damage.append(f"“{bundle['file_name']}”收存的明细或数字与登记的数量不符。")
    return damage


def _counts(conn: sa.Connection, kind: type[Model]) -> dict[str, int]:
    table = table_of(kind)
    query = sa.select(table.c.bundle, sa.func.count()).group_by(table.c.bundle)
    return {row[0]: row[1] for row in conn.execute(query)}


def dictionaries(conn: sa.Connection, held: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """Give the code lists that came with bundles: {bundle: {path: bytes}}."""
    table = table_of(ReceivedFile)
    query = sa.select(table.c.bundle, table.c.name, table.c.content).where(
        table.c.kind == DICTIONARY, table.c.bundle.in_(list(held))
    )
    found: dict[str, dict[str, bytes]] = {}
    for row in conn.execute(query):
        found.setdefault(row.bundle, {})[row.name] = row.content
    return found
