"""Posts: their snapshots must grow, and a post made from a case must not name its parties."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.register import Register, Verb, joined, param
from models.dates import is_before
from models.errors import Problem
from models.fields import Kind
from models.mediation import CaseParty
from models.outreach import MediaPost, PostMetric
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.records import Row, Values

COUNTED = ("reads", "plays", "likes", "shares", "comments", "live_viewers")


def _subtitle(row: Row, codes: CodeBook) -> str:
    return joined(codes["platform"].label(row["platform"]), codes["law_topic"].label(row["topic"]))


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:
    dated = [metric for metric in row.get("metrics") or [] if isinstance(metric.get("as_of_on"), str)]
    metrics = sorted(dated, key=lambda metric: str(metric["as_of_on"]))
    published = row.get("published_on")
    for number, metric in enumerate(metrics, 1):
        if is_before(metric["as_of_on"], published):
            yield Problem(
                "E401", metric["as_of_on"], "传播数据的截至日期早于发布时间。", "请核对日期。",
                field=f"metrics[{number}].as_of_on",
            )  # fmt: skip
    for before, after in pairwise(metrics):
        for name in COUNTED:
            if (after.get(name) or 0) < (before.get(name) or 0):
                yield Problem(
                    "W401", after.get(name), "累计数比上一次少。", "传播数据填累计数，不填当月新增。",
                    field=f"metrics.{name}", severity="warning",
                )  # fmt: skip
    yield from _named_parties(ctx, row)


def _named_parties(ctx: Context, row: Row) -> Iterable[Problem]:
    if not row.get("case_id"):
        return
    table = table_of(CaseParty)
    query = sa.select(table.c.name).where(
        table.c.parent_id == row["case_id"], table.c.void_flag.is_(sa.false())
    )
    with ctx.ledger.reading() as conn:
        names = conn.execute(query).scalars().all()
    words = f"{row['title']}\n{row.get('text') or ''}"
    for name in names:
        if name and len(name) > 1 and name in words:
            yield Problem(
                "E402", name, "作品中出现了案件当事人的姓名。", "请隐去姓名后再发布（人民调解法第十五条）。",
                field="text",
            )  # fmt: skip


def _measure(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    values = {name: params[name] for name in COUNTED}
    as_of = params["as_of_on"] or ctx.today.isoformat()
    position = len(record["metrics"]) + 1
    writer.create(PostMetric, {"parent_id": record["id"], "position": position, "as_of_on": as_of, **values})
    return {}


MEDIA_POST = Register(
    key="media_post",
    label="新媒体作品",
    slice="outreach",
    entity=MediaPost,
    title=lambda row: joined(row["title"]),
    subtitle=_subtitle,
    day="published_on",
    list_columns=("published_on", "title", "platform", "post_form", "topic", "dialect"),
    examine=_examine,
    verbs=(
        Verb(
            "measure", "登记传播数据", (), None, _measure,
            (
                param("as_of_on", "截至日期", Kind.DATE),
                *(param(name, label, Kind.INTEGER, minimum=0) for name, label in zip(
                    COUNTED, ("阅读", "播放", "点赞", "转发", "评论", "直播观看"), strict=True,
                )),
            ),
        ),
    ),
)  # fmt: skip
