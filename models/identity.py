"""Numbers of identity documents and organisations: checked in the standard's order, never repaired silently.

Resident numbers follow GB 11643 (layout AAAAAA YYYYMMDD SSS C); the residence permits of 港澳台 residents and
the 2023 permanent residence card share its check digit. Organisation codes follow GB 32100-2015.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from types import MappingProxyType

from models.dates import age_on
from models.errors import Problem
from models.numerals import half_width

RESIDENT, HONGKONG_MACAO_PERMIT, TAIWAN_PERMIT, FOREIGN_RESIDENT = "111", "812", "813", "553"
MALE, FEMALE = "1", "2"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_MARKS = "10X98765432"
_EARLIEST_YEAR, _LONGEST_LIFE = 1840, 120
_LONGEST_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
LENGTH = 18
_EIGHTEEN = re.compile(r"\d{17}[\dX]")
_FIFTEEN = re.compile(r"\d{15}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+|\d{16,}\.0*")
_QUOTE_MARKS = re.compile(r"[\s'’‘`\"]")
_WRONG_X = re.compile(r"[×*✕╳＊]")
_CENTENARIAN = ("996", "997", "998", "999")

DOCUMENTS = MappingProxyType(
    {
        RESIDENT: "居民身份证",
        "112": "临时居民身份证",
        "113": "户口簿",
        "114": "军官证、士兵证",
        "414": "普通护照",
        "516": "港澳居民来往内地通行证",
        "511": "台湾居民来往大陆通行证",
        HONGKONG_MACAO_PERMIT: "港澳居民居住证",
        TAIWAN_PERMIT: "台湾居民居住证",
        FOREIGN_RESIDENT: "外国人永久居留身份证",
        "414F": "外国护照",
        "990": "其他证件",
    }
)
_LIKE_RESIDENT = frozenset({RESIDENT, "112", "113", HONGKONG_MACAO_PERMIT, TAIWAN_PERMIT})
_FORMS = MappingProxyType(
    {
        "414": (re.compile(r"[EG]\d{8}|E[A-Z]\d{7}|[DSP]\d{7,8}|[DSP]E\d{7}"), "如 E12345678"),
        "516": (re.compile(r"[HM]\d{8}(?:\d{2})?"), "H 或 M 后接 8 位数字"),
        "511": (re.compile(r"\d{8}|\d{10}[A-Z]?"), "8 位数字"),
        FOREIGN_RESIDENT: (re.compile(r"[A-Z]{3}\d{12}"), "3 个字母后接 12 位数字，或 9 开头的 18 位"),
        "414F": (re.compile(r"[A-Z0-9]{5,20}"), "5 至 20 位字母或数字"),
        "114": (re.compile(r".{2,40}"), "按证件填写"),
        "990": (re.compile(r".{1,40}"), "按证件填写"),
    }
)
_PROVINCES = frozenset(
    str(region)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for region in range(first, last + 1)
)
_CREDIT_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_FORM = re.compile(rf"[1-9A-HJ-NP-Y][1-59]\d{{6}}[{_CREDIT_MARKS}]{{9}}[{_CREDIT_MARKS}]")


@dataclass(frozen=True)
class IdCheck:
    """What a document number says: ``number`` normalised (18 digits where it applies), ``raw`` as given.

    ``sex`` is the code 1 男 or 2 女, ``birth_date`` the day as ``YYYY-MM-DD``, ``region`` the address code of
    six digits; all empty where the document does not tell or the number is refused.
    """

    number: str
    raw: str
    doc_type: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    sex: str = ""
    birth_date: str = ""
    region: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the number may be kept as it is."""
        return not self.errors

    @property
    def may_override(self) -> bool:
        """Tell whether only the check digit is wrong, as on a real card issued with a wrong number."""
        return bool(self.errors) and all(found.code == "E236" for found in self.errors)


@dataclass(frozen=True)
class CreditCodeCheck:
    """A unified social credit code, normalised, and what is wrong with it."""

    code: str
    raw: str
    errors: tuple[Problem, ...] = ()


@dataclass
class _Findings:
    """The findings on one number while it is being checked."""

    raw: str
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, message: str, hint: str) -> None:
        self.errors.append(Problem(code, self.raw, message, hint))

    def doubt(self, code: str, message: str, hint: str) -> None:
        self.warnings.append(Problem(code, self.raw, message, hint, severity="warning"))


def check_digit(first_seventeen: str) -> str:
    """Give the last mark of an 18-digit number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_seventeen, strict=True))
    return _CHECK_MARKS[total % 11]


def normalise_number(text: str) -> str:
    """Give a document number in plain half-width capitals without blanks or quote marks."""
    return _QUOTE_MARKS.sub("", half_width(text)).upper()


def check_cell(
    value: str | float, doc_type: str | None = None, *, today: dt.date, sex: str = "", birth_date: str = ""
) -> IdCheck:
    """Check the number in a spreadsheet cell; a number cell of 16 digits or more has lost its last ones."""
    if isinstance(value, str):
        return check_id(value, doc_type, today=today, sex=sex, birth_date=birth_date)
    if abs(value) >= _LONGEST_EXACT:
        findings = _Findings(repr(value))
        _damaged(findings)
        return IdCheck("", findings.raw, doc_type or RESIDENT, tuple(findings.errors))
    return check_id(f"{value:.15g}", doc_type, today=today, sex=sex, birth_date=birth_date)


def check_id(
    raw: str, doc_type: str | None = None, *, today: dt.date, sex: str = "", birth_date: str = ""
) -> IdCheck:
    """Check a document number; without ``doc_type`` the kind is told from the number.

    ``sex`` (1 or 2) and ``birth_date`` (``YYYY-MM-DD``) are what else is known and only lead to warnings.
    """
    number, findings = normalise_number(raw), _Findings(raw)
    kind = doc_type or _kind_of(number)
    if kind != "990" and _SCIENTIFIC.fullmatch(number):
        _damaged(findings)
    elif kind in _LIKE_RESIDENT or (kind == FOREIGN_RESIDENT and number.startswith("9")):
        number = _check_resident(number, kind, findings, today)
        if not findings.errors:
            return _told(number, kind, findings, sex, birth_date)
    else:
        _check_form(number, kind, findings)
    return IdCheck(number, raw, kind, tuple(findings.errors), tuple(findings.warnings))


def check_credit_code(raw: str) -> CreditCodeCheck:
    """Check a unified social credit code of an organisation (GB 32100-2015)."""
    code, findings = normalise_number(raw), _Findings(raw)
    if _CREDIT_FORM.fullmatch(code) is None:
        findings.refuse(
            "E238", "统一社会信用代码应为 18 位数字和大写字母（不用 I、O、S、V、Z）。", "请核对原件。"
        )
    else:
        total = sum(_CREDIT_MARKS.index(mark) * pow(3, place, 31) for place, mark in enumerate(code[:17]))
        if _CREDIT_MARKS[-total % 31] != code[17]:
            findings.refuse("E239", "统一社会信用代码的校验位不对。", "请核对原件。")
    return CreditCodeCheck(code, raw, tuple(findings.errors))


def _kind_of(number: str) -> str:
    if re.fullmatch(r"8[12]\d{16}|8[12]\d{15}X", number):
        return HONGKONG_MACAO_PERMIT
    if re.fullmatch(r"83\d{15}[\dX]", number):
        return TAIWAN_PERMIT
    if re.fullmatch(r"9\d{16}[\dX]|[A-Z]{3}\d{12}", number):
        return FOREIGN_RESIDENT
    for kind in ("516", "414"):
        if _FORMS[kind][0].fullmatch(number):
            return kind
    return RESIDENT


def _check_form(number: str, kind: str, findings: _Findings) -> None:
    if kind not in _FORMS:
        findings.refuse("E237", f"没有代码为“{kind}”的证件类型。", "请从证件类型表中选择。")
        return
    form, looks = _FORMS[kind]
    if form.fullmatch(number) is None:
        findings.refuse("E237", f"不像{DOCUMENTS[kind]}的号码。", f"正确的样式：{looks}。")


def _what_is_off(number: str) -> str:
    if not number:
        return "没有填写"
    if len(number) != LENGTH:
        return f"是 {len(number)} 位"
    place, char = next((n, c) for n, c in enumerate(number, 1) if not (c.isascii() and c.isdecimal()))
    return f"第 {place} 位是“{char}”"


def _check_resident(number: str, kind: str, findings: _Findings, today: dt.date) -> str:
    """Check in the order of the standard and give the number in its 18-digit form."""
    if _WRONG_X.search(findings.raw):
        findings.refuse("E232", "号码里有“×”或“*”。", "末位是字母 X 的请输入字母 X；被遮盖的号码请补全。")
        return number
    if _FIFTEEN.fullmatch(number) and kind in (RESIDENT, "112", "113"):
        number = _lengthened(number, findings)
    if _EIGHTEEN.fullmatch(number) is None:
        message = f"证件号码应为 18 位数字（末位可为 X），现在{_what_is_off(number)}。"
        findings.refuse("E231", message, "请对照证件重新填写。")
        return number
    _check_birth(number, findings, today)
    _check_region(number, kind, findings)
    _check_last(number, findings)
    return number


def _lengthened(number: str, findings: _Findings) -> str:
    longer = number[:6] + "19" + number[6:]
    doubt = "可能生于 19 世纪，" if number[12:] in _CENTENARIAN else ""
    findings.doubt("W231", f"是 15 位旧号码，已换算为 18 位，{doubt}需人工核。", "请对照新证件核对。")
    return longer + check_digit(longer)


def _check_birth(number: str, findings: _Findings, today: dt.date) -> None:
    text = f"{number[6:10]}年{number[10:12]}月{number[12:14]}日"
    try:
        birth = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        findings.refuse("E234", f"号码中的出生日期 {text} 不存在。", "请对照证件重新填写。")
        return
    if birth > today or birth.year < _EARLIEST_YEAR:
        limit = "晚于今天" if birth > today else f"早于 {_EARLIEST_YEAR} 年"
        findings.refuse("E235", f"号码中的出生日期 {text} {limit}。", "请对照证件重新填写。")
    elif age_on(birth, today) > _LONGEST_LIFE:
        findings.doubt("W233", f"按号码已满 {age_on(birth, today)} 岁。", "请核对号码。")


def _check_region(number: str, kind: str, findings: _Findings) -> None:
    if kind == FOREIGN_RESIDENT:
        return
    prefixes = {HONGKONG_MACAO_PERMIT: ("810000", "820000"), TAIWAN_PERMIT: ("830000",)}.get(kind)
    if prefixes is not None:
        if not number.startswith(prefixes):
            wanted = "或".join(prefixes)
            findings.refuse("E237", f"{DOCUMENTS[kind]}的号码应以 {wanted} 开头。", "请核对证件类型和号码。")
    elif number[:2] not in _PROVINCES:
        findings.doubt("W234", f"地址码 {number[:6]} 不在省级行政区划代码之内。", "请对照证件核对前六位。")
    elif number[:6] in ("810000", "820000", "830000"):
        findings.doubt("W238", "号码像港澳台居民居住证。", "请核对证件类型。")


def _check_last(number: str, findings: _Findings) -> None:
    wanted = check_digit(number[:17])
    if wanted == number[17]:
        if number.endswith("000"):
            findings.doubt(
                "W232", "号码以 000 结尾，可能被表格软件改过，需人工核。", "请对照证件核对后三位。"
            )
    elif number.endswith("000"):
        _damaged(findings)
    else:
        findings.refuse("E236", "号码的校验位不对，至少有一位写错。", "请对照证件逐位核对。")


def _damaged(findings: _Findings) -> None:
    findings.refuse("E233", "身份证号被 Excel 转为数字，后三位已丢失。", "请以文本格式重新填写。")


def _told(number: str, kind: str, findings: _Findings, sex: str, birth_date: str) -> IdCheck:
    """Give the result of an accepted number, with what it says compared to what else is known."""
    own_sex = MALE if int(number[16]) % 2 else FEMALE
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    if sex in (MALE, FEMALE) and sex != own_sex:
        findings.doubt("W235", "填写的性别与证件号码不符。", "请核对性别和号码。")
    if birth_date and birth_date != birth:
        findings.doubt("W236", f"填写的出生日期与证件号码（{birth}）不符。", "请核对出生日期和号码。")
    return IdCheck(number, findings.raw, kind, (), tuple(findings.warnings), own_sex, birth, number[:6])
