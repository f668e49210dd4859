"""Values of fields as people read them on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models import journal as j
from models.codes import CodeBook
from models.fields import Field, Kind, fields_of
from models.records import Journaled, children_of, entity, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.register import Register
    from models.records import Row

MISSING = {"unknown": "不详", "not_applicable": "不适用", "refused": "拒绝提供"}
INDENT = "  "


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
    missing = row.get("missing") or {}
    lines = []
    for name, field in fields_of(kind).items():
        value = row.get(name)
        text = shown(field, value, codes, titles) or MISSING.get(missing.get(name, ""), "")
        if text:
            lines.append(f"{indent}{field.label}：{text}")
    for child in children_of(kind.__tablename__):
        for number, inner in enumerate(row.get(child.__field__) or [], 1):
            lines.append(f"{indent}{child.__label__} {number}")
            lines += lines_of(child, inner, codes, titles, indent + INDENT)
    return lines


def titles_in(ctx: Context, kind: type[Journaled], rows: Sequence[Row]) -> dict[str, str]:
    """Give what every record is called that these records refer to; one query per table."""
    wanted: dict[str, None] = {}
    for row in rows:
        _gather(kind, row, wanted)
    return titles_of(ctx, list(wanted))


def titles_of(ctx: Context, ids: Sequence[str]) -> dict[str, str]:
    """Give what records (and children) are called, by id."""
    titles: dict[str, str] = {}
    with ctx.ledger.reading() as conn:
        for start in range(0, len(ids), 500):
            part = list(ids[start : start + 500])
            query = sa.select(j.RecordHead.entity, j.RecordHead.record).where(j.RecordHead.record.in_(part))
            by_table: dict[str, list[str]] = {}
            for table, record in conn.execute(query):
                by_table.setdefault(table, []).append(record)
            for table, records in by_table.items():
                titles.update(_titles(conn, table, records))
    return titles


def _titles(conn: sa.Connection, table: str, ids: Sequence[str]) -> dict[str, str]:
    from app.registers import REGISTERS

    kind = entity(table)
    register = next((one for one in REGISTERS if one.entity is kind), None)
    rows = conn.execute(sa.select(table_of(kind)).where(table_of(kind).c.id.in_(ids))).mappings()
    return {row["id"]: _title(register, dict(row)) for row in rows}


def _title(register: Register | None, row: Row) -> str:
    if register is not None:
        return register.title(row)
    return str(row.get("name") or row.get("title") or row["id"])


def _gather(kind: type[Journaled], row: Row, wanted: dict[str, None]) -> None:
    for name, field in fields_of(kind).items():
        if field.kind in (Kind.REFERENCE, Kind.REFERENCES) and row.get(name):
            value = row[name]
            wanted.update(dict.fromkeys(value if isinstance(value, list) else [value]))
    for child in children_of(kind.__tablename__):
        for inner in row.get(child.__field__) or []:
            _gather(child, inner, wanted)
