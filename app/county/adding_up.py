"""Adding up the stations' figures: sums of what they reported, rates made anew from summed parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.statistics import TOTAL, describe, table_codes
from app.statistics.derived import derive
from app.statistics.loading import formula_of, indicators
from models.county import StationFigure
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.county.selection import Station
    from app.statistics import Column, TableSpec
    from app.statistics.format import Value
    from models.dates import Period

TOPIC = "topic"
Place = tuple[str, str, str]
Numbers = Mapping[Place, int]


@dataclass(frozen=True)
class Tables:
    """The statistical tables that can be added up over stations, and how each of their cells adds up."""

    ctx: Context

    @cached_property
    def specs(self) -> tuple[TableSpec, ...]:
        """Tables of figures whose total row, or whose topics, mean the same at every station."""
        found = (describe(code, self.ctx.codes) for code in table_codes())
        return tuple(spec for spec in found if spec.kind == "figures")

    @cached_property
    def columns(self) -> Mapping[tuple[str, str], Column]:
        """Each column, the rates under a table among them, by table and code."""
        return {(spec.code, column.code): column for spec in self.specs for column in columns_of(spec)}

    def adds_up(self, table: str, column: str) -> bool:
        """Tell whether a cell of successive months adds up; the hidden parts of a rate do as the rate's."""
        described = self.columns.get((table, column.removesuffix(".num").removesuffix(".den")))
        if described is None:
            return False
        return described.additive if described.traceable else not described.standing

    @cached_property
    def shown_as(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """For an indicator, the cells that show it unrestricted: where a rate's parts can be read off."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for cell, column in self.columns.items():
            if column.indicator and column.traceable and not column.where:
                found[column.indicator] = (*found.get(column.indicator, ()), cell)
        return found


def columns_of(spec: TableSpec) -> tuple[Column, ...]:
    """Give the columns of a table and the rates printed under it."""
    return (*spec.columns, *spec.below)


def is_year_so_far(period: Period) -> bool:
    """Tell whether a period runs from January over several months: then the cumulative figures count."""
    return period.months > 1 and period.month == 1


def station_numbers(
    conn: sa.Connection, tables: Tables, stations: Iterable[Station], period: Period
) -> dict[str, dict[Place, int]]:
    """Give each station's whole numbers for a period, by station and cell.

    A month is what its table says. A run from January on is the running count of the latest month, which
    holds what later months corrected. Any other run adds up what its months handed in, corrections of earlier
    months among it, so that runs add up to the year; what stands at a point in time is the last month's.
    """
    bundles = {one.id: (station.org_code, one.period) for station in stations for one in station.chosen}
    latest = {station.org_code: station.latest for station in stations}
    running = is_year_so_far(period)
    found: dict[str, dict[Place, int]] = {station.org_code: {} for station in stations}
    for row in sorted(_figures(conn, tables, list(bundles)), key=lambda row: bundles[row.bundle][1]):
        code, month = bundles[row.bundle]
        cells, place = found[code], (row.table_code, row.row_key, row.column_code)
        if running and row.cumulative is not None:
            if month == latest[code]:
                cells[place] = row.cumulative
        elif row.value is not None and tables.adds_up(row.table_code, row.column_code):
            corrected = 0 if period.months == 1 else row.correction or 0
            cells[place] = cells.get(place, 0) + row.value + corrected
        elif row.value is not None:
            cells[place] = row.value
    return found


def _figures(conn: sa.Connection, tables: Tables, bundles: list[str]) -> list[sa.Row[tuple[object, ...]]]:
    figure = table_of(StationFigure)
    by_topic = [spec.code for spec in tables.specs if spec.rows == TOPIC]
    query = sa.select(
        figure.c.bundle,
        figure.c.table_code,
        figure.c.row_key,
        figure.c.column_code,
        figure.c.value,
        figure.c.cumulative,
        figure.c.correction,
    ).where(
        figure.c.bundle.in_(bundles),
        figure.c.table_code.in_([spec.code for spec in tables.specs]),
        sa.or_(figure.c.row_key == TOTAL, figure.c.table_code.in_(by_topic)),
    )
    return list(conn.execute(query))


def summed(stations: Iterable[Numbers]) -> dict[Place, int]:
    """Add the cells of several stations."""
    total: dict[Place, int] = {}
    for cells in stations:
        for place, value in cells.items():
            total[place] = total.get(place, 0) + value
    return total


def value_of(tables: Tables, spec: TableSpec, row: str, column: Column, numbers: Numbers) -> Value:
    """Give a cell of a row of numbers: a sum as it is, a rate made from its parts, None where parts lack."""
    if column.traceable:
        return numbers.get((spec.code, row, column.code))
    parts = dict(_parts(tables, spec, row, column, numbers))
    if any(number is None for number in parts.values()):
        return None
    whole = {name: numbers.get((spec.code, TOTAL, name), 0) for name in parts}
    return derive(column, {name: number or 0 for name, number in parts.items()}, whole)


def _parts(
    tables: Tables, spec: TableSpec, row: str, column: Column, numbers: Numbers
) -> Iterator[tuple[str, int | None]]:
    """Give the cells above and below the line of a derived value; None for one nobody reported."""
    for at, names in enumerate((column.numerator, column.denominator)):
        for name in names:
            number = numbers.get((spec.code, row, name))
            if number is None and column.indicator and row == TOTAL:
                number = _read_off(tables, column, at, numbers)
            yield name, number


def _read_off(tables: Tables, column: Column, at: int, numbers: Numbers) -> int | None:
    """Read the hidden part of a rate off cells that show the same indicators."""
    if column.where:
        return None
    basis = str(tables.ctx.settings["success_rate_basis"])
    codes = formula_of(indicators()[column.indicator], basis)[at]
    found = [_reported(tables, code, numbers) for code in codes]
    return None if any(number is None for number in found) else sum(number or 0 for number in found)


def _reported(tables: Tables, indicator: str, numbers: Numbers) -> int | None:
    places = ((table, TOTAL, column) for table, column in tables.shown_as.get(indicator, ()))
    return next((numbers[place] for place in places if place in numbers), None)
