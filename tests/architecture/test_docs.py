"""The papers that go with the program: present, in Chinese, and none of them out of reach."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.architecture.test_pins import lock

DECISIONS = ROOT / "docs" / "decisions"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
HAN = re.compile(r"[\u4e00-\u9fff]")


def links(text: str) -> set[str]:
    return {target.removeprefix("./") for target in LINK.findall(text)}


def unlinked(index: str, names: Iterable[str]) -> list[str]:
    found = links(index)
    return sorted(name for name in names if name not in found)


def dead_links(page: Path) -> list[str]:
    """Give the targets a page links to inside the project that are not there."""
    return sorted(
        target
        for target in links(page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    )


def opens_in_chinese(text: str) -> bool:
    """Say whether the heading and the first paragraph below it are Chinese."""
    opening = [line for line in text.splitlines() if line.strip()][:2]
    return len(opening) == 2 and opening[0].startswith("# ") and all(HAN.search(line) for line in opening)


def unnamed(table: str, packages: Iterable[str]) -> list[str]:
    """Give the packages that have no row of their own in a table of licences."""
    rows = {match.lower() for match in re.findall(r"^\| *`?([A-Za-z0-9._-]+)`? *\|", table, re.MULTILINE)}
    named = {re.sub(r"[-_.]+", "-", row) for row in rows}
    return sorted(set(packages) - named)


def test_every_decision_is_reached_from_its_index() -> None:
    names = [path.name for path in DECISIONS.glob("*.md") if path.name != "README.md"]
    assert names
    assert unlinked((DECISIONS / "README.md").read_text("utf-8"), names) == []


def test_the_readme_opens_in_chinese() -> None:
    assert opens_in_chinese((ROOT / "README.md").read_text("utf-8"))


def test_no_page_links_to_a_file_that_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert pages
    dead = {page.name: gap for page in pages if (gap := dead_links(page))}
    assert dead == {}


def test_every_shipped_package_has_its_licence_named() -> None:
    assert unnamed((ROOT / "docs" / "licences.md").read_text("utf-8"), lock("requirements.txt")) == []


@pytest.mark.parametrize(
    "text", ["", "一本账", "# yibenzhang\n\n一本账", "# 一本账\n\nA ledger.", "# 一本账\n"]
)
def test_a_readme_that_does_not_open_in_chinese_is_found(text: str) -> None:
    assert not opens_in_chinese(text)
    assert opens_in_chinese("# 一本账\n\n乡镇司法所台账。\n")


def test_a_decision_nobody_links_to_is_found() -> None:
    index = "- [一](0001-one.md)\n- [二](./0002-two.md#why)\n0003-three.md\n"
    assert unlinked(index, ["0001-one.md", "0002-two.md", "0003-three.md"]) == ["0003-three.md"]


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md) [b](gone.md) [c](https://example.com/x)", "utf-8")
    assert dead_links(page) == ["gone.md"]


def test_a_package_without_its_licence_is_found() -> None:
    table = "| rich | 15 | MIT |\n| `et_xmlfile` | 2 | MIT |\nopenpyxl is named here in passing\n"
    assert unnamed(table, ["rich", "et-xmlfile", "openpyxl"]) == ["openpyxl"]
