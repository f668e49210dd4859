"""The two key files beside a ledger: what opens it, how passwords change, how one copy heals the other.

Every function takes the path of the ledger; the copies stand beside it as ``.key`` and ``.key2``.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.ledger.atomic import read_file, write_file
from app.ledger.errors import (
    KeyFileDamaged,
    KeyFileMissing,
    KeyFileTooNew,
    KeyMismatch,
    LedgerExists,
    NoSuchSecret,
    NotReadable,
    PasswordRefused,
    WriteFailed,
    WrongPassword,
    WrongRecoveryCode,
)
from app.ledger.keyslots import (
    HANDOVER,
    PASSWORD,
    RECOVERY,
    Damaged,
    KdfCost,
    KeyFile,
    Secrets,
    TooNew,
    blank,
    parse,
    unwrap,
    wrap,
)
from app.ledger.recovery import new_code, normal_form
from models.errors import LedgerError

__all__ = [
    "KdfCost",
    "Secrets",
    "change_password",
    "copy_states",
    "create_keyfile",
    "key_paths",
    "new_handover_code",
    "new_recovery_code",
    "take_over",
    "unlock",
    "unlock_with_recovery",
]

MINIMUM_PASSWORD = 8
DEFAULT_COST = KdfCost()

_MOST_BYTES = 1024 * 1024
_LABELS = {PASSWORD: "密码", RECOVERY: "恢复码", HANDOVER: "交接码"}

State = Literal["good", "missing", "damaged", "unreadable", "too_new"]


@dataclass(frozen=True)
class _Copy:
    path: Path
    state: State
    keyfile: KeyFile | None = None


def key_paths(path: Path) -> tuple[Path, Path]:
    """Give where the two copies of the key file of the ledger at ``path`` stand."""
    return path.with_name(f"{path.name}.key"), path.with_name(f"{path.name}.key2")


def create_keyfile(
    path: Path, password: str, cost: KdfCost = DEFAULT_COST, *, secrets: Secrets | None = None
) -> tuple[Secrets, str]:
    """Make both copies for a ledger; give its secrets and the recovery code, shown this once.

    ``secrets`` takes over existing ones, for a ledger whose key files were lost while it was open.
    Errors: `PasswordRefused`, `LedgerExists` when a copy already stands, those of `write_file`.
    """
    phrase = _new_phrase(password)
    if any(copy.exists() for copy in key_paths(path)):
        raise LedgerExists(path)
    held = secrets or Secrets.draw()
    empty, code = blank(held), new_code()
    _store(
        path,
        empty.with_slots(
            wrap(empty, PASSWORD, phrase, held, cost), wrap(empty, RECOVERY, code.encode(), held, cost)
        ),
    )
    return held, code


def unlock(path: Path, password: str) -> Secrets:
    """Open the key file with the password; a damaged, missing or older copy is then made good.

    Errors: `WrongPassword`, `NoSuchSecret`, `KeyFileMissing`, `KeyFileDamaged`, `KeyFileTooNew`,
    `NotReadable`.
    """
    return _open(path, PASSWORD, _phrase(password), WrongPassword())


def unlock_with_recovery(path: Path, code: str) -> Secrets:
    """Open the key file with the recovery code. Errors: `RecoveryTypo`, `WrongRecoveryCode`, as `unlock`."""
    return _open(path, RECOVERY, normal_form(code).encode(), WrongRecoveryCode())


def change_password(path: Path, secrets: Secrets, new_password: str, cost: KdfCost = DEFAULT_COST) -> None:
    """Wrap the secrets under a new password and a new salt; the recovery code stays valid.

    When it returns the old password opens neither copy; a power cut before that leaves one of the two valid.
    Errors: `PasswordRefused`, `KeyMismatch`, those of `write_file`.
    """
    phrase = _new_phrase(new_password)
    keyfile = _matching(path, secrets)
    _store(path, keyfile.with_slots(wrap(keyfile, PASSWORD, phrase, secrets, cost)))


def new_recovery_code(path: Path, secrets: Secrets, cost: KdfCost = DEFAULT_COST) -> str:
    """Replace the recovery code and give the new one. Errors: as `change_password`."""
    return _replace_code(path, secrets, RECOVERY, cost)


def new_handover_code(path: Path, secrets: Secrets, cost: KdfCost = DEFAULT_COST) -> str:
    """Make a code the successor opens the ledger with once, by `take_over`. Errors: as `change_password`."""
    return _replace_code(path, secrets, HANDOVER, cost)


def take_over(path: Path, code: str, new_password: str, cost: KdfCost = DEFAULT_COST) -> tuple[Secrets, str]:
    """Open with a hand-over code; old password, old recovery code and the hand-over code die together.

    Gives the secrets and the successor's recovery code. Errors: as `unlock_with_recovery`, `PasswordRefused`.
    """
    phrase = _new_phrase(new_password)
    secrets = _open(path, HANDOVER, normal_form(code).encode(), WrongRecoveryCode())
    keyfile, recovery = _matching(path, secrets), new_code()
    fresh = (
        wrap(keyfile, PASSWORD, phrase, secrets, cost),
        wrap(keyfile, RECOVERY, recovery.encode(), secrets, cost),
    )
    _store(path, keyfile.with_slots(*fresh, without=(HANDOVER,)))
    return secrets, recovery


def copy_states(path: Path) -> tuple[State, State]:
    """Say how each copy of the key file is, without opening it."""
    first, second = (_load(copy).state for copy in key_paths(path))
    return first, second


def _replace_code(path: Path, secrets: Secrets, kind: str, cost: KdfCost) -> str:
    keyfile, code = _matching(path, secrets), new_code()
    _store(path, keyfile.with_slots(wrap(keyfile, kind, code.encode(), secrets, cost)))
    return code


def _open(path: Path, kind: str, phrase: bytes, wrong: LedgerError) -> Secrets:
    good = _good_copies(path)
    tried = False
    for content in dict.fromkeys(copy.packed() for copy in good):
        keyfile = parse(content)
        for slot in keyfile.slots:
            if slot.kind != kind:
                continue
            tried = True
            secrets = unwrap(keyfile, slot, phrase)
            if secrets is not None:
                _repair(path, content)
                return secrets
    raise wrong if tried else NoSuchSecret(_LABELS[kind])


def _repair(path: Path, content: bytes) -> None:
    """Make both copies what was just opened; a medium that cannot be written does not stop the opening."""
    for copy in key_paths(path):
        with suppress(LedgerError):
            if _bytes_of(copy) != content:
                write_file(copy, content)


def _bytes_of(copy: Path) -> bytes:
    try:
        return read_file(copy, _MOST_BYTES)
    except FileNotFoundError:
        return b""


def _store(path: Path, keyfile: KeyFile) -> None:
    """Write one copy after the other, so that at every moment at least one is whole."""
    content = keyfile.packed()
    for copy in key_paths(path):
        write_file(copy, content)
        if _bytes_of(copy) != content:
            raise WriteFailed(copy)


def _matching(path: Path, secrets: Secrets) -> KeyFile:
    for keyfile in _good_copies(path):
        if keyfile.belongs_to(secrets):
            return keyfile
    raise KeyMismatch(path)


def _good_copies(path: Path) -> list[KeyFile]:
    copies = [_load(copy) for copy in key_paths(path)]
    states = {copy.state for copy in copies}
    if "too_new" in states:
        raise KeyFileTooNew(path)
    good = [copy.keyfile for copy in copies if copy.keyfile is not None]
    if good:
        return sorted(good, key=lambda keyfile: keyfile.generation, reverse=True)
    if "unreadable" in states:
        raise NotReadable(copies[0].path)
    raise KeyFileMissing(path) if states == {"missing"} else KeyFileDamaged(path)


def _load(copy: Path) -> _Copy:
    try:
        return _Copy(copy, "good", parse(read_file(copy, _MOST_BYTES)))
    except FileNotFoundError:
        return _Copy(copy, "missing")
    except NotReadable:
        return _Copy(copy, "unreadable")
    except TooNew:
        return _Copy(copy, "too_new")
    except Damaged:
        return _Copy(copy, "damaged")


def _new_phrase(password: str) -> bytes:
    bare = unicodedata.normalize("NFKC", password)
    if len(bare) < MINIMUM_PASSWORD or not bare.strip():
        raise PasswordRefused(empty=not bare.strip(), minimum=MINIMUM_PASSWORD)
    return _phrase(password)


def _phrase(password: str) -> bytes:
    """Give one byte form for what looks the same: a full-width ``１`` from an input method is a ``1``."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
