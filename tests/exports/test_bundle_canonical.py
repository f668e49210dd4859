"""Equal values must give equal bytes on every machine, or a signature means nothing (RFC 8785)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.bundle.canonical import LARGEST, NotCanonical, canonical, digest, parse, parse_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "x"]}, b'{"a":[true,null,"x"],"b":1}'),
        # RFC 8785 §3.2.2.2: only these escapes, control characters in lower-case hexadecimal
        ("€$\u000f\nA'B\"\\/", '"€$\\u000f\\nA\'B\\"\\\\/"'.encode()),
        # RFC 8785 §3.2.3: keys sort by UTF-16 code units, so a supplementary character goes before U+FB33
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}'.encode(),
        ),
        (-0, b"0"),
        ({}, b"{}"),
    ],
)
def test_bytes_follow_the_standard(value: object, expected: bytes) -> None:
    assert canonical(value) == expected


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), LARGEST + 1, "\ud800", {1: "x"}, (1, 2), b"x", {"a": {1.5: 0}}, [object()]],
)
def test_values_without_one_exact_form_are_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b"[NaN]",
        b"[-Infinity]",
        b"[" * 5000 + b"]" * 5000,
        b"[" * 40 + b"]" * 40,
        b"1" * 5000,
        b"9007199254740992",
        b'"\xff"',
        b'"\\ud800"',
        b"",
        b"{",
        b"\xef\xbb\xbf{}",
    ],
)
def test_ambiguous_or_abusive_json_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


def test_a_repeated_key_is_refused_in_any_spelling() -> None:
    with pytest.raises(NotCanonical):
        parse(b'{ "a": 1, "a": 1 }')


@pytest.mark.parametrize("data", [b'{"a": 1}', b'{"b":1,"a":2}', b'"\\u0041"', b"{}\n"])
def test_another_spelling_of_the_same_value_is_not_canonical(data: bytes) -> None:
    assert canonical(parse(data)) != data
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@given(VALUES)
def test_every_value_reads_back_and_order_of_keys_does_not_matter(value: object) -> None:
    data = canonical(value)
    assert parse_canonical(data) == value == json.loads(data)
    if isinstance(value, dict):
        assert digest(dict(reversed(value.items()))) == digest(value)
