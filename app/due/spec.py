"""What a deadline is, as plain values: the rule, the evidence that ends it, and one item on the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from models.errors import LedgerError

if TYPE_CHECKING:
    import datetime as dt

    from models.dates import Due

NumberBasis = Literal["law", "local", "default"]
Where = Mapping[str, Any]

OFFSET_UNITS = ("day", "workday", "month", "year", "hour", "month_end")
WINDOW_UNITS = ("week", "half_month", "month", "quarter", "half_year", "year")
NUMBER_BASES = ("law", "local", "default")
SEVERITY_WORDS: Mapping[int, str] = {1: "必须办理", 2: "上级或本地要求", 3: "本所安排"}


class RuleError(LedgerError):
    """A local change of a deadline rule that cannot be used."""

    code = "due_rule"


@dataclass(frozen=True)
class Offset:
    """How far a deadline lies from its start: ``n`` units, the day of the start not counted.

    ``month_end`` is the last day of the reporting month of the start, ``n`` months on.
    """

    n: int
    unit: str = "day"


@dataclass(frozen=True)
class Evidence:
    """What shows that nothing is left to do.

    Either the field ``filled`` of the source has a value, or ``where`` holds for it, or a row of ``exists``
    stands. Such a row is tied by ``link`` (its field → ours; by default through the record both belong to),
    may have to meet ``where``, and its date ``on`` must not lie before the start (``since`` "due": before
    the stored last day, "today": before today; ``strict``: must lie after it).
    """

    filled: str = ""
    where: Where = field(default_factory=dict)
    exists: str = ""
    on: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
    since: str = "start"
    strict: bool = False


@dataclass(frozen=True)
class Repeat:
    """How a duty comes back.

    Rolling (``unit`` day, workday, month, year): ``n`` units after the last time it was done (``by``).
    On the calendar (``every`` week, half_month, month, quarter, half_year, year): ``times`` in each, due on
    its last day; ``look_back`` earlier ones stay on the board when they were missed. ``subject`` is the field
    of ``by`` that names the villages a row stands for.
    """

    n: int = 0
    unit: str = "day"
    every: str = ""
    times: int = 1
    look_back: int = 0
    by: Evidence | None = None
    subject: str = ""


@dataclass(frozen=True)
class Rule:
    """One deadline as data.

    ``source`` is a register's table or a child's; ``start`` and ``due`` are paths of fields in it. ``fact``
    tells the start in words ({date} the start, {due} a stored last day). ``number_basis`` says where the
    number comes from: law, local or default (ours); ``basis`` cites the duty. ``severity`` is 1 to 3.
    ``lapses``: days after which an item that can no longer be done leaves the board. ``setting`` names a
    setting that must be on; ``number_from`` one that the number comes from. ``owner`` is whose clock it is.
    ``begun``: only once the day of the start is over. ``roles``: in whose ledgers the rule runs.
    """

    id: str
    label: str
    register: str
    basis: str
    number_basis: NumberBasis
    severity: int
    fact: str
    source: str = ""
    where: Where = field(default_factory=dict)
    start: str = ""
    due: str = ""
    offset: Offset | None = None
    rolls: bool = False
    repeat: Repeat | None = None
    satisfied: tuple[Evidence, ...] = ()
    unless: tuple[Evidence, ...] = ()
    remind: tuple[int, ...] = (0,)
    number_words: str = ""
    detail: str = ""
    verbs: tuple[str, ...] = ()
    per: str = ""
    function: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    lapses: int | None = None
    setting: str = ""
    number_from: str = ""
    owner: str = "station"
    begun: bool = False
    roles: tuple[str, ...] = ("station",)
    enabled: bool = True
    slice: str = ""
    shipped: str = ""


@dataclass(frozen=True)
class Occurrence:
    """One time a rule applies: to which row, which time, from what start, until when.

    ``count`` is the middle of the sentence: how the last day was found. ``fact`` is what a mark is bound to.
    ``name`` and ``register`` stand for the record's own title and the rule's register where they are given.
    """

    rule: Rule
    subject: str
    record: str | None
    start: str
    due: Due
    fact: str
    count: str
    nth: str = ""
    detail: str = ""
    name: str = ""
    register: str = ""

    @property
    def id(self) -> str:
        """Give the stable id: rule, row, and which time if the rule comes back on the calendar."""
        return ":".join(filter(None, (self.rule.id, self.subject, self.nth)))


@dataclass(frozen=True)
class DueItem:
    """One item on the board.

    Dates are ISO text; a clock in hours gives a time. ``record`` is None where a duty exists without any
    record (a village not screened). ``number_basis`` default is a suggestion of ours, never law.
    """

    id: str
    record: str | None
    register: str
    rule: str
    label: str
    title: str
    start_on: str
    due_strict: str
    due_legal: str
    severity: int
    basis: str
    number_basis: NumberBasis
    overdue_days: int
    is_overdue: bool
    remind_today: bool
    owner: str
    verbs: tuple[str, ...]
    explains: str

    @property
    def verb(self) -> str:
        """Give the verb that does it in place; empty where there is none."""
        return self.verbs[0] if self.verbs else ""

    @property
    def severity_label(self) -> str:
        """Give the consequence in words."""
        return SEVERITY_WORDS[self.severity]

    def as_json(self) -> dict[str, object]:
        """Give the mapping the command line prints."""
        names = (
            "id", "record", "register", "rule", "label", "title", "start_on", "due_strict", "due_legal",
            "severity", "severity_label", "basis", "number_basis", "overdue_days", "is_overdue", "owner",
            "verb", "explains",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Window:
    """One week, half-month, month, quarter, half-year or year of the calendar."""

    key: str
    first: dt.date
    last: dt.date
    label: str
