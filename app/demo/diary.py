"""The course of a station's year: what is entered when, through the same verbs as a person uses."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.records import add, change, do, fetch
from app.registers import REGISTERS
from app.session import refreshed
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row


EVENING = time(18, 30)


class Diary:
    """An open ledger whose clock is moved along; ``ids`` finds by handle what was entered before."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.ids: dict[str, str] = {}
        self._counted: dict[str, int] = {}

    def at(self, now: datetime) -> None:
        """Move the clock."""
        self.ctx = replace(self.ctx, now=now)

    def refresh(self) -> None:
        """Take up settings and code entries that have changed."""
        now = self.ctx.now
        self.ctx = replace(refreshed(self.ctx), now=now, actor=self.ctx.actor)

    def add(self, register: str, row: Mapping[str, Any], handle: str = "") -> str:
        """Add one record and keep its id under a handle."""
        return self.add_all(register, [row], [handle])[0]

    def add_all(
        self, register: str, rows: Sequence[Mapping[str, Any]], handles: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Add several records in one go."""
        ids = add(self.ctx, register, rows).ids
        self.ids.update(zip(handles, ids, strict=False))
        return ids

    def do(self, verb: str, handle: str, **params: Any) -> None:
        """Carry out a special verb."""
        do(self.ctx, verb, self.ids[handle], params)

    def change(self, handle: str, **values: Any) -> None:
        """Change fields of a record."""
        change(self.ctx, self.ids[handle], values)

    def fetch(self, handle: str) -> Row:
        """Read a record back."""
        return fetch(self.ctx, self.ids[handle])

    def next(self, what: str) -> int:
        """Count on in a run of numbers of our own."""
        self._counted[what] = self._counted.get(what, 0) + 1
        return self._counted[what]

    def counts(self) -> dict[str, int]:
        """Count the records of each register that are not void."""
        with self.ctx.ledger.reading() as conn:
            return {
                register.key: conn.execute(
                    sa.select(sa.func.count())
                    .select_from(table_of(register.entity))
                    .where(table_of(register.entity).c.void_flag.is_(sa.false()))
                ).scalar_one()
                for register in REGISTERS
            }


RowSource = Mapping[str, Any] | Callable[[Diary], Mapping[str, Any]]


@dataclass(frozen=True)
class Addition:
    """A record to be added; its row may be made when others it points to have their ids."""

    register: str
    row: RowSource
    handle: str = ""

    def made(self, diary: Diary) -> Mapping[str, Any]:
        """Give the row."""
        return self.row(diary) if callable(self.row) else self.row


@dataclass(frozen=True)
class Entry:
    """Something that is entered at a moment; a plain addition may be entered together with others."""

    when: datetime
    act: Callable[[Diary], object]
    addition: Addition | None = None


def adding(when: datetime, register: str, row: RowSource, handle: str = "") -> Entry:
    """Give the entry of adding a record."""
    addition = Addition(register, row, handle)
    return Entry(when, lambda diary: diary.add(register, addition.made(diary), handle), addition)


def by_month(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Gather additions: everything of a month is entered on its last evening, register by register."""
    gathered: dict[tuple[int, int, str], list[Addition]] = {}
    for entry in entries:
        if entry.addition is None:
            yield entry
            continue
        key = (entry.when.year, entry.when.month, entry.addition.register)
        gathered.setdefault(key, []).append(entry.addition)
    order = [register.key for register in REGISTERS]
    for year, month, register in sorted(gathered, key=lambda key: (*key[:2], order.index(key[2]))):
        yield Entry(last_evening(year, month), _adding_all(register, gathered[year, month, register]))


def last_evening(year: int, month: int) -> datetime:
    """Give the hour before a month is over in which its records are entered together."""
    return datetime.combine(date(year, month, monthrange(year, month)[1]), EVENING)


def _adding_all(register: str, additions: Sequence[Addition]) -> Callable[[Diary], object]:
    def act(diary: Diary) -> None:
        rows = [addition.made(diary) for addition in additions]
        diary.add_all(register, rows, [addition.handle for addition in additions])

    return act


class Script:
    """The entries of a year in their order, played up to a moment and on from there."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.when)
        self._next = 0

    def play(self, diary: Diary, until: datetime) -> None:
        """Enter everything not later than a moment, and leave the clock there."""
        while self._next < len(self._entries) and self._entries[self._next].when <= until:
            entry = self._entries[self._next]
            diary.at(entry.when)
            entry.act(diary)
            self._next += 1
        diary.at(until)
