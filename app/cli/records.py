"""Writing records: add, set, void, revive, do, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import history
from app.cli.command import Answer, Argument, Call, Command, Grid, UsageError, arg
from app.cli.given import FILE, STANDARD_INPUT, objects, one_object
from app.records import add, change, do, revive, void
from app.registers import register_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.errors import Problem

RECORD = arg("record", metavar="记录", help="编号、案号或名称片段")
REGISTER = arg("register", metavar="登记簿", help="登记簿名称，例如 person")
SHOWN_BATCHES = 20


def run_add(call: Call) -> Answer:
    """Add records with their children, all or none."""
    register_named(call.args.register)
    rows = objects(call.args.file or STANDARD_INPUT)
    with call.session() as ctx:
        saved = add(ctx, call.args.register, rows)
    data = {"ids": list(saved.ids), "warnings": [warning.as_json() for warning in saved.warnings]}
    return Answer(data, (f"已新增 {len(saved.ids)} 条。", *saved.ids, *warned(saved.warnings)))


def run_set(call: Call) -> Answer:
    """Change fields of a record."""
    raw = one_object(call.args.file or STANDARD_INPUT)
    with call.session() as ctx:
        identity, changed, saved = change(ctx, call.args.record, raw)
    data = {
        "id": identity,
        "changed": list(changed),
        "warnings": [warning.as_json() for warning in saved.warnings],
    }
    said = f"已修改：{'、'.join(changed)}。" if changed else "内容没有变化。"
    return Answer(data, (said, *warned(saved.warnings)))


def run_void(call: Call) -> Answer:
    """Void a record with a reason."""
    with call.session() as ctx:
        identity = void(ctx, call.args.record, call.args.reason)
    return Answer({"id": identity, "void": True}, ("已作废。",))


def run_revive(call: Call) -> Answer:
    """Take a voiding back."""
    with call.session() as ctx:
        identity = revive(ctx, call.args.record)
    return Answer({"id": identity, "void": False}, ("已恢复。",))


def run_do(call: Call) -> Answer:
    """Carry out a special verb, or list the verbs of a register."""
    if call.args.list is not None:
        return _verbs(call.args.list)
    if not call.args.verb or not call.args.record:
        raise UsageError("须写明手续和记录：ybz do 手续 记录 [--file 文件]，或 ybz do --list 登记簿。")
    params = one_object(call.args.file)
    with call.session() as ctx:
        identity, state = do(ctx, call.args.verb, call.args.record, params)
        label = _state_label(ctx, identity, state)
    return Answer({"id": identity, "state": state}, ("已办理。", *([f"状态：{label}"] if label else [])))


def _verbs(key: str) -> Answer:
    from app.cli.registers import described_verb

    register = register_named(key)
    rows = [
        (verb.name, verb.label, "、".join(f"{p.name}（{p.label}）" for p in verb.params), verb.basis)
        for verb in register.verbs
    ]
    grid = Grid(("手续", "名称", "参数", "依据"), rows)
    none = () if rows else (f"“{register.label}”没有专门的手续。",)
    return Answer([described_verb(verb) for verb in register.verbs], (grid, *none))


def _state_label(ctx: Any, identity: str, state: str | None) -> str:
    from app.finding import find

    codes = find(ctx, identity).register.state_codes
    return ctx.codes[codes].label(state) if codes and state else ""


def run_undo(call: Call) -> Answer:
    """Undo the last action or the named one, or list what can be undone."""
    with call.session() as ctx:
        if call.args.list:
            return _batches(history.batches(ctx, SHOWN_BATCHES))
        undone = history.undo(ctx, call.args.batch)
    data = {"batch": undone.batch, "records": undone.records, "left": list(undone.left)}
    left = f"另有 {len(undone.left)} 条之后又被修改，未撤销。" if undone.left else ""
    return Answer(data, (f"已撤销，涉及 {undone.records} 条。{left}",))


def _batches(rows: Sequence[dict[str, Any]]) -> Answer:
    names = ("batch", "number", "at", "actor", "verb", "label", "changes", "undone")
    grid = Grid(
        ("批次", "时间", "操作", "经办人", "改动", "已撤销"),
        [
            (
                row["number"],
                row["at"],
                row["label"],
                row["actor"],
                row["changes"],
                "是" if row["undone"] else "",
            )
            for row in rows
        ],
    )
    return Answer([{name: row[name] for name in names} for row in rows], (grid,))


def warned(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Give a line for each thing that deserves a second look."""
    return tuple(f"请留意：{problem.message}{problem.hint}" for problem in problems)


_DO: tuple[Argument, ...] = (
    arg("verb", nargs="?", metavar="手续", help="手续名称，例如 accept"),
    arg("record", nargs="?", metavar="记录", help="编号、案号或名称片段"),
    FILE,
    arg("--list", metavar="登记簿", help="列出该登记簿的手续"),
)

COMMANDS = (
    Command(
        "add", "新增记录：从 JSON 读入一个对象或对象列表，任何一条不合格则都不写入。", run_add,
        (REGISTER, FILE),
    ),
    Command("set", "修改记录：从 JSON 读入要改的字段。", run_set, (RECORD, FILE)),
    Command(
        "void", "作废记录：保留可查，不再计入。", run_void,
        (RECORD, arg("--reason", required=True, metavar="理由", help="作废理由")),
    ),
    Command("revive", "取消作废。", run_revive, (RECORD,)),
    Command("do", "办理手续。", run_do, _DO),
    Command(
        "undo", "撤销最近一次操作，或指定批次。", run_undo,
        (
            arg("batch", nargs="?", metavar="批次", help="批次编号（ybz undo --list 查看）"),
            arg("--list", action="store_true", help="列出最近的操作"),
        ),
    ),
)  # fmt: skip
