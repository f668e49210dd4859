"""Look at the disk and folder a file is to live in: what the system itself says, no judgement."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Literal

from app.ledger.atomic import TEMPORARY_SUFFIX

Drive = Literal["unknown", "fixed", "removable", "remote", "optical", "ram"]

_DRIVE_TYPES: tuple[Drive, ...] = ("unknown", "unknown", "removable", "fixed", "remote", "optical", "ram")
_ONEDRIVE = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_OCTAL = re.compile(r"\\([0-7]{3})")
_MOUNTS = Path("/proc/self/mounts")
_BLOCK_DEVICES = Path("/sys/class/block")


@dataclass(frozen=True)
class Surroundings:
    """What the system says about a place; ``filesystem`` is its type there, or empty when not known."""

    filesystem: str = ""
    drive: Drive = "unknown"
    removable: bool = False
    writable: bool = True
    free_bytes: int = 1 << 40
    sync_roots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Mount:
    """One line of the mount table."""

    source: str
    point: str
    filesystem: str


def look_around(path: Path) -> Surroundings:
    """Look at the nearest existing folder above ``path``."""
    wanted = path.absolute().parent
    folder = next((step for step in (wanted, *wanted.parents) if step.is_dir()), None)
    if folder is None:  # a drive that is not there
        return Surroundings(writable=False, free_bytes=0)
    drive = _drive(folder)
    mount = _mount(folder)
    return Surroundings(
        filesystem=mount.filesystem if mount else "",
        drive=drive,
        removable=drive == "removable" or (mount is not None and _is_pluggable(mount.source)),
        writable=_is_writable(folder),
        free_bytes=shutil.disk_usage(folder).free,
        sync_roots=tuple((_ONEDRIVE[0], os.environ[name]) for name in _ONEDRIVE if os.environ.get(name)),
    )


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """Read the kernel's mount table (`man 5 proc`): octal escapes stand for blanks in names."""
    rows = (line.split() for line in text.splitlines())
    return tuple(Mount(_plain(row[0]), _plain(row[1]), row[2]) for row in rows if len(row) > 2)


def mount_of(folder: Path, mounts: tuple[Mount, ...]) -> Mount | None:
    """Give the mount that holds ``folder``: the deepest, and of several on one point the last."""
    holding = [mount for mount in mounts if folder.is_relative_to(mount.point)]
    return max(reversed(holding), key=lambda mount: len(Path(mount.point).parts), default=None)


def _plain(escaped: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found.group(1), 8)), escaped)


def _mount(folder: Path) -> Mount | None:
    try:
        table = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return mount_of(folder.resolve(), parse_mounts(table))


def _is_pluggable(source: str) -> bool:
    """Whether a block device hangs on USB or says that its medium can be taken out (Linux)."""
    if not source.startswith("/dev/"):
        return False
    device = _BLOCK_DEVICES / Path(source).resolve().name
    if not device.exists():
        return False
    real = device.resolve()
    if "/usb" in real.as_posix():
        return True
    for holder in (real, real.parent):
        with suppress(OSError):
            if (holder / "removable").read_text(encoding="ascii").strip() == "1":
                return True
    return False


def _drive(folder: Path) -> Drive:
    if sys.platform != "win32":
        return "unknown"
    kind = int(ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\"))
    return _DRIVE_TYPES[kind] if kind < len(_DRIVE_TYPES) else "unknown"


def _is_writable(folder: Path) -> bool:
    """Try it: rights, read-only media and policies together cannot be foretold from attributes."""
    trial = folder / f".{token_hex(8)}{TEMPORARY_SUFFIX}"
    try:
        trial.touch(exist_ok=False)
        trial.unlink()
    except OSError:
        return False
    return True
