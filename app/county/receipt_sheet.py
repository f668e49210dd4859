"""The receipt as a sheet: what was decided, which rows come back and why, and a line to sign and stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.registers import REGISTERS
from exports.bundle.container import short_code
from exports.bundle.receipt import ROW_LABELS, STATUS_LABELS
from exports.workbook.sheet import CellKind, CellValue, Column, PrintSetup, Sheet, Workbook
from models.fields import fields_of

if TYPE_CHECKING:
    from app.context import Context
    from exports.bundle.receipt import Receipt, ReceiptRow
    from models.records import Row

_SEAL = "经办人：　　　　　　　　负责人：　　　　　　　　单位（盖章）：　　　　　　　　　　年　　月　　日"
_COLUMNS = (
    Column("sheet", ("表",), width=18),
    Column("row_no", ("行号",), CellKind.INTEGER, width=7),
    Column("status", ("结论",), width=8, centred=True),
    Column("code", ("代码",), width=8),
    Column("field", ("项目",), width=16),
    Column("seen", ("所填",), CellKind.LONG_TEXT, width=22),
    Column("expected", ("应为",), CellKind.LONG_TEXT, width=18),
    Column("hint", ("意见",), CellKind.LONG_TEXT, width=36),
    Column("row_id", ("行标识",), width=38),
)


def receipt_workbook(ctx: Context, receipt: Receipt, station: str, bundle: Row) -> Workbook:
    """Give the workbook: the receipt with the rows that come back, and the verdict on every row."""
    returned = [row for row in receipt.rows if row.status != "accepted"]
    facts = _facts(ctx, receipt, station, bundle, len(returned))
    front = Sheet(
        name="回执",
        title=f"{ctx.ledger.org_name}月报回执",
        columns=(
            Column("item", ("项目",), width=18),
            Column("content", ("内容",), CellKind.LONG_TEXT, width=62),
        ),
        rows=facts,
        subtitle=(f"回执序号：{receipt.county_seq}", f"开具日期：{ctx.today.isoformat()}"),
        footer=(_SEAL,),
        printing=PrintSetup(landscape=False),
    )
    sheets = [front]
    if returned:
        sheets.append(_rows_sheet("退回清单", f"{station}退回清单", returned, (_SEAL,)))
    if receipt.rows:
        sheets.append(_rows_sheet("逐行结论", f"{station}逐行结论", receipt.rows, ()))
    return Workbook(tuple(sheets))


def _facts(
    ctx: Context, receipt: Receipt, station: str, bundle: Row, returned: int
) -> list[tuple[CellValue, ...]]:
    rows = len({(row.sheet, row.row_id) for row in receipt.rows})
    return [
        ("报送单位", f"{station}（{bundle['org_code']}）"),
        ("所属时期", receipt.period),
        ("报表", bundle["form_group"]),
        ("版本", f"第 {receipt.version} 版"),
        ("校验短码", short_code(receipt.manifest_hash)),
        ("包号", receipt.bundle_id),
        ("收到日期", bundle["received_on"]),
        ("结论", STATUS_LABELS[receipt.status]),
        ("明细行数", str(rows)),
        ("退回或提示", f"{returned} 处" if returned else "无"),
        ("说明", receipt.note or "无"),
        ("受理单位", f"{ctx.ledger.org_name}（{ctx.ledger.org_code}）"),
    ]


def _rows_sheet(name: str, title: str, rows: Iterable[ReceiptRow], footer: tuple[str, ...]) -> Sheet:
    return Sheet(name=name, title=title, columns=_COLUMNS, rows=_lines(rows), footer=footer, filtered=True)


def _lines(rows: Iterable[ReceiptRow]) -> Iterator[tuple[CellValue, ...]]:
    labels = _field_labels()
    for row in rows:
        yield (
            row.sheet,
            row.row_no,
            ROW_LABELS[row.status],
            row.code,
            labels.get(row.field or "", row.field),
            _shown(row.seen),
            _shown(row.expected),
            row.hint_zh or None,
            row.row_id,
        )


def _field_labels() -> dict[str, str]:
    """Give the label of each field name; where registers differ the name of the field is the same word."""
    found: dict[str, str] = {}
    for register in REGISTERS:
        for name, field in fields_of(register.entity).items():
            found.setdefault(name, field.label)
    return found


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
