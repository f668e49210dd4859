"""Where a ledger may live: not on network drives, in cloud-sync or read-only folders, or on a full disk.

File locks and the shared memory of the write-ahead log are not dependable over a network, and a sync
program copies the ledger's files at different moments; both end in a damaged ledger. Backups may go there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from app.ledger.errors import LocationRefused
from app.ledger.surroundings import Surroundings, look_around

REFUSE_BELOW_BYTES = 20 * 1024 * 1024
WARN_BELOW_BYTES = 200 * 1024 * 1024

Level = Literal["ok", "warning", "refused"]

_NETWORK = frozenset(
    {
        *(
            "nfs",
            "nfs3",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "ncpfs",
            "afs",
            "afpfs",
            "coda",
            "davfs",
        ),
        *("ceph", "glusterfs", "lustre", "gpfs", "beegfs", "ocfs2", "gfs2", "orangefs"),
        *(
            "fuse.sshfs",
            "fuse.rclone",
            "fuse.davfs",
            "fuse.davfs2",
            "fuse.glusterfs",
            "fuse.ceph",
            "fuse.s3fs",
        ),
        *("fuse.gvfsd-fuse", "fuse.smbnetfs", "fuse.curlftpfs", "fuse.juicefs", "fuse.cifs", "fuse.ossfs"),
    }
)
_MACHINE_SHARES = frozenset({"vboxsf", "vmhgfs", "fuse.vmhgfs-fuse", "prl_fs"})
_VOLATILE = frozenset({"tmpfs", "ramfs"})
_PORTABLE = frozenset({"vfat", "msdos", "exfat", "fuse.exfat", "fuse.exfat-fuse", "fat32", "fat"})

# A folder's whole name, without regard to case; download folders of the same products are not sync folders.
_SYNC_FOLDERS = (
    ("OneDrive", r"onedrive( - .+)?"),
    ("坚果云", r"nutstore( files|files)?( \d+)?|(我的)?坚果云"),
    ("WPS云盘", r"wps ?drive|wps ?云盘|wps ?云文档|wps cloud files"),
    ("百度网盘同步空间", r"baidu ?sync ?disk|baidunetdisk ?workspace|百度网盘同步空间|(我的)?百度网盘"),
    ("Dropbox", r"dropbox( \(.+\))?"),
    ("iCloud", r"icloud ?drive|icloud云盘|com~apple~clouddocs"),
    ("微云", r"weiyun|腾讯微云|微云(同步助手|同步盘)?"),
    ("阿里云盘", r"aliyun ?drive|adrive|阿里云盘(同步)?"),
    ("Google Drive", r"google ?drive|google 云端硬盘|my drive"),
    ("天翼云盘", r"天翼云盘(同步盘)?|ecloud ?sync"),
)


@dataclass(frozen=True)
class Verdict:
    """What a place is good for; ``portable`` asks for the settings of a removable disk."""

    level: Level
    reason: str
    message: str = ""
    portable: bool = False


Probe = Callable[[Path], Surroundings]


def check_location(path: Path, *, live: bool = True, probe: Probe = look_around) -> Verdict:
    """Give the verdict for a file at ``path``, a warning included; not ``live`` means a backup.

    Errors: `LocationRefused`.
    """
    verdict = judge(path, probe(path), live=live)
    if verdict.level == "refused":
        raise LocationRefused(verdict.message)
    return verdict


def judge(path: PurePath, around: Surroundings, *, live: bool = True) -> Verdict:
    """Weigh what was seen around ``path``; the first reason to refuse wins, then the first to warn."""
    if live:
        refusal = _network(path, around) or _sync(path, around)
        if refusal is not None:
            return refusal
    return _unwritable(around) or _no_room(around) or _warning(around) or Verdict("ok", "local")


def _network(path: PurePath, around: Surroundings) -> Verdict | None:
    share = str(path).startswith(("\\\\", "//"))
    if not share and around.drive != "remote" and around.filesystem.lower() not in _NETWORK:
        return None
    return Verdict(
        "refused",
        "network",
        "所选位置是网络盘或共享文件夹，多台电脑同时读写会损坏台账。请把台账放在本机硬盘上，备份可以放在网络盘。",
    )


def _sync(path: PurePath, around: Surroundings) -> Verdict | None:
    name = sync_product(path, around.sync_roots)
    if name is None:
        return None
    return Verdict(
        "refused",
        "sync",
        f"所选位置在{name}的同步文件夹内，同步会损坏台账。请把台账放在不同步的本机文件夹中，备份可以放在这里。",
    )


def sync_product(path: PurePath, roots: tuple[tuple[str, str], ...] = ()) -> str | None:
    """Name the cloud-sync product whose folder holds ``path``; ``roots`` adds known (product, folder)."""
    lowered = tuple(part.lower() for part in path.parts)
    for product, root in roots:
        parts = tuple(part.lower() for part in type(path)(root).parts)
        if parts and lowered[: len(parts)] == parts:
            return product
    for part in lowered[:-1]:
        for product, pattern in _SYNC_FOLDERS:
            if re.fullmatch(pattern, part):
                return product
    return None


def _unwritable(around: Surroundings) -> Verdict | None:
    if around.writable:
        return None
    return Verdict(
        "refused",
        "read_only",
        "所选文件夹不能写入（只读磁盘、光盘或没有权限），请换一个可以写入的文件夹。",
    )


def _no_room(around: Surroundings) -> Verdict | None:
    if around.free_bytes >= REFUSE_BELOW_BYTES:
        return None
    return Verdict(
        "refused", "no_room", f"磁盘剩余空间不足 20 MB（剩 {_megabytes(around)} MB），请先清理磁盘。"
    )


def _warning(around: Surroundings) -> Verdict | None:
    filesystem = around.filesystem.lower()
    portable = around.removable or filesystem in _PORTABLE or filesystem in _MACHINE_SHARES
    if around.free_bytes < WARN_BELOW_BYTES:
        message = f"磁盘剩余空间不足 200 MB（剩 {_megabytes(around)} MB），请尽快清理磁盘。"
        return Verdict("warning", "little_room", message, portable)
    if filesystem in _VOLATILE or around.drive == "ram":
        message = "所选位置在内存盘中，关机后内容会消失，请换到硬盘上的文件夹。"
        return Verdict("warning", "volatile", message)
    if filesystem in _MACHINE_SHARES:
        message = "所选位置是虚拟机的共享文件夹，请只在一台机器上打开台账。"
        return Verdict("warning", "machine_share", message, portable=True)
    if portable:
        message = "所选位置在移动磁盘上：使用中请勿拔出，用完请安全弹出，并经常备份到本机。"
        return Verdict("warning", "removable", message, portable=True)
    return None


def _megabytes(around: Surroundings) -> int:
    return around.free_bytes // (1024 * 1024)
