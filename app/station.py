"""What a station sets up for itself and keeps in its ledger: its own code entries (villages, grids)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.register import Register, joined
from models.errors import Problem
from models.settings import CodeItem

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row


def _title(row: Row) -> str:
    return f"{joined(row['label'])}（{joined(row['list_name'], row['code'], by=' ')}）"


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:
    for name, label in (("list_name", "代码表"), ("code", "代码"), ("label", "名称")):
        if not row[name]:
            yield Problem("E301", None, f"代码条目的“{label}”不能写不详。", "请补填。", field=name)
    if row["list_name"] and row["list_name"] not in ctx.codes:
        yield Problem(
            code="E203", seen=row["list_name"], field="list_name", message="没有这个代码表。",
            hint="请用 ybz registers 查看字段所用的代码表名称，例如 village、grid、sub_type。",
        )  # fmt: skip


CODE_ENTRY = Register(
    key="code_entry",
    label="代码条目",
    slice="station",
    entity=CodeItem,
    title=_title,
    day="valid_from",
    list_columns=("list_name", "code", "label", "parent"),
    unique=(("list_name", "code"),),
    examine=_examine,
    settings_only=True,
)

REGISTERS = (CODE_ENTRY,)
