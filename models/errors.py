"""What can go wrong for a reason the user can act on: one class per situation, each with its own sentence."""

from __future__ import annotations

import dataclasses
from typing import Literal

Severity = Literal["error", "warning"]


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with one value; the same shape for form, import, month check and receipt.

    ``code`` is stable: E1xx structure, E2xx type, date or identity number, E3xx required or range,
    E4xx checks inside a table, E5xx table against records, E6xx between periods, E7xx duplicates,
    W… warnings.
    """

    code: str
    seen: object
    message: str
    hint: str
    record: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    severity: Severity = "error"

    def as_json(self) -> dict[str, object]:
        """Give the mapping that every command prints; parts that do not apply are left out."""
        parts = {
            "code": self.code,
            "severity": self.severity,
            "record": self.record,
            "row": self.row,
            "column": self.column,
            "field": self.field,
            "seen": self.seen,
            "message": self.message,
            "hint": self.hint,
        }
        always = {"code", "severity", "seen", "message", "hint"}
        return {key: value for key, value in parts.items() if key in always or value is not None}


class LedgerError(Exception):
    """Any situation the user can act on; ``str(error)`` is one Chinese sentence saying what to do."""

    code = "ledger_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(LedgerError):
    """Values that break a rule; nothing was written. ``problems`` lists each of them."""

    code = "refused"

    def __init__(self, problems: tuple[Problem, ...], subject: str = "") -> None:
        self.problems = problems
        first = problems[0]
        more = f"（另有 {len(problems) - 1} 处问题）" if len(problems) > 1 else ""
        where = f"第 {first.row} 条：" if first.row is not None and len(problems) > 1 else ""
        super().__init__(f"{subject}{where}{first.message}{first.hint}{more}")


class UnknownRegister(LedgerError):
    """The named register does not exist."""

    code = "unknown_register"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的登记簿，请用 ybz registers 查看全部登记簿。")


class UnknownRecord(LedgerError):
    """No record answers to what was given."""

    code = "unknown_record"

    def __init__(self, words: str) -> None:
        super().__init__(f"没有找到“{words}”对应的记录，请核对编号或姓名。")


class AmbiguousRecord(LedgerError):
    """Several records answer to what was given; ``matches`` lists id and title of each."""

    code = "ambiguous_record"

    def __init__(self, words: str, matches: tuple[tuple[str, str], ...]) -> None:
        self.matches = matches
        listed = "；".join(f"{title}（{identity}）" for identity, title in matches[:5])
        super().__init__(f"“{words}”对应 {len(matches)} 条记录，请写得更完整：{listed}。")


class UnknownVerb(LedgerError):
    """The register has no such verb."""

    code = "unknown_verb"

    def __init__(self, verb: str, label: str) -> None:
        super().__init__(f"“{label}”没有“{verb}”这个操作，请用 ybz do --list 查看可用操作。")


class IllegalTransition(LedgerError):
    """The state the record is in does not allow the verb."""

    code = "illegal_transition"

    def __init__(self, verb_label: str, state_label: str, allowed: str) -> None:
        super().__init__(f"当前状态为“{state_label}”，不能办理“{verb_label}”；须先处于：{allowed}。")


class GuardFailed(LedgerError):
    """A condition the procedure demands is not met."""

    code = "guard_failed"


class VoidRecord(LedgerError):
    """The record was voided and may only be looked at or revived."""

    code = "void_record"

    def __init__(self, title: str) -> None:
        super().__init__(f"“{title}”已作废，只能查看；如属误作废，请先撤销作废。")
