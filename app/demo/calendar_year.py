"""The days of the year that is told: working days, spans, moments within the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from models.calendar import WorkCalendar

OPENING = time(8, 30)
LAST_MINUTE = 510


@dataclass(frozen=True)
class Year:
    """One calendar year with its working days."""

    number: int
    calendar: WorkCalendar

    @property
    def first(self) -> date:
        """The first working day."""
        return self.calendar.next_workday(date(self.number, 1, 1))

    @property
    def last(self) -> date:
        """The last working day of the year."""
        return self.calendar.add_workdays(date(self.number + 1, 1, 1), -1)

    def day(self, text: str) -> date:
        """Read 03-15 as a day of the year, +1-01-31 as one of the next."""
        *years, month, day_of_month = (int(part) for part in text.split("-"))
        return date(self.number + sum(years), month, day_of_month)

    def workdays(self, month: int) -> list[date]:
        """Give the working days of a month."""
        day, found = date(self.number, month, 1), []
        while day.month == month:
            if self.calendar.is_workday(day):
                found.append(day)
            day += timedelta(days=1)
        return found

    def work(self, day: date) -> date:
        """Give the day itself if people work then, else the next on which they do."""
        return self.calendar.next_workday(day)

    def shift(self, day: date, workdays: int) -> date:
        """Give the day some working days later (earlier when negative), not before the year begins."""
        if workdays == 0:
            return self.work(day)
        return max(self.calendar.add_workdays(day, workdays), self.first)

    def within(self, rng: Random, start: date, end: date) -> date:
        """Give a day between two, both included."""
        return start + timedelta(days=rng.randrange((end - start).days + 1))


class Clock:
    """Gives moments that only go forward, for the steps of one matter."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._last: datetime | None = None

    def at(self, day: date) -> datetime:
        """Give a moment of office hours on a day, after the one given before."""
        moment = datetime.combine(day, OPENING) + timedelta(minutes=self._rng.randrange(LAST_MINUTE))
        if self._last is not None and moment <= self._last:
            moment = self._last + timedelta(minutes=3)
        self._last = moment
        return moment
