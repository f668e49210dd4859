"""What a command is: a name, described arguments, and a handler that gives an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime
    from pathlib import Path

    from app.context import Context

DONE, REFUSED, WRONG_USAGE, WITH_PROBLEMS = 0, 1, 2, 3


class UsageError(Exception):
    """The command line was written wrongly; ``str(error)`` is one Chinese sentence."""


@dataclass(frozen=True)
class Argument:
    """One argument of a command in the words of argparse."""

    names: tuple[str, ...]
    settings: Mapping[str, Any]


def arg(*names: str, **settings: Any) -> Argument:
    """Describe one argument."""
    return Argument(names, settings)


@dataclass(frozen=True)
class Grid:
    """A table for people."""

    headers: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    title: str = ""


@dataclass(frozen=True)
class Answer:
    """What a command gives back: the JSON document, the same for people, and the exit status."""

    data: object
    text: tuple[str | Grid, ...] = ()
    status: int = DONE


@dataclass(frozen=True)
class Options:
    """What may be given with any command; a moment and a person given here stand for clock and officer."""

    ledger: Path | None = None
    as_json: bool = False
    now: datetime | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Call:
    """One call of a command."""

    args: Namespace
    options: Options = field(default_factory=Options)

    @property
    def now(self) -> datetime:
        """The moment the command works with."""
        from app.cli.surroundings import moment

        return moment(self.options)

    @property
    def ledger(self) -> Path:
        """The ledger the command works on."""
        from app.cli.surroundings import ledger_path

        return ledger_path(self.options)

    @contextmanager
    def session(self) -> Iterator[Context]:
        """Open the ledger for the length of the command."""
        from app.cli.surroundings import open_session

        with open_session(self.options) as ctx:
            yield ctx


@dataclass(frozen=True)
class Command:
    """One command; one with ``commands`` of its own only leads to them."""

    name: str
    about: str
    run: Callable[[Call], Answer] | None = None
    arguments: tuple[Argument, ...] = ()
    commands: tuple[Command, ...] = ()
    more: str = ""
