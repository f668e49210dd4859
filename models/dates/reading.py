"""Reading the dates people write in registers: every spelling, nothing guessed without saying so."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Literal

from models.dates.partial import DateError, PartialDate, is_partial, parse_partial, real_day
from models.errors import Problem
from models.numerals import CHINESE_NUMERALS, digit_string, half_width, parse_number

Precision = Literal["minute", "day", "month", "year", "raw"]

_LUNAR = re.compile(r"[农阴旧]历|正月|腊月|冬月|闰|初[一二三四五六七八九十]|廿|除夕|大年")
_VAGUE = re.compile(r"[年月](?:份|初|末|底|中|[上中下]旬|[上下]半年|左右|前后|期间|间|[春夏秋冬]季?)+$")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_DASHES = re.compile(r"[—–―─－−‐‑]")
_NUMERAL_RUN = re.compile(rf"[{CHINESE_NUMERALS}0-9Oo]+(?=[年月日号时点分])")
_SPACE_IN_DATE = re.compile(r"(?<=[年月./-])\s+|\s+(?=[年月日号./-])")
_TIME = re.compile(
    r"^(?P<date>.*?[\d日号])[\sT]*(?P<half>[上下]午|凌晨|早上|中午|晚上)?\s*"
    r"(?<![\d.-])(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?(?P<stress>半)?分?(?::(?P<second>\d{1,2})(?:\.\d+)?)?|整)$"
)
_YMD = re.compile(r"(\d{4}|\d{2})[年./-](\d{1,2})[月./-](\d{1,2})[日号.]?")
_YM = re.compile(r"(\d{4})[年./-](\d{1,2})月?|(\d{2})年(\d{1,2})月?|(1[3-9]|[2-9]\d)[./-](\d{1,2})月?")
_MD = re.compile(r"(\d{1,2})[月./-](\d{1,2})[日号]?")
_M = re.compile(r"(\d{1,2})月")
_D = re.compile(r"(\d{1,2})[日号]?")
_Y = re.compile(r"(\d{4})年?|(\d{2})年")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{2})(\d{2})(\d{2})")
_ONE_DAY_TIMES = re.compile(r"(.+\s)(\d{1,2}:\d{2})[-~](\d{1,2}:\d{2})")
_LEAP_YEAR = 2000  # a date without a year may be 29 February
_SERIAL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(20000, 60000)  # 1954 to 2064, the five-digit day numbers of spreadsheets


_NONE: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ParsedDate:
    """What a text says: ``value`` is the stored text, ``end`` the stored text of a range's last day."""

    value: str
    precision: Precision
    warnings: tuple[Problem, ...] = ()
    end: str | None = None

    @property
    def day(self) -> str:
        """Give the value without a time of day, as a date field stores it."""
        return self.value[:10] if self.precision == "minute" else self.value


@dataclass(frozen=True)
class _Reader:
    """What is known beside the text itself."""

    seen: str
    today: dt.date
    year_hint: int | None
    month_hint: int | None = None


def parse_date(text: str, today: dt.date, *, year_hint: int | None = None) -> ParsedDate:
    """Read one date, date-time or range; ``year_hint`` is the year in the title or sheet name.

    Dates without a day or a year stay partial and keep their words; a two-digit year is 20yy unless that lies
    after ``today``, then 19yy, always with a warning. DateError if it is no date or the day does not exist.
    """
    seen = text.strip()
    if is_partial(seen):
        partial = parse_partial(seen)
        return ParsedDate(partial.text, _precision(partial))
    plain = _plain(seen)
    reader = _Reader(seen, today, year_hint)
    if _LUNAR.search(seen):
        return _kept_raw(reader, "W214", "是农历日期，未换算为公历，按原文保留。", "请查对后补填公历日期。")
    parts = _range_parts(plain)
    return _range(reader, *parts) if parts else _moment(reader, plain)


def parse_moment(text: str, today: dt.date, *, year_hint: int | None = None) -> str:
    """Read a day and time as ``YYYY-MM-DDTHH:MM``; a day without a time counts from its first minute."""
    found = parse_date(text, today, year_hint=year_hint)
    if found.precision == "minute":
        return found.value
    if found.precision == "day":
        return f"{found.value}T00:00"
    raise DateError("E215", text, f"“{text}”没有写全年月日。", "请写成 2026-11-03 09:30。")


def excel_serial(days: int, *, epoch_1904: bool = False) -> dt.date:
    """Give the day behind a spreadsheet's day number (1900 system, or 1904 when the workbook says so)."""
    return _SERIAL_EPOCH + dt.timedelta(days=days + (1462 if epoch_1904 else 0))


def _plain(text: str) -> str:
    """Give the text with Arabic digits, plain dashes and no weekday."""
    text = _WEEKDAY.sub("", text.replace("元月", "1月"))
    text = half_width(re.sub(r"[—–―─-]{2,}", "~", text))
    text = _DASHES.sub("-", text).replace("。", ".").replace("、", ".").strip(" .,;，；")
    text = _NUMERAL_RUN.sub(_arabic, text)
    text = re.sub(r"\s*(?:[~至到]|\s-\s)\s*", "~", text)
    return _SPACE_IN_DATE.sub("", re.sub(r"\s+", " ", text)).strip()


def _arabic(match: re.Match[str]) -> str:
    run = match[0].translate({ord("O"): "0", ord("o"): "0"})
    if re.fullmatch(r"\d+", run):
        return run
    number = None if re.match(r"^[^十拾百]{2,}$", run) else parse_number(run)
    return digit_string(run) if number is None else str(int(number))


def _range_parts(text: str) -> tuple[str, str] | None:
    """Give the two ends of a range, or None for a single date."""
    if match := _ONE_DAY_TIMES.fullmatch(text):
        return match[1] + match[2], match[1] + match[3]
    if "~" in text:
        first, _, last = text.partition("~")
        return (first.strip(), last.strip()) if first and last else None
    hyphens = [index for index, mark in enumerate(text) if mark == "-"]
    if len(hyphens) == 1 and re.search(r"[年月./]", text):
        cut = hyphens[0]
    elif len(hyphens) in (4, 5):
        cut = hyphens[2]
    else:
        return None
    return text[:cut], text[cut + 1 :]


def _range(reader: _Reader, first: str, last: str) -> ParsedDate:
    """Read a range; what its end leaves out (year, month) is taken from its start."""
    unit = re.search(r"[月日号]$", last)
    if unit and re.search(r"\d$", first):
        first += unit[0] if unit[0] != "月" or "年" in first or first.isdigit() else ""
    start = _moment(reader, first)
    if start.precision == "raw":
        return start
    known = parse_partial(start.value[:10] if start.precision in ("minute", "day") else start.value)
    inherited = replace(reader, year_hint=known.year or reader.year_hint, month_hint=known.month)
    end = _moment(inherited, last)
    said = {"W212", "W213", *(found.code for found in start.warnings)}
    own = tuple(found for found in end.warnings if found.code not in said)
    if end.value < start.value and _turns_the_year(end, known):
        end = _moment(replace(inherited, year_hint=(known.year or 0) + 1), last)
        own = (_warning(reader, "W216", f"的终止日按跨年理解为 {end.value}。", "请核对终止日期的年份。"),)
    if end.value < start.value:
        raise DateError("E213", reader.seen, f"“{reader.seen}”的终止日早于起始日。", "请核对后重新填写。")
    return ParsedDate(start.value, start.precision, (*start.warnings, *own), end.value)


def _turns_the_year(end: ParsedDate, start: PartialDate) -> bool:
    """Tell whether the end took its year from the start and names an earlier month, as 12.30-1.2 does."""
    borrowed = any(found.code == "W212" for found in end.warnings)
    return borrowed and start.month is not None and int(end.value.lstrip("~")[5:7]) < start.month


def _moment(reader: _Reader, text: str) -> ParsedDate:
    """Read one date with or without a time of day."""
    match = _TIME.match(text)
    if match is None or not re.search(r"[:时点]", text):
        return _day(reader, text)
    day = _day(reader, match["date"].strip())
    hour, minute = int(match["hour"]), 30 if match["stress"] else int(match["minute"] or 0)
    if match["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        said = f"“{reader.seen}”的时间 {hour}:{minute:02d} 不存在。"
        raise DateError("E212", reader.seen, said, "请核对后重新填写。")
    if day.precision != "day" or (match["second"] and hour == minute == int(match["second"]) == 0):
        return day
    return replace(day, value=f"{day.value}T{hour:02d}:{minute:02d}", precision="minute")


def _day(reader: _Reader, text: str) -> ParsedDate:
    """Read a date without time, trying the spellings from the fullest to the barest."""
    vague = _VAGUE.search(text)
    if vague:
        return _vague(reader, text[: vague.start() + 1])
    if match := _YMD.fullmatch(text):
        return _full(reader, match[1], int(match[2]), int(match[3]))
    if match := _YM.fullmatch(text):
        year, month = (part for part in match.groups() if part)
        found = _month(reader, year, int(month))
        return _doubtful_month(reader, found) if re.fullmatch(r"\d{4}\.1", text) else found
    if match := _MD.fullmatch(text):
        return _without_year(reader, int(match[1]), int(match[2]), text)
    if match := _M.fullmatch(text):
        return _without_year(reader, int(match[1]), None, text)
    if reader.month_hint and (match := _D.fullmatch(text)):
        return _without_year(reader, reader.month_hint, int(match[1]), text)
    return _digits(reader, text)


def _digits(reader: _Reader, text: str) -> ParsedDate:
    """Read a year, a run of digits without separators, or refuse."""
    if text.isdecimal() and len(text) == 5 and int(text) in _SERIALS:
        day = excel_serial(int(text)).isoformat()
        return ParsedDate(day, "day", (_warning(reader, "W217", f"按表格日期序号读作 {day}。", "请核对。"),))
    if match := _Y.fullmatch(text):
        return _year(reader, match[1] or match[2])
    if re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", text):
        return _month(reader, text[:4], int(text[4:]))
    if match := _PACKED.fullmatch(text):
        year, month, day = (part for part in match.groups() if part)
        return _full(reader, year, int(month), int(day))
    hint = "请写成 2026-11-03、2026年11月3日，或只写 2026年11月。"
    raise DateError("E211", reader.seen, f"“{reader.seen}”读不出日期。", hint)


def _full(reader: _Reader, year_text: str, month: int, day: int) -> ParsedDate:
    year, warnings = int(year_text), _NONE
    if len(year_text) == 2:
        real_day(2000 + year, month, 1, reader.seen)
        later = (2000 + year, month, day) > (reader.today.year, reader.today.month, reader.today.day)
        year, warnings = _century(reader, year, later=later)
    return ParsedDate(real_day(year, month, day, reader.seen).isoformat(), "day", warnings)


def _month(reader: _Reader, year_text: str, month: int) -> ParsedDate:
    year, warnings = int(year_text), _NONE
    if len(year_text) == 2:
        later = (2000 + year, month) > (reader.today.year, reader.today.month)
        year, warnings = _century(reader, year, later=later)
    real_day(year, month, 1, reader.seen)
    return _partial(reader, PartialDate(year, month), warnings)


def _doubtful_month(reader: _Reader, found: ParsedDate) -> ParsedDate:
    said = _warning(reader, "W213", "可能因小数显示混淆（1月与10月）。", "请对照原表核对。")
    return replace(found, warnings=(*found.warnings, said))


def _year(reader: _Reader, year_text: str) -> ParsedDate:
    year, warnings = int(year_text), _NONE
    if len(year_text) == 2:
        year, warnings = _century(reader, year, later=2000 + year > reader.today.year)
    real_day(year, 1, 1, reader.seen)
    return _partial(reader, PartialDate(year), warnings)


def _without_year(reader: _Reader, month: int, day: int | None, text: str) -> ParsedDate:
    """Complete month and day with the year of title or sheet; without one the words are kept."""
    real_day(reader.year_hint or _LEAP_YEAR, month, 1 if day is None else day, reader.seen)
    if reader.year_hint is None:
        return _kept_raw(reader, "W215", "没有写年份，按原文保留，暂不计入任何月份。", "请补填年份。")
    said = f"没有写年份，按表题或表名补为 {reader.year_hint} 年。"
    warnings: tuple[Problem, ...] = (_warning(reader, "W212", said, "请核对年份。"),)
    if day is not None and re.fullmatch(r"\d{1,2}\.[123]0?", text):
        twin = f"{month}月{day}日与{month}月{day // 10 if day > 9 else day * 10}日"
        warnings += (_warning(reader, "W213", f"可能因小数显示混淆（{twin}）。", "请对照原表核对。"),)
    if day is None:
        return _partial(reader, PartialDate(reader.year_hint, month), warnings)
    return ParsedDate(dt.date(reader.year_hint, month, day).isoformat(), "day", warnings)


def _vague(reader: _Reader, stem: str) -> ParsedDate:
    """Read 2025年3月中旬 or 2025年底: the certain part, and the words as written."""
    found = _day(reader, stem)
    return found if found.precision in ("month", "year", "raw") else _digits(reader, "")


def _partial(reader: _Reader, partial: PartialDate, warnings: tuple[Problem, ...]) -> ParsedDate:
    canonical = partial.text[1:]
    kept = replace(partial, raw="" if reader.seen == canonical else reader.seen)
    missing = "只写到年" if partial.month is None else "只写到月"
    said = _warning(reader, "W215", f"{missing}，补全之前不计入任何月份。", "请补填完整日期。")
    return ParsedDate(kept.text, _precision(partial), (*warnings, said))


def _kept_raw(reader: _Reader, code: str, said: str, hint: str) -> ParsedDate:
    return ParsedDate(PartialDate(raw=reader.seen).text, "raw", (_warning(reader, code, said, hint),))


def _century(reader: _Reader, year: int, *, later: bool) -> tuple[int, tuple[Problem, ...]]:
    full = 1900 + year if later else 2000 + year
    return full, (_warning(reader, "W211", f"只写了两位年份，按 {full} 年读取。", "请核对年份。"),)


def _precision(partial: PartialDate) -> Precision:
    if partial.complete:
        return "day"
    if partial.year is None:
        return "raw"
    return "year" if partial.month is None else "month"


def _warning(reader: _Reader, code: str, said: str, hint: str) -> Problem:
    return Problem(code, reader.seen, f"“{reader.seen}”{said}", hint, severity="warning")
