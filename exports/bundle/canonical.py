"""Canonical JSON: the subset of RFC 8785 (JCS) without fractions, so equal values always give equal bytes."""

from __future__ import annotations

import hashlib
import json
from typing import TypeAlias, Union

Json: TypeAlias = Union[bool, int, str, "list[Json]", "dict[str, Json]", None]

LARGEST = 2**53 - 1
"""Whole numbers beyond this are not exact in every JSON reader (RFC 8785 §3.2.2.3, I-JSON)."""

_DEEPEST = 32


class NotCanonical(ValueError):
    """The value has no canonical form, or the bytes are not one."""


def canonical(value: object) -> bytes:
    """Give the canonical UTF-8 bytes; raises NotCanonical for fractions, large numbers, lone surrogates."""
    text = json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("text with a lone surrogate") from error


def digest(value: object) -> str:
    """Give the SHA-256 of the canonical bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(data: bytes) -> Json:
    """Read JSON strictly: no repeated keys, fractions, NaN or deep nesting; raises NotCanonical."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        return _ordered(value, 0)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def parse_canonical(data: bytes) -> Json:
    """Read JSON that must already be in canonical form, byte for byte; raises NotCanonical."""
    value = parse(data)
    if canonical(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def _ordered(value: object, depth: int) -> Json:
    """Give the same value with every object's keys in JCS order (UTF-16 code units)."""
    if depth > _DEEPEST:
        raise NotCanonical("nested too deeply")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical("number too large")
        return value
    if isinstance(value, list):
        return [_ordered(item, depth + 1) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("a key that is not text")
        return {key: _ordered(value[key], depth + 1) for key in sorted(value, key=_utf16)}
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("a key appears twice")
    return found


def _whole(text: str) -> int:
    if len(text) > 17:
        raise NotCanonical("number too large")
    return int(text)


def _refuse_number(text: str) -> int:
    raise NotCanonical(f"number {text[:20]} is not whole")
