"""The sentence in which an item explains itself: start, count, calendar, where the number is from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.due.spec import Occurrence, Offset, Rule
    from models.calendar import WorkCalendar
    from models.dates import Due

UNITS: Mapping[str, str] = MappingProxyType(
    {"day": "日", "workday": "个工作日", "month": "个月", "year": "年", "hour": "小时"}
)
EVERY: Mapping[str, str] = MappingProxyType(
    {
        "week": "每周", "half_month": "每半月", "month": "每月", "quarter": "每季度", "half_year": "每半年",
        "year": "每年",
    }
)  # fmt: skip
BASIS_WORDS: Mapping[str, str] = MappingProxyType(
    {"law": "法定期限", "local": "本地规定", "default": "建议期限（默认）"}
)


def day_words(day: dt.date) -> str:
    """Write a day for people."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_words(moment: dt.datetime) -> str:
    """Write a moment for people."""
    return f"{day_words(moment.date())}{moment.hour}时{moment.minute:02d}分"


def number_phrase(rule: Rule) -> str:
    """Write the number of a rule: 30日, 3个工作日, 每7日, 每半月1次."""
    if rule.repeat is not None and rule.repeat.every:
        return f"{EVERY[rule.repeat.every]}{rule.repeat.times}次"
    if rule.repeat is not None:
        return f"每{rule.repeat.n}{UNITS[rule.repeat.unit]}"
    if rule.offset is None:
        return ""
    if rule.offset.unit == "month_end":
        return "当月报送期末" if rule.offset.n == 0 else f"{rule.offset.n}个月后的报送期末"
    if rule.offset.n == 0:
        return "当日"
    ahead = "提前" if rule.offset.n < 0 else ""
    return f"{ahead}{abs(rule.offset.n)}{UNITS[rule.offset.unit]}"


def count_words(offset: Offset, start: dt.date, due: Due) -> str:
    """Tell how the last day was counted from the start."""
    if due.at is not None:
        return f"，满{offset.n}小时为{moment_words(due.at)}"
    last = day_words(due.strict)
    if offset.unit == "month_end":
        return f"，报送期末为{last}"
    if offset.n == 0:
        return f"，应于当日（{last}）办理"
    if offset.n < 0:
        return f"，提前{-offset.n}日为{last}"
    ordinal = f"第{offset.n}个工作日" if offset.unit == "workday" else f"满{offset.n}{UNITS[offset.unit]}"
    clamped = offset.unit in ("month", "year") and start.day != due.strict.day
    return f"，当日不计，{ordinal}为{last}{'（当月没有对应日，为月末日）' if clamped else ''}"


def calendar_words(rule: Rule, due: Due, calendar: WorkCalendar) -> str:
    """Tell what the calendar did: moved the last day, left a working day in place, or was not known."""
    words = ""
    if due.legal != due.strict:
        name = calendar.name_of(due.strict) or "周末"
        words = f"，该日为{name}，顺延至{day_words(due.legal)}"
    elif rule.rolls and calendar.kind_of(due.strict) == "makeup":
        words = "，该日为调休上班日，不顺延"
    if due.uncertain is not None:
        words += f"；{due.uncertain}年放假安排未公布，按周末推算"
    return words


def explain(found: Occurrence, calendar: WorkCalendar) -> str:
    """Write the sentence; a default is called a suggestion, never law."""
    rule = found.rule
    number = rule.number_words if rule.number_words and not rule.shipped else BASIS_WORDS[rule.number_basis]
    if rule.shipped:
        number += f"{number_phrase(rule)}（程序原定{rule.shipped}）"
    return f"{found.count}{calendar_words(rule, found.due, calendar)}；{number}，依据：{rule.basis}。"
