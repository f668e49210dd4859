"""A file is the old one or the new one, never half of each."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.ledger import atomic


def test_a_file_held_by_an_antivirus_is_replaced_as_soon_as_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, waits, refusals = Path.replace, [], iter(range(6))

    def held(self: Path, target: Path) -> Path:
        if next(refusals, None) is not None:
            raise PermissionError(13, "sharing violation")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(atomic.time, "sleep", waits.append)
    atomic.write_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert waits == [0.5] * 6
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("failing", ["replace", "fsync", "write"])
def test_a_failed_write_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "a"
    atomic.write_file(path, b"old")

    def fail(*_: object) -> None:
        raise PermissionError(13, "for ever")

    def parts():
        yield b"half of the new"
        if failing == "write":
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(atomic.time, "sleep", lambda _: None)
    if failing == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    if failing == "fsync":
        monkeypatch.setattr(atomic.os, "fsync", fail)
    with pytest.raises(atomic.LedgerError) as refused:
        atomic.write_file(path, parts())
    assert refused.value.code == ("write_failed" if failing == "write" else "not_writable")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_content_is_synced_before_it_gets_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        real_sync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return real_replace(self, target)

    monkeypatch.setattr(atomic.os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    atomic.write_file(tmp_path / "a", b"x")
    (tmp_path / "b").write_bytes(b"finished")
    atomic.publish(tmp_path / "b", tmp_path / "c")
    assert steps == ["content", "name", "folder"] * 2
    assert (tmp_path / "c").read_bytes() == b"finished"
