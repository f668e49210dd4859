"""Why a spreadsheet was not taken in or could not be written; one class per situation."""

from __future__ import annotations

from collections.abc import Mapping

from models.errors import LedgerError


class WorkbookRefused(LedgerError):
    """A file was not taken in; ``reason`` is a short Chinese clause, possibly empty, that says why."""

    code = "workbook_refused"
    sentence = "“{name}”不能读取{reason}。"

    def __init__(self, reason: str = "", name: str = "该文件") -> None:
        self.reason = reason
        self.name = name
        super().__init__(self.sentence.format(name=name, reason=f"（{reason}）" if reason else ""))


class NotAWorkbook(WorkbookRefused):
    """The content is not a spreadsheet, whatever the file is called."""

    code = "not_a_workbook"
    sentence = "“{name}”不是电子表格{reason}，请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再导入。"


class WorkbookPassword(WorkbookRefused):
    """The file is encrypted with a password."""

    code = "workbook_password"
    sentence = "“{name}”设有打开密码{reason}，请在 Excel 或 WPS 中取消密码、另存后再导入。"


class WorkbookDamaged(WorkbookRefused):
    """The file is cut short or its content contradicts itself."""

    code = "workbook_damaged"
    sentence = "“{name}”已损坏或不完整{reason}，请向提供人重新索取，或用 Excel、WPS 修复并另存后再导入。"


class WorkbookTooLarge(WorkbookRefused):
    """The file holds more than can be taken in at once."""

    code = "workbook_too_large"
    sentence = "“{name}”超出可读取的范围{reason}，请删去多余的空行空列和图片，或拆成几个文件后再导入。"


class WorkbookSuspicious(WorkbookRefused):
    """The file is built in a way honest programs do not build files; nothing of it was read."""

    code = "workbook_suspicious"
    sentence = "“{name}”内部结构异常，可能是恶意文件{reason}，已停止读取，请核实来源，勿再打开。"


class WorkbookTimeout(WorkbookRefused):
    """Reading took longer than allowed and was stopped."""

    code = "workbook_timeout"
    sentence = "“{name}”读取超时，已停止{reason}，请在 Excel 或 WPS 中新建表格、只复制所需内容后再导入。"


class WorkbookUnsupported(WorkbookRefused):
    """The file is a spreadsheet of a kind that gives no cells to our reader, such as strict OOXML."""

    code = "workbook_unsupported"
    sentence = "“{name}”的格式不受支持{reason}，请用 Excel 或 WPS 另存为普通“Excel 工作簿（.xlsx）”再导入。"


REFUSALS: Mapping[str, type[WorkbookRefused]] = {
    kind.code: kind
    for kind in (
        NotAWorkbook,
        WorkbookPassword,
        WorkbookDamaged,
        WorkbookTooLarge,
        WorkbookSuspicious,
        WorkbookTimeout,
        WorkbookUnsupported,
    )
}


class SheetFull(LedgerError):
    """More rows than a worksheet can hold (1 048 576, ECMA-376)."""

    code = "sheet_full"

    def __init__(self, name: str) -> None:
        super().__init__(f"工作表“{name}”超过 1048576 行，放不下，请缩小期间或分开导出。")
