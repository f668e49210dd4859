"""What a county holds of its stations: their keys, the bundles taken in, and what stood in them."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from models.fields import JsonText, Kind, column
from models.records import Model, Record


class OrgRole(StrEnum):
    """Which side of the exchange an enrolled office stands on."""

    STATION = "station"
    COUNTY = "county"


class BundleState(StrEnum):
    """Where a submission stands; accepted and returned are decisions, the rest follows from versions."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"


DECIDED = (BundleState.ACCEPTED, BundleState.RETURNED)


class EnrolledOrg(Record):
    """An office whose key was compared on the telephone; a key given up stays, with the day it ended."""

    __tablename__ = "enrolled_org"
    __label__ = "登记单位"
    org_code = column("机构代码", Kind.TEXT, required=True, index=True, search="number")
    name = column("机构名称", Kind.TEXT, required=True, search="text")
    role = column("类别", Kind.TEXT, required=True, index=True, help="station 司法所，county 县局")
    device_id = column("设备", Kind.TEXT, required=True)
    epoch = column("设备代次", Kind.INTEGER, required=True)
    public_key = column("公钥", Kind.TEXT, required=True, help="Ed25519 公钥，十六进制")
    spoken_code = column("八位码", Kind.TEXT, required=True)
    enrolled_on = column("登记日期", Kind.DATE, required=True)
    revoked_on = column("停用日期", Kind.DATE)
    revoke_reason = column("停用理由", Kind.TEXT)


class ReceivedBundle(Record):
    """One version of one station's submission; its content lies in the tables below, under this row's id."""

    __tablename__ = "received_bundle"
    __label__ = "收到的报送"
    bundle_id = column("包号", Kind.TEXT, required=True, index=True, search="number")
    kind = column("包类", Kind.TEXT, required=True)
    org_code = column("机构代码", Kind.TEXT, required=True, search="number")
    period = column("所属期", Kind.TEXT, required=True, index=True)
    form_group = column("报表组", Kind.TEXT, required=True)
    forms = column("报表", Kind.TEXTS)
    version = column("版本", Kind.INTEGER, required=True)
    manifest_hash = column("清单哈希", Kind.TEXT, required=True, index=True)
    short_code = column("校验短码", Kind.TEXT, required=True, index=True, search="number")
    file_name = column("文件名", Kind.TEXT)
    prev_submit_hash = column("上一份报送", Kind.TEXT)
    audit_head = column("修改史链头", Kind.TEXT)
    sealed_at = column("封包时间", Kind.TEXT)
    grade = column("完好等级", Kind.TEXT, required=True)
    row_count = column("明细行数", Kind.INTEGER)
    rejected_count = column("未通过核对的行数", Kind.INTEGER)
    mismatch_count = column("勾稽不符处数", Kind.INTEGER)
    figure_count = column("数字个数", Kind.INTEGER)
    state = column("状态", Kind.TEXT, required=True, index=True)
    received_on = column("收到日期", Kind.DATE, required=True)
    decided_on = column("办理日期", Kind.DATE)
    county_seq = column("县局回执序号", Kind.INTEGER)
    note = column("说明", Kind.LONG_TEXT)
    __table_args__ = (sa.Index("ix_received_bundle_org_code_period", "org_code", "period", "form_group"),)


class StationRow(Model):
    """One row of a submission as it came; written once, never changed, not journaled."""

    __tablename__ = "station_row"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=True)
    bundle = mapped_column(sa.String(36), nullable=False)
    sheet = mapped_column(sa.Text, nullable=False)
    row_no = mapped_column(sa.Integer, nullable=False)
    row_id = mapped_column(sa.Text, nullable=False)
    register = mapped_column(sa.Text, nullable=False)
    rev = mapped_column(sa.Text, nullable=False)
    row_hash = mapped_column(sa.Text, nullable=False)
    cells = mapped_column(JsonText, nullable=True)
    __table_args__ = (sa.Index("ix_station_row_bundle_row_id", "bundle", "row_id"),)


class StationFigure(Model):
    """One figure of a submission. ``value`` counts the period, ``cumulative`` the year so far.

    Whole numbers stand in the number columns (money in 分); anything else a table prints stands in ``text``.
    """

    __tablename__ = "station_figure"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=True)
    bundle = mapped_column(sa.String(36), nullable=False)
    cell = mapped_column(sa.Text, nullable=False)
    table_code = mapped_column(sa.Text, nullable=False)
    row_key = mapped_column(sa.Text, nullable=False)
    column_code = mapped_column(sa.Text, nullable=False)
    value = mapped_column(sa.BigInteger, nullable=True)
    text = mapped_column(sa.Text, nullable=True)
    unit = mapped_column(sa.Text, nullable=True)
    count = mapped_column(sa.Integer, nullable=True)
    cumulative = mapped_column(sa.BigInteger, nullable=True)
    correction = mapped_column(sa.BigInteger, nullable=True)
    __table_args__ = (sa.Index("ix_station_figure_bundle_row_key", "bundle", "row_key", "table_code"),)


class StationTrace(Model):
    """The rows behind one figure of a submission: ``members`` is a list of [row id, contribution]."""

    __tablename__ = "station_trace"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=True)
    bundle = mapped_column(sa.String(36), nullable=False)
    cell = mapped_column(sa.Text, nullable=False)
    members = mapped_column(JsonText, nullable=True)
    __table_args__ = (sa.Index("ix_station_trace_bundle_cell", "bundle", "cell"),)


class ReceivedFile(Model):
    """A file as it came or went: the bundle itself, its sidecar, its code lists, and the receipts given.

    ``kind`` is bundle, sidecar or dict; ``receipt:`` or ``verdict:`` and the state told for a receipt bundle
    and its machine copy.
    """

    __tablename__ = "received_file"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=True)
    bundle = mapped_column(sa.String(36), nullable=False, index=True)
    kind = mapped_column(sa.Text, nullable=False)
    name = mapped_column(sa.Text, nullable=False)
    sha256 = mapped_column(sa.String(64), nullable=False)
    content = mapped_column(sa.LargeBinary, nullable=False)
