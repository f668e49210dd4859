"""Invented people: names put together by chance, numbers that belong to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from app.demo.texts import told
from models.identity import check_credit_code, check_digit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.records import Row

MALE, FEMALE = "1", "2"
CREDIT_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GROUPS = "一二三四五六七八"
EDUCATION = ("70", "60", "60", "40", "30", "80")


@dataclass(frozen=True)
class Figure:
    """A person of the demonstration, with or without a file of their own."""

    name: str
    sex: str
    born: date
    phone: str
    address: str
    village: str
    document: str = ""


@dataclass
class Crowd:
    """Makes people one by one; no name comes twice within one station."""

    rng: Random
    used: set[str] = field(default_factory=set)
    _phones: Iterator[int] = field(default_factory=lambda: count(1))
    _seen: dict[tuple[date, str], int] = field(default_factory=dict)

    def name(self, sex: str) -> str:
        """Give a name nobody here bears yet."""
        while True:
            name = _name(self.rng, sex)
            if name not in self.used:
                self.used.add(name)
                return name

    def phone(self) -> str:
        """Give the next number of the block that stands for nobody."""
        return f"{told('names')['phones']['mobile']}{next(self._phones):04}"

    def landline(self) -> str:
        """Give an office number."""
        return f"{told('names')['phones']['landline']}{self.rng.randrange(100, 1000)}"

    def sex(self) -> str:
        """Give one of the two, men a little more often: so are parties to disputes."""
        return MALE if self.rng.random() < 0.6 else FEMALE

    def birth(self, youngest: int, oldest: int, year: int) -> date:
        """Give a birthday of someone between two ages in a year."""
        first = date(year - oldest, 1, 1)
        return first + timedelta(days=self.rng.randrange((oldest - youngest) * 365))

    def document(self, born: date, sex: str) -> str:
        """Give a resident's number with a valid check digit that was never issued (see names.toml)."""
        rules = told("names")["documents"]
        parity = 0 if sex == MALE else 1
        step = self._seen.get((born, sex), 0)
        self._seen[born, sex] = step + 1
        first = f"{rules['region']}{born:%Y%m%d}{rules['first'] + parity + 2 * step:03}"
        return first + check_digit(first)

    def figure(
        self, village: str, label: str, year: int, *, ages: tuple[int, int] = (28, 72), known: bool = False
    ) -> Figure:
        """Make a person of a village; ``known`` gives them a document."""
        sex = self.sex()
        return self.figure_of(self.name(sex), sex, village, label, year, ages=ages, known=known)

    def figure_of(
        self,
        name: str,
        sex: str,
        village: str,
        label: str,
        year: int,
        *,
        ages: tuple[int, int],
        known: bool,
    ) -> Figure:
        """Make a person who has a name already."""
        self.used.add(name)
        born = self.birth(*ages, year)
        address = f"{label}{self.rng.choice(GROUPS)}组{self.rng.randrange(1, 90)}号"
        document = self.document(born, sex) if known else ""
        return Figure(name, sex, born, self.phone(), address, village, document)

    def credit_code(self, *, cooperative: bool) -> str:
        """Give a credit code of an organisation that does not exist, with valid check digit (GB 32100)."""
        region = told("names")["documents"]["region"]
        body = "".join(self.rng.choice("ABCDEFGH") for _ in range(9))
        first = f"{'93' if cooperative else '91'}{region}{body}"
        return next(first + mark for mark in CREDIT_MARKS if not check_credit_code(first + mark).errors)


def _name(rng: Random, sex: str) -> str:
    words = told("names")
    return str(rng.choice(words["surnames"]) + rng.choice(words["male" if sex == MALE else "female"]))


def helper_names(seed: int, wanted: int) -> tuple[str, ...]:
    """Give the names of those who help from outside, none twice in the whole county."""
    rng = Random(f"{seed}:helpers")  # noqa: S311 — a demonstration must come out the same every time
    names: dict[str, None] = {}
    while len(names) < wanted:
        names[_name(rng, rng.choice((MALE, FEMALE)))] = None
    return tuple(names)


def person_row(rng: Random, figure: Figure) -> Row:
    """Give the file of a person."""
    row: Row = {
        "name": figure.name,
        "sex": figure.sex,
        "birth_date": figure.born.isoformat(),
        "ethnic": "01",
        "education": rng.choice(EDUCATION),
        "political": "01" if rng.random() < 0.25 else "13",
        "occupation_status": "27",
        "phone_main": figure.phone,
        "village_id": figure.village or None,
        "addresses": [{"kind": "residence", "detail": figure.address}],
        "contacts": [{"kind": "mobile", "value": figure.phone, "is_main": True}],
    }
    if figure.document:
        row["id_docs"] = [{"type": "111", "number": figure.document, "is_primary": True}]
    return row


def party_row(figure: Figure, side: str, person: str | None = None, stands_for: int = 1) -> Row:
    """Give a natural person as a party; with a file of their own the file is named."""
    row: Row = {
        "side": side,
        "party_type": "natural",
        "name": figure.name,
        "sex": figure.sex,
        "ethnicity": "01",
        "phone": figure.phone,
        "address": figure.address,
        "occupation": "务农",
    }
    if figure.document:
        row.update(id_no=figure.document, id_type="111")
    if person is not None:
        row["person_id"] = person
    if stands_for > 1:
        row["side_party_count"] = stands_for
    return row


def names_of(figures: Iterable[Figure]) -> list[str]:
    """Give the names of several people."""
    return [figure.name for figure in figures]
