"""Values of fields as people read them on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.codes import CodeBook
from models.fields import Field, Kind, fields_of
from models.records import Journaled, children_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

MISSING = {"unknown": "不详", "not_applicable": "不适用", "refused": "拒绝提供"}
INDENT = "  "


def shown_of(row: Row, field: Field, codes: CodeBook, titles: Mapping[str, str]) -> str:
    """Give what a record says in a field: its value in words, or why there is none."""
    reason = (row.get("missing") or {}).get(field.name, "")
    return shown(field, row.get(field.name), codes, titles) or MISSING.get(reason, "")


def shown(field: Field, value: Any, codes: CodeBook, titles: Mapping[str, str]) -> str:
    """Give one value in words: labels for codes, titles for references, units after numbers."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return "、".join(_one(field, item, codes, titles) for item in value)
    return _one(field, value, codes, titles)


def _one(field: Field, value: Any, codes: CodeBook, titles: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        return MISSING.get(str(value.get("missing")), "")
    if field.codes is not None and field.codes in codes:
        return codes[field.codes].label(str(value))
    if field.kind in (Kind.REFERENCE, Kind.REFERENCES):
        return titles.get(str(value), str(value))
    if field.kind is Kind.MONEY and isinstance(value, int):
        from models.money import format_yuan

        return f"{format_yuan(value)} 元"
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.kind is Kind.DECIMAL and isinstance(value, int):
        value = f"{value / 10**field.scale:.{field.scale}f}"
    if field.kind in (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME):
        return _date(str(value))
    return f"{value} {field.unit}" if field.unit and isinstance(value, int) else str(value)


def _date(value: str) -> str:
    if value.startswith("~"):
        known, _, raw = value[1:].partition("~")
        return raw or known
    return value.replace("T", " ")


def lines_of(
    kind: type[Journaled], row: Row, codes: CodeBook, titles: Mapping[str, str], indent: str = ""
) -> list[str]:
    """Give the filled fields of a record, its children indented below."""
    lines = []
    for field in fields_of(kind).values():
        text = shown_of(row, field, codes, titles)
        if text:
            lines.append(f"{indent}{field.label}：{text}")
    for child in children_of(kind.__tablename__):
        for number, inner in enumerate(row.get(child.__field__) or [], 1):
            lines.append(f"{indent}{child.__label__} {number}")
            lines += lines_of(child, inner, codes, titles, indent + INDENT)
    return lines


def titles_in(ctx: Context, kind: type[Journaled], rows: Sequence[Row]) -> dict[str, str]:
    """Give what every record is called that these records refer to."""
    from app import naming

    with ctx.ledger.reading() as conn:
        return naming.titles_in(conn, kind, rows)
