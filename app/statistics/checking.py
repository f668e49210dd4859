"""Cross-checks of the tables: each failure opens the records it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.statistics.derived import over_full
from app.statistics.engine import Member, figures, members, plain_terms, terms_of
from app.statistics.loading import describe, table_codes
from app.statistics.scope import Scope, scope_of
from app.statistics.spec import TOTAL, Check, Column, TableSpec
from models.errors import Problem

if TYPE_CHECKING:
    from app.context import Context
    from models.dates import Period


def checks(
    ctx: Context,
    period: Period,
    *,
    tables: Iterable[str] | None = None,
    basis: str | None = None,
) -> list[Problem]:
    """Give what the cross-checks of all tables (or those named) find in a period.

    One problem per record, or per cell where no record is to blame; ``column`` is ``T1.c1``.
    """
    found: list[Problem] = []
    with ctx.ledger.reading() as conn:
        for code in tables if tables is not None else table_codes():
            spec = describe(code, ctx.codes)
            scope = scope_of(ctx, conn, period, basis=basis)
            for check in spec.checks:
                if _applies(scope, check):
                    found += _KINDS[check.kind](scope, spec, check)
            found += _rates(scope, spec)
    return list(dict.fromkeys(found))


def _applies(scope: Scope, check: Check) -> bool:
    if "basis" in check.when and check.when["basis"] != scope.basis:
        return False
    return "setting" not in check.when or scope.ctx.settings[check.when["setting"]] == check.when["value"]


def _rates(scope: Scope, spec: TableSpec) -> Iterable[Problem]:
    columns = [one for one in (*spec.columns, *spec.measures, *spec.below) if one.kind == "ratio"]
    if not columns:
        return ()
    return over_full(scope, spec.title, columns, figures(scope, terms_of(columns, scope))[TOTAL])


def _problem(spec: TableSpec, check: Check, seen: object, *, record: str | None, column: str) -> Problem:
    return Problem(
        code=check.code,
        seen=seen,
        message=f"{check.id}：{check.message}",
        hint=check.hint,
        record=record,
        column=f"{spec.code}.{column}" if column else spec.code,
        field=check.field or None,
        severity="warning" if check.severity == "warning" else "error",
    )


def _of(spec: TableSpec, codes: Iterable[str]) -> list[Column]:
    wanted = set(codes)
    return [column for column in spec.columns if column.code in wanted]


def _parts(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    """The whole must be the sum of its parts; to blame are records of the whole in none or in several."""
    terms = terms_of(_of(spec, (check.whole, *check.parts)), scope)
    total = figures(scope, terms)[TOTAL]
    if total[check.whole] == sum(total[part] for part in check.parts):
        return
    placed: dict[str, int] = {}
    whole: dict[str, Member] = {}
    for member in members(scope, terms):
        if member.cell == check.whole:
            whole[member.id] = member
        else:
            placed[member.id] = placed.get(member.id, 0) + 1
    for key, member in whole.items():
        if placed.get(key, 0) != 1:
            yield _problem(spec, check, member.contribution, record=member.root_id, column=check.whole)


def _at_most(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    total = figures(scope, terms_of(_of(spec, (*check.left, *check.right)), scope))[TOTAL]
    left, right = (sum(total[code] for code in side) for side in (check.left, check.right))
    if left > right:
        yield _problem(spec, check, f"{left}>{right}", record=None, column=check.left[0])


def _records(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    """No record may meet the conditions of the indicator."""
    for member in members(scope, plain_terms(check.indicator)):
        yield _problem(spec, check, member.contribution, record=member.root_id, column="")


def _balance(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    """What was carried over and came in equals what went out and is left."""
    left, right = _sides(scope, check)
    if sum(left) == sum(right):
        return
    seen = f"{'+'.join(map(str, left))}≠{'+'.join(map(str, right))}"
    for member in members(scope, plain_terms(check.indicator)):
        yield _problem(spec, check, seen, record=member.root_id, column="")


def _cumulative(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    """The year so far equals the year up to the month before and this month."""
    if scope.period.months != 1:
        return
    columns = [column for column in spec.columns if column.additive]
    terms = terms_of(columns, scope)
    now = figures(scope, terms)[TOTAL]
    so_far = figures(scope.within(scope.period.year_to_date()), terms)[TOTAL]
    before = dict.fromkeys(now, 0)
    if scope.period.month > 1:
        before = figures(scope.within(scope.period.previous().year_to_date()), terms)[TOTAL]
    for column in columns:
        code = column.code
        if so_far[code] != before[code] + now[code]:
            seen = f"{so_far[code]}≠{before[code]}+{now[code]}"
            yield _problem(spec, check, seen, record=None, column=code)


def _same(scope: Scope, spec: TableSpec, check: Check) -> Iterator[Problem]:
    """Two figures agree; if not, records that stand in one alone are found by the ``parts`` indicators."""
    left, right = (sum(side) for side in _sides(scope, check))
    if left == right:
        return
    for member in members(scope, [term for code in check.parts for term in plain_terms(code)]):
        yield _problem(spec, check, f"{left}≠{right}", record=member.root_id, column="")


def _sides(scope: Scope, check: Check) -> tuple[list[int], list[int]]:
    """Give the numbers of the indicators on either side of an equation."""
    terms = [term for code in (*check.left, *check.right) for term in plain_terms(code)]
    total = figures(scope, terms)[TOTAL]
    return [total[code] for code in check.left], [total[code] for code in check.right]


_KINDS: Mapping[str, Callable[[Scope, TableSpec, Check], Iterable[Problem]]] = MappingProxyType(
    {
        "parts": _parts,
        "at_most": _at_most,
        "records": _records,
        "balance": _balance,
        "cumulative": _cumulative,
        "same": _same,
    }
)
