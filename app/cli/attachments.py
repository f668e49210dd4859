"""Files that belong to records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.attachments import Held, attach, attachments
from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, Grid, arg
from app.cli.given import file_argument

RECORD = arg("record", metavar="记录", help="编号、案号或名称片段")


def run_attach(call: Call) -> Answer:
    """Take a file in and note it at a record."""
    with call.session() as ctx:
        record, held = attach(
            ctx, call.args.record, Path(call.args.file), kind=call.args.kind, remark=call.args.remark
        )
    lines = (f"已添加附件“{held.filename}”。", f"SHA-256 {held.sha256}", f"SM3     {held.sm3}")
    return Answer({"record": record, **_data(held)}, lines)


def run_attachments(call: Call) -> Answer:
    """List the attachments of a record; a missing file is shown as such."""
    with call.session() as ctx:
        found, held = attachments(ctx, call.args.record)
        kinds = ctx.codes["attachment_kind"]
        rows = [
            (
                one.filename,
                kinds.label(one.kind),
                one.size,
                one.taken_in_at,
                "" if one.present else "文件缺失",
            )
            for one in held
        ]
    grid = Grid(("文件名", "种类", "字节", "收入时间", "情况"), rows)
    data = {"id": found.id, "register": found.register.key, "attachments": [_data(one) for one in held]}
    status = DONE if all(one.present for one in held) else WITH_PROBLEMS
    return Answer(data, (grid, *(() if held else ("没有附件。",))), status)


def _data(held: Held) -> dict[str, Any]:
    return {
        "id": held.id, "filename": held.filename, "kind": held.kind, "mime": held.mime, "size": held.size,
        "sha256": held.sha256, "sm3": held.sm3, "taken_in_at": held.taken_in_at, "present": held.present,
    }  # fmt: skip


COMMANDS = (
    Command(
        "attach", "给记录添加附件：加密保存，登记指纹。", run_attach,
        (
            RECORD, file_argument(help="要添加的文件"),
            arg("--kind", metavar="种类", help="附件种类的代码或名称"),
            arg("--remark", metavar="说明", help="备注"),
        ),
    ),
    Command("attachments", "列出记录的附件。", run_attachments, (RECORD,)),
)  # fmt: skip
