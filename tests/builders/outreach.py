"""Outreach records to test with."""

from __future__ import annotations

from typing import Any


def outreach_event(**changes: Any) -> dict[str, Any]:
    """Give a market-day event that took place."""
    row: dict[str, Any] = {
        "title": "反诈宣传进乡村",
        "held_on": "2026-11-05",
        "topics": ["反电信网络诈骗"],
        "form": "法治赶集（大集/庙会）",
        "six_entry": "进乡村",
        "place": "青石村文化广场",
        "village_id": "青石村",
        "organizer": "青石司法所",
        "audience_type": ["村民"],
        "audience_count": 180,
        "material_count": 200,
        "consult_count": 12,
    }
    return {**row, **changes}


def media_post(**changes: Any) -> dict[str, Any]:
    """Give a short video with one snapshot."""
    row: dict[str, Any] = {
        "published_on": "2026-11-06",
        "title": "小司说法：屋檐滴水怎么办",
        "platform": "抖音",
        "post_form": "短视频",
        "topic": "民法典-物权（宅基地/相邻）",
        "metrics": [{"as_of_on": "2026-11-10", "plays": 1200, "likes": 30}],
    }
    return {**row, **changes}


def school(**changes: Any) -> dict[str, Any]:
    """Give the central primary school."""
    return {"name": "青石镇中心小学", "stage": "小学", "village_id": "青石村", "students": 320, **changes}


def vice_principal(**changes: Any) -> dict[str, Any]:
    """Give an appointment for three years; ``school_id`` must be given or the school exist by name."""
    row: dict[str, Any] = {
        "school_id": "青石镇中心小学",
        "name": "郭安",
        "from_unit": "司法行政",
        "appointed_on": "2025-09-01",
        "term_start": "2025-09-01",
        "term_end": "2028-08-31",
    }
    return {**row, **changes}


def law_class(**changes: Any) -> dict[str, Any]:
    """Give one lesson of one class hour."""
    row: dict[str, Any] = {
        "school_id": "青石镇中心小学",
        "held_on": "2026-11-12",
        "lecturer": "郭安",
        "topic": "开学法治第一课：校园欺凌",
        "students": 86,
        "form": "课堂",
    }
    return {**row, **changes}


def outreach_plan(**changes: Any) -> dict[str, Any]:
    """Give a task of the constitution week."""
    row: dict[str, Any] = {
        "task": "宪法宣传周进村宣讲",
        "responsible_unit": "青石司法所",
        "due_on": "2026-12-04",
    }
    return {**row, **changes}


def service_trip(**changes: Any) -> dict[str, Any]:
    """Give one trip to two villages."""
    row: dict[str, Any] = {
        "on": "2026-11-09",
        "village_ids": ["青石村", "白水村"],
        "km": 46,
        "consults": 7,
        "cases": 1,
        "materials": 120,
        "staff": ["周小满"],
    }
    return {**row, **changes}
