"""The key file keeps the ledger openable through damage, typing errors, password change and hand-over."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from app.ledger import keyfile as kf
from app.ledger import recovery
from app.ledger.errors import (
    DiskFull,
    KeyFileDamaged,
    KeyFileMissing,
    KeyFileTooNew,
    KeyMismatch,
    LedgerExists,
    NoSuchSecret,
    PasswordRefused,
    RecoveryTypo,
    WriteFailed,
    WrongPassword,
    WrongRecoveryCode,
)
from app.ledger.keyslots import Damaged, Slot, parse

PASSWORD = "青石司法所2026"
CHEAP = kf.KdfCost(memory_kib=8, time_cost=1)
GROUP_START = len(recovery.PREFIX) + 1


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "青石.ybz"


@pytest.fixture
def made(ledger: Path) -> tuple[kf.Secrets, str]:
    return kf.create_keyfile(ledger, PASSWORD, CHEAP)


def flip(path: Path, position: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << bit
    path.write_bytes(content)


def contents(ledger: Path) -> list[bytes]:
    return [path.read_bytes() for path in kf.key_paths(ledger)]


def test_both_copies_stand_and_open_with_password_and_recovery_code(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    secrets, code = made
    first, second = contents(ledger)
    assert first == second
    assert kf.unlock(ledger, PASSWORD) == secrets
    assert kf.unlock_with_recovery(ledger, code) == secrets
    assert [len(part) for part in (secrets.data_key, secrets.db_salt, secrets.chain_key)] == [32, 16, 32]
    assert [len(part) for part in (secrets.file_key, secrets.sign_seed)] == [32, 32]


def test_secrets_never_show_in_a_repr_nor_in_the_files(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    secrets, code = made
    shown = f"{secrets!r} {secrets} {[secrets]}"
    for part in (secrets.data_key, secrets.db_salt, secrets.chain_key, secrets.file_key, secrets.sign_seed):
        assert part.hex() not in shown
        assert repr(part) not in shown
        assert all(part not in content for content in contents(ledger))
    assert all(code.encode() not in content for content in contents(ledger))


def test_two_ledgers_share_no_secret(tmp_path: Path) -> None:
    one, first_code = kf.create_keyfile(tmp_path / "a.ybz", PASSWORD, CHEAP)
    two, second_code = kf.create_keyfile(tmp_path / "b.ybz", PASSWORD, CHEAP)
    assert not {one.data_key, one.chain_key, one.file_key, one.sign_seed} & {
        two.data_key,
        two.chain_key,
        two.file_key,
        two.sign_seed,
    }
    assert one.db_salt != two.db_salt
    assert first_code != second_code


@pytest.mark.parametrize("which", [0, 1])
def test_a_key_file_that_stands_is_never_overwritten(
    ledger: Path, made: tuple[kf.Secrets, str], which: int
) -> None:
    kf.key_paths(ledger)[which].unlink()
    with pytest.raises(LedgerExists):
        kf.create_keyfile(ledger, PASSWORD, CHEAP)
    assert kf.unlock(ledger, PASSWORD) == made[0]


def test_every_single_flipped_bit_of_a_copy_is_noticed(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    content = contents(ledger)[0]
    assert parse(content).generation == 1
    for position in range(len(content)):
        for bit in range(8):
            altered = bytearray(content)
            altered[position] ^= 1 << bit
            with pytest.raises(Damaged):
                parse(bytes(altered))


@pytest.mark.parametrize("which", [0, 1])
def test_one_damaged_copy_still_opens_and_is_repaired(
    ledger: Path, made: tuple[kf.Secrets, str], which: int
) -> None:
    good = contents(ledger)[0]
    copy = kf.key_paths(ledger)[which]
    draw = random.Random(which)
    for position in range(0, len(good), 13):
        flip(copy, position, draw.randrange(8))
        assert kf.copy_states(ledger)[which] == "damaged"
        assert kf.unlock(ledger, PASSWORD) == made[0]
        assert contents(ledger) == [good, good]


DAMAGE = {
    "cut in half": lambda content: content[: len(content) // 2],
    "emptied": lambda _: b"",
    "zeroed": lambda content: bytes(len(content)),
    "lengthened": lambda content: content + b"\0",
    "another kind of file": lambda content: b"PK\x03\x04" + content,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_coarse_damage_of_one_copy_is_repaired_and_of_both_refused(
    ledger: Path, made: tuple[kf.Secrets, str], damage
) -> None:
    good = contents(ledger)[0]
    first, second = kf.key_paths(ledger)
    second.write_bytes(damage(good))
    assert kf.unlock_with_recovery(ledger, made[1]) == made[0]
    assert contents(ledger) == [good, good]
    first.write_bytes(damage(good))
    second.write_bytes(damage(good))
    with pytest.raises(KeyFileDamaged) as refused:
        kf.unlock(ledger, PASSWORD)
    assert "两份密钥文件均已损坏或缺失" in str(refused.value)
    assert contents(ledger) == [damage(good), damage(good)]


def test_a_missing_copy_is_made_again_and_both_missing_is_said(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    good = contents(ledger)[0]
    for copy in kf.key_paths(ledger):
        copy.unlink()
        assert kf.unlock(ledger, PASSWORD) == made[0]
        assert contents(ledger) == [good, good]
    for copy in kf.key_paths(ledger):
        copy.unlink()
    with pytest.raises(KeyFileMissing):
        kf.unlock(ledger, PASSWORD)


@pytest.mark.parametrize("typed", ["", "青石司法所2025", PASSWORD.lower() + " ", "x" * 500, "\ud800bad"])
def test_a_wrong_password_opens_nothing_and_repairs_nothing(
    ledger: Path, made: tuple[kf.Secrets, str], typed: str
) -> None:
    flip(kf.key_paths(ledger)[1], 40, 3)
    before = contents(ledger)
    with pytest.raises(WrongPassword):
        kf.unlock(ledger, typed)
    assert contents(ledger) == before


@pytest.mark.parametrize("password", ["", "        ", "1234567", "短密码", "　　　　　　　　"])
def test_weak_passwords_are_refused_before_anything_is_written(ledger: Path, password: str) -> None:
    with pytest.raises(PasswordRefused):
        kf.create_keyfile(ledger, password, CHEAP)
    assert not any(copy.exists() for copy in kf.key_paths(ledger))


def test_full_width_digits_of_an_input_method_are_the_same_password(ledger: Path) -> None:
    secrets, _ = kf.create_keyfile(ledger, "Ab２０２６１１２３", CHEAP)
    assert kf.unlock(ledger, "Ab20261123") == secrets


def test_after_a_password_change_the_old_one_is_dead_in_both_copies(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    secrets, code = made
    before = contents(ledger)[0]
    kf.change_password(ledger, secrets, "another-pass", CHEAP)
    first, second = contents(ledger)
    assert first == second != before
    for copy in kf.key_paths(ledger):
        kept = copy.read_bytes()
        copy.unlink()
        with pytest.raises(WrongPassword):
            kf.unlock(ledger, PASSWORD)
        copy.write_bytes(kept)
    assert kf.unlock(ledger, "another-pass") == secrets
    assert kf.unlock_with_recovery(ledger, code) == secrets


def test_a_password_change_draws_a_new_salt(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    payloads = set()
    for _ in range(3):
        kf.change_password(ledger, made[0], PASSWORD, CHEAP)
        slot = next(slot for slot in parse(contents(ledger)[0]).slots if slot.kind == "password")
        payloads.add(slot.payload[9:25])
    assert len(payloads) == 3


@pytest.mark.parametrize("writes_before_the_cut", [0, 1, 2])
def test_a_password_change_cut_anywhere_leaves_a_valid_password(
    ledger: Path, made: tuple[kf.Secrets, str], monkeypatch: pytest.MonkeyPatch, writes_before_the_cut: int
) -> None:
    whole_write, done = kf.write_file, []

    def failing(path: Path, content: bytes) -> None:
        if len(done) == writes_before_the_cut:
            raise DiskFull(path)
        done.append(path)
        whole_write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(kf, "write_file", failing)
        if writes_before_the_cut < 2:
            with pytest.raises(DiskFull):
                kf.change_password(ledger, made[0], "another-pass", CHEAP)
        else:
            kf.change_password(ledger, made[0], "another-pass", CHEAP)
    valid = PASSWORD if writes_before_the_cut == 0 else "another-pass"
    assert kf.unlock_with_recovery(ledger, made[1]) == made[0]
    assert kf.unlock(ledger, valid) == made[0]
    first, second = contents(ledger)
    assert first == second


def test_after_a_half_done_change_the_password_that_was_typed_stays_valid(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    old = contents(ledger)[0]
    kf.change_password(ledger, made[0], "another-pass", CHEAP)
    kf.key_paths(ledger)[1].write_bytes(old)
    assert kf.unlock(ledger, PASSWORD) == made[0]
    assert contents(ledger) == [old, old]


def test_a_medium_that_keeps_other_bytes_is_noticed(
    ledger: Path, made: tuple[kf.Secrets, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kf, "write_file", lambda path, content: path.write_bytes(bytes(len(content))))
    with pytest.raises(WriteFailed):
        kf.change_password(ledger, made[0], "another-pass", CHEAP)
    monkeypatch.undo()
    assert kf.unlock(ledger, PASSWORD) == made[0]


def test_secrets_of_another_ledger_cannot_replace_the_password(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    with pytest.raises(KeyMismatch):
        kf.change_password(ledger, kf.Secrets.draw(), "another-pass", CHEAP)
    assert kf.unlock(ledger, PASSWORD) == made[0]


def test_a_new_recovery_code_kills_the_old_one(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    secrets, old = made
    fresh = kf.new_recovery_code(ledger, secrets, CHEAP)
    with pytest.raises(WrongRecoveryCode):
        kf.unlock_with_recovery(ledger, old)
    assert kf.unlock_with_recovery(ledger, fresh) == secrets
    assert kf.unlock(ledger, PASSWORD) == secrets


def test_hand_over_gives_the_successor_the_ledger_and_ends_the_predecessors_ways_in(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    secrets, old_recovery = made
    handover = kf.new_handover_code(ledger, secrets, CHEAP)
    assert kf.unlock(ledger, PASSWORD) == secrets
    taken, recovery_code = kf.take_over(ledger, handover, "successor-pass", CHEAP)
    assert taken == secrets
    assert kf.unlock(ledger, "successor-pass") == secrets
    assert kf.unlock_with_recovery(ledger, recovery_code) == secrets
    with pytest.raises(WrongPassword):
        kf.unlock(ledger, PASSWORD)
    with pytest.raises(WrongRecoveryCode):
        kf.unlock_with_recovery(ledger, old_recovery)
    with pytest.raises(NoSuchSecret):
        kf.take_over(ledger, handover, "successor-pass", CHEAP)


def test_a_weak_password_at_hand_over_leaves_the_code_usable(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    handover = kf.new_handover_code(ledger, made[0], CHEAP)
    with pytest.raises(PasswordRefused):
        kf.take_over(ledger, handover, "short", CHEAP)
    assert kf.take_over(ledger, handover, "long-enough", CHEAP)[0] == made[0]


def test_slots_of_a_later_program_are_kept_byte_for_byte(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    secrets, _ = made
    future = Slot("county-escrow/2", bytes(range(256)) * 3)
    extended = parse(contents(ledger)[0]).with_slots(future).packed()
    for copy in kf.key_paths(ledger):
        copy.write_bytes(extended)
    assert kf.unlock(ledger, PASSWORD) == secrets
    kf.change_password(ledger, secrets, "another-pass", CHEAP)
    kf.new_recovery_code(ledger, secrets, CHEAP)
    assert future in parse(contents(ledger)[0]).slots
    assert kf.unlock(ledger, "another-pass") == secrets


@pytest.mark.parametrize("which", [0, 1])
def test_a_key_file_of_a_later_version_is_neither_opened_nor_repaired(
    ledger: Path, made: tuple[kf.Secrets, str], which: int
) -> None:
    body = bytearray(contents(ledger)[0][:-32])
    body[9] += 1
    newer = bytes(body) + hashlib.sha256(body).digest()
    kf.key_paths(ledger)[which].write_bytes(newer)
    with pytest.raises(KeyFileTooNew):
        kf.unlock(ledger, PASSWORD)
    assert contents(ledger)[which] == newer


@pytest.mark.parametrize("offset", [0, 4, 8], ids=["memory", "passes", "lanes"])
def test_an_absurd_cost_in_a_forged_key_file_is_not_paid(
    ledger: Path, made: tuple[kf.Secrets, str], offset: int
) -> None:
    good = parse(contents(ledger)[0])
    password, *others = good.slots
    width = 1 if offset == 8 else 4
    payload = password.payload[:offset] + b"\xff" * width + password.payload[offset + width :]
    forged = kf.KeyFile(
        good.ledger_id, good.generation, good.key_check, (Slot("password", payload), *others)
    ).packed()
    for copy in kf.key_paths(ledger):
        copy.write_bytes(forged)
    with pytest.raises(WrongPassword):
        kf.unlock(ledger, PASSWORD)


def test_a_slot_moved_to_another_kind_or_ledger_does_not_open(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.ybz", tmp_path / "theirs.ybz"
    kf.create_keyfile(mine, PASSWORD, CHEAP)
    kf.create_keyfile(theirs, "their-own-password", CHEAP)
    good, other = parse(contents(mine)[0]), parse(contents(theirs)[0])
    for slot in (Slot("password", good.slots[1].payload), other.slots[0]):
        for copy in kf.key_paths(mine):
            copy.write_bytes(good.with_slots(slot).packed())
        with pytest.raises(WrongPassword):
            kf.unlock(mine, "their-own-password")


def test_lost_key_files_of_an_open_ledger_can_be_written_again(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    for copy in kf.key_paths(ledger):
        copy.unlink()
    secrets, code = kf.create_keyfile(ledger, "another-pass", CHEAP, secrets=made[0])
    assert secrets == made[0] == kf.unlock(ledger, "another-pass") == kf.unlock_with_recovery(ledger, code)


def test_a_copy_that_cannot_be_repaired_does_not_stop_the_opening(
    ledger: Path, made: tuple[kf.Secrets, str]
) -> None:
    second = kf.key_paths(ledger)[1]
    second.unlink()
    second.mkdir()
    (second / "held").write_bytes(b"")
    assert kf.unlock(ledger, PASSWORD) == made[0]
    assert kf.copy_states(ledger) == ("good", "unreadable")


def test_a_typo_and_another_ledgers_code_are_told_apart(ledger: Path, made: tuple[kf.Secrets, str]) -> None:
    code = made[1]
    wrong = "Z" if code[GROUP_START] != "Z" else "Y"
    with pytest.raises(RecoveryTypo):
        kf.unlock_with_recovery(ledger, code[:GROUP_START] + wrong + code[GROUP_START + 1 :])
    with pytest.raises(WrongRecoveryCode):
        kf.unlock_with_recovery(ledger, recovery.new_code())
