"""From a cell of a sheet to what the entry of records takes for a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from exports.workbook.raw import CellType, RawCell, Scalar, cell_of
from exports.workbook.table import MISSING_LABELS
from models.errors import Problem
from models.fields import Field, Kind

if TYPE_CHECKING:
    from exports.workbook.raw import RawSheet

NOTHING = frozenset({"/", "／", "—", "——", "-", "－", "无"})
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})
_MISSING = {label: reason for reason, label in MISSING_LABELS.items()}
_DAMAGED = ("显示为一长串数字，后几位已被表格程序改成 0。", "请把这一列设为文本格式，按原件重新填写。")
_ERROR = ("是出错的公式（如 #REF!）。", "请改成填写的内容。")


def raw_value(field: Field, sheet: RawSheet, place: tuple[int, int], scalar: Scalar) -> Any:
    """Give what a cell says for a field: None for nothing, {"missing": reason}, text, list or yes and no.

    Errors: `CellError` for a cell whose content is lost.
    """
    if isinstance(scalar, str):
        text = scalar.strip()
    else:
        cell = sheet.cell(*place) if scalar is not None else cell_of(None)
        text = _text_of(field, cell)
    if not text:
        return None
    if text in _MISSING:
        return {"missing": _MISSING[text]}
    if field.kind in NUMBER_KINDS and text in NOTHING:
        return None
    reader = _READERS.get(field.kind)
    return text if reader is None else reader(field, text, scalar)


class CellError(ValueError):
    """A cell whose content is lost; ``problem`` says so, row and column still missing."""

    def __init__(self, field: Field, seen: str, words: tuple[str, str]) -> None:
        super().__init__(words[0])
        self.problem = Problem("E201", seen, f"“{field.label}”{words[0]}", words[1], field=field.name)


def _text_of(field: Field, cell: RawCell) -> str:
    if cell.type is CellType.ERROR:
        raise CellError(field, cell.text, _ERROR)
    if cell.damaged and field.kind not in NUMBER_KINDS:
        raise CellError(field, cell.text, _DAMAGED)
    if cell.type is CellType.DATETIME:
        return cell.text[:16] if field.kind is Kind.DATETIME else cell.text[:10]
    return (cell.shown if field.kind is Kind.TEXT else cell.text).strip()


def _integer(field: Field, text: str, _scalar: Scalar) -> Any:
    if field.unit:
        text = text.removesuffix(field.unit).strip()
    return text.removesuffix(".0")


def _texts(_field: Field, text: str, scalar: Scalar) -> list[str]:
    """Split at line ends where there are any, else at the separator; see `outgoing` for the other way."""
    whole = scalar if isinstance(scalar, str) else text
    parts = whole.split("\n") if "\n" in whole else whole.split("、")
    return [part.strip() for part in parts if part.strip()]


_READERS: Mapping[Kind, Callable[[Field, str, Scalar], Any]] = {
    Kind.INTEGER: _integer,
    Kind.TEXTS: _texts,
}
