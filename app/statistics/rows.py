"""The rows of a table: which there are, in which order, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.statistics.scope import ORG
from app.statistics.spec import TOTAL, UNPLACED
from models.records import entity, table_of

if TYPE_CHECKING:
    from app.statistics.scope import Scope
    from app.statistics.spec import TableSpec

_UNPLACED_LABELS = {"org": "未分到调委会", "village": "不分村（社区）", "topic": "其他"}


def row_labels(scope: Scope, spec: TableSpec, found: Iterable[str]) -> dict[str, str]:
    """Give key and label of every row: the total, all known ones even at zero, then any others found."""
    labels = {TOTAL: "合计"}
    if spec.rows == "none":
        return labels
    labels |= _asked(scope, spec, _known(scope, spec.rows))
    others = [row for row in found if row not in labels]
    labels |= _others(scope, spec.rows, [row for row in others if row != UNPLACED])
    if UNPLACED in others:
        labels[UNPLACED] = _UNPLACED_LABELS[spec.rows]
    return labels


def row_named(scope: Scope, spec: TableSpec, name: str) -> str | None:
    """Find a row by key, label or another way to write a village; None if the table has no such row."""
    labels = row_labels(scope, spec, [UNPLACED] if spec.rows != "none" else [])
    if name in labels:
        return name
    found = [row for row, label in labels.items() if label == name]
    if not found and spec.rows == "village":
        entry = scope.ctx.codes["village"].find(name)
        return entry.code if entry is not None else None
    return found[0] if len(found) == 1 else None


def _known(scope: Scope, rows: str) -> dict[str, str]:
    if rows == "none":
        return {}
    if rows == "org":
        return {org["id"]: org["name"] for org in scope.orgs}
    entries = scope.ctx.codes["topic_group" if rows == "topic" else "village"]
    return {entry.code: entry.label for entry in entries}


def _asked(scope: Scope, spec: TableSpec, known: Mapping[str, str]) -> dict[str, str]:
    """Leave out rows that cannot hold anything when one village or committee is asked for."""
    wanted = {"village": scope.village, "org": scope.org}.get(spec.rows)
    return {row: label for row, label in known.items() if wanted in (None, row)}


def _others(scope: Scope, rows: str, keys: list[str]) -> dict[str, str]:
    """Name rows that are no longer on the list: a voided committee, a village code left out."""
    if rows != "org" or not keys:
        return {key: key for key in keys}
    table = table_of(entity(ORG))
    found = scope.conn.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_(keys)))
    names = {row.id: f"{row.name}（已作废）" for row in found}
    return {key: names.get(key, key) for key in keys}
