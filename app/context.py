"""What every use case is given first: the ledger, the clock, who acts, the calendar and the code lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.codes import CodeBook

    from app.ledger.ledger import Ledger
    from app.settings import Settings
    from models.calendar import WorkCalendar


@dataclass(frozen=True)
class Context:
    """One session's surroundings; ``now`` is local time and may be set for repeatable results."""

    ledger: Ledger
    now: datetime
    actor: str
    calendar: WorkCalendar
    codes: CodeBook
    settings: Settings

    @property
    def today(self) -> date:
        """The day deadlines are counted from."""
        return self.now.date()
