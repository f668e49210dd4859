"""The ledger file itself: new, backup, restore, check, export-plain."""

from __future__ import annotations

from pathlib import Path

from app.cli.command import DONE, WITH_PROBLEMS, Answer, Call, Command, arg
from app.cli.given import file_argument
from app.cli.surroundings import moment, secret

RESTORED = "台账由备份恢复：请核对纸面登记簿最后一号后恢复编号（ybz numbers --confirm）。"
ROLES = ("station", "county")


def run_new(call: Call) -> Answer:
    """Create an encrypted ledger; its recovery code is printed this once."""
    from app.ledger.errors import LedgerExists
    from app.ledger.ledger import create_ledger

    path = Path(call.args.path).absolute()
    if path.exists():
        raise LedgerExists(path)
    password = secret("YBZ_PASSWORD", "设置台账密码（不少于八位）", twice=True)
    made = create_ledger(
        path, password, name=call.args.station, code=call.args.code, role=call.args.role,
        now=moment(call.options),
    )  # fmt: skip
    data = {"ledger": str(made.path), "device": made.device, "recovery_code": made.recovery_code}
    lines = (
        f"已建立台账：{made.path}",
        "恢复码只显示这一次，请抄在纸上，与电脑分开保管；忘记密码时凭它打开台账：",
        made.recovery_code,
    )
    return Answer(data, lines)


def run_backup(call: Call) -> Answer:
    """Write a backup that was read back and checked."""
    from app.ledger.backup import backup_to

    target = Path(call.args.out).absolute()
    with call.session() as ctx:
        made = backup_to(ctx.ledger, target)
    data = {"ok": True, "backup": str(made.path), "size": made.size, "seq": made.seq}
    return Answer(data, (f"已备份并核对：{made.path}（修改史至第 {made.seq} 条）。",))


def run_restore(call: Call) -> Answer:
    """Restore a backup to a new place; the restored ledger goes on as a new epoch."""
    import os

    from app.ledger.backup import restore
    from app.ledger.identity import begin_epoch
    from app.ledger.ledger import open_ledger

    source, target = Path(call.args.file).absolute(), Path(call.args.to).absolute()
    recovery = os.environ.get("YBZ_RECOVERY_CODE") if "YBZ_PASSWORD" not in os.environ else None
    password = None if recovery else secret("YBZ_PASSWORD", "备份时的台账密码") if source.is_file() else ""
    restore(source, target, password=password, recovery_code=recovery)
    ledger = open_ledger(target, password=password, recovery_code=recovery)
    try:
        begin_epoch(ledger, RESTORED)
        epoch = ledger.epoch
    finally:
        ledger.close()
    lines = (f"已恢复到：{target}", RESTORED)
    return Answer({"ok": True, "ledger": str(target), "epoch": epoch}, lines)


def run_check(call: Call) -> Answer:
    """Check file, journal, tables, attachments and frozen figures."""
    from app.attachments import damage
    from app.frozen import frozen_damage
    from app.ledger.check import check_ledger

    with call.session() as ctx:
        checked = check_ledger(ctx.ledger)
        attached, broken = damage(ctx)
        found = [*checked.damage, *broken, *frozen_damage(ctx)]
    data = {
        "ok": not found,
        "changes": checked.changes,
        "records": checked.records,
        "attachments": attached,
        "damage": found,
    }
    if not found:
        counted = f"修改史 {checked.changes} 条，记录 {checked.records} 条，附件 {attached} 个"
        return Answer(data, (f"台账完整：{counted}，均无异常。",), DONE)
    advice = "请先把台账所在文件夹整个另存一份，再用最近的备份恢复。"
    return Answer(data, (f"发现 {len(found)} 处异常：", *found, advice), WITH_PROBLEMS)


def run_export_plain(call: Call) -> Answer:
    """Export everything as open files."""
    from app.plain import export_plain

    folder = Path(call.args.out).absolute()
    with call.session() as ctx:
        files = export_plain(ctx, folder)
    lines = (
        f"已导出 {len(files)} 个文件到：{folder}",
        "这些文件没有加密，含个人信息，请妥善保管，用完及时删除。",
    )
    return Answer({"files": [str(path) for path in files], "folder": str(folder)}, lines)


OUT = arg("--out", required=True, metavar="文件", help="写到哪里")

COMMANDS = (
    Command(
        "new", "新建加密台账。", run_new,
        (
            arg("path", metavar="路径", help="台账文件，例如 台账.ybz"),
            arg("--station", required=True, metavar="名称", help="单位名称，例如 青石司法所"),
            arg("--code", required=True, metavar="代码", help="单位代码"),
            arg("--role", choices=ROLES, default="station", help="station 司法所（默认），county 县（区）局"),
        ),
        more="密码从 YBZ_PASSWORD 读取，没有则在终端中询问。",
    ),
    Command("backup", "备份台账：写完即核对。", run_backup, (OUT,)),
    Command(
        "restore", "把备份恢复到新位置；不覆盖任何文件。", run_restore,
        (
            file_argument(help="备份文件"),
            arg("--to", required=True, metavar="路径", help="恢复成哪个台账文件"),
        ),
    ),
    Command("check", "检查台账文件、修改史、数据表、附件是否完整一致。", run_check),
    Command(
        "export-plain", "把全部内容导出为普通表格和文件（不加密）。", run_export_plain,
        (arg("--out", required=True, metavar="文件夹", help="一个空的或尚不存在的文件夹"),),
    ),
)  # fmt: skip
