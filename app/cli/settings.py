"""What a station sets for itself: settings, password, recovery code, numbering."""

from __future__ import annotations

import json
from typing import Any

from app.cli.command import Answer, Call, Command, Grid, UsageError, arg
from app.cli.surroundings import secret
from app.settings import UnknownSetting, change_setting, described_settings, load_settings


def run_setting(call: Call) -> Answer:
    """Show all settings or one, or change one."""
    name = call.args.name
    if name is not None and name not in described_settings():
        raise UnknownSetting(name)
    with call.session() as ctx:
        if call.args.value is not None:
            change_setting(ctx, name, _value(name, call.args.value))
        with ctx.ledger.reading() as conn:
            settings = load_settings(conn)
    if name is None:
        return _all(settings)
    return Answer(
        _described(name, settings), (f"{described_settings()[name]['label']}：{_word(settings[name])}",)
    )


def _value(name: str, text: str) -> Any:
    """Read a value in the kind its default has; what does not fit is left for the setting to refuse."""
    default = described_settings()[name]["default"]
    if isinstance(default, str):
        return text
    if isinstance(default, bool) and text in ("是", "否"):
        return text == "是"
    if isinstance(default, list) and not text.startswith("["):
        return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _all(settings: Any) -> Answer:
    described = described_settings()
    grid = Grid(
        ("名称", "设置项", "现值", "说明"),
        [
            (name, item["label"], _word(settings[name]), item.get("note", ""))
            for name, item in described.items()
        ],
    )
    return Answer([_described(name, settings) for name in described], (grid,))


def _described(name: str, settings: Any) -> dict[str, Any]:
    item = described_settings()[name]
    return {
        "name": name, "label": item["label"], "value": settings[name], "default": item["default"],
        "choices": item.get("choices"), "note": item.get("note", ""),
    }  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def run_password(call: Call) -> Answer:
    """Change the password; with the recovery code in ``YBZ_RECOVERY_CODE`` the old one is not needed."""
    from app.ledger.keyfile import change_password

    with call.session() as ctx:
        new = secret("YBZ_NEW_PASSWORD", "新密码", twice=True)
        change_password(ctx.ledger.path, ctx.ledger.secrets, new)
    return Answer({"changed": True}, ("密码已修改；原密码不能再用，恢复码仍然有效。",))


def run_recovery_code(call: Call) -> Answer:
    """Replace the recovery code and print the new one, this once."""
    from app.ledger.keyfile import new_recovery_code

    with call.session() as ctx:
        code = new_recovery_code(ctx.ledger.path, ctx.ledger.secrets)
    lines = ("新的恢复码只显示这一次，请抄在纸上妥善保管；原恢复码已作废。", code)
    return Answer({"recovery_code": code}, lines)


def run_numbers(call: Call) -> Answer:
    """Show the last numbers issued; confirm them after the ledger came from elsewhere."""
    from app.numbering import confirm_numbers, sequences

    args = call.args
    named = (args.scheme, args.year, args.last)
    if any(part is not None for part in named) and (None in named or not args.confirm):
        raise UsageError("改正某类编号须同时写 --confirm、--scheme、--year 和 --last。")
    with call.session() as ctx:
        if args.confirm:
            confirm_numbers(ctx, args.scheme, args.year, args.last or 0)
        rows = sequences(ctx)
        held = ctx.ledger.meta.get("number_hold") or ""
    data = {
        "held": bool(held),
        "reason": held,
        "sequences": [{"scheme": one.scheme, "year": one.year, "last": one.last} for one in rows],
    }
    grid = Grid(("编号", "年度", "最后一号"), [(one.scheme, one.year, one.last) for one in rows])
    said = (held,) if held else (("编号已恢复。",) if args.confirm else ())
    return Answer(data, (*said, grid, *(() if rows else ("还没有编过号。",))))


COMMANDS = (
    Command(
        "setting", "查看全部设置，查看或修改一项。", run_setting,
        (
            arg("name", nargs="?", metavar="名称", help="设置项名称"),
            arg("value", nargs="?", metavar="值", help="新的值；列表用逗号分开"),
        ),
    ),
    Command(
        "password", "修改台账密码。", run_password,
        more="新密码从 YBZ_NEW_PASSWORD 读取，没有则在终端中询问。\n"
        "忘记密码时设置 YBZ_RECOVERY_CODE（恢复码）代替原密码。",
    ),
    Command("recovery-code", "换发恢复码。", run_recovery_code),
    Command(
        "numbers", "查看各类编号的最后一号。", run_numbers,
        (
            arg("--confirm", action="store_true", help="核对纸面登记簿后恢复编号"),
            arg("--scheme", metavar="编号", help="要改正的编号（见本命令的列表）"),
            arg("--year", type=int, metavar="年度", help="该编号的年度"),
            arg("--last", type=int, metavar="号数", help="纸面登记簿上的最后一号"),
        ),
    ),
)  # fmt: skip
