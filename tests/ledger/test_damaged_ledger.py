"""A damaged, cut, foreign or missing file is named for what it is, and a torn first sector costs nothing."""

from __future__ import annotations

import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from app.ledger import connection as cn
from app.ledger.errors import (
    KeyMismatch,
    LedgerBusy,
    LedgerDamaged,
    LedgerNotFound,
    LedgerTruncated,
    NotALedger,
    NotReadable,
    NotWritable,
)
from app.ledger.keyslots import Secrets

ROWS = 400
CANARY = "金丝雀甲乙丙丁"


@pytest.fixture
def secrets() -> Secrets:
    return Secrets.draw()


@pytest.fixture
def ledger(tmp_path: Path, secrets: Secrets) -> Path:
    """A closed ledger of a few hundred pages, its log folded in."""
    path = tmp_path / "青石 #1 100%?.ybz"
    connection = cn.open_connection(path, secrets, create=True)
    connection.execute("CREATE TABLE note (body TEXT)")
    rows = [(f"{CANARY}{number}" + "文" * 300,) for number in range(ROWS)]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO note VALUES (?)", rows)
    connection.execute("COMMIT")
    connection.close()
    return path


def count(connection) -> int:
    return int(connection.execute("SELECT count(*) FROM note").fetchone()[0])


def overwrite(path: Path, position: int, content: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(position)
        stream.write(content)


def test_a_torn_first_sector_does_not_lock_the_ledger(ledger: Path, secrets: Secrets) -> None:
    assert ledger.read_bytes()[:16] == secrets.db_salt
    overwrite(ledger, 0, os.urandom(16))
    opened = cn.open_connection(ledger, secrets)
    assert count(opened) == ROWS
    assert cn.quick_check(opened) == ()
    opened.execute("INSERT INTO note VALUES ('goes on')")
    opened.close()
    assert cn.cipher_check(ledger, secrets) == ()


def office_document() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 9000)
    return packed.getvalue()


FOREIGN = {
    "plain database": (b"SQLite format 3\0" + bytes(8000), "未加密的数据库"),
    "spreadsheet": (office_document(), "表格、文档或压缩包"),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8000), "旧格式"),
    "pdf": (b"%PDF-1.7\n" + bytes(8000), "PDF"),
    "photo": (b"\xff\xd8\xff\xe0" + bytes(8000), "图片"),
    "key file": (b"YBZ-KEY\0" + bytes(400), "密钥文件"),
}


@pytest.mark.parametrize(("content", "named"), FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_file_is_named_for_what_it_is_and_left_alone(
    tmp_path: Path, secrets: Secrets, content: bytes, named: str
) -> None:
    path = tmp_path / "错.ybz"
    path.write_bytes(content)
    with pytest.raises(NotALedger) as refused:
        cn.open_connection(path, secrets)
    assert named in str(refused.value)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def cut_to(size: int):
    return lambda path: os.truncate(path, size)


def cut_page(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 8192 * 4096)


HARM = {
    "emptied": (cut_to(0), LedgerTruncated),
    "only a few bytes": (cut_to(100), LedgerTruncated),
    "cut inside a page": (cut_to(40960 + 77), LedgerTruncated),
    "cut between pages": (cut_page, LedgerTruncated),
    "first page flipped": (lambda path: overwrite(path, 2000, b"\x55\xaa\x55"), LedgerDamaged),
    "first page zeroed behind the salt": (lambda path: overwrite(path, 16, bytes(4080)), LedgerDamaged),
    "another ledger's beginning": (lambda path: overwrite(path, 0, os.urandom(4096)), KeyMismatch),
    "gone": (Path.unlink, LedgerNotFound),
}


@pytest.mark.parametrize(("harm", "error"), HARM.values(), ids=HARM.keys())
def test_kinds_of_damage_are_told_apart(ledger: Path, secrets: Secrets, harm, error) -> None:
    harm(ledger)
    before = ledger.read_bytes() if ledger.exists() else None
    with pytest.raises(error):
        cn.open_connection(ledger, secrets)
    assert (ledger.read_bytes() if ledger.exists() else None) == before


def test_a_missing_ledger_is_not_silently_made_new(tmp_path: Path, secrets: Secrets) -> None:
    engine = cn.engine_for(tmp_path / "无.ybz", secrets)
    with pytest.raises(LedgerNotFound):
        engine.connect()
    assert list(tmp_path.iterdir()) == []


def test_the_key_file_of_another_ledger_is_told_from_damage(ledger: Path) -> None:
    with pytest.raises(KeyMismatch):
        cn.open_connection(ledger, Secrets.draw())


def test_a_folder_or_unreachable_place_is_said_to_be_unreadable(tmp_path: Path, secrets: Secrets) -> None:
    with pytest.raises(NotReadable):
        cn.open_connection(tmp_path / "nowhere" / "x.ybz", secrets, create=True)


def test_a_single_flipped_bit_anywhere_is_found_and_its_page_named(ledger: Path, secrets: Secrets) -> None:
    whole = ledger.read_bytes()
    draw = random.Random(7)
    for _ in range(25):
        position = draw.randrange(16, len(whole))
        ledger.write_bytes(whole)
        overwrite(ledger, position, bytes([whole[position] ^ 1 << draw.randrange(8)]))
        assert cn.cipher_check(ledger, secrets) == (position // cn.PAGE_SIZE + 1,)
    ledger.write_bytes(whole)
    assert cn.cipher_check(ledger, secrets) == ()


def test_quick_check_reports_damage_instead_of_raising(ledger: Path, secrets: Secrets) -> None:
    overwrite(ledger, 20 * cn.PAGE_SIZE + 99, b"\xde\xad")
    engine = cn.engine_for(ledger, secrets)
    with engine.connect() as conn:
        assert cn.quick_check(conn) != ()
        with pytest.raises(LedgerDamaged), cn.translated(ledger):
            conn.exec_driver_sql("SELECT sum(length(body)) FROM note").scalar()
    engine.dispose()


def test_the_page_check_raises_no_false_alarm_over_an_unfolded_log(ledger: Path, secrets: Secrets) -> None:
    opened = cn.open_connection(ledger, secrets)
    opened.execute("PRAGMA wal_autocheckpoint=0")
    opened.execute("UPDATE note SET body = body || 'x'")
    log = ledger.with_name(f"{ledger.name}-wal").read_bytes()
    state = ledger.read_bytes()
    opened.close()
    copy = ledger.with_name("copy.ybz")
    copy.write_bytes(state[: 10 * cn.PAGE_SIZE] + os.urandom(512) + state[10 * cn.PAGE_SIZE + 512 :])
    copy.with_name(f"{copy.name}-wal").write_bytes(log)
    assert cn.cipher_check(copy, secrets) == ()
    again = cn.open_connection(copy, secrets)
    assert count(again) == ROWS
    again.close()


def test_the_page_check_says_busy_while_someone_reads(
    ledger: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cn, "BUSY_MILLISECONDS", 50)
    reader, writer = cn.open_connection(ledger, secrets), cn.open_connection(ledger, secrets)
    reader.execute("BEGIN")
    count(reader)
    writer.execute("INSERT INTO note VALUES ('newer than the reader')")
    with pytest.raises(LedgerBusy):
        cn.cipher_check(ledger, secrets)
    reader.close()
    writer.close()


def test_writing_to_a_read_only_file_is_named(ledger: Path, secrets: Secrets) -> None:
    opened = cn.open_connection(ledger, secrets)
    opened.execute("PRAGMA query_only=ON")
    with pytest.raises(NotWritable), cn.translated(ledger):
        opened.execute("DELETE FROM note")
    opened.close()
