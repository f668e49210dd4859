"""Who has reported what: stations by months, and what share came at all and in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.county import store, timing
from app.county.enrolment import enrolled_offices, enrolled_since
from app.county.errors import CountyOnly
from app.county.planning import STATE_LABELS
from app.statistics.format import tenths
from models.county import BundleState, OrgRole

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

DEFAULT_FORM = "YB01"


@dataclass(frozen=True)
class MatrixCell:
    """One station's month: the version that counts, where it stands, and whether the first one came late."""

    period: str
    due_on: str
    expected: bool
    state: str | None = None
    version: int | None = None
    received_on: str | None = None
    late: bool = False
    short_code: str | None = None

    @property
    def label(self) -> str:
        """Give the words of the cell."""
        if self.state is None:
            return "未报" if self.expected else ""
        return f"{STATE_LABELS[self.state]} 第{self.version}版{'（迟）' if self.late else ''}"


@dataclass(frozen=True)
class MatrixRow:
    """One station and form group over the months of a year."""

    org_code: str
    org_name: str
    form_group: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Matrix:
    """The whole county; shares are in % of the submissions that are due by today, None when none is due."""

    year: int
    periods: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    due: int
    received: int
    on_time: int
    accepted: int

    @property
    def completeness(self) -> float | None:
        """Share of due submissions that have come."""
        return tenths(self.received, self.due)

    @property
    def timeliness(self) -> float | None:
        """Share of due submissions that came in time."""
        return tenths(self.on_time, self.due)

    def as_json(self) -> dict[str, Any]:
        """Give the mapping the command line prints."""
        return {
            "year": self.year,
            "periods": list(self.periods),
            "rows": [
                {
                    "org_code": row.org_code,
                    "org_name": row.org_name,
                    "form_group": row.form_group,
                    "cells": {cell.period: _cell_json(cell) for cell in row.cells},
                }
                for row in self.rows
            ],
            "due": self.due,
            "received": self.received,
            "on_time": self.on_time,
            "accepted": self.accepted,
            "completeness": self.completeness,
            "timeliness": self.timeliness,
        }


def matrix(ctx: Context, year: int) -> Matrix:
    """Give what every enrolled station has handed in of a year's months; raises CountyOnly at a station."""
    if ctx.ledger.role != OrgRole.COUNTY:
        raise CountyOnly("报送一览")
    months = timing.period_named(ctx, f"{year:04d}").each_month()
    with ctx.ledger.reading() as conn:
        offices = enrolled_offices(conn, OrgRole.STATION)
        since = enrolled_since(conn, OrgRole.STATION)
        held = [row for row in store.bundles(conn) if row["period"].startswith(f"{year:04d}-")]
    groups = sorted({row["form_group"] for row in held}) or [DEFAULT_FORM]
    names = {**{row["org_code"]: row["org_code"] for row in held}, **offices}
    by_place: dict[tuple[str, str, str], list[Row]] = {}
    for row in held:
        by_place.setdefault((row["org_code"], row["form_group"], row["period"]), []).append(row)
    rows = tuple(
        MatrixRow(
            code,
            names[code],
            group,
            tuple(
                _cell(ctx, month, by_place.get((code, group, month.key), ()), since.get(code, ""))
                for month in months
            ),
        )
        for code in sorted(names)
        for group in groups
    )
    return _counted(year, tuple(month.key for month in months), rows)


def representative(versions: Iterable[Row]) -> Row | None:
    """Give the version a month is known by: the accepted one, else the newest."""
    ordered = sorted(versions, key=lambda row: (row["version"], row["manifest_hash"]))
    accepted = [row for row in ordered if row["state"] == BundleState.ACCEPTED]
    shown = accepted or ordered
    return shown[-1] if shown else None


def _cell(ctx: Context, month: Any, versions: Iterable[Row], since: str) -> MatrixCell:
    """Describe a month; it is late when the first version to arrive was.

    A month due before the station was enrolled (``since``) is not waited for.
    """
    versions = list(versions)
    due = timing.due_on(ctx, month)
    shown = representative(versions)
    if shown is None:
        return MatrixCell(month.key, due.isoformat(), since <= due.isoformat() < ctx.today.isoformat())
    first = min(row["received_on"] for row in versions)
    return MatrixCell(
        period=month.key,
        due_on=due.isoformat(),
        expected=True,
        state=shown["state"],
        version=shown["version"],
        received_on=shown["received_on"],
        late=timing.is_late(ctx, month, first),
        short_code=shown["short_code"],
    )


def _counted(year: int, periods: tuple[str, ...], rows: tuple[MatrixRow, ...]) -> Matrix:
    due = [cell for row in rows for cell in row.cells if cell.expected]
    came = [cell for cell in due if cell.state is not None]
    return Matrix(
        year=year,
        periods=periods,
        rows=rows,
        due=len(due),
        received=len(came),
        on_time=sum(not cell.late for cell in came),
        accepted=sum(cell.state == BundleState.ACCEPTED for cell in came),
    )


def _cell_json(cell: MatrixCell) -> Mapping[str, Any]:
    return {
        "state": cell.state,
        "label": cell.label,
        "version": cell.version,
        "received_on": cell.received_on,
        "due_on": cell.due_on,
        "expected": cell.expected,
        "late": cell.late,
        "short_code": cell.short_code,
    }
