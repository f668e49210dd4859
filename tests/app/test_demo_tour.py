"""The guided demonstration: the whole way of a month, and an honest exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.tour import NOTICE, PASSWORD, main


def test_the_tour_goes_the_whole_way_and_replaces_what_an_earlier_one_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "demo"
    old.mkdir()
    (old / NOTICE).write_text("演示", encoding="utf-8")
    (old / "old.txt").write_text("旧的", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert not (old / "old.txt").exists()
    assert PASSWORD in said
    assert "2025年12月封月" in said
    assert "本月状态：已受理" in said
    named = [line.strip() for line in said.splitlines() if line.strip().startswith(str(tmp_path))]
    assert len(named) == 3
    assert all(Path(line).is_file() for line in named)


def test_a_folder_with_other_things_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "demo" / "letter.txt"
    kept.parent.mkdir()
    kept.write_text("别动", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert kept.read_text(encoding="utf-8") == "别动"
    assert "不是演示留下的内容" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert main([str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("argv", [[], ["a", "b"]])
def test_wrong_usage_is_told_apart(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "用法" in capsys.readouterr().err
