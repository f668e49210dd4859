"""Why a bundle or an enrolment card is not taken in: one class per situation, each with its own sentence."""

from __future__ import annotations

from models.errors import LedgerError


class BundleError(LedgerError):
    """Anything that keeps a bundle from being taken in."""

    code = "bundle_error"


class NotABundle(BundleError):
    """The bytes are no sheet bundle at all."""

    code = "not_a_bundle"

    def __init__(self) -> None:
        super().__init__("这不是一本账的表格包，请选择对方发来的 .zip 原文件（不要解压后重新压缩）。")


class DamagedBundle(BundleError):
    """The bundle lost bytes on its way and could not be healed."""

    code = "damaged_bundle"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"表格包已损坏（{detail}），没有接收；请连同同名 .par 文件重新拷贝一次，或请对方重发原文件。"
        )


class TamperedBundle(BundleError):
    """The content is not what the sender signed."""

    code = "tampered_bundle"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"表格包与对方的签名不符（{detail}），没有接收；请与对方电话核对校验短码，并请对方重发原文件。"
        )


class UnknownStation(BundleError):
    """Nobody with this organisation code was enrolled here."""

    code = "unknown_station"

    def __init__(self, org_code: str) -> None:
        self.org_code = org_code
        super().__init__(
            f"本机没有“{org_code}”的登记卡，无法核对签名，没有接收；请先导入对方的登记卡并电话核对八位码。"
        )


class NewerBundle(BundleError):
    """The bundle needs a newer program than this one."""

    code = "newer_bundle"

    def __init__(self, needed: str) -> None:
        self.needed = needed
        super().__init__(f"表格包由较新的程序封装（{needed}），本机读不了；请保留原文件，升级程序后再接收。")


class WrongDirection(BundleError):
    """A bundle of this kind is not taken in by this ledger."""

    code = "wrong_direction"

    def __init__(self, kind_label: str, where: str) -> None:
        super().__init__(f"这是{kind_label}，不能在本台账接收，没有写入；{where}。")


class WrongStation(BundleError):
    """The bundle is addressed to somebody else."""

    code = "wrong_station"

    def __init__(self, addressee: str) -> None:
        super().__init__(
            f"这个表格包属于“{addressee}”，不是发给本单位的，没有接收；请转交该单位或请对方改发。"
        )


class ReplayedBundle(BundleError):
    """The very same bundle was taken in before; the earlier receipt still holds."""

    code = "replayed_bundle"

    def __init__(self, bundle_id: str) -> None:
        self.bundle_id = bundle_id
        super().__init__("这个表格包以前已经接收过，没有重复写入；如需回执，请重新导出当时的回执。")


class TooLarge(BundleError):
    """The bundle breaks a size limit; nothing beyond the limit was read."""

    code = "bundle_too_large"

    def __init__(self, detail: str) -> None:
        super().__init__(f"表格包超出允许的大小（{detail}），没有读取；请与对方核对，必要时分次封包。")


class DamagedCard(LedgerError):
    """The enrolment card is unreadable or was changed after it was written."""

    code = "damaged_card"

    def __init__(self, detail: str) -> None:
        super().__init__(f"登记卡不能使用（{detail}）；请对方重新导出登记卡，并电话核对八位码。")
