"""Persons to test with; the identity numbers are test vectors of GB 11643, nobody's."""

from __future__ import annotations

from typing import Any


def person(**changes: Any) -> dict[str, Any]:
    """Give an ordinary villager."""
    row: dict[str, Any] = {
        "name": "陈大山",
        "sex": "男",
        "birth_date": "1975-03-02",
        "ethnic": "汉族",
        "village_id": "青石村",
        "phone_main": "13800001234",
        "addresses": [{"kind": "居住地", "detail": "青石村三组 12 号"}],
        "contacts": [{"kind": "手机", "value": "13800001234", "is_main": True}],
    }
    return {**row, **changes}
