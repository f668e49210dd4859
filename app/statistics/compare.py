"""The comparison block: the same indicators for now, before, a year ago and the year so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.statistics.derived import derive, over_full
from app.statistics.engine import Member, figures, members, terms_of
from app.statistics.format import Value, growth, rate
from app.statistics.spec import TOTAL, Column, TableSpec
from models.dates import Period

if TYPE_CHECKING:
    from app.statistics.scope import Scope
    from models.errors import Problem

TIMES: Mapping[str, Callable[[Period], Period]] = MappingProxyType(
    {
        "now": lambda period: period,
        "prev": Period.previous,
        "last_year": Period.same_last_year,
        "ytd": Period.year_to_date,
    }
)
_MONTHLY = {"本期": "本月", "上期": "上月"}
Values = dict[str, dict[str, Value]]


def rows_of(scope: Scope, spec: TableSpec) -> tuple[Values, dict[str, Column], tuple[Problem, ...]]:
    """Give the rows of the block, the description of each row, and the rates that exceed 100 %."""
    terms = terms_of(spec.measures, scope)
    numbers = {
        time: figures(scope.within(moved(scope.period)), terms)[TOTAL] for time, moved in TIMES.items()
    }
    measures = {measure.code: measure for measure in spec.measures}
    rows = {
        code: {column.code: _value(measure, column, numbers) for column in spec.columns}
        for code, measure in measures.items()
    }
    return rows, measures, tuple(over_full(scope, spec.title, spec.measures, numbers["now"]))


def labelled(spec: TableSpec, period: Period) -> tuple[Column, ...]:
    """Give the columns, called 本月 and 上月 where the period is a month."""
    if spec.kind != "compare" or period.months != 1:
        return spec.columns
    return tuple(replace(column, label=_MONTHLY.get(column.label, column.label)) for column in spec.columns)


def described(measure: Column, column: Column) -> Column:
    """Describe a cell: a time shows the measure, a growth or share is itself."""
    return measure if column.code in TIMES else column


def _value(measure: Column, column: Column, numbers: Mapping[str, Mapping[str, int]]) -> Value:
    if column.code in TIMES:
        cells = numbers[column.code]
        return cells[measure.code] if measure.traceable else derive(measure, cells, cells)
    top = numbers[column.numerator[0]].get(measure.code)
    if top is None or not measure.traceable:
        return None
    if column.kind == "share":
        return rate(top, numbers[column.numerator[0]][TOTAL]) if measure.share else None
    return growth(top, numbers[column.denominator[0]][measure.code])


def members_of(scope: Scope, spec: TableSpec, measure: str, time: str) -> list[Member]:
    """Give the rows behind one measure at one time."""
    terms = [term for term in terms_of(spec.measures, scope) if term.cell == measure]
    return list(members(scope.within(TIMES[time](scope.period)), terms))


def all_members(scope: Scope, spec: TableSpec) -> Iterator[Member]:
    """Give the rows behind every measure at every time."""
    terms = terms_of([measure for measure in spec.measures if measure.traceable], scope)
    for column in spec.columns:
        if column.code in TIMES:
            for member in members(scope.within(TIMES[column.code](scope.period)), terms):
                yield member._replace(row=member.cell, cell=column.code)
