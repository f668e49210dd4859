"""Reading the statistics data: sources and indicators of every slice, and the tables bound to them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.statistics.spec import Check, Column, Dimension, Indicator, ListPart, Source, TableSpec
from models.codes import load_codebook
from models.errors import LedgerError

if TYPE_CHECKING:
    from models.codes import CodeBook, CodeEntry

_NOT_DIMENSIONS = ("basis",)
SEEN_AT_END = frozenset({"by_end", "after_end", "before_start", "in_period"})
_DERIVED = {"ratio", "mean", "share", "gap"}


class UnknownTable(LedgerError):
    """No statistical table has this code."""

    code = "unknown_table"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的统计表，请用 ybz stats --list 查看全部统计表。")


def _toml(folder: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    items = sorted(files("resources").joinpath(folder).iterdir(), key=lambda item: item.name)
    for item in items:
        if item.name.endswith(".toml"):
            yield item.name.removesuffix(".toml"), tomllib.loads(item.read_text(encoding="utf-8"))


@cache
def sources() -> Mapping[str, Source]:
    """Give every source of figures by its table name."""
    found = {}
    for _, data in _toml("indicators"):
        for table, described in data.get("source", {}).items():
            dimensions = {
                name: Dimension(path=value) if isinstance(value, str) else Dimension(**value)
                for name, value in described.items()
                if name not in _NOT_DIMENSIONS
            }
            found[table] = Source(table, dimensions, described.get("basis", {}))
    return MappingProxyType(found)


@cache
def indicators() -> Mapping[str, Indicator]:
    """Give every indicator by its code; two of one code are a mistake of ours and raise ValueError."""
    found: dict[str, Indicator] = {}
    for name, data in _toml("indicators"):
        for code, described in data.get("indicator", {}).items():
            if code in found:
                raise ValueError(f"indicator {code} of {name} is defined twice")
            terms = tuple(described.pop("terms", ()))
            found[code] = Indicator(code=code, terms=terms, **described)
    return MappingProxyType(found)


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for _, data in _toml("tables"):
        base = {key: value for key, value in data.items() if key != "variants"}
        found[base["code"]] = base
        for code, changes in data.get("variants", {}).items():
            found[code] = {**base, "checks": [], **changes, "code": code}
    return MappingProxyType(found)


def table_codes() -> tuple[str, ...]:
    """Give the codes of all statistical tables, each base table before its variants."""
    return tuple(_tables())


def describe(table: str, codes: CodeBook | None = None) -> TableSpec:
    """Describe a table; ``codes`` adds the county's own entries to columns that follow a code list.

    `UnknownTable` if there is none of this code.
    """
    described = _tables().get(table)
    if described is None:
        raise UnknownTable(table)
    book = codes or load_codebook()
    return TableSpec(
        code=described["code"],
        title=described["title"],
        kind=described.get("kind", "figures"),
        rows=described.get("rows", "none"),
        row_label=described.get("row_label", "单位"),
        columns=tuple(_columns(described.get("columns", ()), book)),
        has_basis=described.get("basis", False),
        measures=tuple(_columns(described.get("measures", ()), book)),
        below=tuple(_column({"code": code, "indicator": code}) for code in described.get("below", ())),
        parts=tuple(ListPart(**part) for part in described.get("parts", ())),
        checks=tuple(_check(check, book) for check in described.get("checks", ())),
        notes=tuple(described.get("notes", ())),
        order=tuple(described.get("order", ())),
    )


def _check(described: Mapping[str, Any], book: CodeBook) -> Check:
    lists = {name: tuple(described.get(name, ())) for name in ("parts", "left", "right")}
    if "each" in described:
        entries = book[described["each"]]
        lists["parts"] = tuple(part.format(code=entry.code) for entry in entries for part in lists["parts"])
    return Check(**{**{key: value for key, value in described.items() if key != "each"}, **lists})


def _columns(described: Any, book: CodeBook) -> Iterator[Column]:
    for one in described:
        if "each" not in one:
            yield _column(one)
            continue
        for entry in book[one["each"]]:
            for pattern in one["columns"]:
                yield _column({**_filled(pattern, entry), "where": {one["slice"]: entry.code}})


def _filled(pattern: Mapping[str, Any], entry: CodeEntry) -> dict[str, Any]:
    """Write code and label of an entry into the texts of a column that is repeated for a code list."""
    return {
        name: value.format(code=entry.code, label=entry.label) if isinstance(value, str) else value
        for name, value in pattern.items()
    }


def _column(described: Mapping[str, Any]) -> Column:
    column = dict(described)
    if "derived" in column:
        kind, _, formula = column["derived"].partition(":")
        top, _, bottom = formula.partition("/")
        parts = {"numerator": _names(top), "denominator": _names(bottom)}
        return Column(**{"unit": "%", "scale": 1, **column, "kind": kind, **parts})
    if "indicator" not in column:
        return Column(**{"kind": "text", **column})
    indicator = indicators()[column["indicator"]]
    kind = _kind_of(indicator)
    known = {"label": indicator.label, "unit": indicator.unit, "scale": indicator.scale}
    known["standing"] = _is_standing(indicator)
    column = {**known, **column, "kind": kind}
    if kind in _DERIVED:
        cells = {"numerator": (f"{column['code']}.num",), "denominator": (f"{column['code']}.den",)}
        column = {**column, **cells, "scale": 1}
    return Column(**column)


def _is_standing(indicator: Indicator) -> bool:
    """Tell whether a number is what stands at the end of the period rather than what happened in it."""
    if indicator.terms:
        return any(_is_standing(indicators()[code]) for code in indicator.terms)
    return "(" in indicator.date or _looks_at_period(indicator.where)


def _looks_at_period(where: Any) -> bool:
    if isinstance(where, Mapping):
        return any(name in SEEN_AT_END or _looks_at_period(value) for name, value in where.items())
    return isinstance(where, list) and any(_looks_at_period(one) for one in where)


def _kind_of(indicator: Indicator) -> str:
    if indicator.terms:
        return _kind_of(indicators()[indicator.terms[0]])
    measure = indicator.measure or next(iter(indicator.choices.values()))
    kind = measure.partition(":")[0]
    return "sum" if kind == "days" else kind


def _names(formula: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in formula.split("+") if name.strip())


def formula_of(indicator: Indicator, chosen: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the indicator codes above and below the line of a ratio or mean, by the chosen setting value."""
    measure = indicator.choices[chosen] if indicator.choices else indicator.measure
    top, _, bottom = measure.partition(":")[2].partition("/")
    return _names(top), _names(bottom)
