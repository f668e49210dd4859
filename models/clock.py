"""Time and identity that never run backwards: the hybrid logical clock and UUIDv7."""

from __future__ import annotations

import os
import uuid

COUNTER_BITS = 16


def tick(wall_ms: int, last: int) -> int:
    """Give the next hybrid logical time: milliseconds in the high 48 bits, a counter in the low 16.

    A computer clock that was set back still yields a later value; causality is never read from it.
    """
    return max(wall_ms << COUNTER_BITS, last + 1)


def wall_of(hlc: int) -> int:
    """Give the milliseconds since 1970 that a hybrid logical time carries."""
    return hlc >> COUNTER_BITS


def new_id(wall_ms: int) -> str:
    """Make a UUIDv7 (RFC 9562 §5.7) from a wall time in milliseconds and 74 random bits."""
    return id_from(wall_ms, os.urandom(10))


def id_from(wall_ms: int, random: bytes) -> str:
    """Make a UUIDv7 from a wall time and 10 given bytes; the same input gives the same id."""
    value = (wall_ms & ((1 << 48) - 1)) << 80 | int.from_bytes(random[:10], "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Tell whether a text is written as a record id."""
    return len(text) == 36 and text[14] == "7" and text.count("-") == 4
