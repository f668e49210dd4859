"""How much of a file from outside is read at most; the numbers are ours, measured on honest files."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading: bytes of the file, of its parts unpacked, cells, letters, memory and seconds.

    ``seconds`` holds for files up to ``free_bytes``; each further mebibyte of the file adds
    ``seconds_per_mebibyte``. ``area`` bounds rows × columns of one sheet, filled or not.
    """

    file_bytes: int = 64 * MEBIBYTE
    entries: int = 2000
    total_bytes: int = 256 * MEBIBYTE
    entry_bytes: int = 128 * MEBIBYTE
    ratio: int = 250
    ratio_from_bytes: int = 4 * MEBIBYTE
    cells: int = 4_000_000
    area: int = 8_000_000
    letters: int = 128 * MEBIBYTE
    memory_bytes: int = 600 * MEBIBYTE
    seconds: float = 10.0
    seconds_per_mebibyte: float = 2.0
    free_bytes: int = 4 * MEBIBYTE

    def seconds_for(self, size: int) -> float:
        """Give the seconds allowed for a file of that many bytes."""
        return self.seconds + max(0, size - self.free_bytes) / MEBIBYTE * self.seconds_per_mebibyte


WIDE = Limits(
    file_bytes=256 * MEBIBYTE,
    total_bytes=640 * MEBIBYTE,
    entry_bytes=512 * MEBIBYTE,
    cells=12_000_000,
    area=24_000_000,
    letters=512 * MEBIBYTE,
    memory_bytes=3072 * MEBIBYTE,
    seconds=60.0,
)
"""For a file whose sender is known and whose size the user has confirmed, such as a county's register."""
