"""What a statistic is: sources, indicators, columns, checks and tables as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from typing import Any

Where = Mapping[str, Any]

TOTAL = "total"
UNPLACED = "-"


@dataclass(frozen=True)
class Dimension:
    """How a source is split into rows or narrowed to one village or committee.

    ``path`` leads to the stored value; ``fold`` names the mapping from it to a row (a village to its
    committee, a code to its topic); ``many`` is a list of codes, which can be narrowed by but not split.
    """

    path: str
    fold: str = ""
    many: bool = False


@dataclass(frozen=True)
class Source:
    """A table figures are drawn from; ``basis`` gives the date field of each counting basis."""

    table: str
    dimensions: Mapping[str, Dimension] = by_default(default_factory=dict)
    basis: Mapping[str, str] = by_default(default_factory=dict)


@dataclass(frozen=True)
class Indicator:
    """One definition of a number.

    A plain one counts or adds up rows of ``source`` whose ``date`` lies in the period and which meet
    ``where``. ``terms`` makes it the sum of others. ``measure`` "ratio: a / b" or "mean: a / b" derives it;
    ``by_setting`` with ``choices`` picks the measure by a setting of the ledger. ``fixed`` says where this
    number belongs in a column that splits by a field its source does not have (a lesson counts as 进学校).
    """

    code: str
    label: str
    unit: str
    source: str = ""
    date: str = ""
    where: Where = by_default(default_factory=dict)
    measure: str = "count"
    terms: tuple[str, ...] = ()
    by_setting: str = ""
    choices: Mapping[str, str] = by_default(default_factory=dict)
    fixed: Mapping[str, str] = by_default(default_factory=dict)
    scale: int = 0


@dataclass(frozen=True)
class Column:
    """One column of a table (in a comparison table: one row).

    ``kind`` is count, sum, distinct, increase, latest, ratio, mean, share, gap or text. A value is a whole
    number: ``unit`` 元 and 万元 hold 分, ``scale`` is the number of decimal digits kept. ``numerator`` and
    ``denominator`` name the cells a derived value is made of; ``standing`` values are seen at the end of
    the period, so those of the months do not add up.
    """

    code: str
    label: str
    group: str = ""
    unit: str = ""
    kind: str = "count"
    indicator: str = ""
    where: Where = by_default(default_factory=dict)
    derived: str = ""
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    scale: int = 0
    share: bool = False
    header_total: str = ""
    standing: bool = False

    @property
    def additive(self) -> bool:
        """Tell whether the values of successive months add up to that of the whole time."""
        return self.kind in ("count", "sum", "increase") and not self.standing

    @property
    def traceable(self) -> bool:
        """Tell whether the value is the sum of what records contribute."""
        return self.kind in ("count", "sum", "increase", "latest", "distinct")


@dataclass(frozen=True)
class ListPart:
    """One source of a list table: which records it gives and what stands in each column."""

    source: str
    date: str
    where: Where
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One cross-check; ``kind`` says how it is made, ``when`` in which surroundings it applies."""

    id: str
    code: str
    kind: str
    message: str
    hint: str
    severity: str = "error"
    whole: str = ""
    parts: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    indicator: str = ""
    field: str = ""
    when: Mapping[str, Any] = by_default(default_factory=dict)


@dataclass(frozen=True)
class TableSpec:
    """A table: its title, what its rows are, its columns in order, its footnotes and cross-checks.

    ``kind`` is ``figures`` (rows by ``rows``: org, village, topic or none), ``compare`` (rows are
    indicators, columns are times) or ``list`` (rows are records).
    """

    code: str
    title: str
    kind: str
    rows: str
    row_label: str
    columns: tuple[Column, ...]
    has_basis: bool = False
    measures: tuple[Column, ...] = ()
    below: tuple[Column, ...] = ()
    parts: tuple[ListPart, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def column(self, code: str) -> Column | None:
        """Find a column by its code."""
        return next((column for column in self.columns if column.code == code), None)
