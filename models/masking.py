"""What of a sensitive value may be shown where: one function for lists, printing, exports and logs.

Levels: ``L1`` lists on the station's own screen, ``L2`` paper and files that leave the station, ``L3``
anything public. Masking is one way: the answer never holds a part of the value that its level hides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.dates import DateError, age_on, judicial_age_on, parse_partial
from models.names import MIDDLE_DOT, split_surname, starts_han

Level = Literal["L1", "L2", "L3"]
HIDDEN = "（已隐藏）"
_LEVELS = ("L1", "L2", "L3")
_RESIDENT_NUMBER = re.compile(r"\d{17}[\dXx]")
_PHONE = re.compile(r"\d[\d\- ]{5,}\d")
_TOWN = re.compile(r"[^\d号]+?(?:镇|乡|街道|苏木)")
_VILLAGE = re.compile(r"[^\d号]+?(?:村民委员会|居民委员会|村委会|居委会|社区|嘎查|村)")
_COUNTY = re.compile(
    r"(?:[^省市县区]{2,8}(?:省|自治区|特别行政区))?"
    r"(?:[^省市县区镇乡村路]{2,10}(?:市|自治州|地区|盟))?"
    r"(?:[^省市县区镇乡村路街\d]{1,12}(?<![社小园校厂])(?:自治县|县|区|市|旗))?"
)
_ADULT = 18


class UnknownKind(ValueError):
    """Masking was asked for a kind or level it does not know; nothing may be shown then."""

    def __init__(self, kind: str, level: str) -> None:
        super().__init__(f"不知道如何遮盖“{kind}”（{level}），未予显示。")


@dataclass(frozen=True)
class _Case:
    """One value to mask and what decides how."""

    text: str
    level: Level
    minor: bool
    today: dt.date | None


def mask(kind: str, value: object, level: Level, *, minor: bool = False, today: dt.date | None = None) -> str:
    """Give what a level may show of a value, empty where it shows nothing.

    ``kind`` is a sensitivity (``name``, ``phone``, ``address``, ``id_number``, ``birth_date``, ``bank_card``,
    ``sensitive``, ``normal``) or ``passport``; ``minor`` marks a person under 18, whose name is hidden more.
    With ``today`` the public level may tell sex and age instead of number and birth date.
    """
    masker = _MASKERS.get(kind)
    if masker is None or level not in _LEVELS:
        raise UnknownKind(kind, level)
    if value is None or value == "":
        return ""
    return masker(_Case(str(value).strip(), level, minor, today))


def _normal(case: _Case) -> str:
    return case.text


def _sensitive(case: _Case) -> str:
    return HIDDEN if case.level == "L1" else ""


def _name(case: _Case) -> str:
    surname, given = split_surname(case.text)
    if case.level == "L3":
        return "某未成年人" if case.minor else f"{surname[:1] if not given else surname}某"
    if case.minor:
        return f"{surname}**"
    if case.level == "L1":
        return case.text
    if not starts_han(case.text) or MIDDLE_DOT in case.text or " " in case.text:
        return f"{case.text[0]}***"
    if len(surname) > 1 or not given:
        return f"{surname}**" if given else f"{surname}*"
    return f"{surname}*" if len(given) == 1 else f"{surname}{'*' * (len(given) - 1)}{given[-1]}"


def _phone(case: _Case) -> str:
    if case.level == "L3":
        return ""
    return "、".join(_one_phone(match) for match in _PHONE.finditer(case.text)) or "****"


def _one_phone(match: re.Match[str]) -> str:
    """Hide the middle of a mobile number, or the first digits of a landline after its area code."""
    number = re.sub(r"[\- ]", "", match[0])
    if len(number) == 11 and number.startswith("1"):
        return f"{number[:3]}****{number[-4:]}"
    area = match[0].partition("-")[0] if match[0].startswith("0") and "-" in match[0] else ""
    return f"{area}-****{number[-3:]}" if area else f"****{number[-3:]}"


def _address(case: _Case) -> str:
    if case.level == "L1":
        return case.text
    county = _COUNTY.match(case.text)
    to_county = county[0] if county else ""
    if case.level == "L3":
        return to_county
    rest = case.text[len(to_county) :]
    town = _TOWN.match(rest)
    to_town = town[0] if town else ""
    village = _VILLAGE.match(rest[len(to_town) :])
    return to_county + to_town + (village[0] if village else "")


def _id_number(case: _Case) -> str:
    text = case.text
    resident = _RESIDENT_NUMBER.fullmatch(text) is not None
    if case.level == "L3":
        return _sex_and_age(text, case.today) if resident and case.today else ""
    if resident:
        return f"{text[:6]}********{text[-4:]}" if case.level == "L1" else f"{text[:4]}{'*' * 12}{text[-2:]}"
    return _ends(text)


def _sex_and_age(number: str, today: dt.date) -> str:
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return ""
    return f"{'男' if int(number[16]) % 2 else '女'}，{age_on(birth, today)}岁"


def _passport(case: _Case) -> str:
    return "" if case.level == "L3" else _ends(case.text)


def _ends(text: str) -> str:
    """Keep the first and last two marks, and nothing of a number too short to hide anything."""
    if len(text) < 6:
        return "*" * len(text)
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"


def _bank_card(case: _Case) -> str:
    if case.level == "L3":
        return ""
    return f"****{case.text[-4:]}" if len(case.text) >= 12 else "****"


def _birth_date(case: _Case) -> str:
    try:
        birth = parse_partial(case.text[:10] if "T" in case.text else case.text)
    except DateError:
        return ""
    if case.level == "L1":
        return birth.label
    if case.level == "L2":
        return "" if birth.year is None else f"{birth.year}年"
    if case.today is None or not birth.complete:
        return ""
    return _age_group(dt.date.fromisoformat(birth.text), case.today)


def _age_group(birth: dt.date, today: dt.date) -> str:
    if judicial_age_on(birth, today) < _ADULT:
        return "未成年人"
    decade = age_on(birth, today) // 10 * 10
    return "18—19岁" if decade < 20 else f"{decade}—{decade + 9}岁"


_MASKERS: Mapping[str, Callable[[_Case], str]] = MappingProxyType(
    {
        "normal": _normal,
        "name": _name,
        "phone": _phone,
        "address": _address,
        "id_number": _id_number,
        "birth_date": _birth_date,
        "bank_card": _bank_card,
        "sensitive": _sensitive,
        "passport": _passport,
    }
)
