"""From the words of the command line to options, command and arguments; whatever is wrong, in Chinese."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from app.cli.catalog import CATALOG, command_named, shortened
from app.cli.command import Command, Options, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

PROGRAM = "ybz"
OFFICE_OPENS = time(9, 0)  # of a day given without a time
_WITH_VALUE = ("--ledger", "--today", "--actor")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_COMPLAINTS = (
    (r"the following arguments are required: (.*)", "缺少参数：{0}"),
    (r"one of the arguments (.*) is required", "须给出其中一个参数：{0}"),
    (r"unrecognized arguments: (.*)", "不认识的参数：{0}"),
    (r"argument (.*): expected one argument", "参数 {0} 后面缺少内容"),
    (r"argument (.*): expected at least one argument", "参数 {0} 后面缺少内容"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", "参数 {0} 不能是 {1}，可选：{2}"),
    (r"argument (.*): invalid (?:.*) value: (.*)", "参数 {0} 的内容不对：{1}"),
    (r"argument (.*): not allowed with argument (.*)", "参数 {0} 与 {1} 不能同时使用"),
    (r"argument (.*): ignored explicit argument (.*)", "参数 {0} 后面不应有内容 {1}"),
    (r"argument (.*?): (.*)", "参数 {0}：{1}"),
)
GLOBAL_HELP = """\
各命令都可用：
  --ledger 路径    台账文件；不写则用环境变量 YBZ_LEDGER，再不写则用本机的数据文件夹
  --json           结果以 JSON 输出
  --today 日期     把“今天”当作这一天（2026-11-23 或 2026-11-23T09:30；也可用 YBZ_TODAY）
  --actor 姓名     经办人（也可用 YBZ_OFFICER）
密码从环境变量 YBZ_PASSWORD 读取，没有则在终端中询问。"""


class Parser(argparse.ArgumentParser):
    """A parser that complains in Chinese and leaves the ending of the program to its caller."""

    def __init__(self, command: str, about: str, more: str) -> None:
        super().__init__(
            prog=f"{PROGRAM} {command}",
            description=about,
            epilog=more or None,
            add_help=False,
            allow_abbrev=False,
            formatter_class=_Chinese,
        )
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        """Give the complaint in Chinese. Errors: `UsageError`."""
        for pattern, sentence in _COMPLAINTS:
            found = re.fullmatch(pattern, message, re.DOTALL)
            if found:
                said = sentence.format(*(shortened(part, 80) for part in found.groups()))
                raise UsageError(f"{said}，请用 {self.prog} --help 查看用法。")
        raise UsageError(f"命令写法不对，请用 {self.prog} --help 查看用法。")


class _Chinese(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, prefix or "用法：")


def refuse_unfit(words: Sequence[str]) -> None:
    """Refuse words no text can hold (bytes that are no UTF-8). Errors: `UsageError`."""
    if any(_UNFIT.search(word) for word in words):
        raise UsageError("命令中有无法识别的字符，请检查输入法或文件名的编码后重新输入。")


def split_options(words: Sequence[str]) -> tuple[Options, list[str]]:
    """Take the options any command has out of the words, wherever they stand before ``--``."""
    given: dict[str, str] = {}
    rest: list[str] = []
    as_json = False
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
            break
        if word == "--json":
            as_json = True
        elif name in _WITH_VALUE:
            if not equals and not waiting:
                raise UsageError(f"参数 {name} 后面缺少内容，请用 ybz --help 查看用法。")
            given[name] = value if equals else waiting.pop(0)
        else:
            rest.append(word)
    return _options(given, as_json=as_json), rest


def _options(given: dict[str, str], *, as_json: bool) -> Options:
    today = given.get("--today")
    return Options(
        ledger=Path(given["--ledger"]) if "--ledger" in given else None,
        as_json=as_json,
        now=moment_of(today) if today is not None else None,
        actor=given.get("--actor") or None,
    )


def moment_of(text: str) -> datetime:
    """Read a day with or without a time; a bare day means nine in the morning. Errors: `UsageError`."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d)?", text, re.ASCII):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if found.year >= 1990:
                return found if len(text) > 10 else datetime.combine(found.date(), OFFICE_OPENS)
    raise UsageError(f"“{shortened(text)}”不是有效日期，请写作 2026-11-23 或 2026-11-23T09:30。")


def general_help() -> str:
    """Give the help that is shown when no command is named."""
    width = max(len(entry.name) for entry in CATALOG)
    lines = [f"  {entry.name:<{width}}  {entry.about}" for entry in CATALOG]
    head = "一本账：乡镇司法所离线台账与月报\n\n用法：ybz [选项] 命令 …\n\n命令："
    return "\n".join([head, *lines, "", GLOBAL_HELP, "", "ybz 命令 --help 查看该命令的写法。"])


def parse(words: Sequence[str]) -> tuple[Command, Namespace]:
    """Find the command and read its arguments. Errors: `UsageError`; SystemExit(0) after showing help."""
    command, path, rest = _descend(command_named(words[0]), list(words[1:]))
    parser = Parser(path, command.about, command.more)
    for argument in command.arguments:
        parser.add_argument(*argument.names, **argument.settings)
    if command.run is None:
        return command, _only_help(parser, command, rest)
    return command, parser.parse_args(rest)


def _descend(command: Command, rest: list[str]) -> tuple[Command, str, list[str]]:
    path = command.name
    while command.commands and rest and not rest[0].startswith("-"):
        inner = next((one for one in command.commands if one.name == rest[0]), None)
        if inner is None:
            break
        command, path, rest = inner, f"{path} {inner.name}", rest[1:]
    return command, path, rest


def _only_help(parser: Parser, command: Command, rest: list[str]) -> Namespace:
    names = "、".join(one.name for one in command.commands)
    parser.epilog = "\n".join(["下级命令：", *(f"  {one.name}  {one.about}" for one in command.commands)])
    if any(word in ("-h", "--help") for word in rest):
        parser.parse_args(["--help"])
    raise UsageError(f"ybz {command.name} 后面须写下级命令：{names}。")
