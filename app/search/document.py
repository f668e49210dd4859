"""What is put into the search, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the search sees it; every string may be empty, order within a tuple does not matter.

    ``day`` is the record's leading date (a date, date-time or partial date of the ledger, or ""). ``names``
    are also found by pinyin and initials, ``numbers`` are case and document numbers, ``id_numbers`` and
    ``phones`` are found by their last or first digits alone, never from the middle.
    """

    record: str
    register: str
    day: str
    title: str
    subtitle: str = ""
    text: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    id_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found; ``matched`` says in Chinese by what, such as 「首字母、内容」."""

    record: str
    register: str
    title: str
    subtitle: str
    day: str
    matched: str
