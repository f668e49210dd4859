"""Is this still the same ledger on the same machine? An older or copied file goes on as a new epoch."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.ledger.atomic import write_file
from app.ledger.connection import begin_immediate
from models import journal as j
from models.records import table_of

if TYPE_CHECKING:
    from app.ledger.keyfile import Secrets
    from app.ledger.ledger import Ledger
    from app.ledger.writer import Head

MOVED = "台账换了电脑：已作为新的副本继续，请核对纸面登记簿最后一号后恢复编号（ybz numbers --confirm）。"
OLDER = (
    "台账比上次关闭时旧，可能换回了旧文件：已作为新的副本继续，请核对后恢复编号（ybz numbers --confirm）。"
)


def machine_mark() -> str:
    """Give a mark of this machine (a hash, nothing readable): the same at every start."""
    try:
        text = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except OSError:
        text = ""
    return hashlib.sha256(f"ybz:{text or uuid.getnode()}".encode()).hexdigest()[:16]


def head_path(path: Path) -> Path:
    """Give the side file that remembers where the chain stood."""
    return path.with_name(path.name + ".head")


def write_head(path: Path, secrets: Secrets, head: Head) -> None:
    """Write where the chain stands beside the ledger, sealed with a key only the ledger's owner has."""
    body = {"device": head.device, "epoch": head.epoch, "seq": head.seq, "hash": head.hash.hex()}
    text = json.dumps(body, sort_keys=True)
    seal = hmac.new(secrets.chain_key, text.encode(), hashlib.sha256).hexdigest()
    write_file(head_path(path), f"{text}\n{seal}\n".encode())


def check_identity(ledger: Ledger) -> None:
    """Compare the ledger with its side file and this machine; go on as a new epoch when they differ."""
    notices = []
    with ledger.reading() as conn:
        if not _holds_remembered_head(ledger, conn):
            notices.append(OLDER)
    if ledger.meta["machine"] != machine_mark():
        notices.append(MOVED)
    if notices:
        begin_epoch(ledger, notices[0])
    ledger.notices = tuple(notices)


def begin_epoch(ledger: Ledger, why: str) -> None:
    """Go on under a new epoch and hold the issuing of numbers until the officer has checked the paper."""
    with ledger.engine.connect() as conn:
        begin_immediate(conn)
        ledger.set_meta(conn, epoch=str(ledger.epoch + 1), machine=machine_mark(), number_hold=why)
        conn.commit()
        write_head(ledger.path, ledger.secrets, ledger.head(conn))


def _holds_remembered_head(ledger: Ledger, conn: sa.Connection) -> bool:
    remembered = _read_head(ledger.path, ledger.secrets)
    if remembered is None or remembered["seq"] == 0:
        return True
    table = table_of(j.JournalChange)
    found = conn.execute(
        sa.select(table.c.hash).where(
            table.c.device == remembered["device"],
            table.c.epoch == remembered["epoch"],
            table.c.seq == remembered["seq"],
        )
    ).scalars()
    return any(value.hex() == remembered["hash"] for value in found)


def _read_head(path: Path, secrets: Secrets) -> dict[str, object] | None:
    try:
        text, seal, *_ = head_path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return None
    wanted = hmac.new(secrets.chain_key, text.encode(), hashlib.sha256).hexdigest()
    return dict(json.loads(text)) if hmac.compare_digest(seal, wanted) else None
