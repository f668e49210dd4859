"""Where a station's year is set: its place, its people, its days, what it is to come to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from app.demo.calendar_year import Year
from app.demo.people import Crowd, Figure, helper_names
from app.demo.places import Place, Village
from app.demo.texts import told
from models.calendar import WorkCalendar

if TYPE_CHECKING:
    from app.demo.quotas import Quota

TOWN = "town"
TOWN_MEDIATORS, VILLAGE_MEDIATORS = 6, 3
LEAN_TOWN_MEDIATORS = 3
RESIDENTS, GRID_WORKERS = 22, 1


@dataclass(frozen=True)
class Mediator:
    """A mediator of a committee (the town's, or a village's by its code)."""

    figure: Figure
    org: str
    post: str
    full_time: bool

    @property
    def handle(self) -> str:
        """Give the handle of the post."""
        return f"post:{self.org}:{self.figure.name}"


@dataclass(frozen=True)
class Scene:
    """One station in one year; everything told of it is drawn from ``rng``, so one seed gives one year."""

    place: Place
    year: Year
    quota: Quota
    rng: Random
    crowd: Crowd
    officer: str
    mediators: tuple[Mediator, ...]
    residents: tuple[Figure, ...]
    grid_workers: tuple[Figure, ...]
    helpers: tuple[str, ...]
    full: bool
    alone: bool = False

    def of(self, org: str) -> list[Mediator]:
        """Give the mediators of a committee."""
        return [mediator for mediator in self.mediators if mediator.org == org]

    def village(self) -> Village:
        """Choose a village."""
        return self.rng.choice(self.place.villages)

    def tell(self, text: str, village: Village | None = None) -> str:
        """Put town and village into a text."""
        label = village.label if village is not None else ""
        return text.format(t=self.place.town, v=label, s=self.place.town[0])


def set_scene(
    place: Place, year: int, quota: Quota, seed: int, helpers: tuple[str, ...], *, alone: bool = False
) -> Scene:
    """Set the scene of a station; the first of the county is told in full, the others in brief.

    ``alone``: the station stands for itself, and may go beyond its share of the county's year.
    """
    rng = Random(f"{seed}:{place.code}:{year}")  # noqa: S311 — the same seed must tell the same year
    full = place.number == 1
    crowd = Crowd(rng, used=set(helper_names(seed, told("district")["total"]["helpers"])))
    names = told("station")["officer"]
    crowd.used.update(names.values())
    villages = [v for v in place.villages for _ in range(GRID_WORKERS if full else 0)]
    return Scene(
        place=place,
        year=Year(year, WorkCalendar.shipped()),
        quota=quota,
        rng=rng,
        crowd=crowd,
        officer=str(names["name"]) if full else crowd.name(crowd.sex()),
        mediators=tuple(_mediators(crowd, place, year, full=full)),
        residents=tuple(
            crowd.figure(v.code, v.label, year, ages=(24, 80), known=True)
            for v in (place.villages * RESIDENTS)[: RESIDENTS if full else 0]
        ),
        grid_workers=tuple(crowd.figure(v.code, v.label, year, ages=(25, 50), known=True) for v in villages),
        helpers=helpers,
        full=full,
        alone=alone,
    )


def _mediators(crowd: Crowd, place: Place, year: int, *, full: bool) -> list[Mediator]:
    town = TOWN_MEDIATORS if full else LEAN_TOWN_MEDIATORS
    found = [_mediator(crowd, place, None, n, year, full=full) for n in range(town)]
    for village in place.villages:
        found += [_mediator(crowd, place, village, n, year, full=full) for n in range(VILLAGE_MEDIATORS)]
    return found


def _mediator(
    crowd: Crowd, place: Place, village: Village | None, number: int, year: int, *, full: bool
) -> Mediator:
    """Make a member of a committee: the first its director, the second a woman, most of them past sixty."""
    old = crowd.rng.randrange(100) < told("district")["shares"]["old_mediators"]
    sex = "2" if number == 1 else crowd.sex()
    head = full and village is None and number == 0
    name = str(told("station")["officer"]["helper"]) if head else crowd.name(sex)
    ages = (61, 72) if old and not head else (32, 59)
    home = village or place.villages[0]
    figure = crowd.figure_of(name, "1" if head else sex, home.code, home.label, year, ages=ages, known=True)
    posts = ("director", "member", "member", "deputy")
    post = posts[number] if number < len(posts) else "mediator"
    return Mediator(figure, village.code if village else TOWN, post, village is None and number in (0, 4, 5))
