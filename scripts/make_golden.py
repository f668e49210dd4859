"""Make the golden ledger of the present schema: a record of each register, kept in tests/data/golden.

Run once when a schema is finished, before the next one is begun; never make one of an older schema anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.indexing import update_search
from app.ledger.ledger import create_ledger, open_ledger
from app.records import add
from app.registers import REGISTERS
from app.session import context_of
from models.schema import SCHEMA_VERSION
from tests.builders import build, needed
from tests.conftest import CHEAP, NOW, PASSWORD, VILLAGES

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "data" / "golden"


def main() -> None:
    """Create the ledger, fill it, and leave only the file and its key."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    path = GOLDEN / f"schema-{SCHEMA_VERSION}.ybz"
    for old in GOLDEN.glob(f"{path.name}*"):
        old.unlink()
    create_ledger(path, PASSWORD, name="青石司法所", code="QS0722", role="station", now=NOW, kdf=CHEAP)
    ledger = open_ledger(path, password=PASSWORD, projections=(update_search,))
    add(context_of(ledger, NOW), "code_entry", VILLAGES)
    done: set[str] = set()
    for register in REGISTERS:
        for key in (*needed(register.key), register.key):
            if key not in done:
                add(context_of(ledger, NOW), key, [build(key)])
                done.add(key)
    ledger.close()
    for left in (*GOLDEN.glob("*lock*"), *GOLDEN.glob("*.key2"), *GOLDEN.glob("*.head")):
        left.unlink()


if __name__ == "__main__":
    main()
