"""Settings of one ledger: defaults from resources, changed by journaled records."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.errors import LedgerError
from models.records import table_of
from models.settings import CodeItem, Setting

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeEntry

Settings = Mapping[str, Any]


class UnknownSetting(LedgerError):
    """No setting has this name."""

    code = "unknown_setting"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的设置项，请用 ybz setting 查看全部设置。")


@cache
def described_settings() -> Mapping[str, Mapping[str, Any]]:
    """Give each setting's label, default, choices and note from ``resources/settings.toml``."""
    text = files("resources").joinpath("settings.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def load_settings(conn: sa.Connection) -> Settings:
    """Read the settings in force: the defaults overlaid by what this ledger keeps."""
    values = {name: item["default"] for name, item in described_settings().items()}
    query = sa.select(Setting.name, Setting.value).where(Setting.void_flag.is_(sa.false()))
    values.update({name: json.loads(value) for name, value in conn.execute(query)})
    return MappingProxyType(values)


def change_setting(ctx: Context, name: str, value: object) -> None:
    """Set one setting; refused when it is unknown or not among its choices."""
    described = described_settings().get(name)
    if described is None:
        raise UnknownSetting(name)
    choices = described.get("choices")
    if choices is not None and value not in choices:
        listed = "、".join(map(str, choices))
        raise LedgerError(f"“{described['label']}”只能取：{listed}。")
    if type(value) is not type(described["default"]):
        raise LedgerError(f"“{described['label']}”的值类型不对，应与默认值 {described['default']!r} 同类。")
    text = json.dumps(value, ensure_ascii=False)
    with ctx.ledger.writing(ctx, "setting", f"修改设置：{described['label']}") as writer:
        stored = writer.select(Setting, name=name)
        if stored:
            writer.update(Setting, stored[0]["id"], {"value": text})
        else:
            writer.create(Setting, {"name": name, "value": text})


def local_codes(conn: sa.Connection) -> dict[str, list[CodeEntry]]:
    """Read the code entries this ledger adds, by list."""
    from models.codes import CodeEntry

    table = table_of(CodeItem)
    query = sa.select(table).where(table.c.void_flag.is_(sa.false())).order_by(table.c.code)
    found: dict[str, list[CodeEntry]] = {}
    for row in conn.execute(query).mappings():
        entry = CodeEntry(
            code=row["code"],
            label=row["label"],
            parent=row["parent"] or "",
            group=row["group"] or "",
            synonyms=tuple(row["synonyms"] or ()),
            note="",
            valid_from=row["valid_from"] or "",
            valid_to=row["valid_to"] or "",
        )
        found.setdefault(row["list_name"], []).append(entry)
    return found
