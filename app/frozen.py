"""Whether closed months, and the submissions a county keeps, are still what they were."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.county import check_received
from models.records import table_of
from models.submission import Submission, SubmissionFile, SubmissionRow

if TYPE_CHECKING:
    from app.context import Context


def frozen_damage(ctx: Context) -> list[str]:
    """Give a line for each frozen file that was changed and each version whose rows are not whole."""
    damage = []
    files, rows, versions = table_of(SubmissionFile), table_of(SubmissionRow), table_of(Submission)
    counted = sa.select(sa.func.count()).where(rows.c.submission == versions.c.id).scalar_subquery()
    with ctx.ledger.reading() as conn:
        kept = conn.execute(sa.select(files).execution_options(yield_per=20)).mappings()
        damage += [
            f"封存的文件“{row['name']}”内容与指纹不符。"
            for row in kept
            if hashlib.sha256(row["content"]).hexdigest() != row["sha256"]
        ]
        query = sa.select(
            versions.c.period, versions.c.version, versions.c.row_count, counted.label("present")
        )
        damage += [
            f"{row.period} 第 {row.version} 版封存 {row.row_count} 行，现有 {row.present} 行。"
            for row in conn.execute(query)
            if row.row_count != row.present
        ]
    return damage + check_received(ctx)
