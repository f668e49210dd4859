"""Events, the plan they fulfil, and trips: what is derived, checked and done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.register import Numbering, Register, Verb, joined, param
from models.dates import is_before
from models.errors import GuardFailed, Problem
from models.fields import Kind
from models.outreach import TOOK_PLACE, EventState, OutreachEvent, OutreachPlan, PlanState, ServiceTrip

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.records import Row, Values

E, P = EventState, PlanState


def _event_subtitle(row: Row, codes: CodeBook) -> str:
    audience = f"{row['audience_count']} 人次" if row["audience_count"] is not None else ""
    return joined(codes["six_entry"].label(row["six_entry"]), row["place"], audience)


def _prepare_event(ctx: Context, row: Row) -> Row:  # noqa: ARG001
    topics = row.get("topics") or []
    row["main_topic"] = topics[0] if topics else None
    materials = row.get("materials") or []
    if materials:
        row["material_count"] = sum(item.get("count") or 0 for item in materials)
    return row


def _examine_event(ctx: Context, row: Row) -> Iterable[Problem]:
    if is_before(row.get("end_on"), row["held_on"]):
        yield Problem("E401", row["end_on"], "结束日期早于活动时间。", "请核对起止日期。", field="end_on")
    took_place = row.get("state") in TOOK_PLACE
    if took_place and is_before(ctx.today.isoformat(), row["held_on"]):
        yield Problem(
            "E401", row["held_on"], "活动时间晚于今天，不能登记为已开展。", "请核对日期，或先登记为计划。",
            field="held_on",
        )  # fmt: skip
    if row.get("state") == E.ARCHIVED and not row.get("photos"):
        yield Problem("E301", None, "归档须至少有一张照片。", "请登记照片。", field="photos")
    if row.get("audience_approx") and took_place:
        yield Problem(
            "W302", row["audience_count"], "人次为约数。", "报表按所填数字计，请尽量核实。",
            field="audience_count", severity="warning",
        )  # fmt: skip


def _hold(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:  # noqa: ARG001
    given = {name: value for name, value in params.items() if value is not None}
    return {"held_on": given.pop("on", record["held_on"]), **given}


def _archive(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:  # noqa: ARG001
    photos = [*(record.get("photos") or []), *(params["photos"] or [])]
    if not photos:
        raise GuardFailed("归档须至少有一张照片，请在“照片”中登记。")
    return {"photos": photos}


def _cancel(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:  # noqa: ARG001
    return {"cancel_reason": params["reason"]}


def _finish_plan(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:  # noqa: ARG001
    return {"done_on": params["on"] or ctx.today.isoformat(), "proof": params["proof"]}


def _examine_plan(ctx: Context, row: Row) -> Iterable[Problem]:  # noqa: ARG001
    if is_before(row["due_on"], row.get("starts_on")):
        yield Problem("E401", row["due_on"], "完成时限早于开始日期。", "请核对日期。", field="due_on")


def _nothing(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:  # noqa: ARG001
    return {}


ON = param("on", "日期", Kind.DATE)
OUTREACH_EVENT = Register(
    key="outreach_event",
    label="普法活动",
    slice="outreach",
    entity=OutreachEvent,
    title=lambda row: joined(row["title"]),
    subtitle=_event_subtitle,
    day="held_on",
    list_columns=(
        "event_no", "held_on", "title", "form", "six_entry", "place", "audience_count", "material_count",
        "state",
    ),
    state_codes="event_state",
    initial_state=E.HELD.value,
    numbering=Numbering("event_no", "PF-{year}-{n}", 4, lambda ctx, row: ""),  # noqa: ARG005
    prepare=_prepare_event,
    examine=_examine_event,
    verbs=(
        Verb(
            "hold", "登记开展", (E.PLANNED,), E.HELD, _hold,
            (
                ON,
                param("audience_count", "参加人次", Kind.INTEGER, required=True, minimum=0),
                param("material_count", "发放资料", Kind.INTEGER, minimum=0),
                param("consult_count", "现场咨询", Kind.INTEGER, minimum=0),
                param("summary", "活动情况", Kind.LONG_TEXT),
            ),
        ),
        Verb("archive", "归档", (E.HELD,), E.ARCHIVED, _archive, (param("photos", "照片", Kind.TEXTS),)),
        Verb(
            "cancel", "取消", (E.PLANNED,), E.CANCELLED, _cancel,
            (param("reason", "取消原因", Kind.TEXT, required=True),),
        ),
    ),
)  # fmt: skip

OUTREACH_PLAN = Register(
    key="outreach_plan",
    label="普法计划",
    slice="outreach",
    entity=OutreachPlan,
    title=lambda row: joined(row["task"]),
    day="due_on",
    list_columns=("task", "node", "responsible_unit", "due_on", "state", "done_on"),
    state_codes="plan_state",
    initial_state=P.PENDING.value,
    examine=_examine_plan,
    verbs=(
        Verb("begin", "开始", (P.PENDING,), P.ONGOING, _nothing),
        Verb(
            "finish", "完成", (P.PENDING, P.ONGOING), P.DONE, _finish_plan,
            (ON, param("proof", "佐证", Kind.TEXT, required=True)),
        ),
        Verb("cancel", "取消", (P.PENDING, P.ONGOING), P.CANCELLED, _nothing),
    ),
)  # fmt: skip


def _trip_title(row: Row) -> str:
    length = f"（{row['km']} 公里）" if row["km"] is not None else ""
    return joined(row["on"], f"巡回服务{length}", by=" ")


SERVICE_TRIP = Register(
    key="service_trip",
    label="巡回服务",
    slice="outreach",
    entity=ServiceTrip,
    title=lambda row: (
        joined(row["on"], "巡回服务", by=" ") + (f"（{row['km']} 公里）" if row["km"] is not None else "")
    ),
    day="on",
    list_columns=("on", "village_ids", "km", "consults", "cases", "materials", "staff"),
)
