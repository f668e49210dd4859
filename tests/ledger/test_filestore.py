"""Attachments come back exactly as they went in, or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ledger import atomic
from app.ledger.errors import (
    AttachmentDamaged,
    AttachmentEmpty,
    AttachmentMissing,
    AttachmentTooLarge,
    DiskFull,
    NotReadable,
)
from app.ledger.filestore import LARGEST_BYTES, FileStore
from app.ledger.filetype import guess_mime
from app.ledger.keyslots import Secrets

CHUNK = 64 * 1024
HEADER, SEALED = 21, CHUNK + 16


@pytest.fixture
def secrets() -> Secrets:
    return Secrets.draw()


@pytest.fixture
def store(tmp_path: Path, secrets: Secrets) -> FileStore:
    return FileStore(tmp_path / "青石.ybz", secrets)


def place(store: FileStore, digest: str) -> Path:
    return store.folder / digest[:2] / digest


SIZES = [1, 2, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 17, 5 * CHUNK]


@pytest.mark.parametrize("size", SIZES)
def test_what_went_in_comes_out(store: FileStore, size: int) -> None:
    content = os.urandom(size)
    stored = store.put(content)
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), size)
    assert store.read(stored.sha256) == content
    with store.open(stored.sha256) as stream:
        assert stream.read() == content
    assert store.exists(stored.sha256)
    assert list(store.stored()) == [stored.sha256]


def test_the_sm3_digest_is_the_standards(store: FileStore) -> None:
    """GB/T 32905-2016, annex A.1."""
    assert store.put(b"abc").sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_file_is_taken_from_disk_and_its_original_left_alone(store: FileStore, tmp_path: Path) -> None:
    source = tmp_path / "调解协议.pdf"
    source.write_bytes(b"%PDF-1.7 \xe5\x8d\x8f\xe8\xae\xae")
    stored = store.put(source)
    assert stored.mime == "application/pdf"
    assert store.read(stored.sha256) == source.read_bytes()


def test_the_same_content_is_kept_once(store: FileStore) -> None:
    first = store.put(b"one and the same" * 99)
    before = place(store, first.sha256).read_bytes()
    assert store.put(b"one and the same" * 99) == first
    assert place(store, first.sha256).read_bytes() == before
    assert len(list(store.folder.rglob("*.*"))) == 0


def test_taking_a_damaged_file_in_again_heals_it(store: FileStore) -> None:
    stored = store.put(b"original" * 1000)
    place(store, stored.sha256).write_bytes(b"rubbish")
    store.put(b"original" * 1000)
    assert store.read(stored.sha256) == b"original" * 1000


def test_nothing_readable_is_stored(store: FileStore) -> None:
    content = "张三与李四的邻里纠纷".encode() * 5000
    stored = store.put(content)
    sealed = place(store, stored.sha256).read_bytes()
    assert content[:12] not in sealed
    assert len(sealed) > len(content)
    repeated = {sealed[start : start + 16] for start in range(21, len(sealed) - 16, 16)}
    assert len(repeated) == len(range(21, len(sealed) - 16, 16))


def test_equal_chunks_and_equal_files_are_sealed_differently_each_time(store: FileStore) -> None:
    stored = store.put(bytes(3 * CHUNK))
    path = place(store, stored.sha256)
    seen = set()
    for _ in range(2):
        sealed = path.read_bytes()
        seen |= {sealed[HEADER + n * SEALED : HEADER + n * SEALED + 64] for n in range(3)}
        path.unlink()
        store.put(bytes(3 * CHUNK))
    assert len(seen) == 6


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_bit_is_noticed(store: FileStore, data: st.DataObject) -> None:
    stored = store.put(b"evidence" * 100)
    path = place(store, stored.sha256)
    sealed = bytearray(path.read_bytes())
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(sealed)
    with pytest.raises(AttachmentDamaged):
        store.read(stored.sha256)


CUTS = [
    0,
    1,
    HEADER - 1,
    HEADER,
    HEADER + 1,
    HEADER + SEALED,
    HEADER + 2 * SEALED,
    HEADER + 2 * SEALED + 16,
    -1,
]


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_file_is_noticed_also_between_two_chunks(store: FileStore, cut: int) -> None:
    stored = store.put(os.urandom(2 * CHUNK + 5))
    path = place(store, stored.sha256)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(AttachmentDamaged):
        store.read(stored.sha256)


def test_swapped_doubled_and_appended_chunks_are_noticed(store: FileStore) -> None:
    stored = store.put(os.urandom(3 * CHUNK))
    path = place(store, stored.sha256)
    sealed = path.read_bytes()
    head = sealed[:HEADER]
    one, two, three = (sealed[HEADER + n * SEALED : HEADER + (n + 1) * SEALED] for n in range(3))
    for forged in (two + one + three, one + one + two + three, one + two + three + three, one + three, three):
        path.write_bytes(head + forged)
        with pytest.raises(AttachmentDamaged):
            store.read(stored.sha256)
    path.write_bytes(sealed)
    assert len(store.read(stored.sha256)) == 3 * CHUNK


def test_a_file_under_another_name_or_from_another_ledger_does_not_open(
    store: FileStore, tmp_path: Path
) -> None:
    mine, other = store.put(b"mine" * 10), store.put(b"other" * 10)
    place(store, mine.sha256).write_bytes(place(store, other.sha256).read_bytes())
    with pytest.raises(AttachmentDamaged):
        store.read(mine.sha256)
    with pytest.raises(AttachmentDamaged):
        FileStore(tmp_path / "青石.ybz", Secrets.draw()).read(other.sha256)


def test_missing_and_damaged_are_listed_apart(store: FileStore) -> None:
    sound, gone, cut = (store.put(name * 100).sha256 for name in (b"sound", b"gone", b"cut"))
    place(store, gone).unlink()
    place(store, cut).write_bytes(place(store, cut).read_bytes()[:-1])
    checked = store.verify([sound, gone, cut, cut])
    assert (checked.missing, checked.damaged) == ((gone,), (cut,))
    assert store.verify([sound]).missing == store.verify([sound]).damaged == ()


@pytest.mark.parametrize(
    "digest", ["", "ab", "../../../etc/passwd", "A" * 64, "g" * 64, "a" * 65, "a" * 64 + "\n"]
)
def test_only_a_digest_is_a_name(store: FileStore, digest: str) -> None:
    for ask in (store.read, store.exists, store.open):
        with pytest.raises(AttachmentMissing):
            ask(digest)


def test_the_limit_is_50_mb_and_an_empty_file_is_a_mistake(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LARGEST_BYTES == 50 * 1024 * 1024
    monkeypatch.setattr("app.ledger.filestore.LARGEST_BYTES", 1000)
    assert store.put(bytes(1000)).size == 1000
    with pytest.raises(AttachmentTooLarge):
        store.put(bytes(1001))
    big = tmp_path / "录像.mp4"
    big.write_bytes(bytes(5000))
    with pytest.raises(AttachmentTooLarge) as refused:
        store.put(big)
    assert "录像.mp4" in str(refused.value)
    with pytest.raises(AttachmentEmpty):
        store.put(b"", name="空.pdf")
    assert len(list(store.stored())) == 1


def test_the_largest_file_allowed_is_read_back_whole(store: FileStore) -> None:
    content = os.urandom(1024) * (LARGEST_BYTES // 1024)
    assert store.read(store.put(content).sha256) == content


@pytest.mark.parametrize("name", ["nowhere.pdf", "."])
def test_a_source_that_cannot_be_read_is_named(store: FileStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotReadable):
        store.put(tmp_path / name)


def test_a_full_disk_leaves_nothing_half_written(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, "fsync", full)
        with pytest.raises(DiskFull):
            store.put(b"important" * 100)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
    assert store.put(b"important" * 100).size == 900


def test_what_a_killed_program_left_behind_is_tidied(store: FileStore) -> None:
    stored = store.put(b"kept")
    leftover = place(store, stored.sha256).with_name(f".0123456789abcdef{atomic.TEMPORARY_SUFFIX}")
    leftover.write_bytes(b"half")
    assert list(store.stored()) == [stored.sha256]
    assert store.tidy() == 1
    assert not leftover.exists()
    assert store.read(stored.sha256) == b"kept"


# --- kind of file ------------------------------------------------------------------------------


def packed(member: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(member, "<x/>")
    return buffer.getvalue()


KINDS = (
    (b"%PDF-1.4", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n...", "image/png"),
    (b"\xff\xd8\xff\xe1..", "image/jpeg"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
    (b"\0\0\0\x18ftypheic", "image/heic"),
    (b"\0\0\0\x18ftypisom", "video/mp4"),
    (b"#!AMR\n", "audio/amr"),
    (packed("OFD.xml"), "application/ofd"),
    (packed("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (packed("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (packed("a.txt"), "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "application/x-ole-storage"),
    (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
    ("调解笔录".encode(), "text/plain"),
    ("调解笔录".encode("gb18030"), "text/plain"),
    (("字" * 4000).encode(), "text/plain"),
    (b"\0\x01\x02\x03", "application/octet-stream"),
)


@pytest.mark.parametrize(("content", "mime"), KINDS, ids=[mime for _, mime in KINDS])
def test_the_kind_is_told_from_the_content(content: bytes, mime: str) -> None:
    assert guess_mime(content) == mime
