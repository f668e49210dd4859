"""A ledger lives only where its locks and its durability can be trusted."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from app.ledger.errors import LocationRefused
from app.ledger.location import check_location, judge, sync_product
from app.ledger.surroundings import Mount, Surroundings, look_around, mount_of, parse_mounts

MB = 1024 * 1024
HOME = PurePosixPath("/home/sf/台账/青石.ybz")
DISK_D = PureWindowsPath("D:/台账/青石.ybz")

# filesystem or drive → level, reason, portable settings
MOUNTS = (
    (HOME, Surroundings("ext4"), "ok", "local", False),
    (HOME, Surroundings("btrfs"), "ok", "local", False),
    (HOME, Surroundings("xfs"), "ok", "local", False),
    (HOME, Surroundings("overlay"), "ok", "local", False),
    (HOME, Surroundings("fuseblk"), "ok", "local", False),
    (HOME, Surroundings("9p"), "ok", "local", False),
    (HOME, Surroundings(""), "ok", "local", False),
    (DISK_D, Surroundings(drive="fixed"), "ok", "local", False),
    (HOME, Surroundings("nfs"), "refused", "network", False),
    (HOME, Surroundings("nfs4"), "refused", "network", False),
    (HOME, Surroundings("cifs"), "refused", "network", False),
    (HOME, Surroundings("smb3"), "refused", "network", False),
    (HOME, Surroundings("fuse.sshfs"), "refused", "network", False),
    (HOME, Surroundings("fuse.gvfsd-fuse"), "refused", "network", False),
    (HOME, Surroundings("fuse.rclone"), "refused", "network", False),
    (HOME, Surroundings("davfs"), "refused", "network", False),
    (HOME, Surroundings("ceph"), "refused", "network", False),
    (DISK_D, Surroundings(drive="remote"), "refused", "network", False),
    (PureWindowsPath("//server/share/青石.ybz"), Surroundings(), "refused", "network", False),
    (HOME, Surroundings("vfat"), "warning", "removable", True),
    (HOME, Surroundings("exfat"), "warning", "removable", True),
    (HOME, Surroundings("ext4", removable=True), "warning", "removable", True),
    (DISK_D, Surroundings(drive="removable", removable=True), "warning", "removable", True),
    (HOME, Surroundings("vboxsf"), "warning", "machine_share", True),
    (HOME, Surroundings("tmpfs"), "warning", "volatile", False),
    (DISK_D, Surroundings(drive="ram"), "warning", "volatile", False),
    (HOME, Surroundings("iso9660", writable=False), "refused", "read_only", False),
    (DISK_D, Surroundings(drive="optical", writable=False), "refused", "read_only", False),
    (HOME, Surroundings("ext4", free_bytes=20 * MB - 1), "refused", "no_room", False),
    (HOME, Surroundings("ext4", free_bytes=20 * MB), "warning", "little_room", False),
    (HOME, Surroundings("ext4", free_bytes=200 * MB - 1), "warning", "little_room", False),
    (HOME, Surroundings("ext4", free_bytes=200 * MB), "ok", "local", False),
    (HOME, Surroundings("vfat", free_bytes=100 * MB), "warning", "little_room", True),
)


@pytest.mark.parametrize(("path", "around", "level", "reason", "portable"), MOUNTS)
def test_each_kind_of_disk_gets_its_verdict(
    path: PurePath, around: Surroundings, level: str, reason: str, portable: bool
) -> None:
    verdict = judge(path, around)
    assert (verdict.level, verdict.reason, verdict.portable) == (level, reason, portable)
    assert bool(verdict.message) == (level != "ok")


SYNCED = (
    (r"C:\Users\sf\OneDrive\台账\a.ybz", "OneDrive"),
    (r"C:\Users\sf\OneDrive - 青石镇司法所\a.ybz", "OneDrive"),
    (r"D:\Nutstore\1\a.ybz", "坚果云"),
    (r"D:\我的坚果云\a.ybz", "坚果云"),
    (r"D:\WPSDrive\123\WPS云盘\a.ybz", "WPS云盘"),
    (r"D:\WPS云盘\a.ybz", "WPS云盘"),
    (r"D:\BaiduSyncdisk\a.ybz", "百度网盘同步空间"),
    (r"D:\百度网盘同步空间\所务\a.ybz", "百度网盘同步空间"),
    ("/home/sf/Dropbox/a.ybz", "Dropbox"),
    ("/Users/sf/Library/Mobile Documents/com~apple~CloudDocs/a.ybz", "iCloud"),
    (r"C:\Users\sf\iCloudDrive\a.ybz", "iCloud"),
    (r"D:\微云同步助手\a.ybz", "微云"),
    (r"D:\阿里云盘\a.ybz", "阿里云盘"),
    (r"D:\aliyundrive\a.ybz", "阿里云盘"),
)


@pytest.mark.parametrize(("text", "product"), SYNCED)
def test_cloud_sync_folders_are_refused_by_the_products_name(text: str, product: str) -> None:
    path = PureWindowsPath(text) if "\\" in text else PurePosixPath(text)
    verdict = judge(path, Surroundings())
    assert (verdict.level, verdict.reason) == ("refused", "sync")
    assert product in verdict.message
    assert judge(path, Surroundings(), live=False).level == "ok"


HARMLESS = (
    r"D:\BaiduNetdiskDownload\a.ybz",
    r"D:\台账\onedrive.ybz",
    r"D:\坚果云讲解材料\a.ybz",
    r"D:\微云村\a.ybz",
    r"D:\dropbox使用说明\a.ybz",
    "/home/sf/桌面/a.ybz",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_names_that_only_resemble_a_sync_folder_are_not_refused(text: str) -> None:
    path = PureWindowsPath(text) if "\\" in text else PurePosixPath(text)
    assert sync_product(path) is None


def test_a_sync_folder_under_another_name_is_known_from_the_system() -> None:
    roots = (("OneDrive", r"D:\我的云文件"),)
    assert sync_product(PureWindowsPath(r"d:\我的云文件\台账\a.ybz"), roots) == "OneDrive"
    assert sync_product(PureWindowsPath(r"D:\我的云文件2\a.ybz"), roots) is None


@pytest.mark.parametrize("filesystem", ["nfs4", "cifs", "fuse.sshfs"])
def test_backups_may_go_to_the_network_but_not_onto_a_full_disk(filesystem: str) -> None:
    assert judge(HOME, Surroundings(filesystem), live=False).level == "ok"
    assert judge(HOME, Surroundings(filesystem, free_bytes=MB), live=False).reason == "no_room"


def test_a_refusal_is_raised_with_its_reason_and_a_warning_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.ybz"
    with pytest.raises(LocationRefused) as refused:
        check_location(path, probe=lambda _: Surroundings("nfs4"))
    assert "网络盘" in str(refused.value)
    assert check_location(path, live=False, probe=lambda _: Surroundings("nfs4")).level == "ok"
    assert check_location(path, probe=lambda _: Surroundings("exfat")).portable


# --- what the system says ----------------------------------------------------------------------

TABLE = r"""/dev/sda2 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
//10.0.0.2/share /mnt/\345\205\261\344\272\253 cifs rw 0 0
/dev/sdb1 /media/sf/U\040DISK vfat rw 0 0
/dev/sda3 /data ext4 rw 0 0
nas:/vol /data nfs4 rw 0 0
garbage
"""


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("/home/sf", "/dev/sda2"),
        ("/media/sf/U DISK/台账", "/dev/sdb1"),
        ("/media/sf/U DISK2", "/dev/sda2"),
        ("/data", "nas:/vol"),
        ("/data/x/y", "nas:/vol"),
        ("/datax", "/dev/sda2"),
    ],
)
def test_the_mount_holding_a_folder_is_found(folder: str, source: str) -> None:
    mounts = parse_mounts(TABLE)
    found = mount_of(Path(folder), mounts)
    assert found is not None
    assert found.source == source


def test_no_mount_table_means_no_mount() -> None:
    assert mount_of(Path("/home"), ()) is None
    assert parse_mounts("") == ()
    assert parse_mounts("a /b c x 0 0") == (Mount("a", "/b", "c"),)


def test_a_real_folder_is_looked_at_without_leaving_a_trace(tmp_path: Path) -> None:
    around = look_around(tmp_path / "not" / "yet" / "made" / "a.ybz")
    assert around.writable
    assert around.free_bytes > 0
    assert around.filesystem
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_seen_by_trying(tmp_path: Path) -> None:
    place = Path("/proc") / "a.ybz" if Path("/proc").is_dir() else tmp_path
    assert not look_around(place).writable
    with pytest.raises(LocationRefused):
        check_location(place)


def test_the_systems_own_onedrive_folder_is_taken_into_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDriveCommercial", os.fspath(tmp_path))
    with pytest.raises(LocationRefused) as refused:
        check_location(tmp_path / "台账" / "a.ybz")
    assert "OneDrive" in str(refused.value)
