"""The end of a case: closing, the archive, and taking it up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.mediation.guards import incomplete_volume, no_follow_up, refuse
from app.mediation.steps import Step, day_or_today, read_child, step, write_child
from app.register import param
from models.fields import Kind
from models.mediation import Agreement, ArchiveVolume, CaseState, VolumeDoc, terms

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row

S = CaseState
SHELF_FIELDS = ("pages", "bound_on", "keeper", "checker", "cabinet", "box", "slot")
CLEARED_BY_REOPENING = (
    "concluded_on", "outcome", "fail_reason", "advised_path", "advised_on", "transformation",
    "agreement_form", "agreement_amount", "performance", "performed_on", "performance_proof",
    "reneged_on", "sued_on", "court_result", "closed_on", "extended_to", "extension_reason", "due_shift_days",
)  # fmt: skip


def _close(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:  # noqa: ARG001
    refuse(no_follow_up(ctx, record))
    on = day_or_today(ctx, given["closed_on"])
    return Step({"closed_on": on}, on)


def _archive(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    on = day_or_today(ctx, given["archived_on"])
    docs = [read_child(ctx, VolumeDoc, raw) for raw in given["docs"] or []]
    volume = dict(record["archive"][-1]) if record["archive"] else None
    held = (volume or {}).get("docs") or []
    candidate = {**(volume or {}), "docs": [*held, *docs]}
    refuse(incomplete_volume(ctx, {**record, "archive": [*record["archive"][:-1], candidate]}))
    shelf = {name: given[name] for name in SHELF_FIELDS if given[name] is not None}
    shelf.update(keep_period=given["keep_period"])
    if volume is None:
        shelf.setdefault("bound_on", on)
        shelf.setdefault("keeper", ctx.actor)
        draft = read_child(ctx, ArchiveVolume, {"volume_no": record["volume_no"], **shelf})
        write_child(writer, ArchiveVolume, record, {**draft, "docs": docs})
    else:
        writer.update(ArchiveVolume, volume["id"], shelf)
        for doc in docs:
            write_child(writer, VolumeDoc, volume, doc)
            volume["docs"] = [*volume["docs"], doc]
    return Step({"archived_on": on, "keep_period": given["keep_period"]}, on)


def _reopen(ctx: Context, writer: Writer, record: Row, given: Row) -> Step:
    on = day_or_today(ctx, given["on"])
    agreement = terms.main_agreement(record)
    if agreement is not None:
        writer.update(Agreement, agreement["id"], {"superseded_on": on})
    values = {**dict.fromkeys(CLEARED_BY_REOPENING), "reopened_on": on}
    return Step(values, on, f"{given['reason']}（原结束日期 {record['concluded_on'] or '无'}）")


CLOSING_VERBS = (
    step(
        "close", "结案", (S.PERFORMED, S.FAILED, S.TRANSFERRED), S.CLOSED, _close,
        (param("closed_on", "结案日期", Kind.DATE, help="空着为今天；履行完毕或处理完毕之日"),),
        basis="人民调解工作若干规定（司法部令第75号）要求回访，未定次数；结案前回访为县里规定",
    ),
    step(
        "archive", "归档", (S.CLOSED,), S.ARCHIVED, _archive,
        (
            param("archived_on", "归档日期", Kind.DATE, help="空着为今天"),
            param("keep_period", "保管期限", Kind.CODE, codes="keep_period", required=True),
            param("docs", "卷内文书", Kind.LONG_TEXT, help="逐份：doc、page_from、page_to"),
            param("pages", "页数", Kind.INTEGER, minimum=1),
            param("bound_on", "立卷日期", Kind.DATE),
            param("keeper", "立卷人", Kind.TEXT),
            param("checker", "检查人", Kind.TEXT),
            param("cabinet", "柜", Kind.TEXT),
            param("box", "盒", Kind.TEXT),
            param("slot", "格", Kind.TEXT),
        ),
        basis="人民调解法第二十七条；司发通〔2010〕239号",
    ),
    step(
        "reopen", "重新调解", (S.CLOSED,), S.MEDIATING, _reopen,
        (
            param("reason", "理由", Kind.LONG_TEXT, required=True),
            param("on", "日期", Kind.DATE, help="空着为今天"),
        ),
    ),
)  # fmt: skip
