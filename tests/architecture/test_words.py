"""Words that have no place in the product: unfinished work, package hosts, terms the field has left."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import (
    PRODUCT,
    Source,
    files,
    product_sources,
    python_sources,
    relative,
    text_of,
)

UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|stub|placeholder|raise NotImplementedError)\b|待实现|敬请期待|开发中(?!心)"
)
# Written so that this file does not name them itself.
HOSTS = re.compile(
    r"p[y]pi\.o[r]g|python[h]osted\.|registry\.n[p]mjs|deb\.d[e]bian\.|crates\.i[o]\b|m[i]rrors?\.[a-z]+\.",
    re.IGNORECASE,
)
# Before the Community Corrections Law of 2020 and the end of 劳教: known on the way in, never shown.
LEFT_BEHIND = re.compile("社区服刑人员|公益劳动|刑释解教")


def unfinished(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := UNFINISHED.search(line):
            yield f"{path}:{number} {match.group()}"


def leaves_out_tests(source: Source) -> Iterator[str]:
    """Find tests that may pass without running."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}:
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id == "pytest":
                yield f"{source.path}:{node.lineno} {node.attr}"


def names_a_host(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := HOSTS.search(line):
            yield f"{path}:{number} {match.group()}"


def old_terms_in_python(source: Source) -> Iterator[str]:
    """Look at every text a program could show; a `synonyms=` argument is only read, never shown."""
    read_only = {
        id(inner)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg == "synonyms"
        for inner in ast.walk(node.value)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in read_only:
            for match in LEFT_BEHIND.finditer(node.value):
                yield f"{source.path}:{node.lineno} {match.group()}"


def old_terms_in_codes(path: str, text: str) -> Iterator[str]:
    """Look at every column of a code list but the one with the words an import may meet."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        for column, value in row.items():
            if column != "synonyms" and LEFT_BEHIND.search(str(value)):
                yield f"{path}: {column} {value}"


def old_terms_in_data(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if (match := LEFT_BEHIND.search(line)) and not re.match(r"\s*synonyms\s*=|\s*#", line):
            yield f"{path}:{number} {match.group()}"


def old_terms(path: str, text: str) -> Iterator[str]:
    if path.endswith(".py"):
        yield from old_terms_in_python(Source(path, text))
    elif path.startswith("resources/codes/"):
        yield from old_terms_in_codes(path, text)
    else:
        yield from old_terms_in_data(path, text)


def _texts() -> Iterator[tuple[str, str]]:
    for path in files():
        if (text := text_of(path)) is not None:
            yield relative(path), text


def _product_texts() -> Iterator[tuple[str, str]]:
    assert product_sources()
    for path, text in _texts():
        if path.split("/")[0] in PRODUCT:
            yield path, text


def test_nothing_in_the_product_is_left_unfinished() -> None:
    assert [finding for path, text in _product_texts() for finding in unfinished(path, text)] == []


def test_no_test_is_left_out() -> None:
    tests = [source for source in python_sources() if source.path.startswith("tests/")]
    assert tests
    assert [finding for source in tests for finding in leaves_out_tests(source)] == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert [finding for path, text in _texts() for finding in names_a_host(path, text)] == []


def test_no_screen_text_uses_a_term_the_field_has_left() -> None:
    assert [finding for path, text in _product_texts() for finding in old_terms(path, text)] == []


@pytest.mark.parametrize(
    "text",
    ["# TODO later", "raise NotImplementedError", '"""A stub."""', "该功能待实现", "功能开发中", "敬请期待"],
)
def test_a_trace_of_unfinished_work_is_found(text: str) -> None:
    assert len(list(unfinished("app/x.py", text))) == 1


@pytest.mark.parametrize(
    "text", ["经济技术开发中心", "stubborn", "setPlaceholderText", "except NotImplementedError:"]
)
def test_ordinary_words_are_not_traces_of_unfinished_work(text: str) -> None:
    assert list(unfinished("app/x.py", text)) == []


@pytest.mark.parametrize(
    "host", ["py" + "pi.org", "files.python" + "hosted.org", "mirr" + "ors.example.cn", "deb.debi" + "an.org"]
)
def test_the_host_of_a_registry_is_found(host: str) -> None:
    assert len(list(names_a_host("docs/x.md", f"see https://{host}/simple"))) == 1


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        ("app/x.py", 'label = "社区服刑人员"', 'label = "社区矫正对象"'),
        ("app/x.py", 'f(label="公益劳动", synonyms=())', 'f(label="公益活动", synonyms=("公益劳动",))'),
        ("app/x.py", 'text = f"{n} 名刑释解教人员"', "n = 1  # 刑释解教 is the old term"),
        (
            "resources/codes/x.csv",
            "code,label,synonyms\na,刑释解教人员,",
            "# 刑释解教\ncode,label,synonyms\na,刑满释放人员,刑释解教人员",
        ),
        ("resources/tables/x.toml", 'label = "社区服刑人员"', 'synonyms = ["社区服刑人员"]'),
    ],
)
def test_a_term_the_field_has_left_is_found_unless_it_is_an_import_synonym(
    path: str, bad: str, good: str
) -> None:
    assert len(list(old_terms(path, bad))) == 1
    assert list(old_terms(path, good)) == []
