"""Rounding rates and writing a value the way a sheet prints it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from models.money import format_wan, format_yuan

if TYPE_CHECKING:
    from app.statistics.spec import Column

Value = int | float | str | None
NOTHING = "—"
_TENTH = Decimal("0.1")


def tenths(top: int, bottom: int, factor: int = 100) -> float | None:
    """Give ``factor`` × top ÷ bottom to one decimal, half rounded away from zero; None for ÷ 0."""
    if not bottom:
        return None
    return float((Decimal(top) * factor / Decimal(bottom)).quantize(_TENTH, ROUND_HALF_UP))


def rate(top: int, bottom: int) -> float | None:
    """Give a rate in % to one decimal; None for ÷ 0 and above 100 %; never 100.0 while one is missing."""
    found = tenths(top, bottom)
    if found is None or top > bottom:
        return None
    return 99.9 if top < bottom and found >= 100 else found


def growth(now: int, before: int) -> float | None:
    """Give how much a number grew, in % of what it was; None if it was 0."""
    return tenths(now - before, abs(before))


def format_cell(column: Column, value: Value) -> str:
    """Write a value as printed: money in the column's unit, rates with one decimal, — where there is none."""
    if value is None:
        return "" if column.kind == "text" else NOTHING
    if isinstance(value, str):
        return value
    if column.kind in ("ratio", "mean", "share", "gap", "growth"):
        return f"{value:.1f}"
    if column.unit == "万元":
        return format_wan(int(value))
    if column.unit == "元":
        return format_yuan(int(value))
    if column.scale:
        return format(Decimal(value).scaleb(-column.scale), "f")
    return str(value)
