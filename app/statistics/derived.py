"""Values made of other cells: rates, means, shares of the total row, gaps between shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from app.statistics.format import rate, tenths
from app.statistics.scope import BASES
from models.errors import Problem

if TYPE_CHECKING:
    from app.statistics.format import Value
    from app.statistics.scope import Scope
    from app.statistics.spec import Column

Numbers = Mapping[str, int]


def derive(column: Column, cells: Numbers, total: Numbers) -> Value:
    """Give the value of a derived column from the cells of its row and of the total row."""
    top, bottom = _sum(cells, column.numerator), _sum(cells, column.denominator)
    if column.kind == "ratio":
        return rate(top, bottom)
    if column.kind == "mean":
        return tenths(top, bottom, 1)
    if column.kind == "share":
        return rate(top, _sum(total, column.numerator))
    supply = tenths(top, _sum(total, column.numerator))
    demand = tenths(bottom, _sum(total, column.denominator))
    return None if supply is None or demand is None else round(supply - demand, 1)


def _sum(cells: Numbers, codes: Iterable[str]) -> int:
    return sum(cells.get(code, 0) for code in codes)


def over_full(scope: Scope, title: str, columns: Iterable[Column], total: Numbers) -> Iterator[Problem]:
    """Warn of each rate that would exceed 100 % and is therefore printed as —, naming its basis."""
    for column in columns:
        top, bottom = _sum(total, column.numerator), _sum(total, column.denominator)
        if column.kind == "ratio" and top > bottom:
            yield Problem(
                code="W465", seen=f"{top}/{bottom}", column=column.code, severity="warning",
                message=f"{title}“{column.label}”（{basis_of(scope, column)}）超过 100%，"
                f"分子 {top} 大于分母 {bottom}，打印为“—”。",
                hint="请核对分子、分母的记录；分母与分子按不同日期计时会出现这种情况，可改用其他口径。",
            )  # fmt: skip


def basis_of(scope: Scope, column: Column) -> str:
    """Say by which basis a rate is counted."""
    from app.statistics.loading import indicators

    indicator = indicators().get(column.indicator)
    followed = indicator is not None and indicator.by_setting
    return f"{BASES[scope.rate_basis]}口径" if followed else "本表口径"


def footnotes(scope: Scope, columns: Iterable[Column], total: Numbers) -> Iterator[str]:
    """Write the rates printed under a table, each with its basis and what it is made of."""
    for column in columns:
        top, bottom = _sum(total, column.numerator), _sum(total, column.denominator)
        value = derive(column, total, total)
        shown = "—" if value is None else f"{value}%"
        yield f"{column.label} {shown}（{basis_of(scope, column)}：{top} ÷ {bottom}）"
