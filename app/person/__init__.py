"""Persons: one file each, duplicates hinted at, merges that can be taken back."""

from __future__ import annotations

from app.person.register import PERSON

REGISTERS = (PERSON,)
