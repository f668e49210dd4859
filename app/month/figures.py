"""The figures of a submission: the month, the year so far, and what earlier months became since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.month.forms import FormGroup
from app.statistics import TOTAL, TableResult, additive, compute, describe, membership, trace
from exports.report import Correction, Unit
from models import journal as j
from models.records import table_of
from models.submission import SubmissionFigure

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

Members = Mapping[str, int]
FIGURES = "figures"
RATES = ("ratio", "mean")
HIDDEN = (".num", ".den")


@dataclass(frozen=True)
class Figure:
    """One cell: ``value`` by event date in the month, ``cumulative`` the year so far as known now.

    ``correction`` is what earlier months add or lose against what was reported for them: the month hands in
    value + correction, so that the months always add up to the year computed anew.
    """

    cell: str
    label: str
    unit: str
    value: int | str | None
    cumulative: int | None
    correction: int | None
    members: tuple[tuple[str, int], ...]
    year_members: tuple[tuple[str, int], ...]
    scale: int = 0

    def as_json(self) -> dict[str, Any]:
        """Give the item of data/figures.json."""
        ids = j.canonical([record for record, _ in self.members])
        return {
            "cell": self.cell,
            "value": self.value,
            "unit": self.unit,
            "count": len(self.members),
            "cumulative": self.cumulative,
            "correction": self.correction,
            "trace": hashlib.sha256(ids).hexdigest(),
        }


@dataclass(frozen=True)
class Before:
    """What was frozen of a cell when the month before was closed."""

    cumulative: int
    members: Mapping[str, int]


def gather(
    ctx: Context, group: FormGroup, period: Period, before: Mapping[str, Before]
) -> tuple[list[Figure], dict[str, TableResult]]:
    """Compute every table of the group: its figures for the bundle and the results for the report."""
    results: dict[str, TableResult] = {}
    figures: list[Figure] = []
    for form in group.tables:
        result = compute(ctx, form.code, period)
        results[form.code] = result
        if describe(form.code, ctx.codes).kind == FIGURES:
            figures += _table_figures(ctx, result, period, before)
            figures += _rate_parts(ctx, form.code, period, before)
    return figures, results


def counted(ctx: Context, group: FormGroup, period: Period) -> set[str]:
    """Give the records behind the figures of a period."""
    tables = [form.code for form in group.tables if describe(form.code, ctx.codes).kind == FIGURES]
    found = [membership(ctx, code, period) for code in tables]
    return {record for cells in found for members in cells.values() for record, _ in members}


def _table_figures(
    ctx: Context, result: TableResult, period: Period, before: Mapping[str, Before]
) -> Iterator[Figure]:
    now = membership(ctx, result.table, period)
    year_period = period.year_to_date()
    year = membership(ctx, result.table, year_period)
    year_rows = compute(ctx, result.table, year_period).rows
    adds_up = additive(result.table)
    for row in dict.fromkeys((*result.rows, *year_rows)):
        for column in result.columns:
            cell = f"{result.table}/{row}/{column.code}"
            value = result.rows.get(row, {}).get(column.code, 0 if column.traceable else None)
            whole = year_rows.get(row, {}).get(column.code, 0)
            cumulative = whole if isinstance(whole, int) and column.traceable else None
            correction = None
            if column.code in adds_up and cumulative is not None and isinstance(value, int):
                known = before.get(cell)
                correction = cumulative - (known.cumulative if known else 0) - value if before else 0
            yield Figure(
                cell=cell,
                label=f"{result.row_labels.get(row, row)}·{column.label}",
                unit=column.unit,
                value=value if isinstance(value, int | None) else result.text(row, column.code),
                cumulative=cumulative,
                correction=correction,
                members=tuple(now.get((row, column.code), ())),
                year_members=tuple(year.get((row, column.code), ())),
                scale=column.scale,
            )


def _rate_parts(ctx: Context, table: str, period: Period, before: Mapping[str, Before]) -> Iterator[Figure]:
    """Give what stands above and below the line of each rate, so that whoever adds up makes it anew."""
    spec = describe(table, ctx.codes)
    rates = [one for one in (*spec.columns, *spec.below) if one.indicator and one.kind in RATES]
    for column in rates:
        for part in (*column.numerator, *column.denominator):
            cell = f"{table}/{TOTAL}/{part}"
            now = trace(ctx, table, TOTAL, part, period)
            year = trace(ctx, table, TOTAL, part, period.year_to_date())
            value, cumulative = (sum(one.contribution for one in found) for found in (now, year))
            known = before[cell].cumulative if cell in before else 0
            yield Figure(
                cell=cell,
                label=f"{column.label}·{'分子' if part in column.numerator else '分母'}",
                unit="",
                value=value,
                cumulative=cumulative,
                correction=cumulative - known - value if before else 0,
                members=tuple((one.root_id, one.contribution) for one in now),
                year_members=tuple((one.root_id, one.contribution) for one in year),
            )


def corrections(figures: list[Figure], before: Mapping[str, Before], reason: str) -> list[Correction]:
    """List the figures of earlier months that differ from what was reported, with the records that moved.

    A record that stood in no figure of the table before was entered late; any other was changed or voided.
    """
    found = []
    counted: dict[str, set[str]] = {}
    for cell, known in before.items():
        counted.setdefault(cell.partition("/")[0], set()).update(known.members)
    for figure in figures:
        if figure.cell.endswith(HIDDEN) or not (figure.correction or _moved(figure, before)):
            continue
        known = before.get(figure.cell, Before(0, {}))
        told = counted.get(figure.cell.partition("/")[0], set())
        inside = added(figure.members)
        now = added(figure.year_members)
        earlier = {
            record: n - inside.get(record, 0) for record, n in now.items() if n != inside.get(record, 0)
        }
        late = {r: n for r, n in earlier.items() if r not in told}
        changed = {r for r in {*earlier, *known.members} if earlier.get(r, 0) != known.members.get(r, 0)}
        if not late and not changed:
            continue
        moved = figure.correction or 0
        found.append(
            Correction(
                cell=figure.cell,
                label=figure.label,
                before=known.cumulative,
                after=known.cumulative + moved,
                late=sum(late.values()),
                adjusted=moved - sum(late.values()),
                records=tuple(sorted({*late, *changed})),
                late_records=tuple(sorted(late)),
                reason=reason,
                unit=Unit(figure.unit, figure.scale),
            )
        )
    return found


def _moved(figure: Figure, before: Mapping[str, Before]) -> bool:
    """Tell whether records of earlier months changed though their sum did not."""
    if not before or figure.correction is None:
        return False
    known = before.get(figure.cell)
    inside = {record for record, _ in figure.members}
    now = {record for record, _ in figure.year_members} - inside
    return known is not None and now != set(known.members) - inside


def added(members: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """Add up what each record contributes."""
    total: dict[str, int] = {}
    for record, contribution in members:
        total[record] = total.get(record, 0) + contribution
    return total


def frozen_before(conn: sa.Connection, submissions: Sequence[str]) -> dict[str, Before]:
    """Add up what the closed months of the year handed in, and read whom the last of them counted.

    The first one's year so far is where the account begins; each later month adds its value and correction,
    also one that was handed in anew after its successor.
    """
    if not submissions:
        return {}
    table = table_of(SubmissionFigure)
    sums: dict[str, int] = {}
    for number, submission in enumerate(submissions):
        query = sa.select(table.c.cell, table.c.value, table.c.correction, table.c.cumulative).where(
            table.c.submission == submission, table.c.cumulative.is_not(None)
        )
        for row in conn.execute(query):
            added_up = number > 0 and row.correction is not None
            step = json.loads(row.value) + row.correction if added_up else row.cumulative
            sums[row.cell] = sums.get(row.cell, 0) + step if added_up else step
    last = sa.select(table.c.cell, table.c.year_members).where(table.c.submission == submissions[-1])
    members = {row.cell: added(tuple(map(tuple, json.loads(row.year_members)))) for row in conn.execute(last)}
    return {cell: Before(total, members.get(cell, {})) for cell, total in sums.items()}
