"""Every command with the file that holds it; a family is imported only when one of its commands is called."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from app.cli.command import UsageError

if TYPE_CHECKING:
    from app.cli.command import Command


@dataclass(frozen=True)
class Entry:
    """One line of the general help."""

    name: str
    family: str
    about: str


CATALOG = tuple(
    Entry(*line)
    for line in (
        ("new", "ledger", "新建加密台账"),
        ("demo", "demonstration", "建立演示台账"),
        ("registers", "registers", "各登记簿的字段、子表和代码表"),
        ("add", "records", "新增记录"),
        ("set", "records", "修改记录"),
        ("void", "records", "作废记录（须写理由）"),
        ("revive", "records", "取消作废"),
        ("do", "records", "办理手续（受理、办结等）"),
        ("list", "reading", "列出记录"),
        ("show", "reading", "查看一条记录"),
        ("history", "reading", "查看修改史"),
        ("timeline", "reading", "查看人员的全部经历"),
        ("search", "reading", "查找（汉字、拼音、首字母、尾号）"),
        ("undo", "records", "撤销最近一次或指定批次的操作"),
        ("due", "due", "到期和逾期事项"),
        ("import", "sheets", "导入表格"),
        ("export", "sheets", "导出登记簿，或空白填报表"),
        ("stats", "statistics", "统计表"),
        ("trace", "statistics", "统计数字背后的记录"),
        ("month", "month", "月报：预检、结账、状态"),
        ("receive", "county", "接收报表包、回执或证书"),
        ("card", "county", "导出本单位证书"),
        ("enrol", "county", "登记对方单位证书"),
        ("county", "county", "县局：报送情况、回执、汇总"),
        ("attach", "attachments", "给记录添加附件"),
        ("attachments", "attachments", "查看记录的附件"),
        ("backup", "ledger", "备份台账"),
        ("restore", "ledger", "从备份恢复到新位置"),
        ("check", "ledger", "检查台账是否完整"),
        ("export-plain", "ledger", "把全部内容导出为普通文件"),
        ("setting", "settings", "查看或修改设置"),
        ("password", "settings", "修改密码"),
        ("recovery-code", "settings", "换发恢复码"),
        ("numbers", "settings", "查看编号，换机后恢复编号"),
        ("selftest", "demonstration", "程序自检"),
    )
)


def command_named(name: str) -> Command:
    """Find a command by its name. Errors: `UsageError`, naming what is written alike."""
    entry = next((entry for entry in CATALOG if entry.name == name), None)
    if entry is None:
        raise UsageError(f"没有“{shortened(name)}”这个命令{alike(name)}，请用 ybz --help 查看全部命令。")
    family = import_module(f"app.cli.{entry.family}")
    commands: tuple[Command, ...] = family.COMMANDS
    return next(command for command in commands if command.name == name)


def alike(name: str) -> str:
    """Give a clause naming the command that was probably meant, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(name, [entry.name for entry in CATALOG], n=1)
    return f"（是否想用 {near[0]}）" if near else ""


def shortened(text: str, most: int = 40) -> str:
    """Give a text in one line, cut to a length that fits a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"
