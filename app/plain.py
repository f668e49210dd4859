"""Everything as open files: no one is locked in to this program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.attachments import store
from app.ledger.atomic import make_folder, write_file
from app.ledger.errors import AttachmentDamaged, AttachmentMissing
from app.registers import REGISTERS
from app.sheets.outgoing import write_register
from models import journal as j
from models.errors import LedgerError
from models.person import Attachment
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

EVENT = "export_plain"
ATTACHMENTS, JOURNAL, README = "附件", "修改史.jsonl", "说明.txt"
_UNSAFE_IN_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_TOLD = ("at", "actor", "verb", "entity", "record", "kind", "values")
_README = """\
{org}（{code}）台账的全部内容，导出于 {now}。

各登记簿一个表格文件，子表在其后的工作表中；“作废理由”一列有内容的是已作废的记录。
“附件”文件夹按所属记录的编号分放原件。
“修改史.jsonl”每行一条改动：时间、经办人、操作、记录编号、改后的值。
这些文件没有加密，含个人信息（个人信息保护法第二十八条的敏感个人信息在内），请妥善保管，用完及时删除。
"""


class FolderInUse(LedgerError):
    """The folder to write to already holds something."""

    code = "folder_in_use"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"“{folder.name}”不是空文件夹，为免混淆没有写入，请换一个空的文件夹。")


def export_plain(ctx: Context, folder: Path) -> list[Path]:
    """Write every register, attachment and change as open files; gives the files written.

    An attachment that is missing or damaged is named in the note beside it instead. The export is noted in
    the journal. Errors: `FolderInUse`, OSError, those of `write_file`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(folder)
    make_folder(folder)
    with ctx.ledger.writing(ctx, EVENT, "导出全部内容") as writer:
        writer.event(EVENT)
    files = []
    for register in REGISTERS:
        path = folder / f"{register.label}.xlsx"
        if write_register(ctx, register, path, sensitive=True, void=True):
            files.append(path)
        else:
            path.unlink()
    files += _attachments(ctx, folder / ATTACHMENTS)
    files.append(_journal(ctx, folder / JOURNAL))
    files.append(_readme(ctx, folder / README))
    return files


def _attachments(ctx: Context, folder: Path) -> Iterator[Path]:
    table = table_of(Attachment)
    held = store(ctx)
    with ctx.ledger.reading() as conn:
        rows = [dict(row) for row in conn.execute(sa.select(table).order_by(table.c.id)).mappings()]
    for row in rows:
        path = _free(folder / row["record_id"] / _file_name(row))
        make_folder(path.parent)
        try:
            write_file(path, held.read(row["sha256"]))
        except (AttachmentMissing, AttachmentDamaged) as lost:
            path = _free(path.with_name(f"{path.name}（未能导出）.txt"))
            write_file(path, lost.message.encode())
        yield path


def _file_name(row: Row) -> str:
    return _UNSAFE_IN_NAME.sub("_", str(row["filename"])).strip(". ") or "附件"


def _free(path: Path) -> Path:
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    return found


def _journal(ctx: Context, path: Path) -> Path:
    change, batch = table_of(j.JournalChange), table_of(j.JournalBatch)
    query = (
        sa.select(
            batch.c.at, change.c.actor, change.c.verb, change.c.entity, change.c.record, change.c.kind,
            change.c.payload,
        )
        .join(batch, change.c.batch == batch.c.batch)
        .order_by(change.c.local)
    )  # fmt: skip
    with ctx.ledger.reading() as conn:
        rows = conn.execute(query.execution_options(yield_per=1000))
        write_file(path, (_line(row) for row in rows))
    return path


def _line(row: Any) -> bytes:
    values = {name: kept[0] for name, kept in json.loads(row.payload).items()}
    told = dict(zip(_TOLD, (*row[:-1], values), strict=True))
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _readme(ctx: Context, path: Path) -> Path:
    text = _README.format(
        org=ctx.ledger.org_name, code=ctx.ledger.org_code, now=ctx.now.strftime("%Y-%m-%d %H:%M")
    )
    write_file(path, text.encode())
    return path
