"""The report plane: frozen, versioned submissions of a station, moved on by the county's receipts."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from models.fields import Kind, column
from models.records import Model, Record


class SubmissionState(StrEnum):
    """Where one version stands (code list submission_state)."""

    CLOSED = "closed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Submission(Record):
    """One version of one month's submission; its content never changes once it is closed."""

    __tablename__ = "submission"
    __label__ = "月报"
    __table_args__ = (sa.Index("ix_submission_period_version", "period", "form_group", "version"),)
    org_code = column("单位代码", Kind.TEXT, required=True)
    period = column("期", Kind.TEXT, required=True, index=True)
    form_group = column("报表组", Kind.TEXT, required=True)
    version = column("版本", Kind.INTEGER, required=True, minimum=1)
    state = column("状态", Kind.CODE, codes="submission_state", derived=True, index=True)
    bundle_id = column("包号", Kind.TEXT, required=True, index=True)
    manifest_hash = column("清单指纹", Kind.TEXT, required=True)
    prev_submit_hash = column("前一期清单指纹", Kind.TEXT)
    short_code = column("校验短码", Kind.TEXT, required=True, search="number")
    file_name = column("文件名", Kind.TEXT, required=True)
    content_digest = column("内容指纹", Kind.TEXT, required=True)
    closed_at = column("封月时间", Kind.DATETIME, required=True)
    closed_by = column("封月人", Kind.TEXT)
    reason = column("说明", Kind.LONG_TEXT)
    row_count = column("明细行数", Kind.INTEGER)
    county_seq = column("县局序号", Kind.INTEGER)
    received_at = column("回执时间", Kind.DATETIME)
    receipt_note = column("回执说明", Kind.LONG_TEXT)


class ReturnTask(Record):
    """One row the county sent back: which record, which field, what to mend."""

    __tablename__ = "return_task"
    __label__ = "退回待改"
    submission_id = column("月报", Kind.REFERENCE, ref="submission", required=True, index=True)
    sheet = column("表", Kind.TEXT)
    row_no = column("行号", Kind.INTEGER)
    record_id = column("记录", Kind.TEXT, index=True)
    register = column("登记簿", Kind.TEXT)
    title = column("名称", Kind.TEXT, search="text")
    field = column("字段", Kind.TEXT)
    code = column("错误码", Kind.TEXT)
    seen = column("所见值", Kind.TEXT)
    expected = column("应为", Kind.TEXT)
    hint = column("改法", Kind.LONG_TEXT)
    opened_on = column("退回日期", Kind.DATE)
    done_on = column("改完日期", Kind.DATE, index=True)


class SubmissionRow(Model):
    """A frozen row of a submission; ``cells`` is canonical JSON of what the county sees."""

    __tablename__ = "submission_row"
    submission = mapped_column(sa.String(36), primary_key=True)
    sheet = mapped_column(sa.Text, primary_key=True)
    row_no = mapped_column(sa.Integer, primary_key=True)
    record = mapped_column(sa.String(36), nullable=False, index=True)
    register = mapped_column(sa.Text, nullable=False)
    rev = mapped_column(sa.Text, nullable=False)
    row_hash = mapped_column(sa.Text, nullable=False)
    cells = mapped_column(sa.Text, nullable=False)


class SubmissionFigure(Model):
    """A frozen figure: the month's value, the year so far and who makes it up (JSON [[id, contribution]])."""

    __tablename__ = "submission_figure"
    submission = mapped_column(sa.String(36), primary_key=True)
    cell = mapped_column(sa.Text, primary_key=True)
    value = mapped_column(sa.Text, nullable=True)
    cumulative = mapped_column(sa.BigInteger, nullable=True)
    correction = mapped_column(sa.BigInteger, nullable=True)
    members = mapped_column(sa.Text, nullable=False)
    year_members = mapped_column(sa.Text, nullable=False)


class SubmissionFile(Model):
    """The very bytes that were handed out, so that handing them out again gives the same bytes."""

    __tablename__ = "submission_file"
    submission = mapped_column(sa.String(36), primary_key=True)
    name = mapped_column(sa.Text, primary_key=True)
    sha256 = mapped_column(sa.Text, nullable=False)
    content = mapped_column(sa.LargeBinary, nullable=False)
