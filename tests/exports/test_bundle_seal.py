"""Sealing: what goes into a bundle comes out of it, and sealing again gives the very same file."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest

from exports.bundle import archive
from exports.bundle.canonical import canonical, parse
from exports.bundle.container import FileName, short_code, write_bundle
from exports.bundle.errors import DamagedBundle, NewerBundle, TooLarge
from exports.bundle.manifest import MAX_MANIFEST, manifest_bytes, parse_manifest
from exports.bundle.recovery import parity
from exports.bundle.verify import open_bundle
from tests.exports.bundle_samples import MEMBERS, NAME, PHOTO_PATH, STAMP, TRUSTED, manifest, sealed, sign


def test_sealed_content_comes_back_whole() -> None:
    bundle = sealed()
    opened = open_bundle(bundle.data, None, TRUSTED)
    readme = opened.members["README.txt"]
    assert opened.grade == "A"
    assert opened.notes == opened.missing == ()
    assert dict(opened.members) == {**MEMBERS, "README.txt": readme}
    assert opened.manifest == bundle.manifest == replace(manifest(), files=bundle.manifest.files)
    assert opened.manifest_hash == bundle.manifest_hash


def test_sealing_again_gives_the_same_bytes_whatever_the_order_given() -> None:
    backwards = dict(reversed(list(MEMBERS.items())))
    assert sealed(members=backwards).data == sealed().data
    assert parity(sealed().data) == parity(sealed().data)


def test_another_content_gives_another_short_code() -> None:
    codes = {sealed(version=version).short_code for version in range(1, 40)}
    assert len(codes) == 39


def test_file_name_is_ascii_and_ends_with_the_short_code() -> None:
    bundle = sealed()
    assert re.fullmatch(r"QS0722-202611-YB01-v2-[0-9A-Z]{4}\.zip", bundle.name)
    assert bundle.name.endswith(f"-{bundle.short_code}.zip")
    assert bundle.short_code == short_code(bundle.manifest_hash)


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2026", "2026"), ("2026-Q4", "2026Q4"), ("2026-H1", "2026H1"), (None, "20261202")],
)
def test_file_name_for_every_kind_of_period(period: str | None, expected: str) -> None:
    assert sealed(period=period).name.startswith(f"QS0722-{expected}-YB01-v2-")


def test_short_code_is_the_head_of_the_hash_and_never_holds_letters_misheard() -> None:
    assert short_code("0" * 64) == "0000"
    assert short_code("f" * 64, 6) == "ZZZZZZ"
    assert short_code("084" + "0" * 61, 4) == "1100"
    with pytest.raises(ValueError, match="four to six"):
        short_code("0" * 64, 7)


def test_any_zip_program_opens_it_with_the_manifest_first() -> None:
    with zipfile.ZipFile(io.BytesIO(sealed().data)) as file:
        assert file.testzip() is None
        entries = file.infolist()
    assert [entry.filename for entry in entries[:3]] == ["manifest.json", "manifest.sig", "README.txt"]
    assert entries[0].compress_type == zipfile.ZIP_STORED
    assert entries[-1].filename == PHOTO_PATH
    assert {entry.date_time for entry in entries} == {(2026, 12, 2, 9, 30, 4)}


def test_readme_speaks_to_a_person_without_the_program() -> None:
    text = open_bundle(sealed().data, None, TRUSTED).members["README.txt"]
    assert text.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in text
    assert b"\n" not in text.replace(b"\r\n", b"")
    shown = text.decode("utf-8-sig")
    for words in (
        "青石司法所",
        "2026-11",
        "第 2 版",
        "01_report.xlsx",
        "02_ledger.xlsx",
        "不要解压后重新压缩",
    ):
        assert words in shown
    assert "receipt.xlsx" not in shown


def test_rows_are_counted_and_digests_given_for_every_member() -> None:
    files = {item.path: item for item in sealed().manifest.files}
    assert files["data/rows.ndjson"].rows == 40
    assert files["01_report.xlsx"].rows is None
    assert all(len(item.sha256) == len(item.sm3) == 64 for item in files.values())
    given = write_bundle(manifest(), MEMBERS, sign(), stamp=STAMP, name=NAME, rows={"02_ledger.xlsx": 40})
    assert {item.path: item.rows for item in given.manifest.files}["02_ledger.xlsx"] == 40


def test_very_repetitive_content_is_not_taken_for_a_bomb() -> None:
    members = {"data/rows.ndjson": b"\n" * (archive.RATIO_FROM + 1)}
    opened = open_bundle(sealed(members=members).data, None, TRUSTED)
    assert opened.members["data/rows.ndjson"] == members["data/rows.ndjson"]


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/passwd",
        "data/rows.exe",
        "notes.txt",
        "att/ab/cd",
        "manifest.json",
        "data/Rows.json",
        "05_x.xlsx",
    ],
)
def test_members_no_reader_would_take_are_never_written(path: str) -> None:
    with pytest.raises(ValueError, match="no member"):
        sealed(members={path: b"x"})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("bundle_id", "1"),
        ("kind", "other"),
        ("period", "2026-13"),
        ("vv", {"a": -1}),
        ("version", -1),
        ("forms", ("a b",)),
    ],
)
def test_values_no_reader_would_take_are_never_sealed(part: str, value: object) -> None:
    with pytest.raises(ValueError, match="no reader"):
        write_bundle(manifest(**{part: value}), MEMBERS, sign(), stamp=STAMP, name=NAME)


def test_a_key_that_signs_badly_is_noticed() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        write_bundle(manifest(), MEMBERS, lambda _: b"short", stamp=STAMP, name=NAME)


def test_name_pieces_must_be_ascii() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        write_bundle(manifest(), MEMBERS, sign(), stamp=STAMP, name=FileName("青石", "YB01"))


def test_too_many_members_are_refused_before_sealing() -> None:
    members = {f"dict/L{number}.json": b"{}" for number in range(2000)}
    with pytest.raises(TooLarge):
        sealed(members=members)


def test_a_clock_before_1980_still_seals() -> None:
    early = datetime(1970, 1, 1)
    bundle = write_bundle(manifest(), MEMBERS, sign(), stamp=early, name=NAME)
    assert open_bundle(bundle.data, None, TRUSTED).grade == "A"


def test_parts_of_a_newer_minor_version_are_kept_and_given_back() -> None:
    plain = parse(manifest_bytes(sealed().manifest))
    assert isinstance(plain, dict)
    plain["format"] = "ybz-bundle/1.9"
    plain["new_part"] = {"b": [1, None]}
    assert isinstance(plain["org"], dict)
    plain["org"]["grid"] = "03"
    data = canonical(plain)
    read = parse_manifest(data)
    assert read.extra == {"new_part": {"b": [1, None]}}
    assert read.org.extra == {"grid": "03"}
    assert manifest_bytes(read) == data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "ybz-bundle/2.0"),
        (("schema", "min_reader"), 2),
        (("sig_alg",), "SM2"),
        (("kind",), "census"),
        (("enc",), {"to": "x"}),
    ],
)
def test_a_newer_version_is_named_not_called_damaged(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(NewerBundle):
        parse_manifest(_changed(path, value))


@pytest.mark.parametrize("value", [None, True, -1, "", "\u202e", "x" * 5000, [], {}, [[]], ["", None]])
@pytest.mark.parametrize(
    "path",
    [
        (name,)
        for name in (
            "schema",
            "bundle_id",
            "org",
            "device",
            "created",
            "files",
            "version",
            "forms",
            "seq",
            "counts",
        )
    ]
    + [
        ("device", "epoch"),
        ("org", "code"),
        ("schema", "ver"),
        ("created", "wall"),
        ("files", "0", "size"),
        ("vv", "a"),
    ],
)
def test_a_part_of_the_wrong_type_is_refused(path: tuple[str, ...], value: object) -> None:
    allowed: dict[str, list[object]] = {"forms": [[]], "files": [[]], "counts": [{}]}
    if value in allowed.get(path[-1], []):
        parse_manifest(_changed(path, value))
    else:
        with pytest.raises(DamagedBundle):
            parse_manifest(_changed(path, value))


def test_digits_of_another_script_are_no_period() -> None:
    with pytest.raises(DamagedBundle):
        parse_manifest(_changed(("period",), "２０２６-11"))


def test_a_member_may_not_be_listed_twice_not_even_in_other_case() -> None:
    with pytest.raises(DamagedBundle):
        parse_manifest(_changed(("files", "1", "path"), "readme.TXT"))


def test_an_oversized_manifest_is_not_read() -> None:
    with pytest.raises(DamagedBundle, match="清单过大"):
        parse_manifest(b" " * (MAX_MANIFEST + 1))


@pytest.mark.parametrize("name", sorted(item for item in manifest().__dataclass_fields__ if item != "extra"))
def test_no_part_may_be_left_out(name: str) -> None:
    plain = parse(manifest_bytes(sealed().manifest))
    assert isinstance(plain, dict)
    del plain[name]
    with pytest.raises(DamagedBundle):
        parse_manifest(canonical(plain))


def _changed(path: tuple[str, ...], value: object) -> bytes:
    plain: object = parse(manifest_bytes(sealed().manifest))
    at: object = plain
    for step in path[:-1]:
        at = at[int(step)] if isinstance(at, list) else at[step]  # type: ignore[index]
    at[path[-1]] = value  # type: ignore[index]
    return canonical(plain)
