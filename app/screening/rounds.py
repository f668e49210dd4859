"""The register of screening rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.register import Numbering, Register, joined
from models.dates import is_before
from models.errors import Problem
from models.screening import SPECIAL, ScreeningRound

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeBook
    from models.records import Row


def _title(row: Row) -> str:
    return str(row.get("theme") or joined(row["start_on"], "排查", by=" "))


def _subtitle(row: Row, codes: CodeBook) -> str:
    return joined(codes["screen_type"].label(row["round_type"]), f"{len(row['village_ids'] or [])} 个村")


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:  # noqa: ARG001
    if row["round_type"] == SPECIAL and not row.get("theme"):
        yield Problem("E301", None, "专项排查须填写专项名称。", "例如春节前欠薪专项排查。", field="theme")
    if is_before(row["end_on"], row["start_on"]):
        yield Problem("E401", row["end_on"], "结束日期早于开始日期。", "请核对起止日期。", field="end_on")


SCREENING_ROUND = Register(
    key="screening_round",
    label="排查活动",
    slice="screening",
    entity=ScreeningRound,
    title=_title,
    subtitle=_subtitle,
    day="start_on",
    list_columns=(
        "round_no", "round_type", "theme", "start_on", "end_on", "village_ids", "screeners",
        "households_visited",
    ),
    numbering=Numbering("round_no", "PCHD-{year}-{n}", 4, lambda ctx, row: ""),  # noqa: ARG005
    examine=_examine,
)  # fmt: skip
