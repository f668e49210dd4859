"""The board: what is overdue and due, each item explained, sorted by what follows from missing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.due.counting import in_window, occurrence
from app.due.loading import rules_in_force
from app.due.marks import UnknownItem, check_mark, hides, read_marks, write_mark
from app.due.reading import read_source, read_subjects
from app.due.spec import DueItem, Occurrence, Rule
from app.due.special import SPECIAL
from app.due.windows import windows
from app.due.words import explain
from app.registers import registers_by_key
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.due.counting import Marks

AHEAD = dt.timedelta(days=7)
_CHUNK = 500


def due(
    ctx: Context,
    until: dt.date | None = None,
    register: str | None = None,
    rules: Sequence[Rule] | None = None,
) -> list[DueItem]:
    """Give what is overdue and what falls due up to ``until``, gravest first, then by the last day.

    Without ``until``: the next seven days and whatever the rules remind of earlier. ``register`` narrows to
    one register; ``rules`` stands for the ledger's own. `RuleError` for a local change that cannot be used.
    """
    chosen = _chosen(ctx, register, rules)
    with ctx.ledger.reading() as conn:
        marks = read_marks(conn)
        shown = [
            found
            for found in occurrences(ctx, conn, chosen, marks)
            if _is_shown(ctx, found, until) and not hides(marks.get(found.id), found, ctx.today)
        ]
        titles = _titles(conn, shown)
    items = [_item(ctx, found, titles) for found in shown]
    return sorted(items, key=lambda item: (item.severity, item.due_legal, item.title, item.id))


def mark(ctx: Context, item_id: str, kind: str, reason: str, until: dt.date | None = None) -> str:
    """Mark an item done, not_applicable or snoozed (``until`` a day) with a reason; gives the mark's id.

    It holds while the fact the item starts from stays as it is. `UnknownItem`, `MarkRefused`.
    """
    found = find_item(ctx, item_id)
    check_mark(ctx, found, kind, reason, until)
    return write_mark(ctx, found, kind, reason, until)


def find_item(ctx: Context, item_id: str) -> Occurrence:
    """Find what an id stands for now, marked or not, however far ahead; `UnknownItem` otherwise."""
    rule_id = item_id.partition(":")[0]
    rules = [rule for rule in rules_in_force(ctx.settings) if rule.id == rule_id]
    with ctx.ledger.reading() as conn:
        for found in occurrences(ctx, conn, rules, read_marks(conn)):
            if found.id == item_id:
                return found
    raise UnknownItem(item_id)


def occurrences(
    ctx: Context, conn: sa.Connection, rules: Iterable[Rule], marks: Marks
) -> Iterator[Occurrence]:
    """Give every present occurrence of the rules: one query per source table, one per other duty."""
    by_source: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.function:
            yield from SPECIAL[rule.function](ctx, conn, rule)
        elif rule.per:
            yield from _per_subject(ctx, conn, rule)
        else:
            by_source.setdefault(rule.source, []).append(rule)
    for some in by_source.values():
        for row in read_source(ctx, conn, some):
            found = occurrence(ctx, row, marks)
            if found is not None:
                yield found


def _per_subject(ctx: Context, conn: sa.Connection, rule: Rule) -> Iterator[Occurrence]:
    if rule.repeat is None:
        return
    named = {"": ctx.ledger.org_name}
    if rule.per == "village":
        valid = ctx.codes["village"].choices(ctx.today.isoformat())
        named = {entry.code: entry.label for entry in valid}
    for window in windows(rule.repeat.every, ctx.today, rule.repeat.look_back):
        counted = read_subjects(ctx, conn, rule, window)
        for code, name in named.items():
            found = in_window(
                rule, window, counted.get(code, 0), code, rule.fact.format(name=name), name=name
            )
            if found is not None:
                yield found


def _chosen(ctx: Context, register: str | None, rules: Sequence[Rule] | None) -> list[Rule]:
    chosen = rules_in_force(ctx.settings) if rules is None else rules
    role = ctx.ledger.role
    return [rule for rule in chosen if register in (None, rule.register) and role in rule.roles]


def _is_shown(ctx: Context, found: Occurrence, until: dt.date | None) -> bool:
    today, due_on = ctx.today, found.due
    lapses = found.rule.lapses
    if lapses is not None and due_on.overdue_days(today) > lapses:
        return False
    if until is not None:
        return due_on.strict <= until
    first = due_on.strict + dt.timedelta(days=min((0, *found.rule.remind)))
    return due_on.strict <= today + AHEAD or first <= today


def _titles(conn: sa.Connection, found: Iterable[Occurrence]) -> Mapping[str, str]:
    wanted: dict[str, dict[str, None]] = {}
    for one in found:
        if one.record is not None and not one.name:
            wanted.setdefault(one.rule.register, {})[one.record] = None
    titles: dict[str, str] = {}
    for key, ids in wanted.items():
        register = registers_by_key()[key]
        table, listed = table_of(register.entity), list(ids)
        for start in range(0, len(listed), _CHUNK):
            query = sa.select(table).where(table.c.id.in_(listed[start : start + _CHUNK]))
            titles.update({row["id"]: register.title(dict(row)) for row in conn.execute(query).mappings()})
    return titles


def _item(ctx: Context, found: Occurrence, titles: Mapping[str, str]) -> DueItem:
    rule = found.rule
    name = found.name or titles.get(found.record or "", "")
    detail = f"（{found.detail}）" if found.detail else ""
    reminders = [found.due.strict + dt.timedelta(days=days) for days in rule.remind]
    return DueItem(
        id=found.id,
        record=found.record,
        register=found.register or rule.register,
        rule=rule.id,
        label=rule.label,
        title=f"{rule.label}：{name}{detail}" if name else rule.label,
        start_on=found.start,
        due_strict=found.due.strict_text,
        due_legal=found.due.legal_text,
        severity=rule.severity,
        basis=rule.basis,
        number_basis=rule.number_basis,
        overdue_days=found.due.overdue_days(ctx.today),
        is_overdue=found.due.is_overdue(ctx.now),
        remind_today=ctx.today in reminders,
        owner=rule.owner,
        verbs=rule.verbs,
        explains=explain(found, ctx.calendar),
    )
