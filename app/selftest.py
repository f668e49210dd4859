"""The program tries itself: one record of every register, a search, sheets, a month closed, all checked."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from app.ledger.check import check_ledger
from app.ledger.keyslots import KdfCost
from app.ledger.ledger import create_ledger
from app.records import add, fetch
from app.register import Register
from app.registers import REGISTERS
from app.session import refreshed, session
from app.sheets.importing import import_file
from app.sheets.outgoing import export_register
from models.errors import LedgerError
from models.fields import Field, Kind, fields_of

if TYPE_CHECKING:
    from app.context import Context

NOW = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 — local time, as everywhere
MONTH = "2026-10"
QUICK_KDF = KdfCost(memory_kib=8192, time_cost=1)  # the ledger lives for seconds and holds made-up records


class SelfTestFailed(LedgerError):
    """A step of the self-test did not give what it must."""

    code = "selftest_failed"

    def __init__(self, step: str) -> None:
        super().__init__(f"自检没有通过，停在“{step}”，请重新安装程序；仍不通过请联系维护人员。")


def selftest() -> tuple[str, ...]:
    """Go the whole way of a fact once, in a folder that is deleted afterwards; gives the steps taken.

    Errors: `SelfTestFailed`, and whatever a step refuses.
    """
    password = token_hex(16)
    with tempfile.TemporaryDirectory(prefix="ybz-", ignore_cleanup_errors=True) as name:
        path = Path(name) / "selftest.ybz"
        create_ledger(
            path, password, name="青石司法所", code="QS0722", role="station", now=NOW, kdf=QUICK_KDF
        )
        with session(path, now=NOW, password=password, actor="自检") as ctx:
            steps = tuple(_steps(ctx, Path(name)))
        with session(path, now=NOW, password=password, actor="自检") as ctx:
            _require("重新打开", check_ledger(ctx.ledger).ok)
        return (*steps, "重新打开")


def _steps(ctx: Context, folder: Path) -> Iterator[str]:
    ids: dict[str, str] = {}
    for register in _in_order():
        ids[register.key] = add(ctx, register.key, [sample(register, ids)]).ids[0]
        ctx = refreshed(ctx)
    _require("登记", all(fetch(ctx, one)["id"] == one for one in ids.values()))
    yield "登记"
    _require("查找", bool(_found(ctx)))
    yield "查找"
    _sheets(ctx, folder)
    yield "导出导入"
    _close(ctx, folder)
    yield "封月"
    _require("检查", check_ledger(ctx.ledger).ok)
    yield "检查"


def _in_order() -> list[Register]:
    """Give the registers so that what a sample names stands before it; those without a sample come last."""
    order = {key: number for number, key in enumerate(samples())}
    return sorted(REGISTERS, key=lambda register: order.get(register.key, len(order)))


@cache
def samples() -> Mapping[str, Mapping[str, Any]]:
    """Give the sample row of each register that has one, in the order they can be added."""
    text = files("resources").joinpath("selftest").joinpath("records.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def sample(register: Register, ids: Mapping[str, str]) -> dict[str, Any]:
    """Give a row of a register: its sample, or one made from what every record of it must have."""
    written = samples().get(register.key)
    if written is not None:
        return dict(written)
    fields = fields_of(register.entity).values()
    return {field.name: _made_up(field, ids) for field in fields if field.required and not field.derived}


def _made_up(field: Field, ids: Mapping[str, str]) -> Any:
    from models.codes import load_codebook

    if field.codes == "village":
        code: Any = "青石村"
    elif field.codes is not None:
        code = load_codebook()[field.codes].entries[0].code
    else:
        code = None
    made: Mapping[Kind, Any] = {
        Kind.INTEGER: field.minimum or 1,
        Kind.DECIMAL: 1,
        Kind.MONEY: 100,
        Kind.DATE: "2026-10-15",
        Kind.PARTIAL_DATE: "2026-10-15",
        Kind.DATETIME: "2026-10-15T09:00",
        Kind.YES_NO: False,
        Kind.CODE: code,
        Kind.CODES: [code],
        Kind.TEXTS: ["自检"],
        Kind.REFERENCE: ids.get(field.ref or ""),
        Kind.REFERENCES: [ids.get(field.ref or "")],
    }
    return made.get(field.kind, "自检")


def _found(ctx: Context) -> list[Any]:
    from app.search import search

    with ctx.ledger.reading() as conn:
        return search(conn, "cds")  # 陈大山 by initials


def _sheets(ctx: Context, folder: Path) -> None:
    """Export a register and take it in again: nothing may be new, changed or refused."""
    out = folder / "person.xlsx"
    rows = export_register(ctx, "person", out)
    done = import_file(ctx, out, "person")
    _require("导出导入", rows > 0 and done.count("same") == rows == len(done.rows))


def _close(ctx: Context, folder: Path) -> None:
    from app.month import close_month
    from models.dates import parse_period

    period = parse_period(MONTH)
    first = close_month(ctx, period, folder / "out", reason="自检")
    again = close_month(ctx, period, folder / "again", reason="自检")
    _require("封月", first.bundle.read_bytes() == again.bundle.read_bytes() and first.rows > 0)


def _require(step: str, held: object) -> None:
    if not held:
        raise SelfTestFailed(step)
