"""What a command works in: the ledger's place, the clock, the password, who acts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.command import Options
from app.cli.parsing import moment_of, refuse_unfit
from app.places import usual_ledger
from models.errors import LedgerError

if TYPE_CHECKING:
    from app.context import Context


class NoPassword(LedgerError):
    """No password was given and there is no terminal to ask on."""

    code = "no_password"

    def __init__(self, variable: str) -> None:
        super().__init__(f"没有给出密码：请在终端中运行，或设置环境变量 {variable}。")


class PasswordsDiffer(LedgerError):
    """The new password was not typed the same way twice."""

    code = "passwords_differ"

    def __init__(self) -> None:
        super().__init__("两次输入的密码不一致，请重新输入。")


def ledger_path(options: Options) -> Path:
    """Give the ledger named by the option, by ``YBZ_LEDGER``, or the usual one."""
    if options.ledger is not None:
        return options.ledger.absolute()
    named = os.environ.get("YBZ_LEDGER")
    return Path(named).absolute() if named else usual_ledger()


def moment(options: Options) -> datetime:
    """Give the moment to work with: the option, ``YBZ_TODAY``, or the clock."""
    if options.now is not None:
        return options.now
    given = os.environ.get("YBZ_TODAY")
    return moment_of(given) if given else datetime.now().astimezone().replace(tzinfo=None)


def actor(options: Options) -> str | None:
    """Give who acts, if it was said."""
    name = options.actor or os.environ.get("YBZ_OFFICER") or None
    if name is not None:
        refuse_unfit([name])
    return name


def secret(variable: str, question: str, *, twice: bool = False) -> str:
    """Give a password from the environment, or ask for it on a terminal.

    Errors: `NoPassword`, `PasswordsDiffer`.
    """
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise NoPassword(variable)
    from getpass import getpass

    try:
        first = getpass(f"{question}：", sys.stderr)
        if twice and getpass("再输入一次：", sys.stderr) != first:
            raise PasswordsDiffer
    except EOFError:
        raise NoPassword(variable) from None
    return first


@contextmanager
def open_session(options: Options) -> Iterator[Context]:
    """Open the ledger with password or recovery code; what the officer must know goes to standard error."""
    from app.session import session

    path = ledger_path(options)
    now, who = moment(options), actor(options)
    password, recovery = _opening_secret(path)
    with session(path, now=now, password=password, recovery_code=recovery, actor=who) as ctx:
        for notice in ctx.ledger.notices:
            print(f"注意：{notice}", file=sys.stderr)
        yield ctx


def _opening_secret(path: Path) -> tuple[str | None, str | None]:
    if not path.is_file():
        return None, None  # opening says that it is not there, without asking for a password
    recovery = os.environ.get("YBZ_RECOVERY_CODE")
    if recovery and "YBZ_PASSWORD" not in os.environ:
        return None, recovery
    return secret("YBZ_PASSWORD", "台账密码"), None


def progress(label: str) -> Progress:
    """Give a counter that shows itself on standard error, and only on a terminal."""
    return Progress(label, shown=sys.stderr.isatty())


class Progress:
    """Counts and, on a terminal, shows the count now and then."""

    def __init__(self, label: str, *, shown: bool) -> None:
        self._label = label
        self._shown = shown

    def __call__(self, done: int) -> None:
        """Tell how many are done."""
        if self._shown and done % 500 == 0:
            print(f"\r{self._label} {done}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the count off the screen."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
