"""What an import answered, as a workbook to hand back to whoever filled the sheet in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exports.workbook.sheet import CellKind, CellValue, Column, Sheet, Workbook
from exports.workbook.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.context import Context
    from app.sheets.importing import Imported

STATUS = {"added": "新增", "changed": "修改", "same": "已有", "rejected": "未导入"}


def write_report(ctx: Context, done: Imported, out: Path) -> None:
    """Write the problems first, then what became of every row. Errors: OSError."""
    problems = Sheet(
        "问题",
        "导入问题清单",
        (
            Column("sheet", ("工作表",)), Column("row", ("行",), CellKind.INTEGER, width=8),
            Column("column", ("列",), width=8), Column("code", ("代码",), width=10),
            Column("seen", ("原内容",), width=24), Column("message", ("问题",), CellKind.LONG_TEXT, width=48),
            Column("hint", ("怎么改",), CellKind.LONG_TEXT, width=40),
        ),
        _problems(done),
        subtitle=(ctx.ledger.org_name, _summary(done)),
    )  # fmt: skip
    rows = Sheet(
        "各行结果",
        "导入结果",
        (
            Column("sheet", ("工作表",)), Column("row", ("行",), CellKind.INTEGER, width=8),
            Column("status", ("结果",), width=10),
        ),
        [(one.sheet, one.row, STATUS[one.status]) for one in done.rows],
        filtered=True,
    )  # fmt: skip
    write_workbook(Workbook((problems, rows)), out, stamp=ctx.now)


def _problems(done: Imported) -> Iterator[tuple[CellValue, ...]]:
    for sheet, one in done.problems:
        seen = None if one.seen is None else str(one.seen)
        yield (sheet, one.row, one.column, one.code, seen, one.message, one.hint)


def _summary(done: Imported) -> str:
    parts = [f"{label} {done.count(status)} 行" for status, label in STATUS.items()]
    return "，".join(parts) + ("（预演，未写入）" if done.dry_run else "")
