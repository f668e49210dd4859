"""Where the program keeps things of its own on this computer when nothing else is said."""

from __future__ import annotations

from pathlib import Path

NAME = "yibenzhang"
LEDGER_NAME = "台账.ybz"


def data_folder() -> Path:
    """Give the user's data folder of this program; it need not exist yet."""
    import appdirs

    return Path(appdirs.user_data_dir(NAME, appauthor=False))


def usual_ledger() -> Path:
    """Give where the ledger lies when no place was named."""
    return data_folder() / LEDGER_NAME


def fault_log() -> Path:
    """Give the file that faults are noted in."""
    return data_folder() / "log" / "ybz.log"
