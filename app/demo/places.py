"""The county of the demonstration, its fifteen stations and thirty-two villages; none of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.demo.texts import told


@dataclass(frozen=True)
class Village:
    """A village or neighbourhood: its twelve-digit code and name."""

    code: str
    label: str

    @property
    def urban(self) -> bool:
        """Tell whether it is a neighbourhood (社区) rather than a village."""
        return self.label.endswith("社区")


@dataclass(frozen=True)
class Place:
    """A station with its town and villages, or the county office, which has none."""

    code: str
    short: str
    name: str
    town: str = ""
    villages: tuple[Village, ...] = ()
    number: int = 0


@cache
def stations() -> tuple[Place, ...]:
    """Give the fifteen stations; the first is the one told in full."""
    region = told("names")["documents"]["region"]
    found = []
    for number, row in enumerate(told("places")["station"], 1):
        villages = tuple(
            Village(f"{region}{100 + number}{200 + n}", label) for n, label in enumerate(row["villages"], 1)
        )
        found.append(Place(row["code"], row["short"], row["name"], row["town"], villages, number))
    return tuple(found)


@cache
def county() -> Place:
    """Give the county office."""
    row = told("places")["county"]
    return Place(row["code"], row["short"], row["name"])
