"""The demonstration: one station told in full, and a county of fifteen with known sums."""

from __future__ import annotations

from app.demo.district import demo_district
from app.demo.station import DEMO_YEAR, demo_station

__all__ = ["DEMO_YEAR", "demo_district", "demo_station"]
