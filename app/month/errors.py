"""Why a month cannot be checked or closed."""

from __future__ import annotations

from models.errors import LedgerError, Problem, Refused


class MonthError(LedgerError):
    """The month cannot be closed as asked."""

    code = "month_error"


class MonthNotOver(MonthError):
    """The month is still running."""

    code = "month_not_over"

    def __init__(self, label: str, last_day: str) -> None:
        super().__init__(f"{label}还没有结束，{last_day}起才能封月。")


class MonthMissing(MonthError):
    """A month before this one was not closed."""

    code = "month_missing"

    def __init__(self, missing: str, asked: str) -> None:
        super().__init__(f"{missing}还没有封月，请按顺序先封{missing}，再封{asked}。")


class MonthAccepted(MonthError):
    """The county has accepted the month; differences go into the next one."""

    code = "month_accepted"

    def __init__(self, label: str) -> None:
        super().__init__(f"{label}已由县局受理，不能重封；后来的补录和更正会自动列入下一个月。")


class MonthLater(MonthError):
    """A later month was closed; a change now belongs into the next open month."""

    code = "month_later"

    def __init__(self, label: str, later: str) -> None:
        super().__init__(f"{later}已经封月，{label}不能重封；后来的补录和更正会自动列入下一个月。")


class ReasonNeeded(MonthError):
    """What changed or is let through must be explained."""

    code = "reason_needed"


class MonthRefused(Refused):
    """The check found errors; nothing was frozen."""

    code = "month_refused"

    def __init__(self, problems: tuple[Problem, ...], label: str) -> None:
        super().__init__(problems, subject=f"{label}预检有 {len(problems)} 处错误，不能封月。第一处：")
