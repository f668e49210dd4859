"""README.txt: what a person without the program must know about a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.bundle.manifest import KIND_LABELS

if TYPE_CHECKING:
    from collections.abc import Collection

    from exports.bundle.manifest import Manifest

_MEMBERS = {
    "01_report.xlsx": "月报表，可直接打开、打印、抄送；各所格式和位置相同，可以跨表求和",
    "02_ledger.xlsx": "明细，每类一页；白格可以改、可以写意见，灰格请勿改动",
    "03_trace.xlsx": "溯源，报表每一格由哪些明细得来，以及与上一版的差异和理由",
    "receipt.xlsx": "回执，可打印盖章",
}


def readme(manifest: Manifest, paths: Collection[str]) -> bytes:
    """Give README.txt in plain Chinese: UTF-8 with a byte order mark and CRLF for Notepad."""
    lines = [
        f"{manifest.org.name}　{KIND_LABELS.get(manifest.kind, manifest.kind)}",
        "",
        *_facts(manifest),
        "",
        "一、这是什么",
        "　　这是“一本账”程序封好的表格包。没有这个程序，也可以用 Excel 或 WPS 打开里面的表格：",
        *(f"　　{name}　{text}" for name, text in _MEMBERS.items() if name in paths),
        "　　其余文件（manifest、data、dict、att 等）供程序核对和读取，请不要改动。",
        "",
        "二、怎样修改、怎样退回",
        "　　1. 先把表格复制到别处再打开，原来的压缩包请原样保留。",
        "　　2. 在明细表的“收/退/待核”一列选择结果，意见写在白格里，不要删行、不要改第一行。",
        "　　3. 把填好的表格发回报送单位即可；改动只作为建议，由报送单位逐项确认。",
        "",
        "三、请注意",
        "　　1. 不要解压后重新压缩，不要改包里的文件：改过的包，程序不再接收。",
        "　　2. 转存时请连同同名的 .par 文件一起拷贝；优盘个别扇区损坏时，可凭它修复。",
        "　　3. 文件名最后一段是校验短码，电话核对一致，才是原件。",
        "　　4. 包内可能有个人信息，请按规定保管，不要发到无关的群里。",
    ]
    return b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode("utf-8")


def _facts(manifest: Manifest) -> list[str]:
    facts = [("报送单位", f"{manifest.org.name}（{manifest.org.code}）")]
    if manifest.to_org is not None:
        facts.append(("发往单位", f"{manifest.to_org.name}（{manifest.to_org.code}）"))
    if manifest.period is not None:
        facts.append(("所属时期", manifest.period))
    if manifest.forms:
        facts.append(("报表", "、".join(manifest.forms)))
    facts += [("版本", f"第 {manifest.version} 版"), ("封包时间", manifest.created.wall.replace("T", " "))]
    return [f"{label}：{text}" for label, text in facts]
