"""Outreach: what an event needs to count, posts that grow, schools and their vice-principals."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.records import add, change, do, fetch
from models.errors import GuardFailed, IllegalTransition, Refused
from tests.builders.outreach import (
    law_class,
    media_post,
    outreach_event,
    outreach_plan,
    school,
    vice_principal,
)


def test_copies_by_title_make_the_sum_and_the_first_topic_leads(station: Context) -> None:
    event = outreach_event(
        materials=[{"title": "民法典读本", "count": 120}, {"title": "反诈折页", "count": 300}],
        topics=["反电信网络诈骗", "消费维权"],
    )
    stored = fetch(station, add(station, "outreach_event", [event]).ids[0])
    assert stored["material_count"] == 420
    assert station.codes["law_topic"].label(stored["main_topic"]) == "反电信网络诈骗"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": "2026-11-24"}, "held_on"),
        ({"end_on": "2026-11-04"}, "end_on"),
        ({"audience_count": -1}, "audience_count"),
        ({"six_entry": "进太空"}, "six_entry"),
        ({"state": "archived"}, "photos"),
    ],
)
def test_events_that_cannot_be_are_refused(station: Context, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        add(station, "outreach_event", [outreach_event(**changes)])
    assert refused.value.problems[0].field == field


def test_a_planned_event_is_held_then_archived_with_a_photo(station: Context) -> None:
    planned = outreach_event(state="planned", held_on="2026-11-20")
    event = add(station, "outreach_event", [planned]).ids[0]
    do(station, "hold", event, {"audience_count": 95})
    with pytest.raises(GuardFailed):
        do(station, "archive", event, {})
    do(station, "archive", event, {"photos": ["照片册第 3 页"]})
    stored = fetch(station, event)
    assert (stored["state"], stored["audience_count"]) == ("archived", 95)
    with pytest.raises(IllegalTransition):
        do(station, "cancel", event, {"reason": "下雨"})


def test_a_post_grows_and_a_falling_figure_is_questioned(station: Context) -> None:
    post = add(station, "media_post", [media_post()]).ids[0]
    do(station, "measure", post, {"as_of_on": "2026-11-20", "plays": 52000})
    assert [metric["plays"] for metric in fetch(station, post)["metrics"]] == [1200, 52000]
    _, _, saved = change(station, post, {"metrics": [{"as_of_on": "2026-11-22", "plays": 900}]})
    assert [warning.code for warning in saved.warnings] == ["W401", "W401"]
    with pytest.raises(Refused):
        do(station, "measure", post, {"as_of_on": "2026-11-01", "plays": 1})


def test_one_person_in_more_than_two_schools_is_questioned(station: Context) -> None:
    """教育部令第52号: one person serves at most two schools."""
    names = ["青石镇中心小学", "青石镇中学", "白水小学"]
    add(station, "school", [school(name=name) for name in names])
    first = add(station, "vice_principal", [vice_principal(school_id=names[0])])
    second = add(station, "vice_principal", [vice_principal(school_id=names[1])])
    third = add(station, "vice_principal", [vice_principal(school_id=names[2])])
    assert [len(saved.warnings) for saved in (first, second, third)] == [0, 0, 1]


def test_a_class_hour_is_kept_in_tenths_and_a_future_lesson_refused(station: Context) -> None:
    add(station, "school", [school()])
    lesson = add(station, "law_class", [law_class(periods="1.5")]).ids[0]
    assert fetch(station, lesson)["periods"] == 15
    with pytest.raises(Refused):
        add(station, "law_class", [law_class(held_on="2026-12-01")])


def test_a_task_is_done_only_with_proof(station: Context) -> None:
    task = add(station, "outreach_plan", [outreach_plan()]).ids[0]
    with pytest.raises(Refused):
        do(station, "finish", task, {})
    do(station, "finish", task, {"proof": "活动照片 6 张"})
    assert fetch(station, task)["done_on"] == "2026-11-23"
