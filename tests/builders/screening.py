"""Screening rounds and leads to test with."""

from __future__ import annotations

from typing import Any


def screening_round(**changes: Any) -> dict[str, Any]:
    """Give a weekly round over one village."""
    row: dict[str, Any] = {
        "round_type": "定期排查",
        "start_on": "2026-11-02",
        "end_on": "2026-11-06",
        "village_ids": ["青石村"],
        "screeners": ["周小满"],
        "households_visited": 41,
    }
    return {**row, **changes}


def dispute_lead(**changes: Any) -> dict[str, Any]:
    """Give an ordinary lead that a grid worker reported."""
    row: dict[str, Any] = {
        "found_on": "2026-11-03",
        "found_by": "周小满",
        "channel": "网格员",
        "village_id": "青石村",
        "parties_text": "刘福与何贵",
        "dispute_type": "邻里纠纷",
        "brief": "刘福家屋檐滴水流入何贵家院内，两家多次争吵",
        "risk_level": "黄",
    }
    return {**row, **changes}
