"""Posts and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.demo.calendar_year import Clock
from app.demo.diary import Entry, adding, last_evening
from app.demo.quotas import split
from app.demo.texts import told

if TYPE_CHECKING:
    from app.demo.scene import Scene

FIRST_COUNT, LAST_COUNT = 7, 20
EARLY_SHARE = 3, 5
LATEST = "12-18"
FILM_PLATFORMS = ("douyin", "wechat_channel")
FEW_PLAYS = (600, 2600)


def posts(scene: Scene) -> Iterator[Entry]:
    """Give the posts of the year; reads at its end add up to the station's quota, plays come on top."""
    wanted = scene.quota.posts
    topics = _topics(scene, wanted)
    platforms = [scene.rng.choice(told("outreach")["posts"]["platforms"]) for _ in topics]
    if scene.full:
        platforms[-1] = "douyin"
    platforms[0] = "wechat_oa"
    written = [n for n, platform in enumerate(platforms) if platform not in FILM_PLATFORMS]
    reads = dict(
        zip(
            written,
            split(scene.quota.reads, [0.4 + scene.rng.random() for _ in written]),
            strict=True,
        )
    )
    for number, (topic, platform) in enumerate(zip(topics, platforms, strict=True)):
        star = scene.full and number == wanted - 1
        yield from _post(scene, topic, platform, reads.get(number), star=star)


def _topics(scene: Scene, wanted: int) -> list[str]:
    """Deal out the kinds of topics in the shares of the county: mostly the family, little on fraud."""
    shares = told("district")["topics"]
    rest = 100 - shares["family"] - shares["fraud_consumer"]
    counts = split(wanted, [shares["family"], shares["fraud_consumer"], rest])
    kinds = [
        kind for kind, n in zip(("family", "fraud_consumer", "other"), counts, strict=True) for _ in range(n)
    ]
    if not scene.full:
        scene.rng.shuffle(kinds)
    return kinds


def _post(scene: Scene, kind: str, platform: str, reads: int | None, *, star: bool) -> Iterator[Entry]:
    rng, year, texts = scene.rng, scene.year, told("outreach")["posts"]
    words = texts[kind]
    film = platform in FILM_PLATFORMS
    on = year.day(texts["star"]["on"]) if star else year.within(rng, year.first, year.day(LATEST))
    title = (
        texts["star"]["title"]
        if star
        else f"{'小司说法：' if film else '以案释法｜'}{rng.choice(words['titles'])}"
    )
    row: dict[str, Any] = {
        "published_on": on.isoformat(),
        "title": title,
        "platform": platform,
        "account": f"{scene.place.town}司法",
        "post_form": "short_video" if film else "article",
        "topic": texts["star"]["topic"] if star else rng.choice(words["topics"]),
        "case_based": True,
        "dialect": film,
        "original": True,
        "audience_group": ["villagers"],
    }
    if star:
        row["reposted_by"] = ["province"]
    plays = texts["star"]["plays"] if star else rng.randrange(*FEW_PLAYS) if film else None
    yield from _measured(scene, row, on, {"plays": plays} if film else {"reads": reads})


def _measured(scene: Scene, row: dict[str, Any], on: date, reach: dict[str, int | None]) -> Iterator[Entry]:
    clock = Clock(scene.rng)
    handle = f"post:{row['title']}:{on}:{row['platform']}"
    if not scene.full:
        month_end = last_evening(on.year, on.month).date().isoformat()
        yield adding(clock.at(on), "media_post", {**row, "metrics": [{"as_of_on": month_end, **reach}]})
        return
    yield adding(clock.at(on), "media_post", row, handle)
    part, whole = EARLY_SHARE
    for days, share in ((FIRST_COUNT, part), (LAST_COUNT, whole)):
        day = min(on + timedelta(days=days), scene.year.last)
        counted = {name: (value or 0) * share // whole for name, value in reach.items()}
        likes = sum(counted.values()) // 60
        yield Entry(clock.at(day), _measure(handle, {"as_of_on": day.isoformat(), **counted, "likes": likes}))


def _measure(handle: str, params: dict[str, Any]) -> Any:
    return lambda diary: diary.do("measure", handle, **params)
