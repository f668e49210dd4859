"""Reading what a person or a file gives for a field: one small function per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from models.clock import is_id
from models.dates import DateError, is_partial, parse_date, parse_moment
from models.errors import Problem
from models.fields import Field, Kind
from models.money import parse_money

if TYPE_CHECKING:
    from app.context import Context

MISSING_REASONS = ("unknown", "not_applicable", "refused")
LARGEST = 2**63  # what a column of whole numbers holds
DIGITS = 20
TRUE_WORDS = frozenset({"是", "有", "√", "✓", "1", "true", "yes", "y", "对"})
FALSE_WORDS = frozenset({"否", "无", "×", "0", "false", "no", "n", "/"})


class BadValueError(ValueError):
    """A value a field cannot take: stable code, sentence and hint."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def read_value(field: Field, raw: object, ctx: Context) -> tuple[Any, Problem | None]:
    """Turn what was given into the canonical value of the field, or say what is wrong with it.

    None and empty text are no value; {"missing": reason} says why there is none. References by name are
    left as they are: `app.records` looks them up.
    """
    if raw is None or raw == "" or raw == []:
        return None, None
    if not isinstance(raw, str) and isinstance(raw, Mapping):
        return _read_missing(field, raw)
    try:
        value = _READERS[field.kind](field, raw, ctx)
        _check_range(field, value)
    except BadValueError as bad:
        return None, _problem(field, raw, bad)
    return value, None


def _problem(field: Field, raw: object, bad: BadValueError) -> Problem:
    return Problem(
        code=bad.code, seen=raw, field=field.name, message=f"“{field.label}”{bad.message}", hint=bad.hint
    )


def _read_missing(field: Field, raw: Mapping[str, object]) -> tuple[Any, Problem | None]:
    if set(raw) == {"missing"} and raw["missing"] in MISSING_REASONS:
        return dict(raw), None
    bad = BadValueError(
        "E201", "的写法不对。", '留空原因应写作 {"missing": "unknown"}（不详、不适用、拒答）。'
    )
    return None, _problem(field, dict(raw), bad)


def _text(field: Field, raw: object, ctx: Context) -> str | None:  # noqa: ARG001
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadValueError("E201", "应为文字。", "请填写文字。")
    if field.search in ("id_no", "phone") and isinstance(raw, float):
        raise BadValueError("E201", "被当作数字，后几位已丢失。", "请以文本格式重新填写。")
    return str(raw).strip() or None


def _integer(field: Field, raw: object, ctx: Context) -> int:  # noqa: ARG001
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, str) and raw.strip().removeprefix("-").isdecimal() and len(raw.strip()) <= DIGITS:
        return int(raw)
    raise BadValueError("E201", "应为整数。", "请填写不带单位的整数，例如 12。")


def _decimal(field: Field, raw: object, ctx: Context) -> int:  # noqa: ARG001
    from decimal import Decimal, InvalidOperation

    try:
        if isinstance(raw, bool):
            raise InvalidOperation
        scaled = Decimal(str(raw)).scaleb(field.scale)
        if not scaled.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise BadValueError("E201", "应为数字。", "请填写数字，例如 1.5。") from None
    if scaled != scaled.to_integral_value():
        raise BadValueError("E201", f"最多保留 {field.scale} 位小数。", "请减少小数位数。")
    return int(scaled)


def _money(field: Field, raw: object, ctx: Context) -> int | None:  # noqa: ARG001
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        try:
            return parse_money(raw).value
        except ValueError as error:
            raise BadValueError("E201", "不是金额。", f"{error}") from None
    raise BadValueError("E201", "应为以分为单位的整数。", "例如 18.6 万元写作 18600000，或写作“18.6万元”。")


def _date(field: Field, raw: object, ctx: Context) -> str:  # noqa: ARG001
    if not isinstance(raw, str):
        raise BadValueError("E202", "应为日期。", "请写作 2026-11-23。")
    if (len(raw) == 10 and raw[4] == raw[7] == "-") or not is_partial(raw):
        try:
            return parse_date(raw, ctx.today).value
        except DateError as error:
            raise BadValueError("E202", "不是有效日期。", f"{error}") from None
    return raw


def _moment(field: Field, raw: object, ctx: Context) -> str:  # noqa: ARG001
    if not isinstance(raw, str):
        raise BadValueError("E202", "应为日期和时间。", "请写作 2026-11-23 09:30。")
    try:
        return parse_moment(raw, ctx.today)
    except DateError as error:
        raise BadValueError("E202", "不是有效的日期和时间。", f"{error}") from None


def _yes_no(field: Field, raw: object, ctx: Context) -> bool:  # noqa: ARG001
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise BadValueError("E201", "只能填是或否。", "请填写“是”或“否”。")


def _code(field: Field, raw: object, ctx: Context) -> str:
    codes = ctx.codes[field.codes or ""]
    entry = codes.find(raw.strip()) if isinstance(raw, str) else None
    if entry is None:
        labels = [item.label for item in codes.choices(None)]
        some = "、".join(labels[:8]) + ("等" if len(labels) > 8 else "")
        hint = (
            f"可填：{some}。"
            if labels
            else f"代码表“{codes.name}”还没有条目，请先添加（ybz add code_entry）。"
        )
        raise BadValueError("E203", f"没有“{raw}”这一项。", hint)
    return entry.code


def _codes(field: Field, raw: object, ctx: Context) -> list[str]:
    items = raw.replace("，", "、").split("、") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise BadValueError("E201", "应为若干选项。", "多个选项用顿号分开。")
    return list(dict.fromkeys(_code(field, item, ctx) for item in items))


def _texts(field: Field, raw: object, ctx: Context) -> list[str]:  # noqa: ARG001
    items = raw.split("\n") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise BadValueError("E201", "应为若干条文字。", "请一条写一行。")
    return [item.strip() for item in items if item.strip()]


def _reference(field: Field, raw: object, ctx: Context) -> str:  # noqa: ARG001
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise BadValueError("E201", "应为一条记录。", "请写编号或姓名。")
    return raw.strip()


def _references(field: Field, raw: object, ctx: Context) -> list[str]:
    items = raw.replace("，", "、").split("、") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise BadValueError("E201", "应为若干条记录。", "请写编号或姓名，用顿号分开。")
    return [_reference(field, item, ctx) for item in items]


def _check_range(field: Field, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        return
    if not -LARGEST <= value < LARGEST:
        raise BadValueError("E302", "数字太大。", "请核对数字。")
    low, high = field.minimum, field.maximum
    if low is not None and value < low:
        raise BadValueError("E302", f"不能小于 {low}。", "请核对数字。")
    if high is not None and value > high:
        raise BadValueError("E302", f"不能大于 {high}。", "请核对数字。")


def is_record_id(value: object) -> bool:
    """Tell whether a reference already is a record id."""
    return isinstance(value, str) and is_id(value)


_READERS: Mapping[Kind, Callable[[Field, Any, Context], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.PARTIAL_DATE: _date,
    Kind.DATETIME: _moment,
    Kind.YES_NO: _yes_no,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.TEXTS: _texts,
    Kind.REFERENCE: _reference,
    Kind.REFERENCES: _references,
    Kind.FILE: _reference,
}
