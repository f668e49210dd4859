"""What the demonstration is told with: names, places, disputes and events from ``resources/demo``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def told(name: str) -> Mapping[str, Any]:
    """Read one file of texts: names, places, district, station, disputes or outreach."""
    text = files("resources").joinpath("demo").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
