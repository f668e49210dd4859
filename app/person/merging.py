"""Merging two files of one person: a pointer, no data moves, and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.register import Verb, param
from models.errors import GuardFailed
from models.fields import Kind
from models.person import Person, PersonPair, Verdict

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from models.records import Row, Values


def _merge(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    survivor = writer.get(Person, _person_id(writer, params["into"]))
    if survivor is None or survivor["void_flag"]:
        raise GuardFailed("要并入的档案不存在或已作废，请核对。")
    if survivor["id"] == record["id"]:
        raise GuardFailed("不能把档案并入自己。")
    if survivor["merged_into"] or record["merged_into"]:
        raise GuardFailed("其中一份档案已经并入别的档案，请先拆回。")
    _decide(ctx, writer, record["id"], survivor["id"], Verdict.SAME, params.get("reason"))
    return {"merged_into": survivor["id"]}


def _split(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    if not record["merged_into"]:
        raise GuardFailed("这份档案没有并入别的档案，不需要拆回。")
    _decide(ctx, writer, record["id"], record["merged_into"], Verdict.DIFFERENT, params.get("reason"))
    return {"merged_into": None}


def _decide_verb(ctx: Context, writer: Writer, record: Row, params: Row) -> Values:
    try:
        verdict = Verdict(params["verdict"])
    except ValueError:
        raise GuardFailed("判断只能是 same（同一人）或 different（不同人）。") from None
    other = _person_id(writer, params["other"])
    _decide(ctx, writer, record["id"], other, verdict, params.get("reason"))
    return {}


def _person_id(writer: Writer, words: str) -> str:
    from app.finding import find_on

    writer.flush()
    return find_on(writer.conn, words, ["person"]).id


def _decide(ctx: Context, writer: Writer, one: str, other: str, verdict: Verdict, reason: str | None) -> None:
    first, second = sorted((one, other))
    values = {"verdict": verdict.value, "decided_on": ctx.today.isoformat(), "reason": reason}
    known = writer.select(PersonPair, first_id=first, second_id=second)
    if known:
        writer.update(PersonPair, known[0]["id"], values)
    else:
        writer.create(PersonPair, {"first_id": first, "second_id": second, **values})


REASON = param("reason", "依据", Kind.TEXT)
MERGE = Verb(
    "merge", "并档", (), None, _merge,
    (param("into", "并入的档案", Kind.TEXT, required=True, help="档案编号或姓名"), REASON),
)  # fmt: skip
SPLIT = Verb("split", "拆回", (), None, _split, (REASON,))
DECIDE = Verb(
    "decide", "判断是否同一人", (), None, _decide_verb,
    (
        param("other", "另一份档案", Kind.TEXT, required=True),
        param("verdict", "判断", Kind.TEXT, required=True, help="same 同一人；different 不同人"),
        REASON,
    ),
)  # fmt: skip
