"""Dates: reading them, keeping partial ones, counting deadlines, terms, ages and reporting periods."""

from __future__ import annotations

from models.dates.arithmetic import (
    Due,
    Unit,
    add_months,
    age_on,
    days_inclusive,
    due_after,
    judicial_age_on,
    month_length,
    nth_day,
    term_end,
)
from models.dates.partial import DateError, PartialDate, is_before, is_partial, parse_partial, whole_day
from models.dates.periods import Period, month_of, parse_period
from models.dates.reading import ParsedDate, Precision, excel_serial, parse_date, parse_moment

__all__ = [
    "DateError",
    "Due",
    "ParsedDate",
    "PartialDate",
    "Period",
    "Precision",
    "Unit",
    "add_months",
    "age_on",
    "days_inclusive",
    "due_after",
    "excel_serial",
    "is_before",
    "is_partial",
    "judicial_age_on",
    "month_length",
    "month_of",
    "nth_day",
    "parse_date",
    "parse_moment",
    "parse_partial",
    "parse_period",
    "term_end",
    "whole_day",
]
