"""Amounts of money in 分 and counts, as registers write them and as papers print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models.errors import Problem
from models.numerals import CHINESE_NUMERALS, half_width, parse_number

_NOTHING = re.compile(r"[/\\—–―─－-]*|无|没有|空")
_APPROXIMATE = re.compile(
    r"大约|约|近|将近|超过|超|逾|不足|不到|余|多|左右|上下|以上|以下|许|(?<=[十百千万])几|\+"
)
_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|共计|合计|共)*[¥￥]?:?|(?:人民币|RMB|CNY)$", re.IGNORECASE)
_YUAN = re.compile(r"(元|圆|块钱|块)$")
_OWN_UNIT = re.compile(r"[万亿萬億]|\d[千百]")
_SMALL = rf"[{CHINESE_NUMERALS}\d]"
_CHANGE = re.compile(rf"(?P<yuan>.*?)(?:[元圆块](?P<jiao>{_SMALL})[角毛])?零?(?:(?P<fen>{_SMALL})分)?")
_JIAO_ONLY = re.compile(rf"(?P<jiao>{_SMALL})[角毛](?:(?P<fen>{_SMALL})分)?|(?P<only>{_SMALL})分")
_TWICE = re.compile(r"(.+)[(](.+)[)]")
_COUNTERS = re.compile(
    r"(人次|人|名|位|份|件|次|场|户|册|张|本|篇|条|个|部|起|课时|学时|小时|天|日|页|家|辆|台|套|支|所|组|幅|块)$"
)
_UNITS = {"元": 1, "百元": 100, "千元": 1000, "万元": 10**4, "亿元": 10**8}
_ASK_ABOVE = 10**7 * 100  # ten million 元, in 分
_MOST = 10**15  # beyond what anybody owns, and what a ledger column holds in 分
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"


class MoneyError(ValueError):
    """A text that is no amount, or no count; ``problem`` holds the sentence shown to people."""

    def __init__(self, code: str, seen: str, message: str, hint: str) -> None:
        self.problem = Problem(code, seen, message, hint)
        super().__init__(message + hint)


@dataclass(frozen=True)
class ParsedMoney:
    """An amount in 分, None for an empty cell; ``approx`` marks 约, 余, 近 and the like."""

    value: int | None
    approx: bool = False
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ParsedCount:
    """A whole number, None for an empty cell; an ``approx`` one must not feed a statutory column."""

    value: int | None
    approx: bool = False
    warnings: tuple[Problem, ...] = ()


def parse_money(text: str | float, unit: str = "元") -> ParsedMoney:
    """Read an amount; ``unit`` (元, 万元, …) is the column's and applies unless the cell names its own.

    ``/``, ``—`` and 无 are empty, ``0`` is zero. MoneyError if no single amount can be read.
    """
    seen = _seen(text)
    plain = half_width(seen).replace(" ", "")
    if _NOTHING.fullmatch(plain):
        return ParsedMoney(None)
    both = _TWICE.fullmatch(plain)
    if both and _amount(both[1], unit) is not None and _amount(both[1], unit) == _amount(both[2], unit):
        plain = both[1]
    approx = _APPROXIMATE.search(plain) is not None
    yuan = _amount(_APPROXIMATE.sub("", plain), unit)
    if yuan is None or abs(yuan) >= _MOST:
        hint = "请写成一个金额，如 186000 或 18.6万元；范围、单价请另记。"
        raise MoneyError("E221", seen, f"“{seen}”读不出金额。", hint)
    cents = int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return ParsedMoney(cents, approx, tuple(_money_doubts(seen, yuan * 100 - cents, cents, approx=approx)))


def parse_count(text: str | float) -> ParsedCount:
    """Read a number of people, copies or events: 2000余人, 约300, 5万余份, 十二, 1.2万, 10w+.

    ``/``, ``—`` and 无 are empty, ``0`` is zero. MoneyError if no whole number can be read.
    """
    seen = _seen(text)
    plain = half_width(seen).replace(" ", "")
    if _NOTHING.fullmatch(plain):
        return ParsedCount(None)
    approx = _APPROXIMATE.search(plain) is not None
    bare = _COUNTERS.sub("", _APPROXIMATE.sub("", plain)).lower()
    number = parse_number(bare.replace("w", "万").replace("k", "千"))
    if number is None or number != number.to_integral_value():
        raise MoneyError("E222", seen, f"“{seen}”读不出整数。", "请写成一个整数，如 300；约数请写“约300”。")
    said = (_warning("W221", seen, "是约数，不直接计入报表。", "请核实准确数字。"),) if approx else ()
    return ParsedCount(int(number), approx, said)


def format_yuan(cents: int) -> str:
    """Give an amount in 元 with two decimals and thousands marked, without the unit: 186,000.00."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def format_wan(cents: int) -> str:
    """Give an amount in 万元 with two decimals, half rounded up, without the unit: 18.60."""
    return str((Decimal(cents) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP) + 0)


def capital(cents: int) -> str:
    """Give an amount in banking capitals, as 壹拾捌万陆仟元整 (《支付结算办法》附一)."""
    if cents < 0:
        return "负" + capital(-cents)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    whole = f"{_capital_number(yuan)}元" if yuan or not cents else ""
    if not jiao and not fen:
        return f"{whole}整"
    tenths = f"{_CAPITALS[jiao]}角" if jiao else ("零" if yuan else "")
    return whole + tenths + (f"{_CAPITALS[fen]}分" if fen else "")


def _capital_number(number: int) -> str:
    """Give a whole number in capitals, with 零 wherever places inside it are empty."""
    if number < 10**4:
        return _capital_section(number) or "零"
    unit, factor = ("亿", 10**8) if number >= 10**8 else ("万", 10**4)
    high, low = divmod(number, factor)
    gap = "零" if low and low < factor // 10 else ""
    return _capital_number(high) + unit + gap + (_capital_number(low) if low else "")


def _capital_section(number: int) -> str:
    """Give a number below 10 000 in capitals, empty for zero."""
    text = ""
    for unit, factor in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
        digit = number // factor % 10
        if digit:
            text += _CAPITALS[digit] + unit
        elif text and not text.endswith("零") and number % factor:
            text += "零"
    return text


def _amount(text: str, unit: str) -> Decimal | None:
    """Give the 元 a plain amount says, or None."""
    bare = _CURRENCY.sub("", text.rstrip("整正")).strip()
    change = _change(bare)
    if change is not None:
        return change
    number = parse_number(_YUAN.sub("", bare))
    if number is None:
        return None
    own = _YUAN.search(bare) or _OWN_UNIT.search(bare)
    return number if own else number * _factor(unit)


def _change(text: str) -> Decimal | None:
    """Give the 元 of an amount written with 角 and 分, or None if it has neither."""
    small = _JIAO_ONLY.fullmatch(text)
    match = small or _CHANGE.fullmatch(text)
    if match is None or not re.search(r"[角毛分]$", text):
        return None
    yuan = Decimal(0) if small else parse_number(match["yuan"].rstrip("元圆块").rstrip("零"))
    fen = match["fen"] or (small["only"] if small else None)
    parts = [(match["jiao"], Decimal("0.1")), (fen, Decimal("0.01"))]
    values = [(parse_number(mark), weight) for mark, weight in parts if mark]
    if yuan is None or any(value is None for value, _ in values):
        return None
    return yuan + sum(((value or 0) * weight for value, weight in values), Decimal(0))


def _factor(unit: str) -> int:
    if unit not in _UNITS:
        raise ValueError(f"unknown unit of money: {unit}")
    return _UNITS[unit]


def _money_doubts(seen: str, lost: Decimal, cents: int, *, approx: bool) -> list[Problem]:
    doubts = []
    if approx:
        doubts.append(_warning("W221", seen, "是约数。", "请核实准确金额。"))
    if cents > _ASK_ABOVE:
        said = f"读作 {format_yuan(cents)} 元，超过 1000 万元。"
        doubts.append(_warning("W222", seen, said, "请核对单位是“元”还是“万元”。"))
    if abs(lost) > Decimal("0.001"):
        doubts.append(_warning("W223", seen, "不足一分的部分已四舍五入。", "请核对金额。"))
    return doubts


def _seen(text: str | float) -> str:
    """Give a number cell as the fifteen digits a spreadsheet really holds."""
    return text.strip() if isinstance(text, str) else f"{Decimal(f'{text:.15g}'):f}"


def _warning(code: str, seen: str, said: str, hint: str) -> Problem:
    return Problem(code, seen, f"“{seen}”{said}", hint, severity="warning")
