"""One query per source and date for all figures of a table, and the same one for the records behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from app.statistics.frame import Frame
from app.statistics.loading import formula_of, indicators
from app.statistics.measures import contribution
from app.statistics.spec import TOTAL, UNPLACED
from models.records import entity

if TYPE_CHECKING:
    from app.statistics.scope import Scope
    from app.statistics.spec import Column, Dimension, Indicator, Where

_EMPTY: sa.ColumnElement[str] = sa.literal_column("''")
Cells = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Term:
    """A plain indicator that feeds a cell, with the conditions of the column beside its own."""

    cell: str
    indicator: Indicator
    where: tuple[Where, ...]

    @property
    def distinct(self) -> bool:
        """Tell whether values are told apart instead of added up."""
        return self.indicator.measure.startswith("distinct")


class Member(NamedTuple):
    """A row behind a figure: its id, its source, the record it belongs to, its row, what it adds."""

    id: str
    source: str
    root_id: str
    row: str
    cell: str
    contribution: int


@dataclass(frozen=True)
class _Batch:
    """The terms that one query answers: one source, one date."""

    source: str
    date: str
    terms: tuple[Term, ...]


def terms_of(columns: Iterable[Column], scope: Scope) -> list[Term]:
    """Give the terms of all columns bound to indicators; a ratio gives those of its two hidden cells."""
    found: list[Term] = []
    for column in columns:
        if not column.indicator:
            continue
        indicator = indicators()[column.indicator]
        if column.kind in ("ratio", "mean"):
            formula = formula_of(indicator, scope.rate_basis)
            for cell, codes in zip(hidden_cells(column), formula, strict=True):
                for code in codes:
                    found += _plain(cell, indicators()[code], (column.where,))
        else:
            found += _plain(column.code, indicator, (column.where,))
    return found


def plain_terms(code: str) -> list[Term]:
    """Give the terms of an indicator that counts or adds up, under its own code."""
    return list(_plain(code, indicators()[code], ()))


def hidden_cells(column: Column) -> tuple[str, str]:
    """Give the names of the two cells a ratio bound to an indicator is made of."""
    return f"{column.code}.num", f"{column.code}.den"


def _plain(cell: str, indicator: Indicator, where: tuple[Where, ...]) -> Iterator[Term]:
    left = [_without_fixed(one, indicator.fixed) for one in where]
    if None in left:
        return
    met = tuple(one for one in (indicator.where, *left) if one)
    if indicator.terms:
        for code in indicator.terms:
            yield from _plain(cell, indicators()[code], met)
    else:
        yield Term(cell, indicator, met)


def _without_fixed(where: Where, fixed: Mapping[str, str]) -> Where | None:
    """Drop conditions an indicator meets once and for all; None if it never meets one of them."""
    for name, value in fixed.items():
        wanted = where.get(name, value)
        if value not in (wanted if isinstance(wanted, list) else [wanted]):
            return None
    return {name: value for name, value in where.items() if name not in fixed}


def figures(scope: Scope, terms: Sequence[Term]) -> Cells:
    """Give {row: {cell: number}}; in the total row a distinct value counts once however many rows show it."""
    found: Cells = {TOTAL: {term.cell: 0 for term in terms}}
    for batch in _batches(scope, [term for term in terms if not term.distinct]):
        for row, cell, number in _aggregate(scope, batch):
            for place in _rows_of(scope, row):
                _add(found, place, cell, number)
    for member in members(scope, [term for term in terms if term.distinct]):
        _add(found, member.row, member.cell, member.contribution)
    return found


def _add(found: Cells, row: str, cell: str, number: int) -> None:
    cells = found.setdefault(row, {})
    cells[cell] = cells.get(cell, 0) + number


def members(scope: Scope, terms: Sequence[Term]) -> Iterator[Member]:
    """Give every row behind every cell, in the rows it stands in and in the total."""
    for batch in _batches(scope, terms):
        yield from _listed(scope, batch)


def _batches(scope: Scope, terms: Iterable[Term]) -> list[_Batch]:
    grouped: dict[tuple[str, str], list[Term]] = {}
    for term in terms:
        grouped.setdefault((term.indicator.source, scope.date_of(term.indicator)), []).append(term)
    return [_Batch(source, date, tuple(found)) for (source, date), found in grouped.items()]


def _aggregate(scope: Scope, batch: _Batch) -> Iterator[tuple[str, str, int]]:
    frame, dimension, key, conditions = _start(scope, batch)
    sums = [
        sa.func.sum(added).label(f"m{number}")
        for number, (_, added) in enumerate(_contributions(scope, frame, batch.terms))
    ]
    query = sa.select(*([] if key is None else [key.label("r")]), *sums)
    query = query.select_from(frame.source).where(*conditions)
    if key is not None:
        query = query.group_by(key)
    for found in scope.conn.execute(query):
        row = UNPLACED if key is None else scope.fold(dimension, found[0])
        for term, number in zip(batch.terms, found[0 if key is None else 1 :], strict=True):
            if number is not None:
                yield row, term.cell, int(number)


def _listed(scope: Scope, batch: _Batch) -> Iterator[Member]:
    frame, dimension, key, conditions = _start(scope, batch)
    added = [
        one.label(f"m{number}") for number, (_, one) in enumerate(_contributions(scope, frame, batch.terms))
    ]
    key = sa.literal_column("NULL") if key is None else key
    head = (frame.table.c.id.label("i"), frame.root_id().label("o"), key.label("r"))
    met = [sa.or_(*[one.is_not(None) for one in added])] if len(added) == 1 else []
    query = sa.select(*head, *added).select_from(frame.source)
    query = query.where(*conditions, *met).order_by(frame.table.c.id)
    seen: set[tuple[str, str, Any]] = set()
    for found in scope.conn.execute(query):
        row = scope.fold(dimension, found[2])
        for term, value in zip(batch.terms, found[3:], strict=True):
            if value is None or (term.distinct and value == ""):
                continue
            for place in _rows_of(scope, row):
                number = _first(seen, place, term.cell, value) if term.distinct else int(value)
                yield Member(found[0], batch.source, found[1], place, term.cell, number)


def _rows_of(scope: Scope, row: str) -> tuple[str, ...]:
    return (TOTAL,) if scope.rows == "none" else (TOTAL, row)


def _first(seen: set[tuple[str, str, Any]], row: str, cell: str, value: Any) -> int:
    """Give 1 for the first row that shows a value, 0 for those that repeat it."""
    known = (row, cell, value)
    if known in seen:
        return 0
    seen.add(known)
    return 1


def _start(
    scope: Scope, batch: _Batch
) -> tuple[Frame, Dimension | None, sa.ColumnElement[Any] | None, list[sa.ColumnElement[bool]]]:
    """Open a batch's source: how it is split into rows, and which of its rows count at all."""
    frame = Frame(entity(batch.source))
    dimension = None if scope.rows == "none" else scope.dimension(batch.source, scope.rows)
    if dimension is not None and dimension.many:
        dimension = None
    # Written so that no index on the row alone looks tempting: the date narrows far better.
    key = None if dimension is None else sa.func.coalesce(frame.column(dimension.path), _EMPTY)
    window = scope.conditions.window(frame, batch.date)
    return frame, dimension, key, [*window, *frame.alive(), *scope.narrowed(frame, batch.source)]


def _contributions(
    scope: Scope, frame: Frame, terms: Sequence[Term]
) -> Iterator[tuple[Term, sa.ColumnElement[Any]]]:
    """Give what a row adds to each term: NULL unless it meets the term's conditions."""
    for term in terms:
        # The column's own conditions come first: they are the cheap ones.
        met = [one for where in reversed(term.where) for one in scope.conditions.of(frame, where)]
        added = contribution(frame, term.indicator.measure, scope.conditions)
        yield term, sa.case((sa.and_(*met), added)) if met else added


def by_cell(found: Iterable[Member]) -> Mapping[tuple[str, str], list[Member]]:
    """Group members by the row and cell they stand behind."""
    grouped: dict[tuple[str, str], list[Member]] = {}
    for member in found:
        grouped.setdefault((member.row, member.cell), []).append(member)
    return grouped
