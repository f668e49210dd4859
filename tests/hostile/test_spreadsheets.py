from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.workbook import errors
from exports.workbook.limits import Limits
from exports.workbook.raw import CellType
from exports.workbook.reader import read_workbook
from exports.workbook.scan import scan_container
from tests.hostile import spreadsheets as evil

REFUSED: list[tuple[str, Callable[[], bytes], type[errors.WorkbookRefused]]] = [
    ("random bytes", evil.noise, errors.NotAWorkbook),
    ("empty file", bytes, errors.NotAWorkbook),
    ("pdf", lambda: b"%PDF-1.7 " + evil.noise(), errors.NotAWorkbook),
    (
        "html called xls",
        "<html><table><tr><td>姓名</td></tr></table></html>".encode,
        errors.NotAWorkbook,
    ),
    ("word document", lambda: evil.packed({"word/document.xml": b"<x/>"}), errors.NotAWorkbook),
    ("old word document", evil.word_ole, errors.NotAWorkbook),
    ("old workbook cut short", evil.broken_ole, errors.WorkbookDamaged),
    ("truncated", lambda: evil.packed(evil.parts())[:-60], errors.WorkbookDamaged),
    ("first half only", lambda: evil.packed(evil.parts())[:500], errors.WorkbookDamaged),
    ("understated length", evil.understated_entry, errors.WorkbookDamaged),
    (
        "sheet cut short",
        lambda: evil.with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        errors.WorkbookDamaged,
    ),
    (
        "directory of sheets missing",
        lambda: evil.with_part("xl/_rels/workbook.xml.rels", b"<<<"),
        errors.WorkbookDamaged,
    ),
    ("encrypted ole", evil.encrypted_ole, errors.WorkbookPassword),
    ("encrypted entry", evil.encrypted_entry, errors.WorkbookPassword),
    ("ratio bomb", evil.ratio_bomb, errors.WorkbookSuspicious),
    ("overlapping entries", evil.overlapping_entries, errors.WorkbookSuspicious),
    ("duplicate entry", evil.duplicate_entry, errors.WorkbookSuspicious),
    ("path traversal", evil.traversal_entry, errors.WorkbookSuspicious),
    (
        "external entity",
        lambda: evil.packed(evil.parts(prolog=evil.EXTERNAL_ENTITY)),
        errors.WorkbookSuspicious,
    ),
    ("entity bomb", lambda: evil.packed(evil.parts(prolog=evil.ENTITY_BOMB)), errors.WorkbookSuspicious),
    ("document type in utf-16", evil.utf16_doctype, errors.WorkbookSuspicious),
    (
        "document type in a relation",
        lambda: evil.with_part("xl/_rels/a.rels", b"<!docTYPE x>"),
        errors.WorkbookSuspicious,
    ),
    ("many entries", evil.many_entries, errors.WorkbookTooLarge),
    ("large entry", evil.large_entry, errors.WorkbookTooLarge),
    ("two cells at the corners", evil.far_cells, errors.WorkbookTooLarge),
    ("impossible row", evil.impossible_row, errors.WorkbookTooLarge),
    ("one text repeated", evil.repeated_text, errors.WorkbookTooLarge),
    (
        "cells the reader cannot see",
        lambda: evil.packed(evil.parts(holder="sheetDate")),
        errors.WorkbookUnsupported,
    ),
    ("binary workbook", lambda: evil.packed({"xl/workbook.bin": b"\x83\x01"}), errors.WorkbookUnsupported),
    (
        "open document",
        lambda: evil.packed({"mimetype": b"x", "content.xml": b"<x/>"}),
        errors.WorkbookUnsupported,
    ),
]


@pytest.mark.parametrize(
    ("make", "expected"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_hostile_file_is_refused_with_its_own_sentence(
    make: Callable[[], bytes], expected: type[errors.WorkbookRefused]
) -> None:
    with pytest.raises(errors.WorkbookRefused) as refusal:
        read_workbook(make(), name="台账.xlsx")
    assert type(refusal.value) is expected, refusal.value
    assert "台账.xlsx" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_the_smallest_workbook_behind_the_bad_ones_is_itself_good() -> None:
    found = read_workbook(evil.packed(evil.parts()), name="台账.xlsx")
    assert found.sheets[0].cell(0, 0).text == "姓名"


def test_what_an_external_entity_names_never_reaches_the_result() -> None:
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
    with pytest.raises(errors.WorkbookSuspicious):
        read_workbook(evil.packed(evil.parts(body, prolog=evil.EXTERNAL_ENTITY)))


@pytest.mark.parametrize("dimension", ["A1", "A1:B1", "ZZ9:ZZ9"])
def test_a_wrong_dimension_loses_no_row(dimension: str) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="C{n}"><v>7</v></c></row>' for n in range(1, 51)
    )
    found = read_workbook(evil.packed(evil.parts(rows, before=f'<dimension ref="{dimension}"/>')))
    sheet = found.sheets[0]
    assert (len(sheet.values), sheet.read, sheet.counted) == (50, 100, 100)


def test_strict_open_xml_gives_its_cells_and_is_not_taken_for_empty() -> None:
    found = read_workbook(evil.packed(evil.parts(strict=True)))
    assert found.sheets[0].cell(0, 0).text == "姓名"


def test_a_sheet_of_error_cells_alone_is_read_as_errors() -> None:
    found = read_workbook(evil.packed(evil.parts('<row r="1"><c r="B1" t="e"><v>#N/A</v></c></row>')))
    cell = found.sheets[0].cell(0, 1)
    assert (cell.type, cell.text) == (CellType.ERROR, "#N/A")


def test_far_empty_styled_cells_do_not_make_a_file_too_large() -> None:
    rows = evil.ONE_CELL + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read_workbook(evil.packed(evil.parts(rows))).sheets[0].read == 1


@pytest.mark.parametrize(
    ("part", "flag"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/embeddings/oleObject1.bin", "embedded"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/connections.xml", "external_links"),
    ],
)
def test_what_could_act_is_flagged_and_its_values_still_read(part: str, flag: str) -> None:
    found = read_workbook(evil.with_part(part, b"<x/>"))
    assert flag in found.flags
    assert found.sheets[0].cell(0, 0).text == "姓名"


def test_reading_longer_than_allowed_is_stopped() -> None:
    with pytest.raises(errors.WorkbookTimeout):
        read_workbook(evil.packed(evil.parts()), Limits(seconds=0.001))


def test_memory_beyond_the_limit_is_refused_and_does_not_reach_us() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 4001)
    )
    limits = Limits(area=2**40, memory_bytes=450 * 1024 * 1024)
    with pytest.raises(errors.WorkbookTooLarge):
        read_workbook(evil.packed(evil.parts(rows)), limits)


def test_a_file_above_the_size_limit_is_not_even_opened() -> None:
    with pytest.raises(errors.WorkbookTooLarge):
        read_workbook(evil.packed(evil.parts()), Limits(file_bytes=100))


def test_bytes_are_counted_while_unpacking_against_what_is_left() -> None:
    data = evil.packed({**evil.parts(), "a.bin": b"x" * 3000, "b.bin": b"y" * 3000})
    assert scan_container(data, Limits(total_bytes=9000)).unpacked > 6000
    with pytest.raises(errors.WorkbookTooLarge):
        scan_container(data, Limits(total_bytes=7000))
    with pytest.raises(errors.WorkbookTooLarge):
        scan_container(data, Limits(entry_bytes=2999))


GOOD = evil.packed(
    evil.parts("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 30)))
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_mutated_workbook_is_read_or_refused_and_nothing_else(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, byte in changes:
        data[at] = byte
    try:
        outcome = read_workbook(bytes(data), name="台账.xlsx").format
    except errors.WorkbookRefused as refusal:
        outcome = refusal.code
    assert outcome == "xlsx" or outcome in errors.REFUSALS
