"""Input rows for tests, one function for each register, named by its key."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

NEEDS: dict[str, tuple[str, ...]] = {
    "vice_principal": ("school",),
    "law_class": ("school",),
    "mediation_case": ("mediation_org",),
    "mediator_post": ("person", "mediation_org"),
}


def build(register: str, **changes: Any) -> dict[str, Any]:
    """Give a valid input row of a register; KeyError when no builder was written for it."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        made = getattr(import_module(f"tests.builders.{path.stem}"), register, None)
        if made is not None:
            return dict(made(**changes))
    raise KeyError(register)


def needed(register: str) -> tuple[str, ...]:
    """Give the registers a row of this one leans on, in the order to add them."""
    return NEEDS.get(register, ())
