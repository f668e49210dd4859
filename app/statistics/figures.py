"""Computing a table, tracing a figure to its records, and giving the records behind all figures at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.statistics import compare, listing
from app.statistics.derived import derive, footnotes, over_full
from app.statistics.engine import Member, figures, hidden_cells, members, terms_of
from app.statistics.format import Value, format_cell
from app.statistics.loading import describe
from app.statistics.rows import row_labels, row_named
from app.statistics.scope import BASES, Scope, scope_of
from app.statistics.spec import TOTAL, Column, TableSpec
from app.statistics.titles import titles
from models.errors import LedgerError, Problem

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

Rows = dict[str, dict[str, Value]]


class UnknownCell(LedgerError):
    """The table has no such row or column."""

    code = "unknown_cell"

    def __init__(self, table: str, part: str, name: str) -> None:
        super().__init__(f"统计表 {table} 没有{part}“{name}”，请用 ybz stats --list 查看行、列代码。")


class NotTraceable(LedgerError):
    """The value is derived; its parts can be traced."""

    code = "not_traceable"

    def __init__(self, column: Column) -> None:
        parts = "、".join((*column.numerator, *column.denominator))
        hint = f"，请分别查看 {parts}" if parts else ""
        super().__init__(f"“{column.label or column.code}”不是记录数的合计{hint}。")


@dataclass(frozen=True)
class TableResult:
    """One table computed: values are exact (money in 分, decimals scaled), ``text`` writes them as printed.

    ``rows`` begins with ``total``; ``notes`` are printed underneath, ``warnings`` open what looks wrong;
    ``headers`` are the group headers that carry a number.
    """

    table: str
    title: str
    period: Period
    basis: str | None
    basis_note: str
    columns: tuple[Column, ...]
    rows: Rows
    row_labels: Mapping[str, str]
    notes: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    headers: Mapping[str, str] | None = None
    measures: Mapping[str, Column] | None = None

    def cell(self, row: str, column: str) -> Column:
        """Describe what stands in a cell: in a comparison the row says it, else the column."""
        asked = next(one for one in self.columns if one.code == column)
        return compare.described(self.measures[row], asked) if self.measures else asked

    def text(self, row: str, column: str) -> str:
        """Write a cell as printed."""
        return format_cell(self.cell(row, column), self.rows[row].get(column))


@dataclass(frozen=True)
class TraceRow:
    """A row behind a figure: its own id, the record it belongs to, and what it adds to the figure."""

    id: str
    register: str
    root_id: str
    title: str
    contribution: int


def compute(
    ctx: Context,
    table: str,
    period: Period,
    *,
    basis: str | None = None,
    village: str | None = None,
    org: str | None = None,
) -> TableResult:
    """Compute a table for a period; villages and committees are given by code, id or name.

    `UnknownTable`, `UnknownBasis`, `UnknownPlace`.
    """
    spec = describe(table, ctx.codes)
    with ctx.ledger.reading() as conn:
        scope = scope_of(ctx, conn, period, basis=basis, village=village, org=org, rows=spec.rows)
        return computed(scope, spec)


def computed(scope: Scope, spec: TableSpec) -> TableResult:
    """Compute a described table in a settled scope."""
    if spec.kind == "compare":
        rows, measures, warnings = compare.rows_of(scope, spec)
        labels: Mapping[str, str] = {code: column.label for code, column in measures.items()}
        return _result(scope, spec, rows, labels, warnings=warnings, measures=measures)
    if spec.kind == "list":
        rows, labels = listing.rows_of(scope, spec)
        return _result(scope, spec, rows, labels)
    found = figures(scope, terms_of((*spec.columns, *spec.below), scope))
    total = found[TOTAL]
    labels = row_labels(scope, spec, found)
    rows = {
        row: {column.code: _value(column, found.get(row, {}), total) for column in spec.columns}
        for row in labels
    }
    warnings = tuple(over_full(scope, spec.title, (*spec.columns, *spec.below), total))
    notes = tuple(footnotes(scope, spec.below, total))
    headers = {
        column.group: f"{column.group}（共计：{_header_total(column, total)}件）"
        for column in spec.columns
        if column.header_total
    }
    return _result(scope, spec, rows, labels, notes=notes, warnings=warnings, headers=headers)


def _header_total(column: Column, total: Mapping[str, int]) -> int:
    return sum(total[code.strip()] for code in column.header_total.split("+"))


def _value(column: Column, cells: Mapping[str, int], total: Mapping[str, int]) -> Value:
    return cells.get(column.code, 0) if column.traceable else derive(column, cells, total)


def _result(
    scope: Scope,
    spec: TableSpec,
    rows: Rows,
    labels: Mapping[str, str],
    *,
    notes: tuple[str, ...] = (),
    warnings: tuple[Problem, ...] = (),
    headers: Mapping[str, str] | None = None,
    measures: Mapping[str, Column] | None = None,
) -> TableResult:
    note = f"案件总数按{BASES[scope.basis]}日期统计（{BASES[scope.basis]}口径）。" if spec.has_basis else ""
    return TableResult(
        table=spec.code,
        title=spec.title,
        period=scope.period,
        basis=scope.basis if spec.has_basis else None,
        basis_note=note,
        columns=compare.labelled(spec, scope.period),
        rows=rows,
        row_labels=labels,
        notes=(*([note] if note else []), *notes, *spec.notes, *_left_out(scope, spec)),
        warnings=warnings,
        headers=headers,
        measures=measures,
    )


def _left_out(scope: Scope, spec: TableSpec) -> Iterator[str]:
    """Say which columns a village or committee cannot narrow, because what they count has none."""
    for name, label, asked in (("village", "村（社区）", scope.village), ("org", "调委会", scope.org)):
        columns = [
            column.label
            for column in (*spec.columns, *spec.measures)
            if asked and any(not scope.dimension(t.indicator.source, name) for t in terms_of([column], scope))
        ]
        if columns:
            yield f"以下各项不分{label}，按{label}查看时不计：{'、'.join(dict.fromkeys(columns))}。"


def additive(table: str) -> set[str]:
    """Give the columns whose monthly values add up to those of the year: counts and sums."""
    spec = describe(table)
    return {column.code for column in spec.columns if column.additive} if spec.kind == "figures" else set()


def trace(
    ctx: Context,
    table: str,
    row: str,
    column: str,
    period: Period,
    *,
    basis: str | None = None,
    village: str | None = None,
    org: str | None = None,
) -> list[TraceRow]:
    """Give the records behind one figure, in the order they were entered; contributions add up to it.

    The row is a key or a label. `UnknownCell`; `NotTraceable` for a rate, naming the cells it is made of,
    which can be traced themselves (``rate.num``, ``rate.den``).
    """
    spec = describe(table, ctx.codes)
    with ctx.ledger.reading() as conn:
        scope = scope_of(ctx, conn, period, basis=basis, village=village, org=org, rows=spec.rows)
        found = sorted(_members(scope, spec, row, column), key=lambda one: one.id)
        known = titles(conn, [(member.source, member.root_id) for member in found])
    return [
        TraceRow(one.id, known[one.root_id][0], one.root_id, known[one.root_id][1], one.contribution)
        for one in found
    ]


def _members(scope: Scope, spec: TableSpec, row: str, column: str) -> list[Member]:
    if spec.kind == "compare":
        return compare.members_of(scope, spec, _compared(spec, row), _column(spec, column).code)
    if spec.kind == "list":
        return listing.members_of(scope, spec, row, _column(spec, column))
    cell = _traceable(spec, column)
    place = row_named(scope, spec, row)
    terms = [term for term in terms_of((*spec.columns, *spec.below), scope) if term.cell == cell]
    found = [member for member in members(scope, terms) if member.row == (place or row)]
    if place is None and not found:
        raise UnknownCell(spec.code, "行", row)
    return found


def _column(spec: TableSpec, name: str) -> Column:
    column = spec.column(name) or next((one for one in spec.columns if one.label == name), None)
    if column is None:
        raise UnknownCell(spec.code, "列", name)
    if spec.kind == "compare" and column.derived:
        raise NotTraceable(column)
    if spec.kind != "compare" and not column.traceable:
        raise NotTraceable(column)
    return column


def _traceable(spec: TableSpec, name: str) -> str:
    hidden = {cell for one in (*spec.columns, *spec.below) if one.indicator for cell in hidden_cells(one)}
    return name if name in hidden else _column(spec, name).code


def _compared(spec: TableSpec, name: str) -> str:
    hidden = {cell for one in spec.measures for cell in hidden_cells(one)}
    for measure in spec.measures:
        if name in (measure.code, measure.label):
            if not measure.traceable:
                raise NotTraceable(measure)
            return measure.code
    if name not in hidden:
        raise UnknownCell(spec.code, "行", name)
    return name


def membership(
    ctx: Context,
    table: str,
    period: Period,
    *,
    basis: str | None = None,
    village: str | None = None,
    org: str | None = None,
    parts: bool = False,
) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Give (id of the record, contribution) behind every figure of a table, one query per source and date.

    Rates and means are left out: they are made of the cells their column names, which ``parts`` gives too.
    """
    spec = describe(table, ctx.codes)
    with ctx.ledger.reading() as conn:
        scope = scope_of(ctx, conn, period, basis=basis, village=village, org=org, rows=spec.rows)
        return _grouped(_all_members(scope, spec, parts=parts))


def _all_members(scope: Scope, spec: TableSpec, *, parts: bool) -> Iterable[Member]:
    if spec.kind == "compare":
        return compare.all_members(scope, spec)
    if spec.kind == "list":
        return listing.all_members(scope, spec)
    if parts:
        return members(scope, terms_of((*spec.columns, *spec.below), scope))
    return members(scope, terms_of([column for column in spec.columns if column.traceable], scope))


def _grouped(found: Iterable[Member]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    grouped: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for member in sorted(found, key=lambda one: one.id):
        grouped.setdefault((member.row, member.cell), []).append((member.root_id, member.contribution))
    return grouped
