"""What stands in a submission: rows, figures and the rows behind each figure, read with bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exports.bundle.canonical import NotCanonical, parse
from exports.bundle.errors import DamagedBundle, TooLarge
from exports.bundle.shape import Shape, WrongShape
from models.errors import Problem

if TYPE_CHECKING:
    from exports.bundle.canonical import Json

ROWS, FIGURES, TRACE, CHECK = "data/rows.ndjson", "data/figures.json", "data/trace.ndjson", "data/check.json"
CELL = r"[^/\s]{1,60}(?:/[^/]{1,80}){2}"
MOST_ROWS = 100_000
MOST_FIGURES = 50_000
MOST_MEMBERS = 3_000_000
LONGEST_LINE = 4 * 1024 * 1024
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Row:
    """One row of a submission; ``cells`` are its canonical values by field name."""

    sheet: str
    row_no: int
    row_id: str
    register: str
    rev: str
    row_hash: str
    cells: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same from version to version."""
        return self.sheet, self.row_id


@dataclass(frozen=True)
class Figure:
    """One figure; ``value`` counts the period, ``cumulative`` the year so far."""

    cell: str
    value: int | str | None
    unit: str | None
    count: int | None
    cumulative: int | None
    correction: int | None

    @property
    def place(self) -> tuple[str, str, str]:
        """Table, row and column."""
        table, row, column = self.cell.split("/")
        return table, row, column


@dataclass(frozen=True)
class Content:
    """A submission parsed: what is sound, and what did not pass (``rejected`` counts rows left out)."""

    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    traces: Mapping[str, tuple[tuple[str, int], ...]]
    dictionaries: Mapping[str, bytes]
    rejected: int
    mismatches: int
    let_through: str
    problems: tuple[Problem, ...]


def read_content(members: Mapping[str, bytes]) -> Content:
    """Parse the members of a verified submission; raises DamagedBundle, TooLarge.

    A row that is not sound is left out and reported; it does not concern the others.
    """
    rows, row_problems = _rows(members[ROWS])
    try:
        figures = tuple(_figures(parse(members[FIGURES])))
        traces = dict(_traces(members[TRACE]))
    except (NotCanonical, WrongShape) as error:
        raise DamagedBundle("数字或溯源文件内容不合规") from error
    mismatches = list(_mismatches(figures, traces))
    return Content(
        rows=tuple(rows),
        figures=figures,
        traces=traces,
        dictionaries={path: data for path, data in members.items() if path.startswith("dict/")},
        rejected=len(row_problems),
        mismatches=len(mismatches),
        let_through=_let_through(members.get(CHECK)),
        problems=tuple([*row_problems, *mismatches][:MOST_PROBLEMS]),
    )


def _lines(data: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    number = 0
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        number += 1
        if number > most or len(line) > LONGEST_LINE:
            raise TooLarge("明细或溯源行过多、过长")
        yield number, line


def _rows(data: bytes) -> tuple[list[Row], list[Problem]]:
    rows: dict[tuple[str, str], Row] = {}
    problems: list[Problem] = []
    for number, line in _lines(data, MOST_ROWS):
        try:
            row = _row(Shape.of(parse(line)))
        except (NotCanonical, WrongShape) as error:
            part = f"“{error}”" if isinstance(error, WrongShape) else ""
            problems.append(_broken_row(number, f"第 {number} 行明细{part}读不出来。"))
            continue
        if row.key in rows:
            problems.append(_broken_row(number, f"{row.sheet}第 {row.row_no} 行与前面一行行号标识相同。"))
            continue
        rows[row.key] = row
    return list(rows.values()), problems


def _broken_row(number: int, message: str) -> Problem:
    return Problem("E101", None, message, "请退回，由司法所重新封包。", row=number)


def _row(shape: Shape) -> Row:
    rev = shape.value("_rev")
    return Row(
        sheet=shape.text("sheet", most=80),
        row_no=shape.whole("row_no", least=1, most=2_000_000),
        row_id=shape.text("_id", most=80),
        register=shape.text("register", pattern=r"[a-z][a-z0-9_]*", most=80),
        rev=str(rev) if isinstance(rev, int) else shape.text("_rev", least=0, most=80),
        row_hash=shape.text("_h", pattern=r"[0-9A-Za-z_\-]+", most=80),
        cells=shape.inner("values").values,
    )


def _figures(value: Json) -> Iterator[Figure]:
    if not isinstance(value, list) or len(value) > MOST_FIGURES:
        raise WrongShape("figures")
    seen: set[str] = set()
    for number, item in enumerate(value):
        shape = Shape.of(item, f"[{number}]")
        cell = shape.text("cell", pattern=CELL, most=240)
        if cell in seen:
            raise WrongShape(cell)
        seen.add(cell)
        yield Figure(
            cell=cell,
            value=_value(shape),
            unit=_optional(shape, "unit"),
            count=_number(shape, "count"),
            cumulative=_number(shape, "cumulative"),
            correction=_number(shape, "correction"),
        )


def _value(shape: Shape) -> int | str | None:
    value = shape.value("value")
    if isinstance(value, str):
        return shape.text("value", least=0, most=4000)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise WrongShape(shape.at("value"))


def _number(shape: Shape, name: str) -> int | None:
    """Give a whole number if there is one; what is not a sum (a rate, a word) has none."""
    value = shape.values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _optional(shape: Shape, name: str) -> str | None:
    return shape.text(name, most=40) if shape.values.get(name) else None


def year_cell(cell: str) -> str:
    """Name the trace of a figure's year so far, kept beside that of its month."""
    table, row, column = cell.split("/")
    return f"{table}/{row}@year/{column}"


def _traces(data: bytes) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    left = MOST_MEMBERS
    for _, line in _lines(data, MOST_FIGURES):
        shape = Shape.of(parse(line))
        cell = shape.text("cell", pattern=CELL, most=240)
        for name, key in (("ids", cell), ("year", year_cell(cell))):
            if name == "year" and name not in shape.values:
                continue
            members = shape.items(name, most=left)
            left -= len(members)
            yield key, tuple(_member(shape, item) for item in members)


def _member(shape: Shape, item: Json) -> tuple[str, int]:
    if isinstance(item, list) and len(item) == 2:
        record, added = item
        if isinstance(record, str) and len(record) <= 80 and isinstance(added, int):
            return record, int(added)
    raise WrongShape(shape.at("ids"))


def _mismatches(
    figures: tuple[Figure, ...], traces: Mapping[str, tuple[tuple[str, int], ...]]
) -> Iterator[Problem]:
    """Compare each figure with the sum of what its rows contribute (protocol: figure = trace = list)."""
    for figure in figures:
        if figure.cell not in traces or not isinstance(figure.value, int):
            continue
        total = sum(added for _, added in traces[figure.cell])
        if total != figure.value:
            yield Problem(
                "E501", figure.value, f"{figure.cell} 的数字是 {figure.value}，由明细合计是 {total}。",
                "请退回，由司法所核对后重新封包。", column=figure.cell,
            )  # fmt: skip


def _let_through(data: bytes | None) -> str:
    """Say what the station's own check found and was handed in all the same, with the reason given."""
    if data is None:
        return ""
    try:
        found = parse(data)
    except NotCanonical as error:
        raise DamagedBundle("预检结果内容不合规") from error
    listed = found.get("problems") if isinstance(found, dict) else found
    reason = found.get("reason") if isinstance(found, dict) else None
    told = f"司法所预检有 {len(listed)} 处提示" if isinstance(listed, list) and listed else ""
    given = f"报送说明：{reason}" if isinstance(reason, str) and reason.strip() else ""
    return "；".join(part for part in (told, given) if part)
