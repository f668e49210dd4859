"""The figures of a submission: the month, the year so far, and what earlier months became since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.month.forms import FormGroup
from app.statistics import TOTAL, Column, TableResult, additive, compute, describe, membership
from exports.report import Correction, Unit
from models import journal as j
from models.records import table_of
from models.submission import SubmissionFigure

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period

Members = Mapping[str, int]
Membership = Mapping[tuple[str, str], list[tuple[str, int]]]
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
    return figures, results


def _table_figures(
    ctx: Context, result: TableResult, period: Period, before: Mapping[str, Before]
) -> Iterator[Figure]:
    table, year_period = result.table, period.year_to_date()
    now = membership(ctx, table, period, parts=True)
    if year_period.bounds == period.bounds:
        year, year_rows = now, result.rows
    else:
        year = membership(ctx, table, year_period, parts=True)
        year_rows = compute(ctx, table, year_period).rows
    adds_up = additive(table)
    for row in dict.fromkeys((*result.rows, *year_rows)):
        for column in result.columns:
            cell = f"{table}/{row}/{column.code}"
            value = result.rows.get(row, {}).get(column.code, 0 if column.traceable else None)
            whole = year_rows.get(row, {}).get(column.code, 0)
            cumulative = whole if isinstance(whole, int) and column.traceable else None
            correction = None
            if column.code in adds_up and cumulative is not None and isinstance(value, int):
                known = before.get(cell)
                correction = cumulative - (known.cumulative if known else 0) - value if before else 0
            yield Figure(
                cell=cell,
                label=f"{result.row_labels.get(row, row)}·{_named(column)}",
                unit=column.unit,
                value=value if isinstance(value, int | None) else result.text(row, column.code),
                cumulative=cumulative,
                correction=correction,
                members=tuple(now.get((row, column.code), ())),
                year_members=tuple(year.get((row, column.code), ())),
                scale=column.scale,
            )
    yield from _rate_parts(ctx, table, now, year, before)


def _named(column: Column) -> str:
    return f"{column.group} {column.label}" if column.group else column.label


def _rate_parts(
    ctx: Context, table: str, now: Membership, year: Membership, before: Mapping[str, Before]
) -> Iterator[Figure]:
    """Give what stands above and below the line of each rate, so that whoever adds up makes it anew."""
    spec = describe(table, ctx.codes)
    rates = [one for one in (*spec.columns, *spec.below) if one.indicator and one.kind in RATES]
    for column in rates:
        for part in (*column.numerator, *column.denominator):
            cell = f"{table}/{TOTAL}/{part}"
            in_month, in_year = (found.get((TOTAL, part), []) for found in (now, year))
            value, cumulative = (sum(added for _, added in found) for found in (in_month, in_year))
            known = before[cell].cumulative if cell in before else 0
            yield Figure(
                cell=cell,
                label=f"{column.label}·{'分子' if part in column.numerator else '分母'}",
                unit="",
                value=value,
                cumulative=cumulative,
                correction=cumulative - known - value if before else 0,
                members=tuple(in_month),
                year_members=tuple(in_year),
            )


def corrections(
    figures: list[Figure], before: Mapping[str, Before], year: str, reason: str
) -> list[Correction]:
    """List the figures of earlier months that differ from what was reported, with the records that moved.

    A record that stood in no figure of the table before was entered late; any other was changed or voided.
    """
    found = []
    counted = _counted_before(before)
    for figure in figures:
        if figure.cell.endswith(HIDDEN) or not (figure.correction or _moved(figure, before)):
            continue
        inside = added(figure.members)
        earlier = {
            record: n - inside.get(record, 0)
            for record, n in added(figure.year_members).items()
            if n != inside.get(record, 0)
        }
        known = before.get(figure.cell, Before(0, {}))
        told = counted.get(figure.cell.partition("/")[0], set())
        moved = _difference(figure, known, earlier, figure.correction or 0, told)
        if moved is not None:
            found.append(replace(moved, year=year, reason=reason))
    return found


def last_year_corrections(
    ctx: Context, group: FormGroup, last: Period, before: Mapping[str, Before], reason: str
) -> list[Correction]:
    """List what last year's figures are now against what was handed in for them by its last closed month.

    They stand beside this year's account and move none of its figures; each month tells all that differs.
    """
    found = []
    counted = _counted_before(before)
    for form in group.tables if before else ():
        spec = describe(form.code, ctx.codes)
        if spec.kind != FIGURES:
            continue
        adds_up = additive(form.code)
        now = membership(ctx, form.code, last)
        labels = compute(ctx, form.code, last).row_labels
        was = [(row, code) for table, row, code in map(_parts, before) if table == form.code]
        for row, code in sorted({*now, *was}):
            column = spec.column(code)
            if column is None or code not in adds_up:
                continue
            cell = f"{form.code}/{row}/{code}"
            earlier, known = added(tuple(now.get((row, code), ()))), before.get(cell, Before(0, {}))
            label = f"{labels.get(row, row)}·{_named(column)}"
            figure = Figure(cell, label, column.unit, None, None, None, (), (), column.scale)
            moved = _difference(
                figure,
                known,
                earlier,
                sum(earlier.values()) - known.cumulative,
                counted.get(form.code, set()),
            )
            if moved is not None:
                found.append(replace(moved, year=last.key[:4], reason=reason))
    return found


def _parts(cell: str) -> tuple[str, str, str]:
    table, row, code = cell.split("/")
    return table, row, code


def _counted_before(before: Mapping[str, Before]) -> dict[str, set[str]]:
    counted: dict[str, set[str]] = {}
    for cell, known in before.items():
        counted.setdefault(cell.partition("/")[0], set()).update(known.members)
    return counted


def _difference(
    figure: Figure, known: Before, earlier: Members, moved: int, told: set[str]
) -> Correction | None:
    """Compare who is counted now with who was; None if nobody came, went or counts differently."""
    late = {record: n for record, n in earlier.items() if record not in told}
    changed = {r for r in {*earlier, *known.members} if earlier.get(r, 0) != known.members.get(r, 0)}
    if not late and not changed:
        return None
    return Correction(
        cell=figure.cell,
        label=figure.label,
        before=known.cumulative,
        after=known.cumulative + moved,
        late=sum(late.values()),
        adjusted=moved - sum(late.values()),
        records=tuple(sorted({*late, *changed})),
        late_records=tuple(sorted(late)),
        reason="",
        unit=Unit(figure.unit, figure.scale),
    )


def _moved(figure: Figure, before: Mapping[str, Before]) -> bool:
    """Tell whether records of earlier months changed though their sum did not."""
    if not before or figure.correction is None:
        return False
    known = before.get(figure.cell)
    inside = {record for record, _ in figure.members}
    now = {record for record, _ in figure.year_members} - inside
    return known is not None and now != set(known.members) - inside


def added(members: Iterable[tuple[str, int]]) -> dict[str, int]:
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
