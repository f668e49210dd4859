"""The register of persons: what is derived from a document, what is checked, what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from app.person.duplicates import same_document, similar
from app.person.merging import DECIDE, MERGE, SPLIT
from app.register import Numbering, Register, joined
from models.dates import age_on, is_before, is_partial
from models.errors import Problem, Severity
from models.identity import check_id
from models.names import normalise_name
from models.person import Person

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeBook
    from models.records import Row

NO_DOCUMENT = "990"
ADULT = 18


def _title(row: Row) -> str:
    return joined(row["name"])


def _subtitle(row: Row, codes: CodeBook) -> str:
    parts = [codes["sex"].label(row["sex"]) if row.get("sex") else "", (row.get("birth_date") or "")[:4]]
    if row.get("village_id"):
        parts.append(row["village_id"])
    return " · ".join(part for part in parts if part)


def _prepare(ctx: Context, row: Row) -> Row:
    name = row.get("name")
    if isinstance(name, str):
        tidy = normalise_name(name)
        if tidy != name:
            row["name_as_written"], row["name"] = name, tidy
    for document in row.get("id_docs") or []:
        _prepare_document(ctx, row, document)
    documents = row.get("id_docs") or []
    if documents and not any(document.get("is_primary") for document in documents):
        documents[0]["is_primary"] = True
    row["minor_flag"] = _is_minor(ctx, row)
    return row


def _prepare_document(ctx: Context, row: Row, document: Row) -> None:
    number = document.get("number")
    if not isinstance(number, str):
        return
    checked = check_id(number, document.get("type"), today=ctx.today)
    if not checked.errors and checked.number != number:
        document["raw"], document["number"] = document.get("raw") or number, checked.number
    if checked.errors:
        return
    if not row.get("sex") and checked.sex:
        row["sex"] = checked.sex
    if not row.get("birth_date") and checked.birth_date:
        row["birth_date"] = checked.birth_date


def _is_minor(ctx: Context, row: Row) -> bool:
    born = row.get("birth_date")
    if not isinstance(born, str) or is_partial(born):
        return bool(row.get("minor_flag"))
    return age_on(date.fromisoformat(born), ctx.today) < ADULT


def _examine(ctx: Context, row: Row) -> Iterable[Problem]:
    for number, document in enumerate(row.get("id_docs") or [], 1):
        yield from _examine_document(ctx, row, document, f"id_docs[{number}]")
    born = row.get("birth_date")
    if is_before(ctx.today.isoformat(), born):
        yield Problem(
            code="E302", seen=born, field="birth_date", message="出生日期晚于今天。", hint="请核对年份。"
        )
    if sum(1 for document in row.get("id_docs") or [] if document.get("is_primary")) > 1:
        yield Problem(
            code="E401",
            seen=None,
            field="id_docs",
            message="主证件只能有一个。",
            hint="请只给一个证件勾选“主证件”。",
        )
    if row.get("minor_flag") and not row.get("guardians"):
        yield Problem(
            code="W401", seen=row.get("birth_date"), field="guardians", severity="warning",
            message="未满十八周岁，还没有登记监护人。", hint="请补登监护人（民法典第二十七条）。",
        )  # fmt: skip
    for hint in similar(ctx, row):
        if hint.level == "possible":
            yield Problem(
                code="W701", seen=row["name"], record=hint.person, severity="warning", field="name",
                message=f"可能与已有档案是同一人：{hint.title}（{hint.why}）。",
                hint="请核对；如是同一人请并档。",
            )  # fmt: skip


def _examine_document(ctx: Context, row: Row, document: Row, where: str) -> Iterable[Problem]:
    number = document.get("number")
    if document.get("type") == NO_DOCUMENT:
        if not document.get("note"):
            yield Problem(
                "E301", None, "无证件者须填写情况说明。", "请写明没有证件的原因。", field=f"{where}.note"
            )
        return
    if not isinstance(number, str):
        yield Problem(
            "E301", None, "证件号码必须填写。", "没有证件请选“其他/无证件”。", field=f"{where}.number"
        )
        return
    checked = check_id(
        number,
        document.get("type"),
        today=ctx.today,
        sex=row.get("sex") or "",
        birth_date=row.get("birth_date") or "",
    )
    excused = bool(document.get("original_wrong"))
    for found in (*checked.errors, *checked.warnings):
        severity: Severity = "warning" if excused else found.severity
        yield Problem(
            code=found.code, seen=found.seen, message=found.message, hint=found.hint, severity=severity,
            field=f"{where}.number",
        )  # fmt: skip
    other = same_document(ctx, document.get("type") or "111", checked.number or number, row["id"])
    if other is not None:
        yield Problem(
            code="E701", seen=number, record=other.person, field=f"{where}.number",
            message=f"证件号码与已有档案“{other.title}”相同。", hint="请打开已有档案，不要重复建档。",
        )  # fmt: skip


PERSON = Register(
    key="person",
    label="人员",
    slice="person",
    entity=Person,
    title=_title,
    subtitle=_subtitle,
    day="created_at",
    list_columns=("person_no", "name", "sex", "birth_date", "village_id", "phone_main", "tags"),
    numbering=Numbering(
        field="person_no",
        template="{prefix}-{year}-{n}",
        width=4,
        prefix=lambda ctx, row: ctx.ledger.org_code,  # noqa: ARG005
    ),
    prepare=_prepare,
    examine=_examine,
    verbs=(MERGE, SPLIT, DECIDE),
)
