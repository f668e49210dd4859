"""The county's own tables: the stations' reports added up, each number leading back to station and row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from app.county import timing
from app.county.adding_up import Tables, columns_of, is_year_so_far, station_numbers, summed, value_of
from app.county.consolidated_sheets import Book, consolidated_workbook
from app.county.content import year_cell
from app.county.errors import CountyOnly, NothingToConsolidate
from app.county.selection import Station, stations_of
from app.ledger.atomic import make_folder
from app.statistics import TOTAL
from app.statistics.figures import NotTraceable, UnknownCell
from app.statistics.loading import describe
from exports.workbook.writer import write_workbook
from models.county import OrgRole, StationTrace
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.statistics import TableSpec
    from app.statistics.format import Value
    from models.dates import Period


class TraceLine(NamedTuple):
    """What one row of one station adds to a consolidated figure.

    ``row_id`` is empty for what the figure holds beyond the rows received: corrections of earlier months, or
    a month that is missing.
    """

    station: str
    row_id: str
    contribution: int


@dataclass(frozen=True)
class Consolidated:
    """A consolidation that was written: the file, what was taken of each station, every figure by cell."""

    file: Path
    period: str
    stations: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    figures: Mapping[str, Value]


def consolidate(ctx: Context, period: str, out: Path) -> Consolidated:
    """Write the county's workbook for a month, quarter, half-year or year.

    Raises DateError, NothingToConsolidate, CountyOnly.
    """
    asked = _asked(ctx, period)
    with ctx.ledger.reading() as conn:
        tables = Tables(ctx)
        stations = stations_of(ctx, conn, asked)
        if not any(station.chosen for station in stations):
            raise NothingToConsolidate(asked.label)
        numbers = station_numbers(conn, tables, stations, asked)
        book = Book(ctx, conn, tables, asked, tuple(stations), numbers)
        make_folder(out.parent)
        write_workbook(consolidated_workbook(book), out, stamp=ctx.now)
    return Consolidated(
        file=out,
        period=asked.key,
        stations=tuple(_taken(station) for station in stations),
        missing=tuple(
            f"{station.name}：{'、'.join(station.lacking)}" for station in stations if station.lacking
        ),
        figures=_figures(tables, summed(numbers.values())),
    )


def consolidated_figures(ctx: Context, period: str) -> dict[str, Value]:
    """Give every consolidated figure by cell, as ``T1/total/c1``; money in 分, rates in %."""
    asked = _asked(ctx, period)
    with ctx.ledger.reading() as conn:
        tables = Tables(ctx)
        stations = stations_of(ctx, conn, asked)
        numbers = station_numbers(conn, tables, stations, asked)
    return _figures(tables, summed(numbers.values()))


def trace_consolidated(ctx: Context, table: str, column: str, period: str) -> list[TraceLine]:
    """Give station, row id and contribution behind a total; contributions add up to it.

    Raises UnknownTable, UnknownCell, NotTraceable for a rate, DateError, CountyOnly.
    """
    asked = _asked(ctx, period)
    spec = describe(table, ctx.codes)
    _check_column(spec, column)
    with ctx.ledger.reading() as conn:
        tables = Tables(ctx)
        stations = stations_of(ctx, conn, asked)
        numbers = station_numbers(conn, tables, stations, asked)
        found: list[TraceLine] = []
        for station in stations:
            adds_up, year = tables.adds_up(table, column), is_year_so_far(asked)
            lines = _station_lines(conn, station, table, column, adds_up=adds_up, year=year)
            value = numbers[station.org_code].get((table, TOTAL, column), 0)
            rest = value - sum(line.contribution for line in lines)
            found += lines + ([TraceLine(station.org_code, "", rest)] if rest else [])
    return found


def _asked(ctx: Context, period: str) -> Period:
    if ctx.ledger.role != OrgRole.COUNTY:
        raise CountyOnly("县局汇总")
    return timing.period_named(ctx, period)


def _check_column(spec: TableSpec, column: str) -> None:
    found = next((one for one in columns_of(spec) if one.code == column), None)
    if found is None and not column.endswith((".num", ".den")):
        raise UnknownCell(spec.code, "列", column)
    if found is not None and not found.traceable:
        raise NotTraceable(found)


def _station_lines(
    conn: sa.Connection, station: Station, table: str, column: str, *, adds_up: bool, year: bool
) -> list[TraceLine]:
    """Read the rows behind a cell: of all months where they add up, else those of the last month.

    Of a ``year`` so far that is what the last month says of the whole year.
    """
    cell = f"{table}/{TOTAL}/{column}"
    trace = table_of(StationTrace)
    wanted = [one.id for one in station.chosen if adds_up or one.period == station.latest]
    query = sa.select(trace.c.members).where(
        trace.c.bundle.in_(wanted), trace.c.cell == (year_cell(cell) if year and not adds_up else cell)
    )
    members = conn.execute(query.order_by(trace.c.id)).scalars()
    return [TraceLine(station.org_code, row, added) for one in members for row, added in one or ()]


def _figures(tables: Tables, numbers: Mapping[tuple[str, str, str], int]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for spec in tables.specs:
        rows = {row for table, row, _ in numbers if table == spec.code}
        for row in sorted(rows, key=lambda row: (row != TOTAL, row)):
            for column in columns_of(spec):
                value = value_of(tables, spec, row, column, numbers)
                if value is not None or row == TOTAL:
                    found[f"{spec.code}/{row}/{column.code}"] = value
    return found


def _taken(station: Station) -> dict[str, Any]:
    return {
        "org_code": station.org_code,
        "name": station.name,
        "versions": [
            {
                "period": one.period, "version": one.bundle["version"], "state": one.bundle["state"],
                "short_code": one.bundle["short_code"],
            }
            for one in station.chosen
        ],
        "lacking": list(station.lacking),
    }  # fmt: skip
