"""What is due: the board, and marking an item done, not applicable or for later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from app.cli.command import Answer, Call, Command, Grid, UsageError, arg
from app.cli.parsing import moment_of
from app.registers import register_named

if TYPE_CHECKING:
    from app.due import DueItem

NUMBER_BASES = {"law": "法定", "local": "本地规定", "default": "本程序建议"}


def day(text: str) -> dt.date:
    """Read a day; ValueError otherwise."""
    try:
        return moment_of(text).date()
    except UsageError as error:
        raise ValueError(text) from error


def run_due(call: Call) -> Answer:
    """Show the board, or mark one item of it."""
    from app.due import due, mark, unmark

    args = call.args
    if args.register is not None:
        register_named(args.register)
    if args.mark is None and args.unmark is None:
        with call.session() as ctx:
            items = due(ctx, args.until, register=args.register)
        return Answer(items, _board(items, explain=args.explain))
    with call.session() as ctx:
        if args.unmark is not None:
            unmark(ctx, args.unmark, args.reason or "")
            return Answer({"id": args.unmark, "marked": None}, ("已取消标记。",))
        if args.kind is None or args.reason is None:
            raise UsageError(
                "标记待办须写 --kind（done 已办、not_applicable 不适用、snoozed 稍后）和 --reason。"
            )
        mark(ctx, args.mark, args.kind, args.reason, args.until)
    return Answer({"id": args.mark, "marked": args.kind}, ("已标记。",))


def _board(items: list[DueItem], *, explain: bool) -> tuple[str | Grid, ...]:
    if not items:
        return ("没有到期和逾期事项。",)
    if explain:
        return tuple(f"{item.title}：{item.label}\n  {item.explains}\n  {item.id}" for item in items)
    rows = [
        (
            item.severity_label, item.label, item.title, item.due_legal.replace("T", " "), _late(item),
            NUMBER_BASES.get(item.number_basis, ""), item.basis,
        )
        for item in items
    ]  # fmt: skip
    headers = ("轻重", "事项", "对象", "期限", "情况", "期限性质", "依据")
    return (Grid(headers, rows), f"共 {len(items)} 项；ybz due --explain 查看每一项的计算过程和编号。")


def _late(item: DueItem) -> str:
    if not item.is_overdue:
        return ""
    return f"逾期 {item.overdue_days} 天" if item.overdue_days else "已逾期"


COMMANDS = (
    Command(
        "due", "列出逾期和到期的事项。", run_due,
        (
            arg("--until", type=day, metavar="日期", help="看到哪一天为止；标记“稍后”时为再次提醒的日期"),
            arg("--register", metavar="登记簿", help="只看该登记簿"),
            arg("--explain", action="store_true", help="说明每一项的起算事实、算法和依据"),
            arg("--mark", metavar="编号", help="标记一项待办"),
            arg("--kind", metavar="方式", help="done 已办、not_applicable 不适用、snoozed 稍后"),
            arg("--reason", metavar="理由", help="标记的理由"),
            arg("--unmark", metavar="编号", help="取消一项待办的标记"),
        ),
    ),
)  # fmt: skip
