"""The register of mediation cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.mediation.after import AFTER_VERBS
from app.mediation.closing import CLOSING_VERBS
from app.mediation.derive import prepare_case
from app.mediation.guards import state_problems
from app.mediation.intake import INTAKE_VERBS
from app.mediation.lint import lint
from app.mediation.outcome import OUTCOME_VERBS
from app.mediation.quick import expand
from app.register import Numbering, Register
from models.mediation import CaseState, MediationCase

if TYPE_CHECKING:
    from app.context import Context
    from models.codes import CodeBook
    from models.errors import Problem
    from models.records import Row


def _title(row: Row) -> str:
    return str(row.get("title") or row.get("case_no") or "")


def _subtitle(row: Row, codes: CodeBook) -> str:
    parts = (
        row.get("case_no"),
        codes["dispute_type"].label(row.get("dispute_type")),
        codes["case_state"].label(row.get("state")),
        row.get("accepted_on"),
    )
    return " · ".join(part for part in parts if isinstance(part, str) and part)


def _examine(ctx: Context, case: Row) -> Iterable[Problem]:
    yield from state_problems(ctx, case)
    yield from lint(ctx, case)


def _prefix(ctx: Context, row: Row) -> str:  # noqa: ARG001
    return "TJ"


MEDIATION_CASE = Register(
    key="mediation_case",
    label="人民调解案件",
    slice="mediation",
    entity=MediationCase,
    title=_title,
    subtitle=_subtitle,
    day="registered_on",
    list_columns=(
        "case_no", "title", "village_id", "dispute_type", "source", "difficulty", "state", "accepted_on",
        "due_on", "concluded_on", "outcome", "agreement_amount", "performance",
    ),
    state_codes="case_state",
    initial_state=CaseState.REGISTERED.value,
    numbering=Numbering("case_no", "{prefix}-{year}-{n}", 4, _prefix),
    expand=expand,
    prepare=prepare_case,
    examine=_examine,
    verbs=(*INTAKE_VERBS, *OUTCOME_VERBS, *AFTER_VERBS, *CLOSING_VERBS),
)  # fmt: skip
