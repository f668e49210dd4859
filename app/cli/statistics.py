"""Statistical tables and the records behind their figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, Grid, UsageError, arg
from app.cli.periods import FROM, PERIOD, TO, period_in
from app.registers import registers_by_key

if TYPE_CHECKING:
    from app.statistics import TableResult, TableSpec
    from models.errors import Problem

MOST_COLUMNS = 10  # more do not fit a screen side by side: the table is then written downwards


def run_stats(call: Call) -> Answer:
    """Compute a table, check it, and write it as a workbook if asked."""
    from app.statistics import checks, compute

    args = call.args
    if args.list:
        return _tables(args.table)
    if args.table is None:
        raise UsageError("须写明统计表，例如 ybz stats T1 --period 2026-11；ybz stats --list 查看全部。")
    with call.session() as ctx:
        period = period_in(ctx, args)
        table = compute(ctx, args.table, period, basis=args.basis, village=args.village, org=args.org)
        narrowed = args.village or args.org
        found = [] if narrowed else checks(ctx, period, tables=[args.table], basis=args.basis)
        found = list(dict.fromkeys([*table.warnings, *found]))
        if args.out:
            from app.sheets.statistics_table import write_table

            write_table(ctx, table, Path(args.out).absolute())
    status = WITH_PROBLEMS if any(one.severity == "error" for one in found) else DONE
    data = _data(table, found)
    if args.out:
        data["file"] = str(Path(args.out).absolute())
    return Answer(data, tuple(_page(table, found)), status)


def _data(table: TableResult, found: list[Problem]) -> dict[str, Any]:
    return {
        "table": table.table,
        "title": table.title,
        "period": table.period.key,
        "basis": table.basis,
        "basis_note": table.basis_note,
        "columns": [_column(column) for column in table.columns],
        "row_labels": dict(table.row_labels),
        "rows": table.rows,
        "notes": list(table.notes),
        "checks": [problem.as_json() for problem in found],
    }


def _column(column: Any) -> dict[str, Any]:
    return {
        "code": column.code, "label": column.label, "group": column.group, "unit": column.unit,
        "scale": column.scale, "additive": column.additive,
    }  # fmt: skip


def _page(table: TableResult, found: list[Problem]) -> list[str | Grid]:
    page: list[str | Grid] = [f"{table.title}  {table.period.label}  {table.basis_note}".rstrip()]
    if len(table.columns) <= MOST_COLUMNS:
        headers = ("", *(_header(column) for column in table.columns))
        rows = [
            (table.row_labels.get(row, row), *(table.text(row, column.code) for column in table.columns))
            for row in table.rows
        ]
    else:
        headers = ("代码", "项目", *(table.row_labels.get(row, row) for row in table.rows))
        rows = [
            (column.code, _header(column), *(table.text(row, column.code) for row in table.rows))
            for column in table.columns
        ]
    page.append(Grid(headers, rows))
    page += table.notes
    page += [f"{problem.code} {problem.message}{problem.hint}" for problem in found]
    return page


def _header(column: Any) -> str:
    label = (
        f"{column.group}·{column.label}" if column.group and column.label else column.label or column.group
    )
    return f"{label}（{column.unit}）" if column.unit and column.unit not in label else label


def _tables(code: str | None) -> Answer:
    from app.statistics import describe, table_codes

    specs = [describe(one) for one in ([code] if code else table_codes())]
    data = [
        {
            "table": spec.code, "title": spec.title, "rows": spec.rows, "row_label": spec.row_label,
            "columns": [_column(column) for column in spec.columns],
        }
        for spec in specs
    ]  # fmt: skip
    return Answer(data, tuple(_outline(specs, in_full=code is not None)))


def _outline(specs: list[TableSpec], *, in_full: bool) -> list[str | Grid]:
    if not in_full:
        rows = [(spec.code, spec.title, spec.row_label, len(spec.columns)) for spec in specs]
        return [Grid(("代码", "统计表", "行", "列数"), rows), "ybz stats --list 代码：查看各列的代码。"]
    spec = specs[0]
    columns = [(column.code, _header(column)) for column in spec.columns]
    return [f"{spec.code} {spec.title}（行：{spec.row_label or '合计'}）", Grid(("列代码", "列"), columns)]


def run_trace(call: Call) -> Answer:
    """List the records behind one figure; their contributions add up to it."""
    from app.statistics import trace

    args = call.args
    with call.session() as ctx:
        period = period_in(ctx, args)
        rows = trace(
            ctx,
            args.table,
            args.row,
            args.column,
            period,
            basis=args.basis,
            village=args.village,
            org=args.org,
        )
    data = [
        {
            "id": row.root_id, "row_id": row.id, "register": row.register, "title": row.title,
            "contribution": row.contribution,
        }
        for row in rows
    ]  # fmt: skip
    labels = registers_by_key()
    grid = Grid(
        ("登记簿", "名称", "计入", "编号"),
        [
            (
                labels[row.register].label if row.register in labels else "",
                row.title,
                row.contribution,
                row.root_id,
            )
            for row in rows
        ],
    )
    total = sum(row.contribution for row in rows)
    return Answer(data, (grid, f"共 {len(rows)} 条，合计 {total}。"))


NARROWED = (
    arg("--basis", metavar="口径", help="concluded 办结、accepted 受理、screened 排查"),
    arg("--village", metavar="村", help="只统计该村（社区）"),
    arg("--org", metavar="调委会", help="只统计该人民调解委员会"),
)

COMMANDS = (
    Command(
        "stats", "计算统计表。", run_stats,
        (
            arg("table", nargs="?", metavar="统计表", help="代码，例如 T1"), PERIOD, FROM, TO, *NARROWED,
            arg("--list", action="store_true", help="列出统计表；写明统计表时列出它的列"),
            arg("--out", metavar="文件", help="另存为表格（.xlsx）"),
        ),
    ),
    Command(
        "trace", "列出统计数字背后的记录。", run_trace,
        (
            arg("table", metavar="统计表", help="统计表代码，例如 T1"),
            arg("row", metavar="行", help="行代码或名称；合计行为 total"),
            arg("column", metavar="列", help="列代码，例如 c1"), PERIOD, FROM, TO, *NARROWED,
        ),
    ),
)  # fmt: skip
