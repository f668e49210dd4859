"""A draft is a record with its children nested by field name: read, completed, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.ledger.writer import missing_reason
from app.values import LARGEST, MISSING_REASONS, is_record_id, read_value
from models.errors import Problem
from models.fields import Field, fields_of
from models.records import Child, Journaled, children_of, table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

PASSED_THROUGH = frozenset({"id", "state", "void", "missing", "position"})


def read_draft(ctx: Context, entity: type[Journaled], raw: Mapping[str, Any]) -> tuple[Row, list[Problem]]:
    """Read an input mapping into a draft of canonical values; unknown keys and bad values are problems.

    A reason for a gap stands where a stored row has it: None in the field, the reason in ``missing``.
    """
    fields = fields_of(entity)
    nested = {child.__field__: child for child in children_of(entity.__tablename__)}
    draft: Row = {}
    reasons: dict[str, str] = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        if key in nested:
            draft[key], found = _read_children(ctx, nested[key], value)
            problems += found
        elif key in fields:
            draft[key], problem = read_value(fields[key], value, ctx)
            if problem is not None:
                problems.append(problem)
            reason = missing_reason(draft[key])
            if reason is not None:
                draft[key], reasons[key] = None, reason
        elif key in PASSED_THROUGH:
            draft[key], problem = _read_inner(key, value)
            if problem is not None:
                problems.append(problem)
        else:
            problems.append(_unknown_field(entity, key, value))
    if reasons:
        draft["missing"] = {**(draft.get("missing") or {}), **reasons}
    return draft, problems


def _read_inner(key: str, value: object) -> tuple[Any, Problem | None]:
    """Read what a record carries besides its fields; an input may leave all of it out."""
    if value is None:
        return None, None
    sound = {
        "id": is_record_id(value),
        "position": isinstance(value, int) and 0 <= value < LARGEST,
        "missing": isinstance(value, Mapping)
        and all(isinstance(name, str) and reason in MISSING_REASONS for name, reason in value.items()),
    }
    if sound.get(key, isinstance(value, str)):
        return value, None
    return None, Problem("E201", value, f"“{key}”的写法不对。", "新增记录时不必写这一项。", field=key)


def _read_children(ctx: Context, entity: type[Child], raw: object) -> tuple[list[Row], list[Problem]]:
    if raw is None:
        return [], []
    rows = raw if isinstance(raw, list) else [raw]
    drafts, problems = [], []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            problems.append(
                Problem(
                    "E201", row, f"“{entity.__label__}”第 {number} 项的写法不对。", "每一项应列出各字段。"
                )
            )
            continue
        draft, found = read_draft(ctx, entity, row)
        drafts.append(draft)
        problems += [_inside(problem, entity, number) for problem in found]
    return drafts, problems


def _inside(problem: Problem, entity: type[Child], number: int) -> Problem:
    return replace(
        problem,
        field=f"{entity.__field__}[{number}].{problem.field}",
        message=f"{entity.__label__}第 {number} 项：{problem.message}",
    )


def _unknown_field(entity: type[Journaled], key: str, value: object) -> Problem:
    return Problem(
        code="E101", seen=value, field=key, message=f"“{entity.__label__}”没有字段“{key}”。",
        hint="请用 ybz registers 查看字段名。",
    )  # fmt: skip


def complete(entity: type[Journaled], draft: Row) -> Row:
    """Give a draft in which every field and child list is present; defaults stand where nothing was given."""
    empty, defaults = _beginnings(entity)
    full: Row = {**empty, **draft}
    explained = full.get("missing") or {}
    for name, value in defaults.items():
        if full[name] is None and name not in explained:
            full[name] = value
    for child in children_of(entity.__tablename__):
        rows = full.get(child.__field__) or []
        full[child.__field__] = [complete(child, row) for row in rows]
    return full


@cache
def _beginnings(entity: type[Journaled]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give every field of an entity with nothing in it, and the defaults of those that have one."""
    fields = fields_of(entity)
    defaults = {name: field.default for name, field in fields.items() if field.default is not None}
    return dict.fromkeys(fields), defaults


@cache
def _demanded(entity: type[Journaled]) -> tuple[Field, ...]:
    """Give the fields that must be filled, always or in some state."""
    return tuple(field for field in fields_of(entity).values() if field.required or field.required_in)


def required_problems(entity: type[Journaled], draft: Row) -> Iterator[Problem]:
    """Give a problem for each field that must be filled (always, or in the state the draft is in)."""
    state = draft.get("state")
    explained = draft.get("missing") or {}
    for field in _demanded(entity):
        name = field.name
        if name in explained:
            continue
        if (field.required or state in field.required_in) and _is_empty(draft.get(name)):
            when = "" if field.required else "在此状态下"
            yield Problem(
                code="E301", seen=None, field=name, message=f"“{field.label}”{when}必须填写。",
                hint="请补填；确实不详的写明“不详”。",
            )  # fmt: skip
    for child in children_of(entity.__tablename__):
        for number, row in enumerate(draft.get(child.__field__) or [], 1):
            for problem in required_problems(child, row):
                yield _inside(problem, child, number)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def fetch_draft(conn: sa.Connection, entity: type[Journaled], record_id: str) -> Row | None:
    """Read a stored record with its children that are not void, nested by field name."""
    found = fetch_rows(conn, entity, [record_id])
    return found[0] if found else None


def fetch_rows(conn: sa.Connection, entity: type[Journaled], ids: Sequence[str]) -> list[Row]:
    """Read several records with their children; one query per table."""
    table = table_of(entity)
    by_id = {row["id"]: row for row in _rows_by(conn, entity, "id", ids)} if ids else {}
    _attach_children(conn, table.name, by_id)
    return [by_id[wanted] for wanted in ids if wanted in by_id]


@cache
def _by(entity: type[Journaled], name: str, *, one: bool) -> sa.Select[Any]:
    """Give the query for rows whose ``name`` is (among) ``wanted``; of children those not void, in order."""
    table = table_of(entity)
    wanted: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=not one)
    query = sa.select(table).where(table.c[name] == wanted if one else table.c[name].in_(wanted))
    if issubclass(entity, Child):
        query = query.where(table.c.void_flag.is_(sa.false())).order_by(table.c.position, table.c.id)
    return query


def _rows_by(conn: sa.Connection, entity: type[Journaled], name: str, ids: Sequence[str]) -> list[Row]:
    one = len(ids) == 1
    found = conn.execute(_by(entity, name, one=one), {"wanted": ids[0] if one else ids})
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


def _attach_children(conn: sa.Connection, parent: str, by_id: Mapping[str, Row]) -> None:
    for child in children_of(parent):
        for row in by_id.values():
            row[child.__field__] = []
        if not by_id:
            continue
        found = _rows_by(conn, child, "parent_id", list(by_id))
        for row in found:
            by_id[row["parent_id"]][child.__field__].append(row)
        if found:
            _attach_children(conn, child.__tablename__, {row["id"]: row for row in found})


def walk(entity: type[Journaled], draft: Row) -> Iterator[tuple[type[Journaled], Row, Field, Any]]:
    """Give every filled field of a draft and its children with where it stands."""
    for name, field in fields_of(entity).items():
        value = draft.get(name)
        if not _is_empty(value):
            yield entity, draft, field, value
    for child in children_of(entity.__tablename__):
        for row in draft.get(child.__field__) or []:
            yield from walk(child, row)
