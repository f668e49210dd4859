"""Reading records: list, show, history, timeline, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.command import Answer, Call, Command, Grid, UsageError, arg
from app.cli.display import lines_of, shown, shown_of, titles_in
from app.finding import find
from app.registers import register_named, registers_by_key
from models.fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.history import Entry
    from models.codes import CodeBook
    from models.fields import Field

RECORD = arg("record", metavar="记录", help="编号、案号或名称片段")
WHERE = arg(
    "--where", action="append", default=[], metavar="字段=值",
    help="可写代码、名称、范围（a..b）、几个值（用逗号分开）；可重复",
)  # fmt: skip


def positive(text: str) -> int:
    """Read a whole number from 1; ValueError otherwise."""
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise ValueError(text)
    return number


def run_list(call: Call) -> Answer:
    """List records of a register, newest day first."""
    from app.listing import list_records, parse_conditions
    from app.revealing import covered

    register = register_named(call.args.register)
    where = parse_conditions(call.args.where)
    order = _order(call.args.order)
    with call.session() as ctx:
        rows = list_records(
            ctx, register.key, where=where, limit=call.args.limit, order=order, voided=call.args.void
        )
        rows = [covered(register.entity, row) for row in rows]
        titles = titles_in(ctx, register.entity, rows)
        fields = fields_of(register.entity)
        columns = [name for name in register.list_columns if name in fields]
        grid = Grid(
            tuple(fields[name].label for name in columns),
            [[shown_of(row, fields[name], ctx.codes, titles) for name in columns] for row in rows],
        )
    said = () if rows else ("没有符合条件的记录。",)
    return Answer(rows, (grid, *said))


def _order(text: str | None) -> tuple[str, bool] | None:
    if text is None:
        return None
    if not text.strip("-"):
        raise UsageError("参数 --order 后面须写字段名，前面加 - 表示从大到小。")
    return text.lstrip("-"), text.startswith("-")


def run_show(call: Call) -> Answer:
    """Show a record with its children; uncovering sensitive values is noted in the journal."""
    from app.records import fetch
    from app.revealing import covered, note_reveal

    with call.session() as ctx:
        found = find(ctx, call.args.record)
        row = fetch(ctx, found.id)
        if call.args.reveal:
            note_reveal(ctx, found)
        else:
            row = covered(found.register.entity, row)
        titles = titles_in(ctx, found.register.entity, [row])
        lines = lines_of(found.register.entity, row, ctx.codes, titles)
    void = (f"（已作废：{row['void_reason'] or ''}）",) if row["void_flag"] else ()
    data = {"id": found.id, "register": found.register.key, **row}
    return Answer(data, (f"{found.register.label}  {found.id}", *void, *lines))


def run_history(call: Call) -> Answer:
    """Show what happened to a record, oldest first; values that lists mask are masked here too."""
    from app.history import history
    from app.naming import titles_of
    from app.revealing import note_reveal

    reveal = call.args.reveal
    with call.session() as ctx:
        found = find(ctx, call.args.record)
        entries = history(ctx, found.id)
        if reveal:
            note_reveal(ctx, found)
        told = [_told(entry, reveal=reveal) for entry in entries]
        with ctx.ledger.reading() as conn:
            titles = titles_of(conn, list(dict.fromkeys(_referred(told))))
        lines = [line for entry in told for line in _history_lines(entry, ctx.codes, titles)]
    return Answer({"id": found.id, "register": found.register.key, "changes": told}, tuple(lines))


def _told(entry: Entry, *, reveal: bool) -> dict[str, Any]:
    from app.revealing import covered_value

    fields = _fields(entry.entity)
    changes = []
    for one in entry.fields:
        field = fields.get(one.field)
        old, new = one.old, one.new
        if field is not None and not reveal:
            old, new = covered_value(field, old), covered_value(field, new)
        changes.append({"field": one.field, "label": one.label, "old": old, "new": new})
    return {
        "at": entry.at, "actor": entry.actor, "verb": entry.verb, "label": entry.label, "batch": entry.batch,
        "entity": entry.entity, "record": entry.record, "kind": entry.kind, "fields": changes,
    }  # fmt: skip


def _fields(table: str) -> Mapping[str, Field]:
    from models.records import entity

    return fields_of(entity(table)) if table else {}


def _referred(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the ids of the records that reference fields named before or name now."""
    from app.naming import REFERENCE_KINDS

    for entry in told:
        fields = _fields(entry["entity"])
        for one in entry["fields"]:
            if one["field"] in fields and fields[one["field"]].kind in REFERENCE_KINDS:
                for value in (one["old"], one["new"]):
                    yield from value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _history_lines(entry: dict[str, Any], codes: CodeBook, titles: Mapping[str, str]) -> list[str]:
    """Write one action with what it changed; columns no person fills in are left out."""
    fields = _fields(entry["entity"])
    lines = [f"{entry['at'].replace('T', ' ')}  {entry['actor']}  {entry['label']}"]
    for one in entry["fields"]:
        if one["field"] == "void_reason" and one["new"]:
            lines.append(f"  作废理由：{one['new']}")
        field = fields.get(one["field"])
        if field is not None:
            old, new = (shown(field, one[side], codes, titles) or "（空）" for side in ("old", "new"))
            lines.append(
                f"  {one['label']}：{old} → {new}"
                if entry["kind"] != "create"
                else f"  {one['label']}：{new}"
            )
    return lines


def run_timeline(call: Call) -> Answer:
    """Show every record that names a person, newest first."""
    from app.person.file import timeline

    with call.session() as ctx:
        lines = timeline(ctx, call.args.record)
    data = [
        {"day": one.day, "register": one.register, "id": one.record, "title": one.title, "role": one.role}
        for one in lines
    ]
    labels = registers_by_key()
    grid = Grid(
        ("日期", "登记簿", "名称", "身份"),
        [(one.day[:10], labels[one.register].label, one.title, one.role) for one in lines],
    )
    return Answer(data, (grid, *(() if lines else ("没有其他记录。",))))


def run_search(call: Call) -> Answer:
    """Search every register."""
    from app.search import search

    registers = [register_named(key).key for key in call.args.register] or None
    with call.session() as ctx, ctx.ledger.reading() as conn:
        hits = search(conn, " ".join(call.args.words), registers=registers, limit=call.args.limit)
    data = [
        {
            "id": hit.record, "register": hit.register, "title": hit.title, "subtitle": hit.subtitle,
            "matched": hit.matched,
        }
        for hit in hits
    ]  # fmt: skip
    labels = registers_by_key()
    grid = Grid(
        ("登记簿", "名称", "摘要", "依据", "编号"),
        [(labels[h.register].label, h.title, h.subtitle, h.matched, h.record) for h in hits],
    )
    return Answer(data, (grid, *(() if hits else ("没有找到。",))))


LIMIT = arg("--limit", type=positive, default=50, metavar="条数", help="最多列出多少条（默认 50）")
REVEAL = arg("--reveal", action="store_true", help="显示被遮盖的内容（会记入修改史）")

COMMANDS = (
    Command(
        "list", "列出记录，最近的在前。", run_list,
        (
            arg("register", metavar="登记簿", help="登记簿名称，例如 person"), WHERE, LIMIT,
            arg("--order", metavar="字段", help="按字段排序，写成 --order=-字段 则从大到小"),
            arg("--void", action="store_true", help="列出已作废的记录"),
        ),
    ),
    Command("show", "查看一条记录及其子表。", run_show, (RECORD, REVEAL)),
    Command("history", "查看一条记录的修改史。", run_history, (RECORD, REVEAL)),
    Command("timeline", "查看一个人出现在哪些记录中。", run_timeline, (RECORD,)),
    Command(
        "search", "在全部登记簿中查找。", run_search,
        (
            arg("words", nargs="+", metavar="词", help="汉字、拼音、首字母、号码尾数"),
            arg("--register", action="append", default=[], metavar="登记簿", help="只查该登记簿；可重复"),
            LIMIT,
        ),
    ),
)  # fmt: skip
