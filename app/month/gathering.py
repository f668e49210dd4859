"""What a month is made of, gathered once from one state of the records for the check and for the closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.month import versions
from app.month.figures import Figure, corrections, frozen_before, gather, last_year_corrections
from app.month.forms import FormGroup
from app.month.rows import ReportedRow, read_rows, reported
from app.naming import titles_of
from app.statistics import TableResult
from exports.report import Correction
from models.dates import parse_period

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period
    from models.records import Row


@dataclass(frozen=True)
class Gathered:
    """Figures, tables and the records listed (``records`` by sheet, as stored) of one month.

    ``titles`` name the records of the corrections.
    """

    group: FormGroup
    period: Period
    figures: Sequence[Figure]
    results: Mapping[str, TableResult]
    corrections: Sequence[Correction]
    records: Mapping[str, Sequence[Row]]
    rows: Sequence[ReportedRow]
    titles: Mapping[str, str]

    @property
    def records_by_register(self) -> Mapping[str, Sequence[Row]]:
        """The records listed, by the key of their register."""
        found: dict[str, list[Row]] = {}
        for form in self.group.sheets:
            found.setdefault(form.register, []).extend(self.records[form.name])
        return found


def gather_month(ctx: Context, group: FormGroup, period: Period, reason: str) -> Gathered:
    """Gather a month: its figures, what earlier months and the year before became, and the rows listed."""
    earlier = versions.before_in_year(ctx, period, group.code)
    last_key, last_year = versions.year_before(ctx, period, group.code)
    with ctx.ledger.reading() as conn:
        known = frozen_before(conn, earlier)
        figures, results = gather(ctx, group, period, known)
        moved = corrections(figures, known, period.key[:4], reason)
        if last_year:
            last = parse_period(last_key, period.month_start_day).year_to_date()
            moved += last_year_corrections(ctx, group, last, frozen_before(conn, last_year), reason)
        behind = {record for figure in figures for record, _ in figure.members}
        records = read_rows(conn, group, period, behind)
        told = {record for item in moved for record in item.records}
        return Gathered(
            group=group,
            period=period,
            figures=figures,
            results=results,
            corrections=moved,
            records=records,
            rows=reported(ctx, conn, group, records),
            titles=titles_of(conn, sorted(told)),
        )
