"""The program's entrance: ``ybz`` and ``python -m app``; the one place behind which no fault escapes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

READER_FLAG = "--read-workbook-worker"  # the separate process that reads spreadsheets, see exports.workbook


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; gives the exit status and never raises for what a user can cause."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [READER_FLAG]:
        from exports.workbook.worker import main as read

        return read()
    if words[:1] == ["--version"]:
        from app.version import VERSION

        sys.stdout.write(f"一本账 {VERSION}\n")
        return 0
    from app.cli.boundary import carry_out, tell_fault

    try:
        return carry_out(words)
    except Exception as error:  # noqa: BLE001 — the boundary: a fault of ours becomes a sentence and a note
        return tell_fault(error)


if __name__ == "__main__":
    sys.exit(main())
