"""Strict reading of one JSON object whose author is not trusted: types, lengths and patterns."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from exports.bundle.canonical import LARGEST, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_KEY = re.compile(r"[0-9A-Za-z_:.\-]{1,80}")


class WrongShape(ValueError):
    """A part is missing, of the wrong type or out of its limits; the message is the part's path."""


@dataclass(frozen=True)
class Shape:
    """One JSON object and the path that leads to it."""

    values: Mapping[str, Json]
    path: str = ""

    @classmethod
    def of(cls, value: Json, path: str = "") -> Shape:
        """Take an object; raises WrongShape for any other value."""
        if not isinstance(value, dict):
            raise WrongShape(path or "根")
        return cls(value, path)

    def value(self, name: str) -> Json:
        """Give a part that must be present; raises WrongShape."""
        if name not in self.values:
            raise WrongShape(self.at(name))
        return self.values[name]

    def at(self, name: str) -> str:
        """Give the path of a part, for a message."""
        return f"{self.path}.{name}" if self.path else name

    def absent(self, name: str) -> bool:
        """Say whether a part that must be present is null."""
        return self.value(name) is None

    def text(self, name: str, *, pattern: str = r"[\s\S]*", least: int = 1, most: int = 200) -> str:
        """Give text that matches the whole pattern and shows no hidden characters."""
        value = self.value(name)
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise WrongShape(self.at(name))
        if _UNSEEN.search(value) or not re.fullmatch(pattern, value, re.ASCII):
            raise WrongShape(self.at(name))
        return value

    def optional_text(self, name: str, *, pattern: str = r"[\s\S]*", most: int = 200) -> str | None:
        """Give text or None."""
        return None if self.absent(name) else self.text(name, pattern=pattern, most=most)

    def choice(self, name: str, allowed: Container[str]) -> str:
        """Give one of the allowed codes."""
        value = self.text(name, pattern=r"[a-z_]+", most=40)
        if value not in allowed:
            raise WrongShape(self.at(name))
        return value

    def whole(self, name: str, *, least: int = 0, most: int = LARGEST) -> int:
        """Give a whole number within its limits."""
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise WrongShape(self.at(name))
        return value

    def optional_whole(self, name: str, *, least: int = 0, most: int = LARGEST) -> int | None:
        """Give a whole number or None."""
        return None if self.absent(name) else self.whole(name, least=least, most=most)

    def inner(self, name: str) -> Shape:
        """Give an object inside this one."""
        return Shape.of(self.value(name), self.at(name))

    def items(self, name: str, *, most: int) -> list[Json]:
        """Give a list of at most so many items."""
        value = self.value(name)
        if not isinstance(value, list) or len(value) > most:
            raise WrongShape(self.at(name))
        return value

    def inners(self, name: str, *, most: int) -> tuple[Shape, ...]:
        """Give a list of objects."""
        return tuple(
            Shape.of(item, f"{self.at(name)}[{index}]")
            for index, item in enumerate(self.items(name, most=most))
        )

    def texts(self, name: str, *, pattern: str, most: int) -> tuple[str, ...]:
        """Give a list of texts that all match the pattern."""
        found: list[str] = []
        for item in self.items(name, most=most):
            if not isinstance(item, str) or not re.fullmatch(pattern, item, re.ASCII):
                raise WrongShape(self.at(name))
            found.append(item)
        return tuple(found)

    def counts(self, name: str, *, most: int) -> dict[str, int]:
        """Give a mapping of short keys to whole numbers from zero up."""
        inner = self.inner(name)
        if len(inner.values) > most or not all(_KEY.fullmatch(key) for key in inner.values):
            raise WrongShape(self.at(name))
        return {key: inner.whole(key) for key in inner.values}

    def rest(self, known: type[Any]) -> dict[str, Json]:
        """Give the parts that the dataclass ``known`` has no field for: a newer minor version wrote them."""
        names = {item.name for item in fields(known)}
        return {key: value for key, value in self.values.items() if key not in names}
