"""What a station or county sets for itself: settings and its own entries of code lists."""

from __future__ import annotations

from models.fields import Kind, column
from models.records import Record


class Setting(Record):
    """One setting of the ledger; ``value`` is JSON text."""

    __tablename__ = "setting"
    __label__ = "设置项"
    name = column("名称", Kind.TEXT, required=True, index=True)
    value = column("值", Kind.TEXT)


class CodeItem(Record):
    """An entry a station adds to a code list (a village, a grid) or sets anew (a local sub-type)."""

    __tablename__ = "code_entry"
    __label__ = "代码条目"
    list_name = column("代码表", Kind.TEXT, required=True, index=True, help="例如 village、grid、sub_type")
    code = column("代码", Kind.TEXT, required=True, search="number")
    label = column("名称", Kind.TEXT, required=True, search="text")
    parent = column("上级代码", Kind.TEXT)
    group = column("归类", Kind.TEXT)
    synonyms = column("别名", Kind.TEXTS, help="旧台账里的其他写法")
    valid_from = column("启用日期", Kind.DATE)
    valid_to = column("停用日期", Kind.DATE)
