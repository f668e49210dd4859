"""Turns records into a sheet: one column per described field, canonical values as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from exports.workbook.sheet import CellKind, CellValue, Column, PrintSetup, Sheet

SEPARATOR = "、"
YES_NO = ("是", "否")
MISSING_LABELS: Mapping[str, str] = {"unknown": "不详", "not_applicable": "不适用", "refused": "拒绝提供"}
_WIDTHS: Mapping[CellKind, float] = {
    CellKind.LONG_TEXT: 40,
    CellKind.INTEGER: 8,
    CellKind.DATE: 12,
    CellKind.PARTIAL_DATE: 12,
    CellKind.DATETIME: 17,
    CellKind.YES_NO: 8,
    CellKind.TEXTS: 22,
    CellKind.CODES: 22,
    CellKind.REFERENCES: 22,
}
_ID_NUMBER_WIDTH = 21
_CENTRED = frozenset({CellKind.DATE, CellKind.PARTIAL_DATE, CellKind.DATETIME, CellKind.YES_NO})
_FREE_TO_TYPE = frozenset({CellKind.CODES})


class Described(Protocol):
    """What of a field's description a sheet needs."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> Any: ...  # noqa: D102
    @property
    def codes(self) -> str | None: ...  # noqa: D102
    @property
    def unit(self) -> str | None: ...  # noqa: D102
    @property
    def scale(self) -> int: ...  # noqa: D102
    @property
    def search(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class ColumnSpec:
    """One field as a column: ``name`` is its name in the record, ``key`` the stable key in the hidden row.

    ``codes`` names the code list; ``group`` holds the outer header cells, from the top.
    """

    key: str
    name: str
    label: str
    kind: CellKind = CellKind.TEXT
    codes: str | None = None
    group: tuple[str, ...] = ()
    scale: int = 0
    width: float | None = None
    hidden: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Labels:
    """What codes and references are called: code list → code → label, and record id → title.

    ``offered`` are the codes of each list that a drop-down shows; a list not named there offers all.
    """

    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def choices(self, name: str) -> tuple[str, ...]:
        """Give the labels a drop-down of a code list shows, each once."""
        labels = self.codes.get(name, {})
        offered = self.offered.get(name, tuple(labels))
        return tuple(dict.fromkeys(labels.get(code, code) for code in offered))


def column_spec(register: str, described: Described, *, locked: bool = False) -> ColumnSpec:
    """Give the column of a described field; its key is ``register.name``, its unit stands in its header."""
    kind = CellKind(str(described.kind.value))
    unit = described.unit or ("元" if kind is CellKind.MONEY else None)
    shown = f"（{unit}）"
    return ColumnSpec(
        key=f"{register}.{described.name}",
        name=described.name,
        label=described.label if unit is None or shown in described.label else described.label + shown,
        kind=kind,
        codes=described.codes,
        scale=described.scale,
        width=_ID_NUMBER_WIDTH if described.search == "id_no" else None,
        locked=locked,
    )


def register_sheet(
    name: str,
    title: str,
    specs: Sequence[ColumnSpec],
    records: Iterable[Mapping[str, Any]],
    labels: Labels,
    *,
    subtitle: tuple[str, ...] = (),
    footer: tuple[str, ...] = (),
    freeze_columns: int = 0,
    protected: bool = False,
    printing: PrintSetup | None = None,
) -> Sheet:
    """Give the sheet of a register: hidden key row, filter, one row per record.

    A record is a mapping of canonical values by field name; its ``missing`` mapping tells why one is empty.
    """
    return Sheet(
        name=name,
        title=title,
        columns=tuple(_column(spec, labels) for spec in specs),
        rows=_rows(specs, records, labels),
        subtitle=subtitle,
        footer=footer,
        key_row=True,
        freeze_columns=freeze_columns,
        filtered=True,
        protected=protected,
        printing=printing or PrintSetup(),
    )


def _column(spec: ColumnSpec, labels: Labels) -> Column:
    return Column(
        key=spec.key,
        path=(*spec.group, spec.label),
        kind=spec.kind,
        width=spec.width or _WIDTHS.get(spec.kind, 14),
        codes=_choices(spec, labels),
        scale=spec.scale,
        hidden=spec.hidden,
        locked=spec.locked,
        centred=spec.kind in _CENTRED,
    )


def _choices(spec: ColumnSpec, labels: Labels) -> tuple[str, ...] | None:
    """Give the drop-down; several codes in one cell cannot be picked from one, so they are typed."""
    if spec.kind is CellKind.YES_NO:
        return YES_NO
    if spec.codes and spec.kind not in _FREE_TO_TYPE:
        return labels.choices(spec.codes) or None
    return None


def _rows(
    specs: Sequence[ColumnSpec], records: Iterable[Mapping[str, Any]], labels: Labels
) -> Iterator[tuple[CellValue, ...]]:
    for record in records:
        missing = record.get("missing") or {}
        yield tuple(
            [cell_value(spec, record.get(spec.name), missing.get(spec.name), labels) for spec in specs]
        )


def cell_value(spec: ColumnSpec, value: Any, missing: str | None, labels: Labels) -> CellValue:
    """Give what a cell says for a canonical value, or why there is none."""
    if value is None or value in ([], ""):
        return MISSING_LABELS.get(missing, missing) if missing else None
    return _SHOWN[spec.kind](value, spec, labels)


def partial_date_text(value: str) -> str:
    """Give a date as people read it; of a partial one (``~2026-11``, ``~2026-11~raw``) the raw words."""
    if not value.startswith("~"):
        return value
    known, _, raw = value[1:].partition("~")
    return raw or known


Shown = Callable[[Any, ColumnSpec, Labels], CellValue]


def _as_text(value: Any, _spec: ColumnSpec, _labels: Labels) -> CellValue:
    return str(value)


def _as_number(value: Any, _spec: ColumnSpec, _labels: Labels) -> CellValue:
    return value if isinstance(value, int) else str(value)


def _as_date(value: Any, _spec: ColumnSpec, _labels: Labels) -> CellValue:
    return partial_date_text(str(value))


def _as_moment(value: Any, _spec: ColumnSpec, _labels: Labels) -> CellValue:
    return str(value).replace("T", " ")


def _as_code(value: Any, spec: ColumnSpec, labels: Labels) -> CellValue:
    return labels.codes.get(spec.codes or "", {}).get(str(value), str(value))


def _as_codes(value: Any, spec: ColumnSpec, labels: Labels) -> CellValue:
    known = labels.codes.get(spec.codes or "", {})
    return SEPARATOR.join(known.get(str(code), str(code)) for code in value)


def _as_texts(value: Any, _spec: ColumnSpec, _labels: Labels) -> CellValue:
    return SEPARATOR.join(map(str, value))


def _as_reference(value: Any, _spec: ColumnSpec, labels: Labels) -> CellValue:
    return labels.references.get(str(value), str(value))


def _as_references(value: Any, _spec: ColumnSpec, labels: Labels) -> CellValue:
    return SEPARATOR.join(labels.references.get(str(one), str(one)) for one in value)


_SHOWN: Mapping[CellKind, Shown] = {
    CellKind.TEXT: _as_text,
    CellKind.LONG_TEXT: _as_text,
    CellKind.INTEGER: _as_number,
    CellKind.DECIMAL: _as_number,
    CellKind.MONEY: _as_number,
    CellKind.DATE: _as_date,
    CellKind.PARTIAL_DATE: _as_date,
    CellKind.DATETIME: _as_moment,
    CellKind.YES_NO: _as_number,
    CellKind.CODE: _as_code,
    CellKind.CODES: _as_codes,
    CellKind.TEXTS: _as_texts,
    CellKind.REFERENCE: _as_reference,
    CellKind.REFERENCES: _as_references,
    CellKind.FILE: _as_text,
}
