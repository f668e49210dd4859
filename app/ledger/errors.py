"""What can go wrong between the program and the files of a ledger; one class per situation."""

from __future__ import annotations

from pathlib import PurePath

from models.errors import LedgerError


class DiskFull(LedgerError):
    """The disk has no room left; what was being written was not saved."""

    code = "disk_full"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"磁盘空间已满，“{path.name}”没有写入。请清理磁盘后再试，已保存的内容不受影响。")


class NotWritable(LedgerError):
    """The folder or file may not be written (rights, read-only medium, or held by another program)."""

    code = "not_writable"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"无法写入“{path.name}”：文件夹只读、没有权限或正被其他程序占用。请检查后再试。")


class NotReadable(LedgerError):
    """The file exists but cannot be read."""

    code = "not_readable"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"无法读取“{path.name}”：没有权限、正被其他程序占用或磁盘读取出错。请检查后再试。")


class WriteFailed(LedgerError):
    """The medium reported an error while writing, or what was read back differs from what was written."""

    code = "write_failed"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"写入“{path.name}”时磁盘出错，请重新打开核对最近一次操作是否已保存，并尽快检查磁盘。"
        )


class KeyFileMissing(LedgerError):
    """Neither copy of the key file is there."""

    code = "key_file_missing"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"找不到台账“{path.name}”的密钥文件（{path.name}.key、{path.name}.key2）。"
            "请从备份中把密钥文件拷回台账所在文件夹；没有密钥文件，台账无法打开。"
        )


class KeyFileDamaged(LedgerError):
    """Both copies of the key file are damaged, or one is missing and the other damaged."""

    code = "key_file_damaged"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"台账“{path.name}”的两份密钥文件均已损坏或缺失。请从备份中把任意一份密钥文件拷回后重新打开；台账本身未被改动。"
        )


class KeyFileTooNew(LedgerError):
    """The key file was written by a newer version of the program."""

    code = "key_file_too_new"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"台账“{path.name}”的密钥文件由更新版本的程序写成，请升级本程序后再打开。")


class KeyMismatch(LedgerError):
    """The key file and the ledger do not belong together, or the ledger's beginning is destroyed."""

    code = "key_mismatch"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"密钥文件与台账“{path.name}”不配套：可能混入了另一本台账的文件，也可能台账开头已损坏。"
            "请核对是否拷错文件，或用最近的备份恢复。"
        )


class WrongPassword(LedgerError):
    """The password opens no copy of the key file."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("密码不正确，请检查大小写和输入法后重试；忘记密码可用恢复码打开。")


class PasswordRefused(LedgerError):
    """The password does not meet the policy; ``minimum`` is the least number of characters."""

    code = "password_refused"

    def __init__(self, *, empty: bool, minimum: int) -> None:
        reason = "密码不能为空" if empty else "密码太短"
        super().__init__(f"{reason}，请设置不少于 {minimum} 个字符的密码。")


class RecoveryTypo(LedgerError):
    """A mistyped recovery code; ``groups`` counts from 1 and is empty when only the length is wrong."""

    code = "recovery_typo"

    def __init__(self, groups: tuple[int, ...], *, expected_groups: int, group_length: int) -> None:
        self.groups = groups
        if groups:
            listed = "、".join(str(number) for number in groups)
            super().__init__(f"恢复码第 {listed} 组有误，请对照恢复单重新输入。")
            return
        super().__init__(
            f"恢复码不完整：应为 YBZ 开头加 {expected_groups} 组、每组 {group_length} 位，"
            "请对照恢复单重新输入。"
        )


class WrongRecoveryCode(LedgerError):
    """The code is well formed but opens no copy of the key file."""

    code = "wrong_recovery_code"

    def __init__(self) -> None:
        super().__init__("恢复码书写无误，但不属于这本台账，或已被后来生成的恢复码取代。请查找最新的恢复单。")


class NoSuchSecret(LedgerError):
    """The key file holds no secret of the kind asked for."""

    code = "no_such_secret"

    def __init__(self, label: str) -> None:
        super().__init__(f"这本台账没有设置{label}，请改用其他方式打开。")


class KeyDerivationFailed(LedgerError):
    """The memory needed to check a password could not be had."""

    code = "key_derivation_failed"

    def __init__(self) -> None:
        super().__init__("核对密码所需的内存不足，请关闭其他程序后再试。")


class LedgerNotFound(LedgerError):
    """There is no ledger file at the path."""

    code = "ledger_not_found"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"找不到台账文件“{path}”，请核对位置；如曾移动过，请连同同名的密钥文件和附件一并移动。"
        )


class LedgerExists(LedgerError):
    """A ledger or its key file already stands where a new one was to be made."""

    code = "ledger_exists"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"“{path.name}”已经存在，不会覆盖；请换一个名称，或直接打开原台账。")


class NewerLedger(LedgerError):
    """The ledger's structure is newer than this program knows."""

    code = "newer_ledger"

    def __init__(self, stored: int, known: int) -> None:
        self.stored, self.known = stored, known
        super().__init__(
            f"这本台账由更新版本的程序写成（结构第 {stored} 版，本程序只认识到第 {known} 版），"
            "请升级本程序后再打开；台账未被改动。"
        )


class NotALedger(LedgerError):
    """The file is of another kind; ``what`` names it."""

    code = "not_a_ledger"

    def __init__(self, path: PurePath, what: str) -> None:
        super().__init__(f"“{path.name}”不是台账文件，而是{what}，请重新选择。")


class LedgerTruncated(LedgerError):
    """The ledger file is shorter than it was."""

    code = "ledger_truncated"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"台账“{path.name}”不完整，文件被截短（常见于拷贝中断）。请勿继续使用，用最近的备份恢复。"
        )


class LedgerDamaged(LedgerError):
    """Part of the ledger file does not pass its own check."""

    code = "ledger_damaged"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"台账“{path.name}”有内容损坏，请先把整个文件夹另存一份，再用最近的备份恢复。")


class BackupDamaged(LedgerError):
    """A backup that was just written, or is to be restored, does not pass the check."""

    code = "backup_damaged"

    def __init__(self, path: PurePath) -> None:
        super().__init__(f"备份“{path.name}”没有通过核对，不能使用；请检查磁盘后重新备份，或改用另一份备份。")


class LedgerBusy(LedgerError):
    """Another connection holds the ledger longer than the waiting time."""

    code = "ledger_busy"

    def __init__(self, path: PurePath) -> None:
        super().__init__(
            f"台账“{path.name}”正忙（可能正在备份或被其他程序占用），本次操作没有保存，请稍后再试。"
        )


class SettingRefused(LedgerError):
    """A safety setting of a connection reads back differently from what was asked."""

    code = "setting_refused"

    def __init__(self, name: str, expected: str, found: str) -> None:
        self.name, self.expected, self.found = name, expected, found
        super().__init__(
            f"数据库安全设置 {name} 应为 {expected}，实际为 {found or '空'}，"
            "为防止丢失数据已停止使用台账，请重新打开；仍不行请重新安装程序。"
        )


class SecondInstance(LedgerError):
    """Another running program holds the ledger."""

    code = "second_instance"

    def __init__(self, path: PurePath, holder: str) -> None:
        super().__init__(f"台账“{path.name}”已被打开{holder}，同一时间只能有一处使用，请先关闭那一处再试。")


class LocationRefused(LedgerError):
    """The ledger may not live in this place; the sentence names the reason."""

    code = "location_refused"


class AttachmentTooLarge(LedgerError):
    """The file exceeds the limit, given in MB."""

    code = "attachment_too_large"

    def __init__(self, name: str, limit_mb: int) -> None:
        super().__init__(f"附件“{name}”超过 {limit_mb} MB，请压缩或拆分后再添加。")


class AttachmentEmpty(LedgerError):
    """The file holds no bytes at all."""

    code = "attachment_empty"

    def __init__(self, name: str) -> None:
        super().__init__(f"附件“{name}”是空文件，可能拷贝未完成，请重新选择。")


class AttachmentMissing(LedgerError):
    """The stored attachment is not there."""

    code = "attachment_missing"

    def __init__(self, digest: str) -> None:
        super().__init__(f"附件（编号 {digest[:12]}）不在附件文件夹中，请从备份中恢复附件文件夹。")


class AttachmentDamaged(LedgerError):
    """The stored attachment is cut, altered, or belongs to another ledger."""

    code = "attachment_damaged"

    def __init__(self, digest: str) -> None:
        super().__init__(f"附件（编号 {digest[:12]}）已损坏或不完整，请重新添加原件或从备份中恢复。")


class BadSignature(LedgerError):
    """The signature does not belong to this content and key."""

    code = "bad_signature"

    def __init__(self) -> None:
        super().__init__("签名核对不通过：内容被改动过，或不是所称的单位签发，请向对方索取原件。")
