"""The month: check it beforehand, close it, see where every month stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, Grid, arg
from app.cli.periods import period_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.errors import Problem

SEVERITIES = {"error": "错误", "warning": "提示"}
MONTH = arg("period", metavar="月份", help="例如 2026-11")


def run_check(call: Call) -> Answer:
    """List what is to be mended or explained before a month is closed."""
    from app.month import month_problems

    with call.session() as ctx:
        period = period_of(ctx, call.args.period)
        found = month_problems(ctx, period)
    data = {"period": period.key, "problems": [problem.as_json() for problem in found]}
    errors = sum(problem.severity == "error" for problem in found)
    said = (
        f"{period.label}：错误 {errors} 处，提示 {len(found) - errors} 处。"
        if found
        else "没有问题，可以封月。"
    )
    return Answer(data, (said, problem_grid(found)), WITH_PROBLEMS if found else DONE)


def run_close(call: Call) -> Answer:
    """Freeze a month and write its bundle; unchanged it is the same bundle again."""
    from app.month import close_month

    with call.session() as ctx:
        period = period_of(ctx, call.args.period)
        closed = close_month(ctx, period, Path(call.args.out).absolute(), reason=call.args.reason)
    data = {
        "period": closed.period, "bundle": str(closed.bundle), "version": closed.version,
        "short_code": closed.short_code, "files": [str(path) for path in closed.files], "rows": closed.rows,
        "is_new": closed.is_new,
    }  # fmt: skip
    said = "" if closed.is_new else "内容没有变化，仍为"
    lines = (
        f"{period.label}：{said}第 {closed.version} 版，明细 {closed.rows} 行。",
        f"校验短码：{closed.short_code}",
        f"报表包：{closed.bundle}",
    )
    return Answer(data, lines)


def run_void(call: Call) -> Answer:
    """Take back a month that was closed but not handed in."""
    from app.month import void_submission

    with call.session() as ctx:
        period = period_of(ctx, call.args.period)
        submission = void_submission(ctx, period, call.args.reason)
    return Answer({"id": submission, "period": period.key}, (f"{period.label}已收回，可以修改后重新封月。",))


def run_task_done(call: Call) -> Answer:
    """Note that a row the county sent back has been mended."""
    from app.month import finish_task

    with call.session() as ctx:
        finish_task(ctx, call.args.task)
    return Answer({"id": call.args.task}, ("已记为改完。",))


def run_status(call: Call) -> Answer:
    """Show where every month stands, and what the county sent back."""
    from app.month import month_status, open_tasks

    with call.session() as ctx:
        months, tasks = month_status(ctx), open_tasks(ctx)
        states = ctx.codes["submission_state"]
        rows = [
            (
                one["period"], "未封月" if one["version"] is None else states.label(one["state"]),
                one["version"], one["short_code"], one["due_on"], "是" if one["late"] else "",
            )
            for one in months
        ]  # fmt: skip
    grid = Grid(("月份", "状态", "版本", "校验短码", "报送期限", "逾期"), rows)
    return Answer(months, (grid, *_tasks(tasks)))


def _tasks(tasks: Sequence[dict[str, Any]]) -> tuple[str | Grid, ...]:
    if not tasks:
        return ()
    rows = [
        (one["title"], one["field"], one["seen"], one["hint"], one["record_id"], one["id"]) for one in tasks
    ]
    return (Grid(("记录", "字段", "所见", "怎么改", "记录编号", "退回编号"), rows, title="县局退回、待改"),)


def problem_grid(found: Sequence[Problem]) -> Grid:
    """Give problems as a table for people."""
    rows = [
        (SEVERITIES[one.severity], one.code, one.message, one.hint, one.field or one.column, one.record)
        for one in found
    ]
    return Grid(("轻重", "代码", "问题", "怎么办", "字段", "记录"), rows)


COMMANDS = (
    Command(
        "month", "月报。",
        commands=(
            Command("check", "封月前预检。", run_check, (MONTH,)),
            Command(
                "close", "封月：冻结当月数字，写出报表包；内容有变化时出新的一版。", run_close,
                (
                    MONTH,
                    arg("--out", required=True, metavar="文件夹", help="报表包写到哪个文件夹"),
                    arg("--reason", metavar="说明", help="重封或带提示封月时的说明"),
                ),
            ),
            Command("status", "各月的状态，县局退回待改的内容。", run_status),
            Command(
                "void", "收回还没有报出的一版（县局已有回执的不能收回）。", run_void,
                (MONTH, arg("--reason", required=True, metavar="理由", help="为什么收回")),
            ),
            Command(
                "done", "退回的一行已经改完。", run_task_done,
                (arg("task", metavar="编号", help="退回待改的编号，month status 中列出"),),
            ),
        ),
    ),
)  # fmt: skip
