"""What every use case is given first: the ledger, the clock, who acts, the calendar and the code lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.ledger.ledger import Ledger
    from app.settings import Settings
    from models.calendar import WorkCalendar
    from models.codes import CodeBook


@dataclass(frozen=True)
class Context:
    """One session's surroundings; ``now`` is local time and may be set for repeatable results.

    Who examines many records looks around once, with a few queries, and spares each its own: ``alone`` names,
    for each look-up among other records, the records it is known to find nothing for; ``alike`` holds, for
    each likeness, the texts of other records by the key they are found under.
    """

    ledger: Ledger = field(repr=False)
    now: datetime
    actor: str
    calendar: WorkCalendar = field(repr=False)
    codes: CodeBook = field(repr=False)
    settings: Settings = field(repr=False)
    alone: Mapping[str, Collection[str]] = field(default_factory=dict, repr=False)
    alike: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        """The day deadlines are counted from."""
        return self.now.date()
