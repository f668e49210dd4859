"""What goes between station and county: cards, bundles, receipts, the county's overview."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, Grid, UsageError, arg
from app.cli.given import file_argument, objects
from app.cli.periods import period_of

if TYPE_CHECKING:
    from app.county import Received

KINDS = {"submit": "报送", "receipt": "回执", "refused": "未接收"}
STATUS = {"received": "已收到", "accepted": "已受理", "returned": "已退回"}
PLAN_LABELS = (
    ("org_name", "单位"), ("org_code", "单位代码"), ("period", "期间"), ("version", "版本"),
    ("short_code", "校验短码"), ("grade", "完整程度"), ("state_label", "状态"),
    ("figures_changed", "变化的数字"), ("due_on", "报送期限"), ("late", "迟报"),
    ("already_received_on", "此前已收"), ("note", "县局意见"), ("tasks", "退回待改"),
)  # fmt: skip
ROW_LABELS = (
    ("total", "共"), ("added", "新增"), ("changed", "变化"), ("same", "相同"), ("rejected", "退回"),
    ("removed", "减少"),
)  # fmt: skip


def run_card(call: Call) -> Answer:
    """Write this office's card; its check code is read out on the telephone."""
    from app.county import make_card, own_card

    with call.session() as ctx:
        path = make_card(ctx, Path(call.args.out).absolute())
        card = own_card(ctx)
    data = {
        "file": str(path),
        "org_code": card.org_code,
        "name": card.org_name,
        "spoken_code": card.spoken_code,
    }
    lines = (
        f"本单位登记卡：{path}",
        f"核对码：{card.spoken_code}",
        "请把登记卡交给对方，并在电话中念出核对码；对方用 ybz enrol 登记。",
    )
    return Answer(data, lines)


def run_enrol(call: Call) -> Answer:
    """Enrol another office once its check code agrees."""
    from app.county import enrol

    with call.session() as ctx:
        done = enrol(ctx, Path(call.args.file), call.args.code, reason=call.args.reason or "")
    said = "此前已登记，没有变化。" if done.unchanged else "已登记。"
    return Answer(done, (f"{done.name}（{done.org_code}）{said}",))


def run_receive(call: Call) -> Answer:
    """Show what files would bring; write it with ``--yes``."""
    from app.county import receive

    args = call.args
    if args.yes and args.dry_run:
        raise UsageError("--yes 与 --dry-run 不能同时写。")
    with call.session() as ctx:
        taken = receive(ctx, [Path(name) for name in args.files], write=args.yes)
    refused = any(one.kind == "refused" for one in taken)
    lines = [line for one in taken for line in _received_lines(one)]
    if not args.yes and not all(one.kind == "refused" for one in taken):
        lines.append("以上为预览，未写入；确认无误后加 --yes 写入。")
    data = [_received(one) for one in taken]
    return Answer(data[0] if len(data) == 1 else data, tuple(lines), WITH_PROBLEMS if refused else DONE)


def _received(one: Received) -> dict[str, Any]:
    data = {"kind": one.kind, "file": one.file, "plan": one.plan, "applied": one.applied}
    return data if one.receipt is None else {**data, "receipt": one.receipt}


def _received_lines(one: Received) -> list[str]:
    said = "已写入" if one.applied else ""
    lines = [f"{one.file}：{KINDS.get(one.kind, one.kind)}{f'（{said}）' if said else ''}"]
    if "message" in one.plan:
        lines.append(f"  {one.plan['message']}")
    lines += [
        f"  {label}：{_word(one.plan[name])}" for name, label in PLAN_LABELS if one.plan.get(name) is not None
    ]
    rows = one.plan.get("rows")
    if isinstance(rows, Mapping):
        counted = "，".join(f"{label} {rows[name]}" for name, label in ROW_LABELS if name in rows)
        lines.append(f"  明细：{counted}")
    notes = one.plan.get("notes")
    return lines + [f"  {note}" for note in notes] if isinstance(notes, list | tuple) else lines


def _word(value: object) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def run_matrix(call: Call) -> Answer:
    """Show who has handed in what in a year."""
    from app.county import matrix

    year = call.args.year or call.now.year
    with call.session() as ctx:
        found = matrix(ctx, year)
    grid = Grid(
        ("单位", "报表", *(period[5:] for period in found.periods)),
        [(row.org_name, row.form_group, *(cell.label for cell in row.cells)) for row in found.rows],
        title=f"{found.year} 年报送情况",
    )
    share = "—" if found.completeness is None else f"{found.completeness}%"
    said = (
        f"应报 {found.due}，已报 {found.received}（{share}），按时 {found.on_time}，受理 {found.accepted}。"
    )
    return Answer(found.as_json(), (grid, said))


def run_receipt(call: Call) -> Answer:
    """Accept or return a submission, or confirm that it came."""
    from app.county import make_receipt

    args = call.args
    rows = objects(args.returned) if args.returned else None
    with call.session() as ctx:
        made = make_receipt(
            ctx, args.bundle, Path(args.out).absolute(), accept=args.accept, rows=rows, note=args.note or ""
        )
    said = STATUS.get(made.status, made.status)
    lines = (
        f"{said}，退回 {made.returned_rows} 行。" if made.returned_rows else f"{said}。",
        f"回执：{made.file}",
    )
    return Answer(made, lines)


def run_consolidate(call: Call) -> Answer:
    """Add up the accepted submissions of all stations into one workbook."""
    from app.county import consolidate

    out = Path(call.args.out).absolute()
    with call.session() as ctx:
        made = consolidate(ctx, period_of(ctx, call.args.period).key, out)
    return Answer(made, (f"已汇总：{out}",))


OUT_FOLDER = arg("--out", required=True, metavar="文件夹", help="写到哪个文件夹")

COMMANDS = (
    Command("card", "写出本单位的登记卡。", run_card, (OUT_FOLDER,)),
    Command(
        "enrol", "登记对方单位：县局登记司法所，司法所登记县局。", run_enrol,
        (
            file_argument(help="对方的登记卡"),
            arg("--code", required=True, metavar="核对码", help="对方在电话中念出的核对码"),
            arg("--reason", metavar="理由", help="更换已登记单位的证书时写明理由"),
        ),
    ),
    Command(
        "receive", "接收报表包或回执：先预览，加 --yes 才写入。", run_receive,
        (
            arg("files", nargs="+", metavar="文件", help="收到的文件"),
            arg("--yes", action="store_true", help="写入"),
            arg("--dry-run", action="store_true", help="只预览（默认）"),
        ),
    ),
    Command(
        "county", "县（区）局的工作。",
        commands=(
            Command(
                "matrix", "各所全年报送情况。", run_matrix,
                (arg("--year", type=int, metavar="年度", help="默认今年"),),
            ),
            Command(
                "receipt", "出具回执：受理、退回，或只确认收到。", run_receipt,
                (
                    arg("bundle", metavar="报送", help="包文件名、校验短码，或“单位代码 期间”"), OUT_FOLDER,
                    arg("--accept", action="store_true", help="受理"),
                    arg("--return", dest="returned", metavar="文件", help="退回：列出退回行的 JSON 文件"),
                    arg("--note", metavar="意见", help="总的意见"),
                ),
            ),
            Command(
                "consolidate", "汇总各所已受理的报表。", run_consolidate,
                (
                    arg("period", metavar="期间", help="2026-11、2026Q3 等"),
                    arg("--out", required=True, metavar="文件", help="汇总表（.xlsx）"),
                ),
            ),
        ),
    ),
)  # fmt: skip
