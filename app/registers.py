"""The registers of the station, in the order the officer sees them; a new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app import mediation, outreach, person, roster, screening, station
from app.register import Register
from models.errors import UnknownRegister

REGISTERS: tuple[Register, ...] = (
    *person.REGISTERS,
    *mediation.REGISTERS,
    *screening.REGISTERS,
    *outreach.REGISTERS,
    *roster.REGISTERS,
    *station.REGISTERS,
)


@cache
def registers_by_key() -> Mapping[str, Register]:
    """Give the registers by key."""
    return MappingProxyType({register.key: register for register in REGISTERS})


def register_named(key: str) -> Register:
    """Find a register by its key or its Chinese label; `UnknownRegister` otherwise."""
    found = registers_by_key().get(key)
    if found is None:
        found = next((register for register in REGISTERS if register.label == key), None)
    if found is None:
        raise UnknownRegister(key)
    return found
