"""The paper volume: what lies in it, where it stands, who borrowed it."""

from __future__ import annotations

from models.fields import Kind, column
from models.records import Child


class ArchiveVolume(Child):
    """One bound volume of a case (documents after 司发通〔2010〕239号)."""

    __tablename__ = "archive_volume"
    __label__ = "卷宗"
    __parent__ = "mediation_case"
    __field__ = "archive"
    volume_no = column("卷号", Kind.TEXT, search="number", help="空着时用案件卷号")
    pages = column("页数", Kind.INTEGER, unit="页", minimum=1)
    bound_on = column("立卷日期", Kind.DATE)
    keeper = column("立卷人", Kind.TEXT)
    checker = column("检查人", Kind.TEXT)
    cabinet = column("柜", Kind.TEXT)
    box = column("盒", Kind.TEXT)
    slot = column("格", Kind.TEXT)
    keep_period = column("保管期限", Kind.CODE, codes="keep_period")
    destroyed_on = column("销毁日期", Kind.DATE)


class VolumeDoc(Child):
    """One document of the volume, in the order of the catalogue."""

    __tablename__ = "volume_doc"
    __label__ = "卷内文书"
    __parent__ = "archive_volume"
    __field__ = "docs"
    doc = column("文书", Kind.CODE, required=True, codes="volume_document")
    name = column("文书名称", Kind.TEXT, help="空着时用标准名称")
    page_from = column("起页", Kind.INTEGER, minimum=1)
    page_to = column("止页", Kind.INTEGER, minimum=1)
    present = column("在卷", Kind.YES_NO, required=True, default=True)
    scan = column("扫描件", Kind.FILE)


class VolumeBorrow(Child):
    """Who took the volume out, and when it came back."""

    __tablename__ = "volume_borrow"
    __label__ = "借阅"
    __parent__ = "archive_volume"
    __field__ = "borrows"
    who = column("借阅人", Kind.TEXT, required=True)
    on = column("借出日期", Kind.DATE, required=True)
    due_on = column("应还日期", Kind.DATE)
    return_on = column("归还日期", Kind.DATE)
    purpose = column("用途", Kind.TEXT)
