"""Workbooks of registers: export, the empty form, import."""

from __future__ import annotations

from pathlib import Path

from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, Grid, UsageError, arg
from app.cli.given import file_argument
from app.cli.reading import WHERE
from app.cli.surroundings import progress

SHOWN_PROBLEMS = 30
STATUS = (("added", "新增"), ("changed", "修改"), ("same", "已有"), ("rejected", "未导入"))


def run_export(call: Call) -> Answer:
    """Write a register as a workbook, or its empty form."""
    from app.listing import parse_conditions
    from app.registers import register_named
    from app.sheets.outgoing import export_register, write_blank

    args = call.args
    register = register_named(args.register)
    if args.blank and args.where:
        raise UsageError("空白表（--blank）不含记录，不能同时写 --where。")
    where = parse_conditions(args.where)
    out = workbook_path(args.out)
    with call.session() as ctx:
        if args.blank:
            write_blank(ctx, register.key, out)
            return Answer({"rows": 0, "file": str(out)}, (f"已写出空白表：{out}",))
        rows = export_register(ctx, register.key, out, where=where, sensitive=args.sensitive)
    return Answer({"rows": rows, "file": str(out)}, (f"已导出 {rows} 条：{out}",))


def workbook_path(text: str) -> Path:
    """Give the path of a workbook to write. Errors: `UsageError` for another ending."""
    out = Path(text).absolute()
    if out.suffix.lower() != ".xlsx":
        raise UsageError("输出文件须以 .xlsx 结尾。")
    return out


def run_import(call: Call) -> Answer:
    """Take a workbook in; rows that are refused are listed."""
    from app.sheets.importing import REJECTED, import_file
    from app.sheets.report import write_report

    args = call.args
    report = workbook_path(args.report) if args.report else None
    shown = progress("已处理")
    with call.session() as ctx:
        try:
            done = import_file(
                ctx, Path(args.file), args.register, sheet=args.sheet, dry_run=args.dry_run, progress=shown
            )
        finally:
            shown.close()
        if report is not None:
            write_report(ctx, done, report)
    counted = "，".join(f"{label} {done.count(status)} 条" for status, label in STATUS)
    head = "预演（未写入）：" if done.dry_run else "已导入："
    grid = Grid(
        ("工作表", "行", "列", "代码", "问题", "怎么改"),
        [(s, p.row, p.column, p.code, p.message, p.hint) for s, p in done.problems[:SHOWN_PROBLEMS]],
    )
    left = len(done.problems) - SHOWN_PROBLEMS
    more = (f"另有 {left} 处问题，加 --report 文件.xlsx 查看全部。",) if left > 0 else ()
    status = WITH_PROBLEMS if done.count(REJECTED) else DONE
    return Answer(done, (f"{head}{counted}。", grid, *more), status)


COMMANDS = (
    Command(
        "export", "把登记簿导出为表格，改好后可以再导入；加 --blank 得到空白填报表。", run_export,
        (
            arg("register", metavar="登记簿", help="登记簿名称，例如 dispute_lead"),
            arg("--out", required=True, metavar="文件", help="写到哪个 .xlsx 文件"), WHERE,
            arg("--blank", action="store_true", help="空白填报表，带下拉选项"),
            arg("--sensitive", action="store_true", help="连同健康、前科等不外传的内容（会记入修改史）"),
        ),
    ),
    Command(
        "import", "导入本程序导出的表格、填好的填报表，或表头与登记簿一致的表格。", run_import,
        (
            file_argument(help="表格文件（.xlsx、.xls、.csv）"),
            arg("--register", required=True, metavar="登记簿", help="导入哪本登记簿"),
            arg("--sheet", metavar="工作表", help="只导入该工作表"),
            arg("--dry-run", action="store_true", help="只预演，不写入"),
            arg("--report", metavar="文件", help="把结果和问题写到 .xlsx 文件"),
        ),
    ),
)  # fmt: skip
