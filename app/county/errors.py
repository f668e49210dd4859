"""What can go wrong between a county and its stations; one class per situation."""

from __future__ import annotations

from models.errors import LedgerError


class SpokenCodeMismatch(LedgerError):
    """The digits heard on the telephone are not those of the card."""

    code = "spoken_code_mismatch"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"八位码与“{name}”的登记卡不一致，没有登记；请用电话重新核对，仍不一致就不要使用这张卡。"
        )


class CardRefused(LedgerError):
    """The card belongs to an office this ledger does not enrol."""

    code = "card_refused"


class KeyChanged(LedgerError):
    """The office is enrolled with another key; going over to a new one needs a reason."""

    code = "key_changed"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”已登记过另一把密钥；如确已更换，请写明停用旧密钥的理由后重新登记。")


class InputMissing(LedgerError):
    """The file to take in is not there."""

    code = "input_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有找到文件“{name}”，请核对文件名和所在文件夹。")


class BareWorkbook(LedgerError):
    """A spreadsheet was given instead of the bundle."""

    code = "bare_workbook"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”是单独的电子表格，不是表格包，没有接收；请选择对方发来的 .zip 原文件。")


class SidecarAlone(LedgerError):
    """A repair file was given instead of the bundle it repairs."""

    code = "sidecar_alone"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”是修复用的 .par 文件，请选择同名的 .zip 文件，程序会自动使用旁边的 .par。")


class NotTakenIn(LedgerError):
    """A sound bundle of a kind that is not taken in at this place."""

    code = "not_taken_in"

    def __init__(self, kind_label: str) -> None:
        super().__init__(f"这是{kind_label}，“接收”只办理月报报送包和回执，没有写入；请按来件说明办理。")


class KeyRevoked(LedgerError):
    """The bundle was sealed with a key after the day it was given up."""

    code = "key_revoked"

    def __init__(self, name: str, day: str) -> None:
        super().__init__(
            f"表格包是用“{name}”已停用的旧密钥封的（{day}起停用），没有接收；请对方用现用的机器重新封包。"
        )


class PartsMissing(LedgerError):
    """What the machine reads is missing, so nothing can be taken in."""

    code = "parts_missing"

    def __init__(self, grade: str, missing: tuple[str, ...]) -> None:
        listed = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        super().__init__(
            f"表格包不完整（{grade} 级，缺 {listed}），没有接收；"
            "请连同 .par 文件重新拷贝，或请对方重发原文件。"
        )


class UnknownBundle(LedgerError):
    """No bundle answers to what was given."""

    code = "unknown_bundle"

    def __init__(self, words: str) -> None:
        super().__init__(
            f"没有收到过“{words}”对应的报送；"
            "可用包号、校验短码、文件名，或机构代码加月份（如 QS0722 2026-11）。"
        )


class AmbiguousBundle(LedgerError):
    """Several bundles answer to what was given."""

    code = "ambiguous_bundle"

    def __init__(self, words: str, found: tuple[str, ...]) -> None:
        super().__init__(f"“{words}”对应 {len(found)} 份报送，请改用包号：{'；'.join(found[:5])}。")


class DecisionRefused(LedgerError):
    """The submission cannot be accepted or returned as it stands."""

    code = "decision_refused"


class NothingToConsolidate(LedgerError):
    """No station has handed anything in for the period."""

    code = "nothing_to_consolidate"

    def __init__(self, label: str) -> None:
        super().__init__(f"{label}没有可汇总的报送，请先接收各所月报。")


class CountyOnly(LedgerError):
    """The verb belongs to a county's ledger."""

    code = "county_only"

    def __init__(self, what: str) -> None:
        super().__init__(f"“{what}”只能在县局的台账办理，当前台账是司法所的。")
