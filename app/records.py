"""The verbs every register has: add, change, void, revive, fetch, do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.drafts import complete, fetch_draft, read_draft, required_problems
from app.finding import Found, find, resolve_references
from app.ledger.writer import differs
from app.register import Register, Verb
from app.registers import register_named
from app.values import read_value
from models import journal as j
from models.errors import (
    GuardFailed,
    IllegalTransition,
    LedgerError,
    Problem,
    Refused,
    UnknownVerb,
    VoidRecord,
)
from models.fields import Field, fields_of
from models.records import Child, Journaled, children_of, column_names, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row


@dataclass(frozen=True)
class Saved:
    """What a save gives back: the ids, and what deserves a second look though it was saved."""

    ids: tuple[str, ...]
    warnings: tuple[Problem, ...]


def add(ctx: Context, key: str, rows: Sequence[Mapping[str, Any]], *, origin: str = "entered") -> Saved:
    """Add records with their children, all or none; `Refused` lists every problem of every row."""
    register = register_named(key)
    with ctx.ledger.writing(ctx, f"{register.key}.add", f"新增{register.label}") as writer:
        return add_within(ctx, writer, register, rows, origin=origin)


def add_within(
    ctx: Context,
    writer: Writer,
    register: Register,
    rows: Sequence[Mapping[str, Any]],
    *,
    origin: str = "entered",
) -> Saved:
    """Add records inside a transaction that is already open."""
    ids, warnings, errors = [], [], []
    for number, raw in enumerate(rows, 1):
        draft, problems = check_draft(ctx, writer, register, raw)
        problems = [replace(problem, row=number) for problem in problems]
        errors += [problem for problem in problems if problem.severity == "error"]
        warnings += [problem for problem in problems if problem.severity == "warning"]
        if not errors:
            _number(ctx, writer, register, draft)
            draft["origin"] = origin
            ids.append(write_new(writer, register.entity, draft))
    if errors:
        raise Refused(tuple(errors))
    return Saved(tuple(ids), tuple(warnings))


def check_draft(
    ctx: Context, writer: Writer, register: Register, raw: Mapping[str, Any]
) -> tuple[Row, list[Problem]]:
    """Read, complete and check an input row; gives the draft and all problems, without writing."""
    draft, problems = read_draft(ctx, register.entity, register.expand(ctx, writer, raw))
    if any(problem.severity == "error" for problem in problems):
        return draft, problems
    draft = complete(register.entity, draft)
    if register.initial_state is not None and not draft.get("state"):
        draft["state"] = register.initial_state
    taken = _taken_ids(writer, register.entity, draft)
    if taken:
        return draft, [*problems, *taken]
    _give_ids(writer, register.entity, draft)
    problems += resolve_references(writer, register, draft)
    draft = register.prepare(ctx, draft)
    problems += examine(ctx, writer, register, draft)
    return draft, problems


def examine(ctx: Context, writer: Writer, register: Register, draft: Row) -> list[Problem]:
    """Give the problems of a completed draft: required fields, uniqueness, the register's own rules."""
    problems = list(required_problems(register.entity, draft))
    problems += _duplicates(writer, register, draft)
    if not any(problem.severity == "error" for problem in problems):
        problems += register.examine(ctx, draft)
    return problems


def write_new(writer: Writer, entity: type[Journaled], draft: Row) -> str:
    """Write a draft and its children as new rows; gives the id of the record."""
    names = column_names(entity)
    values = {
        name: value
        for name, value in draft.items()
        if name in names and name not in ("id", "missing") and value is not None
    }
    for name, reason in (draft.get("missing") or {}).items():
        values.setdefault(name, {"missing": reason})
    record_id = writer.create(entity, values, draft.get("id"))
    for child in children_of(entity.__tablename__):
        for position, row in enumerate(draft.get(child.__field__) or [], 1):
            write_new(writer, child, {**row, "parent_id": record_id, "position": position})
    return record_id


def change(ctx: Context, words: str, raw: Mapping[str, Any]) -> tuple[str, tuple[str, ...], Saved]:
    """Change fields (and children) of a record; gives its id, the changed names and any warnings."""
    found = find(ctx, words)
    register = found.register
    with ctx.ledger.writing(ctx, f"{register.key}.change", f"修改{register.label}") as writer:
        changed, warnings = change_within(ctx, writer, found, raw)
    return found.id, changed, Saved((found.id,), warnings)


def change_within(
    ctx: Context, writer: Writer, found: Found, raw: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Change a record inside a transaction that is already open."""
    register = found.register
    stored = _stored(writer, register, found.id)
    _refuse_state(raw)
    given, problems = read_draft(ctx, register.entity, raw)
    _refuse(problems)
    draft = _merge(writer, register.entity, stored, given)
    problems += resolve_references(writer, register, draft)
    draft = register.prepare(ctx, draft)
    problems += examine(ctx, writer, register, draft)
    _refuse(problems)
    changed = write_changes(writer, register.entity, stored, draft)
    return changed, tuple(problem for problem in problems if problem.severity == "warning")


def write_changes(writer: Writer, entity: type[Journaled], stored: Row, draft: Row) -> tuple[str, ...]:
    """Write what differs between a stored record and its draft; gives the changed names."""
    given = ((name, _value_or_reason(draft, name)) for name in fields_of(entity))
    values = {name: value for name, value in given if differs(stored, name, value)}
    changed = list(writer.update(entity, stored["id"], values)) if values else []
    for child in children_of(entity.__tablename__):
        before = {row["id"]: row for row in stored.get(child.__field__) or []}
        for position, row in enumerate(draft.get(child.__field__) or [], 1):
            if _change_child(writer, child, stored["id"], before, row, position):
                changed.append(child.__field__)
    return tuple(dict.fromkeys(changed))


def _value_or_reason(draft: Row, name: str) -> object:
    """Give a value, or why there is none: a stored reason for a gap stays until the field is given anew."""
    value, reason = draft.get(name), (draft.get("missing") or {}).get(name)
    return {"missing": reason} if value is None and reason else value


def void(ctx: Context, words: str, reason: str) -> str:
    """Void a record with a reason; it stays readable and can be revived. Gives its id."""
    if not reason.strip():
        raise GuardFailed("作废必须写明理由。")
    found = find(ctx, words)
    with ctx.ledger.writing(ctx, f"{found.register.key}.void", f"作废{found.register.label}") as writer:
        _stored(writer, found.register, found.id)
        writer.void(found.register.entity, found.id, reason.strip())
    return found.id


def revive(ctx: Context, words: str) -> str:
    """Take the voiding of a record back. Gives its id."""
    found = find(ctx, words)
    with ctx.ledger.writing(ctx, f"{found.register.key}.revive", f"恢复{found.register.label}") as writer:
        row = writer.get(found.register.entity, found.id)
        if row is None or not row["void_flag"]:
            raise GuardFailed("这条记录没有作废，不需要恢复。")
        writer.revive(found.register.entity, found.id)
    return found.id


def fetch(ctx: Context, words: str) -> Row:
    """Read one record with its children."""
    found = find(ctx, words)
    with ctx.ledger.reading() as conn:
        draft = fetch_draft(conn, found.register.entity, found.id)
    assert draft is not None  # noqa: S101 — find has just seen it
    return draft


def do(ctx: Context, verb_name: str, words: str, params: Mapping[str, Any]) -> tuple[str, str | None]:
    """Carry out a special verb of a register on a record; gives its id and the state it is in then."""
    found = find(ctx, words)
    verb = found.register.verb.get(verb_name)
    if verb is None:
        raise UnknownVerb(verb_name, found.register.label)
    with ctx.ledger.writing(ctx, f"{found.register.key}.{verb.name}", verb.label) as writer:
        state = do_within(ctx, writer, found, verb, params)
    return found.id, state


def do_within(
    ctx: Context, writer: Writer, found: Found, verb: Verb, params: Mapping[str, Any]
) -> str | None:
    """Carry out a verb inside a transaction that is already open; gives the state after it."""
    register = found.register
    stored = _stored(writer, register, found.id)
    _check_state(ctx, register, verb, stored)
    values = dict(verb.run(ctx, writer, stored, read_params(ctx, verb, params)))
    if verb.to_state is not None:
        values.setdefault("state", verb.to_state)
    writer.update(register.entity, found.id, values)
    after = _stored(writer, register, found.id)
    prepared = register.prepare(ctx, dict(after))
    write_changes(writer, register.entity, after, prepared)
    errors = [p for p in examine(ctx, writer, register, prepared) if p.severity == "error"]
    _refuse(errors)
    state = prepared.get("state")
    return str(state) if state else None


def read_params(ctx: Context, verb: Verb, params: Mapping[str, Any]) -> Row:
    """Read what a verb was given by its described parameters; nested values are left to the verb."""
    fields = {field.name: field for field in verb.params}
    problems = [
        Problem(
            "E101", value, f"“{verb.label}”没有参数“{name}”。", "请用 ybz do --list 查看参数。", field=name
        )
        for name, value in params.items()
        if name not in fields
    ]
    values: Row = {}
    for name, field in fields.items():
        raw = params.get(name, field.default)
        if _is_nested(raw, field):
            values[name] = raw
            continue
        values[name], problem = read_value(field, raw, ctx)
        if problem is not None:
            problems.append(problem)
        elif field.required and values[name] is None:
            problems.append(
                Problem("E301", None, f"办理“{verb.label}”须填写“{field.label}”。", "请补填。", field=name)
            )
    _refuse(problems)
    return values


def _is_nested(raw: object, field: Field) -> bool:
    """Tell whether a parameter holds rows or a record of its own, which the verb reads itself."""
    if isinstance(raw, Mapping):
        return set(raw) != {"missing"}
    return isinstance(raw, list) and not field.is_list


def _stored(writer: Writer, register: Register, record_id: str) -> Row:
    writer.flush()
    stored = fetch_draft(writer.conn, register.entity, record_id)
    if stored is None:
        raise LedgerError("记录不存在，请刷新后再试。")
    if stored["void_flag"]:
        raise VoidRecord(register.title(stored))
    return stored


def _check_state(ctx: Context, register: Register, verb: Verb, stored: Row) -> None:
    if not verb.from_states or stored.get("state") in verb.from_states:
        return
    codes = ctx.codes[register.state_codes or ""]
    allowed = "、".join(codes.label(state) for state in verb.from_states)
    raise IllegalTransition(verb.label, codes.label(stored["state"]), allowed)


def _refuse_state(raw: Mapping[str, Any]) -> None:
    if "state" in raw:
        raise GuardFailed("状态不能直接修改，请用 ybz do 办理相应手续。")


def _refuse(problems: Iterable[Problem]) -> None:
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise Refused(errors)


def _give_ids(writer: Writer, entity: type[Journaled], draft: Row) -> None:
    if not draft.get("id"):
        draft["id"] = writer.new_id()
    for child in children_of(entity.__tablename__):
        for row in draft.get(child.__field__) or []:
            _give_ids(writer, child, row)


def _taken_ids(writer: Writer, entity: type[Journaled], draft: Row) -> list[Problem]:
    """Refuse ids given with a new record that a record of this ledger already has."""
    given = list(_ids_in(entity, draft))
    if not given:
        return []
    ids = [record for _, record in given]
    head = table_of(j.RecordHead)
    known = set(writer.conn.execute(sa.select(head.c.record).where(head.c.record.in_(ids))).scalars())
    return [
        Problem("E702", one, "这个编号的记录已经存在。", "请修改已有记录，或去掉编号后新增。", field="id")
        for kind, one in given
        if one in known or (kind, one) in writer.touched or ids.count(one) > 1
    ]


def _ids_in(entity: type[Journaled], draft: Row) -> Iterable[tuple[type[Journaled], str]]:
    if draft.get("id"):
        yield entity, draft["id"]
    for child in children_of(entity.__tablename__):
        for row in draft.get(child.__field__) or []:
            yield from _ids_in(child, row)


def _number(ctx: Context, writer: Writer, register: Register, draft: Row) -> None:
    numbering = register.numbering
    if numbering is None or draft.get(numbering.field):
        return
    prefix = numbering.prefix(ctx, draft)
    day = draft.get(register.day)
    year = int(day[:4]) if isinstance(day, str) and day[:4].isdecimal() else ctx.today.year
    number = writer.next_number(f"{register.key}:{prefix}", year)
    draft[numbering.field] = numbering.template.format(
        prefix=prefix, year=year, n=str(number).zfill(numbering.width)
    )


def _duplicates(writer: Writer, register: Register, draft: Row) -> Iterable[Problem]:
    table = table_of(register.entity)
    for group in register.unique:
        if any(draft.get(name) in (None, "") for name in group):
            continue
        writer.flush()
        same = sa.select(table).where(
            table.c.void_flag.is_(sa.false()),
            table.c.id != draft["id"],
            *[table.c[name] == draft[name] for name in group],
        )
        stored = writer.conn.execute(same.limit(1)).mappings().first()
        if stored is not None:
            yield Problem(
                code="E701", seen=draft[group[-1]], field=group[-1], record=stored["id"],
                message=f"与已有的“{register.title(dict(stored))}”重复。",
                hint="请打开已有记录，不要重复登记。",
            )  # fmt: skip


def _merge(writer: Writer, entity: type[Journaled], stored: Row, given: Row) -> Row:
    draft = dict(stored)
    missing = dict(stored.get("missing") or {})
    kept = {name: why for name, why in missing.items() if name not in given}
    draft["missing"] = {**kept, **(given.get("missing") or {})}
    draft.update((name, given[name]) for name in fields_of(entity) if name in given)
    for child in children_of(entity.__tablename__):
        if child.__field__ in given:
            rows = _merge_children(writer, child, stored[child.__field__], given[child.__field__])
            draft[child.__field__] = rows
    return draft


def _merge_children(
    writer: Writer, child: type[Child], stored: Sequence[Row], given: Sequence[Row]
) -> list[Row]:
    merged = {row["id"]: dict(row) for row in stored}
    for row in given:
        if row.get("id") in merged:
            merged[row["id"]] = {**_merge(writer, child, merged[row["id"]], row), "void": row.get("void")}
        else:
            fresh = complete(child, row)
            fresh.pop("id", None)
            _give_ids(writer, child, fresh)
            merged[fresh["id"]] = fresh
    return list(merged.values())


def _change_child(
    writer: Writer, child: type[Child], parent: str, before: Mapping[str, Row], row: Row, position: int
) -> bool:
    stored = before.get(row["id"])
    if stored is None:
        write_new(writer, child, {**row, "parent_id": parent, "position": position})
        return True
    if row.get("void"):
        writer.void(child, row["id"], str(row["void"]))
        return True
    return bool(write_changes(writer, child, stored, row))
