"""A file that belongs to a record; its content lies encrypted beside the ledger, named by its hash."""

from __future__ import annotations

from models.fields import Kind, column
from models.records import Record


class Attachment(Record):
    """What is known of an attached file; SM3 (GB/T 32905) and SHA-256 are taken at intake."""

    __tablename__ = "attachment"
    __label__ = "附件"
    record_id = column("所属记录", Kind.TEXT, required=True, index=True)
    filename = column("文件名", Kind.TEXT, required=True, search="text")
    kind = column("种类", Kind.CODE, codes="attachment_kind")
    mime = column("类型", Kind.TEXT)
    size = column("大小", Kind.INTEGER, unit="字节")
    sha256 = column("SHA-256", Kind.TEXT, required=True, index=True)
    sm3 = column("SM3", Kind.TEXT, required=True)
    doc_date = column("文件日期", Kind.PARTIAL_DATE)
    page_count = column("页数", Kind.INTEGER, minimum=0)
    sensitivity = column("密级", Kind.CODE, codes="attachment_sensitivity")
    taken_in_at = column("收入时间", Kind.DATETIME)
