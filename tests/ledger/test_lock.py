"""One program writes a ledger at a time, and a killed one never leaves it locked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.ledger.errors import SecondInstance
from app.ledger.lock import LedgerLock

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from app.ledger.lock import LedgerLock\n"
    "lock = LedgerLock(Path(sys.argv[1]))\n"
    "try:\n"
    "    lock.acquire()\n"
    "except Exception as error:\n"
    "    print(error.code, flush=True)\n"
    "else:\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.readline()\n"
    "    lock.release()\n"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "青石.ybz"


def another_program(ledger: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ledger)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def end(program: subprocess.Popen[str]) -> int:
    program.communicate("\n")
    return program.returncode


def test_the_second_program_is_refused_and_told_who_holds_the_ledger(ledger: Path) -> None:
    first = another_program(ledger)
    assert answer(first) == "held"
    with pytest.raises(SecondInstance) as refused:
        LedgerLock(ledger).acquire()
    assert f"进程 {first.pid}" in str(refused.value)
    assert "本机" in str(refused.value)
    assert end(first) == 0
    with LedgerLock(ledger) as lock:
        assert lock.held


def test_a_second_lock_in_the_same_program_is_refused(ledger: Path) -> None:
    with LedgerLock(ledger) as lock:
        with pytest.raises(SecondInstance):
            LedgerLock(ledger).acquire()
        with pytest.raises(SecondInstance):
            lock.acquire()
        assert lock.held
    assert not lock.held


def test_a_lock_left_by_a_killed_program_is_free_at_once(ledger: Path) -> None:
    for _ in range(3):
        first = another_program(ledger)
        assert answer(first) == "held"
        os.kill(first.pid, signal.SIGKILL)
        end(first)
        assert ledger.with_name(f"{ledger.name}.lock").exists()
        assert ledger.with_name(f"{ledger.name}.lock-info").exists()
        with LedgerLock(ledger) as lock:
            assert lock.held


def test_of_programs_started_together_exactly_one_gets_the_ledger(ledger: Path) -> None:
    programs = [another_program(ledger) for _ in range(5)]
    answers = [answer(program) for program in programs]
    for program in programs:
        end(program)
    assert sorted(answers) == ["held"] + ["second_instance"] * 4


def test_an_error_inside_gives_the_lock_up(ledger: Path) -> None:
    with pytest.raises(KeyError), LedgerLock(ledger):
        raise KeyError
    with LedgerLock(ledger) as lock:
        assert lock.held
    lock.release()
    assert not ledger.with_name(f"{ledger.name}.lock-info").exists()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff\xfe", None])
def test_an_unreadable_note_only_costs_the_holders_name(ledger: Path, note: bytes | None) -> None:
    with LedgerLock(ledger):
        path = ledger.with_name(f"{ledger.name}.lock-info")
        path.unlink() if note is None else path.write_bytes(note)
        with pytest.raises(SecondInstance) as refused:
            LedgerLock(ledger).acquire()
        assert "已被打开，同一时间只能有一处使用" in str(refused.value)


def test_two_ledgers_in_one_folder_do_not_lock_each_other(tmp_path: Path) -> None:
    with LedgerLock(tmp_path / "a.ybz") as one, LedgerLock(tmp_path / "b.ybz") as two:
        assert one.held
        assert two.held
