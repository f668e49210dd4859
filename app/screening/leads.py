"""The register of dispute leads and their way: verified, handled, mediated or referred, resolved, closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.register import Numbering, Register, Verb, joined, param
from models.dates import is_before
from models.errors import GuardFailed, Problem
from models.fields import Kind
from models.screening import GRAVE_RISKS, DisputeLead, LeadState, LeadStep

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.codes import CodeBook
    from models.records import Row, Values

S = LeadState


def _title(row: Row) -> str:
    return joined(row["parties_text"], (row["brief"] or "")[:20], by="：")


def _subtitle(row: Row, codes: CodeBook) -> str:
    return joined(codes["dispute_type"].label(row["dispute_type"]), codes["lead_state"].label(row["state"]))


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:
    if row["risk_level"] in GRAVE_RISKS:
        for name, label in (
            ("responsible", "化解责任人"),
            ("duty_leader", "包案领导"),
            ("due_on", "化解时限"),
        ):
            if not row.get(name):
                yield Problem(
                    "E301",
                    None,
                    f"风险等级为红、橙时须填写“{label}”。",
                    "请补填，或核对风险等级。",
                    field=name,
                )
    if is_before(ctx.today.isoformat(), row["found_on"]):
        yield Problem("E401", row["found_on"], "发现时间晚于今天。", "请核对日期。", field="found_on")
    for name, label in (("resolved_on", "化解时间"), ("verified_on", "核实日期"), ("due_on", "化解时限")):
        if is_before(row.get(name), row["found_on"]):
            yield Problem("E401", row[name], f"{label}早于发现时间。", "请核对日期先后。", field=name)


def _step(ctx: Context, writer: Writer, record: Row, event: str, note: str | None) -> None:
    writer.create(
        LeadStep,
        {
            "parent_id": record["id"],
            "position": len(record["steps"]) + 1,
            "at": ctx.now.isoformat(timespec="minutes"),
            "actor": ctx.actor,
            "event": event,
            "note": note,
        },
    )


def _verify(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    _step(ctx, writer, record, "核实", params["note"])
    return {"verified_on": params["on"] or ctx.today.isoformat()}


def _handle(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    _step(ctx, writer, record, "开始化解", params["measures"])
    return {name: params[name] for name in ("measures", "responsible", "due_on") if params[name]}


def _refer(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    _step(ctx, writer, record, f"移送（上报）{params['unit']}", params["note"])
    return {"referred_to": params["unit"]}


def _resolve(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    resolved_on = params["on"] or ctx.today.isoformat()
    if resolved_on < record["found_on"]:
        raise GuardFailed("化解时间早于发现时间，请核对日期。")
    _step(ctx, writer, record, "已化解", params["note"])
    return {"resolved_on": resolved_on, "resolution": params["resolution"]}


def _hold(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    _step(ctx, writer, record, "未化解，稳控中", params["note"])
    return {"progress": params["note"]}


def _close(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    _step(ctx, writer, record, "销号", params["note"])
    return {"closed_on": params["on"] or ctx.today.isoformat()}


def _promote(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    """Make the case out of the lead; the lead points to it and leaves the count of open disputes."""
    from app.records import add_within
    from app.registers import register_named

    draft = {
        "source": "10",
        "apply_form": "none",
        "registered_on": params["on"] or ctx.today.isoformat(),
        "village_id": record["village_id"],
        "occurred_place": record["place"] or ctx.codes["village"].label(record["village_id"]),
        "dispute_type": record["dispute_type"],
        "brief": record["brief"],
        "claim_amount": record["amount"],
        "household_count": record["household_count"],
        "found_on": record["found_on"],
        **(params["case"] or {}),
    }
    saved = add_within(ctx, writer, register_named("mediation_case"), [draft])
    _step(ctx, writer, record, "转人民调解", None)
    return {"case_id": saved.ids[0]}


def _link(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    """Point the lead to a case that already stands, so that one dispute is not counted twice."""
    from app.finding import find_on

    writer.flush()
    case = find_on(writer.conn, params["case"], ["mediation_case"])
    _step(ctx, writer, record, "并入已有调解案件", None)
    return {"case_id": case.id}


ON = param("on", "日期", Kind.DATE)
NOTE = param("note", "说明", Kind.LONG_TEXT)
WORKABLE = (S.NEW, S.VERIFIED, S.HANDLING, S.REFERRED, S.UNRESOLVED)
VERBS = (
    Verb("verify", "核实", (S.NEW,), S.VERIFIED, _verify, (ON, NOTE)),
    Verb(
        "handle", "开始化解", (S.NEW, S.VERIFIED, S.UNRESOLVED), S.HANDLING, _handle,
        (
            param("measures", "化解措施", Kind.LONG_TEXT),
            param("responsible", "化解责任人", Kind.TEXT),
            param("due_on", "化解时限", Kind.DATE),
        ),
    ),
    Verb(
        "promote", "转调解案件", WORKABLE, S.MEDIATED, _promote,
        (ON, param("case", "案件内容", Kind.FILE, help="案件字段，例如 parties、org_id；未写的由线索带入")),
    ),
    Verb(
        "link_case", "并入已有案件", WORKABLE, S.MEDIATED, _link,
        (param("case", "案件", Kind.TEXT, required=True, help="案件编号"),),
    ),
    Verb(
        "refer", "移送（上报）", WORKABLE, S.REFERRED, _refer,
        (param("unit", "单位", Kind.TEXT, required=True), NOTE),
    ),
    Verb(
        "resolve", "化解", WORKABLE, S.RESOLVED, _resolve,
        (param("resolution", "化解方式", Kind.CODE, required=True, codes="lead_resolution"), ON, NOTE),
    ),
    Verb(
        "hold", "未化解（稳控）", (S.VERIFIED, S.HANDLING, S.REFERRED), S.UNRESOLVED, _hold,
        (param("note", "说明", Kind.LONG_TEXT, required=True),),
    ),
    Verb("close", "销号", (S.RESOLVED, S.MEDIATED, S.REFERRED), S.CLOSED, _close, (ON, NOTE)),
)  # fmt: skip

DISPUTE_LEAD = Register(
    key="dispute_lead",
    label="矛盾纠纷线索",
    slice="screening",
    entity=DisputeLead,
    title=_title,
    subtitle=_subtitle,
    day="found_on",
    list_columns=(
        "lead_no", "found_on", "village_id", "parties_text", "dispute_type", "risk_level", "state", "due_on",
    ),
    state_codes="lead_state",
    initial_state=S.NEW.value,
    numbering=Numbering("lead_no", "PC-{year}-{n}", 4, lambda ctx, row: ""),  # noqa: ARG005
    examine=_examine,
    verbs=VERBS,
)  # fmt: skip
