"""The first days: villages, committees, people and their posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.demo.diary import Diary, Entry
from app.demo.people import person_row
from app.demo.scene import TOWN, Mediator, Scene
from app.settings import change_setting

if TYPE_CHECKING:
    from app.demo.places import Village

TERM_BEGAN = (3, 1)
GRIDS = 2
BEFORE_HOURS = time(8, 10)


def founding(scene: Scene, county: str) -> Iterator[Entry]:
    """Give the entries of the first working day, before anything is counted."""
    early = datetime.combine(scene.year.first, BEFORE_HOURS)

    def settings(diary: Diary) -> None:
        for name, value in (
            ("officer", scene.officer),
            ("station_short_code", scene.place.short),
            ("county_name", county),
        ):
            change_setting(diary.ctx, name, value)
        diary.refresh()

    def codes(diary: Diary) -> None:
        diary.add_all("code_entry", _code_entries(scene))
        diary.refresh()

    acts: tuple[Callable[[Diary], object], ...] = (
        settings,
        codes,
        lambda diary: _committees(diary, scene),
        lambda diary: _people(diary, scene),
        lambda diary: _posts(diary, scene),
    )
    for number, act in enumerate(acts):
        yield Entry(early + timedelta(minutes=number), act)


def _code_entries(scene: Scene) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for village in scene.place.villages:
        short = village.label.removesuffix("村").removesuffix("社区")
        rows.append(
            {"list_name": "village", "code": village.code, "label": village.label, "synonyms": [short]}
        )
        if scene.full:
            rows += [
                {
                    "list_name": "grid",
                    "code": f"{village.code}{n:03}",
                    "label": f"{village.label}第{n}网格",
                    "parent": village.code,
                }
                for n in range(1, GRIDS + 1)
            ]
    return rows


def committee_name(scene: Scene, village: Village | None = None) -> str:
    """Give the full name of a people's mediation committee."""
    return f"{scene.place.town}{village.label if village else ''}人民调解委员会"


def seal_prefix(scene: Scene, village: Village | None) -> str:
    """Give the mark that stands on the volumes of a committee."""
    return f"{scene.place.town}{village.label if village else ''}人调字"


def _committees(diary: Diary, scene: Scene) -> None:
    town = _committee(scene, None)
    if scene.full:
        police = scene.tell("{t}派出所")
        town["studios"] = [
            {"name": "驻派出所调解工作室", "type": "police", "host": police},
            {"name": f"{scene.mediators[0].figure.name}调解工作室", "type": "brand"},
        ]
    diary.add("mediation_org", town, f"org:{TOWN}")
    parent = diary.ids[f"org:{TOWN}"]
    rows = [{**_committee(scene, village), "parent_org_id": parent} for village in scene.place.villages]
    diary.add_all("mediation_org", rows, [f"org:{village.code}" for village in scene.place.villages])


def _committee(scene: Scene, village: Village | None) -> dict[str, Any]:
    start, end = _term(scene)
    kind = "3" if village is None else "2" if village.urban else "1"
    return {
        "name": committee_name(scene, village),
        "org_type": kind,
        "village_id": village.code if village else None,
        "founded_on": f"{scene.year.number - 13}-05-18",
        "term_start": start,
        "term_end": end,
        "phone": scene.crowd.landline(),
        "address": f"{scene.place.town}{village.label if village else '政府大院'}",
        "seal_code_prefix": seal_prefix(scene, village),
    }


def _term(scene: Scene) -> tuple[str, str]:
    """Give a term of three years that began the year before (人民调解法第九条)."""
    start = date(scene.year.number - 1, *TERM_BEGAN)
    return start.isoformat(), (date(start.year + 3, *TERM_BEGAN) - timedelta(days=1)).isoformat()


def _people(diary: Diary, scene: Scene) -> None:
    figures = [mediator.figure for mediator in scene.mediators]
    figures += [*scene.residents, *scene.grid_workers]
    if scene.full:
        village = scene.place.villages[0]
        figures.append(
            scene.crowd.figure_of(
                scene.officer, "2", village.code, village.label, scene.year.number, ages=(26, 34), known=True
            )
        )
    rows = [person_row(scene.rng, figure) for figure in figures]
    for row, figure in zip(rows, figures, strict=True):
        if figure in scene.grid_workers:
            row["tags"] = ["网格员"]
    diary.add_all("person", rows, [f"person:{figure.name}" for figure in figures])


def _posts(diary: Diary, scene: Scene) -> None:
    start, end = _term(scene)
    rows = [_post(diary, scene, mediator, start, end) for mediator in scene.mediators]
    diary.add_all("mediator_post", rows, [mediator.handle for mediator in scene.mediators])
    for org in (TOWN, *(village.code for village in scene.place.villages)):
        diary.change(f"org:{org}", director_id=diary.ids[scene.of(org)[0].handle])


def _post(diary: Diary, scene: Scene, mediator: Mediator, start: str, end: str) -> dict[str, Any]:
    elected = mediator.post != "mediator"
    row: dict[str, Any] = {
        "person_id": diary.ids[f"person:{mediator.figure.name}"],
        "org_id": diary.ids[f"org:{mediator.org}"],
        "post": mediator.post,
        "employ": "full_time" if mediator.full_time else "part_time",
        "background": "cadre" if elected else "retired_officer",
        "appointed_by": "elected" if elected else "appointed",
        "start_on": start,
        "end_on": end,
        "fiscal_paid": mediator.org == TOWN and mediator.post == "director",
        "cert_no": f"{scene.place.short}-{scene.mediators.index(mediator) + 1:03}",
        "filed_on": start,
    }
    if scene.full and mediator.org == TOWN:
        row["specialties"] = ["02", "04", "07"]
        row["grades"] = [{"level": "3", "granted_on": start, "granted_by": "青山县司法局"}]
    return row
