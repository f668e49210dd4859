"""The lock files: complete on every platform, every file with its digest, the shipped part alike in both."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT

PLATFORMS = [
    {"sys_platform": system, "platform_system": name, "os_name": os, "platform_machine": machine}
    for system, name, os, machine in (
        ("linux", "Linux", "posix", "x86_64"),
        ("linux", "Linux", "posix", "aarch64"),
        ("win32", "Windows", "nt", "AMD64"),
        ("darwin", "Darwin", "posix", "arm64"),
    )
]
VERSIONS = ("3.11", "3.12", "3.13")
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) *((?:\\\n +--hash=sha256:[0-9a-f]{64} *)+)$", re.MULTILINE)


def pins(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Read a lock file: package to version and digests; anything else in it is an error."""
    rest = ENTRY.sub("", text).strip()
    if rest:
        raise ValueError(rest.splitlines()[0])
    return {
        canonicalize_name(name): (version, frozenset(re.findall(r"sha256:(\w+)", digests)))
        for name, version, digests in ENTRY.findall(text)
    }


def lock(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    return pins((ROOT / name).read_text("utf-8"))


def direct(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def wanted_by(package: str) -> set[str]:
    """Give what an installed package needs on any platform and Python version we serve."""
    try:
        needs = [Requirement(text) for text in requires(package) or []]
    except PackageNotFoundError:
        return set()
    environments = [
        {**system, "python_version": v, "python_full_version": f"{v}.0"}
        for system in PLATFORMS
        for v in VERSIONS
    ]
    return {
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or any(need.marker.evaluate({**env, "extra": ""}) for env in environments)
    }


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("requirements.txt", ["requirements.in"]),
        ("requirements-dev.txt", ["requirements.in", "requirements-dev.in"]),
    ],
)
def test_a_lock_file_holds_all_that_is_needed_on_every_platform(name: str, sources: list[str]) -> None:
    locked = lock(name)
    for source in sources:
        for requirement in direct(source):
            version, _ = locked[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), requirement
    missing = {package: gap for package in locked if (gap := wanted_by(package) - locked.keys())}
    assert missing == {}


def test_the_tools_lock_ships_the_very_same_files() -> None:
    shipped, tools = lock("requirements.txt"), lock("requirements-dev.txt")
    assert {package: tools.get(package) for package in shipped} == shipped


def test_needs_of_other_platforms_are_seen() -> None:
    assert "colorama" in wanted_by("pytest")
    assert "macholib" in wanted_by("pyinstaller")


@pytest.mark.parametrize(
    "text",
    [
        "rich==15.0.0\n",
        "rich>=15 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "rich==15.0.0 \\\n    --hash=md5:" + "0" * 32 + "\n",
        "--extra-index-url somewhere\n",
    ],
)
def test_an_entry_without_version_or_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pins(text)
