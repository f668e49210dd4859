"""What the county says of single rows: checked against the rows that came, turned into receipt rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.county.errors import DecisionRefused
from app.registers import registers_by_key
from exports.bundle.receipt import ROW_LABELS, ReceiptRow
from models.county import BundleState
from models.fields import fields_of

if TYPE_CHECKING:
    from exports.bundle.canonical import Json
    from models.records import Row

RETURN_CODE = "R10"
"""退回修改, unless the county names a code of its own."""
_CODE = re.compile(r"[EWR]\d{2,4}[0-9A-Za-z_\-]{0,20}", re.ASCII)
_KNOWN = frozenset({"row_id", "sheet", "row_no", "field", "code", "message", "hint", "expected", "status"})
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_LONGEST = 4000

Verdicts = Mapping[int, list[Mapping[str, Any]]]


def read_verdicts(items: Sequence[Mapping[str, Any]], stored: Sequence[Row]) -> Verdicts:
    """Give what is said of each row, by the row's key; raises DecisionRefused for what is unknown here."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for number, item in enumerate(items, 1):
        if not isinstance(item, Mapping) or (unknown := set(item) - _KNOWN):
            named = f"：{'、'.join(sorted(map(str, unknown)))}" if isinstance(item, Mapping) else ""
            raise DecisionRefused(f"退回清单第 {number} 项有不认识的内容{named}，请按格式填写。")
        row = _row(number, item, stored)
        _check_parts(number, item, row)
        found.setdefault(row["id"], []).append(item)
    return found


def _row(number: int, item: Mapping[str, Any], stored: Sequence[Row]) -> Row:
    wanted = {name: item[name] for name in ("row_id", "sheet", "row_no") if item.get(name) is not None}
    complete = "row_id" in wanted or {"sheet", "row_no"} <= set(wanted)
    fitting = [row for row in stored if all(row[name] == value for name, value in wanted.items())]
    if not complete or not fitting:
        raise DecisionRefused(
            f"退回清单第 {number} 项指的行不在这份报送里，没有开具回执；"
            "请用 row_id，或 sheet 加 row_no 指明。"
        )
    if len(fitting) > 1:
        raise DecisionRefused(f"退回清单第 {number} 项对应几张表里的行，请加写 sheet 指明是哪一张。")
    return fitting[0]


def _check_parts(number: int, item: Mapping[str, Any], row: Row) -> None:
    field = item.get("field")
    if field is not None and str(field).partition(".")[0] not in _fields(row):
        raise DecisionRefused(f"退回清单第 {number} 项的字段“{field}”不属于“{row['sheet']}”，请核对字段名。")
    if not _CODE.fullmatch(str(item.get("code") or RETURN_CODE)):
        raise DecisionRefused(f"退回清单第 {number} 项的代码“{item['code']}”不合规，应如 E203、W301、R10。")
    if str(item.get("status") or "returned") not in ROW_LABELS.keys() - {"accepted"}:
        listed = "、".join(sorted(ROW_LABELS.keys() - {"accepted"}))
        raise DecisionRefused(f"退回清单第 {number} 项的结论“{item['status']}”不认识，可用：{listed}。")
    if not isinstance(item.get("expected"), str | int | bool | None):
        raise DecisionRefused(f"退回清单第 {number} 项的 expected 只能是文字或整数。")


def _fields(row: Row) -> set[str]:
    """Give what a row may be faulted for: the values that came, and the fields of its register."""
    register = registers_by_key().get(row["register"])
    described = set(fields_of(register.entity)) if register is not None else set()
    return described | set(row["cells"] or {})


def verdict_rows(status: BundleState, stored: Iterable[Row], verdicts: Verdicts) -> Iterator[ReceiptRow]:
    """Give a receipt row for each finding, and one for each row that has none, in the order of the sheets."""
    if status in (BundleState.SUPERSEDED, BundleState.DUPLICATE):
        return
    for row in stored:
        named = {
            "row_id": row["row_id"], "rev": row["rev"], "sheet": row["sheet"], "row_no": row["row_no"],
        }  # fmt: skip
        for item in verdicts.get(row["id"], ()):
            yield ReceiptRow(**named, **_finding(item, row))
        if row["id"] not in verdicts:
            yield ReceiptRow(**named, status="accepted")


def _finding(item: Mapping[str, Any], row: Row) -> dict[str, Any]:
    field = item.get("field")
    hint = "".join(str(item[name]) for name in ("message", "hint") if item.get(name))
    return {
        "status": str(item.get("status") or "returned"),
        "code": str(item.get("code") or RETURN_CODE),
        "field": str(field)[:120] if field else None,
        "seen": _scalar((row["cells"] or {}).get(str(field))) if field else None,
        "expected": _scalar(item.get("expected")),
        "hint_zh": _plain(hint)[:1000],
    }


def _scalar(value: Any) -> Json:
    """Give a value as a receipt may carry it; nested values are left out."""
    if isinstance(value, str):
        return _plain(value)[:_LONGEST]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [_plain(one)[:400] for one in value[:200]]
    return value if isinstance(value, bool | int) else None


def _plain(text: str) -> str:
    return _UNSEEN.sub("", text)
