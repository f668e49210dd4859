"""The program as a process of its own: its start, its streams, its log."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.__main__ import READER_FLAG, main
from app.version import VERSION
from exports.workbook.worker import WORKER_FLAG
from tests.architecture.sources import ROOT
from tests.cli.conftest import Run
from tests.conftest import PASSWORD


def program(*words: str | bytes, **env: str) -> subprocess.CompletedProcess[bytes]:
    surroundings = {**os.environ, "YBZ_PASSWORD": PASSWORD, **env}
    return subprocess.run(
        [sys.executable, "-m", "app", *words], cwd=ROOT, env=surroundings, capture_output=True, timeout=60
    )


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert package["version"] == VERSION
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"一本账 {VERSION}\n"
    assert package["scripts"]["ybz"] == "app.__main__:main"


def test_the_reading_process_is_reached_through_the_program() -> None:
    assert READER_FLAG == WORKER_FLAG
    done = subprocess.run(
        [sys.executable, "-m", "app", READER_FLAG],
        cwd=ROOT,
        input=_request(b"a,b\n1,2\n"),
        capture_output=True,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1]) == {"end": True}


def _request(content: bytes) -> bytes:
    from dataclasses import asdict

    from exports.workbook.limits import Limits

    return json.dumps({"limits": asdict(Limits()), "suffix": ".csv"}).encode() + b"\n" + content


def test_output_is_utf8_under_any_locale_and_bytes_that_are_no_text_are_refused(
    ledger: Path, tmp_path: Path
) -> None:
    env = {
        "LC_ALL": "C",
        "YBZ_LEDGER": str(ledger),
        "XDG_DATA_HOME": str(tmp_path / "home"),
    }
    shown = program("list", "code_entry", "--json", **env)
    assert shown.returncode == 0, shown.stderr.decode()
    assert {row["label"] for row in json.loads(shown.stdout)} == {"青石村", "白水村", "红岩村"}
    refused = program("search", b"\xff\xfe", **env)
    assert refused.returncode == 2
    assert "无法识别的字符" in refused.stderr.decode()
    assert b"Traceback" not in refused.stderr


def test_a_reader_who_stops_reading_is_no_fault(ledger: Path) -> None:
    env = {**os.environ, "YBZ_PASSWORD": PASSWORD, "YBZ_LEDGER": str(ledger)}
    with subprocess.Popen(
        [sys.executable, "-m", "app", "registers", "--json"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
    assert complaint == b""
    assert process.returncode == 0


CANARIES = ("陈大山", "11010519491231002X", "13800001234", "青石村三组", "木匠活", PASSWORD)


def test_a_fault_of_ours_is_told_in_one_sentence_and_noted_without_a_value(
    ybz: Run, surroundings: pytest.MonkeyPatch, person: str, tmp_path: Path
) -> None:
    def broken(*_: object, **given: object) -> None:
        try:
            raise KeyError("陈大山 11010519491231002X")
        except KeyError as inner:
            raise ValueError(f"13800001234 {given}") from inner

    with surroundings.context() as patched:
        patched.setattr("app.records.write_changes", broken)
        failed = ybz("set", person, "--json", given={"occupation": "木匠活"})
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.count("\n") == 1
    reference = re.search(r"编号 ([0-9A-F]{8}) ", failed.err)
    assert reference is not None
    log = (tmp_path / "home" / "yibenzhang" / "log" / "ybz.log").read_text("utf-8")
    assert reference[1] in log
    assert "builtins.ValueError" in log
    assert "builtins.KeyError" in log
    assert "records.py" in log
    assert [one for one in CANARIES if one in log + failed.err] == []


def test_nothing_but_the_ledger_keeps_what_was_typed(ybz: Run, person: str, tmp_path: Path) -> None:
    """Every file a session leaves behind, searched for what was entered."""
    ybz(
        "set",
        person,
        given={"occupation": "木匠活", "addresses": [{"kind": "居住地", "detail": "青石村三组"}]},
    )
    ybz("show", "无此人 陈大山")
    ybz("add", "person", given={"name": "陈大山", "sex": "13800001234"})
    ybz("list", "person", "--where", "hobby=陈大山")
    ybz("backup", "--out", "备份.ybz")
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(left) > 5
    for path in left:
        content = path.read_bytes()
        for canary in CANARIES:
            assert canary.encode() not in content, path
            assert canary.encode("utf-16-le") not in content, path


def test_a_log_that_cannot_be_written_does_not_hide_the_sentence(
    ybz: Run, surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    (tmp_path / "home").write_text("a file where a folder should be", "utf-8")
    surroundings.setattr("app.listing.list_records", broken)
    failed = ybz("list", "person")
    assert (failed.status, "日志未能写入" in failed.err) == (1, True)


def test_a_password_is_asked_for_on_a_terminal(ybz: Run, surroundings: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getpass(question: str, stream: object) -> str:
        asked.append(question)
        return PASSWORD

    class Terminal:
        buffer = None

        def isatty(self) -> bool:
            return True

    surroundings.delenv("YBZ_PASSWORD")
    surroundings.setattr("getpass.getpass", getpass)
    surroundings.setattr("app.cli.surroundings.sys.stdin", Terminal())
    assert main(["list", "person"]) == 0
    assert asked == ["台账密码："]
