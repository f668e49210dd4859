"""What a station sets up for itself."""

from __future__ import annotations

from typing import Any


def code_entry(**changes: Any) -> dict[str, Any]:
    """Give a village of the station's own list."""
    row = {"list_name": "village", "code": "420981001099", "label": "新坪村", "synonyms": ["新坪"]}
    return {**row, **changes}
