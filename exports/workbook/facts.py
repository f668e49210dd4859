"""A second, independent look at xlsx worksheets: what the value reader does not tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from exports.workbook.errors import WorkbookDamaged, WorkbookTooLarge

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from exports.workbook.limits import Limits
    from exports.workbook.raw import Place

_PREFIX = rb"<(?:[A-Za-z_][\w.-]*:)?"
_FILLED = re.compile(_PREFIX + rb"(?:v(?:\s[^>]*[^>/])?>(?!<)|is(?:\s[^>]*[^>/])?>)")
_CELL = re.compile(_PREFIX + rb"c(\s[^>]*[^>/])?>\s*<(?!/)")
_COLUMN = re.compile(rb"""\sr=["']([A-Z]{1,3})\d+["']""")
_ROW = re.compile(_PREFIX + rb"row(\s[^>]*)>")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d+)["']""")
_FORMULA = re.compile(_PREFIX + rb"c(\s[^>]*)>\s*" + _PREFIX + rb"f[\s/>]")
Found = Iterator[tuple[re.Match[bytes], tuple[int, int]]]

_FORMULA_MARK = re.compile(_PREFIX + rb"f[\s/>]")
_ERROR = re.compile(
    _PREFIX
    + rb"""c(\s[^>]*\bt=["']e["'][^>]*)(?<!/)>(?:(?!</(?:[\w.-]+:)?c>).)*?"""
    + _PREFIX
    + rb"v>([^<]*)<",
    re.DOTALL,
)
_WORKBOOK_PART = re.compile(r"xl/workbook\d*\.xml")
_FIXED_DECIMALS = re.compile(r"[¥￥#,0]*0\.0+(?:_[ )])?")
_BUILT_IN_DECIMALS = {"2": "0.00", "4": "#,##0.00"}


@dataclass(frozen=True)
class SheetFacts:
    """What our own look at one worksheet found; rows and columns are counted from 0."""

    counted: int = 0
    hidden_rows: tuple[int, ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    formulas: tuple[Place, ...] = ()
    struck: tuple[Place, ...] = ()
    formats: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Styles:
    """Which style ids strike text through, and which fix the decimals of numbers."""

    struck: tuple[str, ...] = ()
    decimals: Mapping[str, str] = field(default_factory=dict)


def sheet_facts(archive: ZipFile, limits: Limits) -> Mapping[str, SheetFacts]:
    """Give the facts of each worksheet by its name.

    Raises WorkbookTooLarge if filled cells lie too far apart or are too many, WorkbookDamaged if the parts
    that name the sheets cannot be read.
    """
    parts = _worksheet_parts(archive)
    styles = _styles(archive)
    found = {}
    left = limits.cells
    for name, part in parts.items():
        found[name] = _facts(_utf8(archive.read(part)), styles, limits, left)
        left -= found[name].counted
    return found


def _utf8(data: bytes) -> bytes:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace").encode()
    return data


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _tree(archive: ZipFile, part: str) -> Element:
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(archive.read(part), forbid_dtd=True)
    except (KeyError, ParseError, ValueError) as problem:
        raise WorkbookDamaged("工作簿目录不可读") from problem
    return root


def _relations(archive: ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    relations = {}
    for element in _tree(archive, posixpath.join(folder, "_rels", name + ".rels")):
        target = element.get("Target", "")
        relations[element.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return relations


def workbook_part(archive: ZipFile) -> str:
    """Give the name of the part that lists the sheets; empty if there is none."""
    names = archive.namelist()
    return next((name for name in names if _WORKBOOK_PART.fullmatch(name.lower())), "")


def _worksheet_parts(archive: ZipFile) -> dict[str, str]:
    part = workbook_part(archive)
    relations = _relations(archive, part)
    names = set(archive.namelist())
    found = {}
    for element in _tree(archive, part).iter():
        if _local(element) == "sheet":
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            target = relations.get(relation, "")
            if target in names:
                found[element.get("name", "")] = target
    return found


def _styles(archive: ZipFile) -> Styles:
    if "xl/styles.xml" not in archive.namelist():
        return Styles()
    root = _tree(archive, "xl/styles.xml")
    formats = dict(_BUILT_IN_DECIMALS)
    for element in root.iter():
        code = element.get("formatCode", "")
        if _local(element) == "numFmt" and _FIXED_DECIMALS.fullmatch(code):
            formats[element.get("numFmtId", "")] = code
    struck_fonts = {str(at) for at, font in enumerate(_children(root, "fonts")) if _is_struck(font)}
    struck, decimals = [], {}
    for at, style in enumerate(_children(root, "cellXfs")):
        if style.get("fontId") in struck_fonts:
            struck.append(str(at))
        if style.get("numFmtId") in formats:
            decimals[str(at)] = formats[style.get("numFmtId", "")]
    return Styles(tuple(struck), decimals)


def _children(root: Element, name: str) -> list[Element]:
    return next((list(element) for element in root if _local(element) == name), [])


def _is_struck(font: Element) -> bool:
    return any(_local(part) == "strike" and part.get("val", "1") in {"1", "true"} for part in font)


def _facts(xml: bytes, styles: Styles, limits: Limits, left: int) -> SheetFacts:
    counted = sum(1 for _ in _FILLED.finditer(xml))
    if counted > left:
        raise WorkbookTooLarge(f"超过 {limits.cells} 个单元格")
    _check_area(xml, limits)
    return SheetFacts(
        counted,
        tuple(_hidden_rows(xml)),
        tuple((*place, found[2].decode("utf-8", "replace")) for found, place in _errors(xml)),
        tuple(place for _, place in _formulas(xml)),
        tuple(place for _, place in _of_styles(styles.struck, xml)),
        tuple(
            (*place, styles.decimals[found[2].decode()])
            for found, place in _of_styles(tuple(styles.decimals), xml, numbers=True)
        ),
    )


def _errors(xml: bytes) -> Found:
    """Find the cells with an error value; most sheets have none, and looking for the mark alone is quick."""
    return _placed(_ERROR, xml) if b't="e"' in xml or b"t='e'" in xml else iter(())


def _formulas(xml: bytes) -> Found:
    """Find the cells with a formula, the same way."""
    return _placed(_FORMULA, xml) if _FORMULA_MARK.search(xml) else iter(())


def _of_styles(ids: tuple[str, ...], xml: bytes, *, numbers: bool = False) -> Found:
    """Find the filled cells with one of the styles, number cells only if asked."""
    if not ids:
        return iter(())
    choice = "|".join(ids).encode()
    plain = rb"""(?![^>]*\st=["'](?!n["']))""" if numbers else b""
    pattern = (
        rb"c" + plain + rb"""(\s(?:[^>]*\s)?s=["'](""" + choice + rb""")["'](?:[^>]*[^>/])?)>\s*<(?!/)"""
    )
    return _placed(re.compile(_PREFIX + pattern), xml)


def _placed(pattern: re.Pattern[bytes], xml: bytes) -> Found:
    for found in pattern.finditer(xml):
        place = _PLACE.search(found[1])
        if place:
            yield found, (int(place[2]) - 1, column_number(place[1].decode()) - 1)


def _hidden_rows(xml: bytes) -> Iterator[int]:
    for found in _ROW.finditer(xml):
        number = _ROW_NUMBER.search(found[1])
        if number and _HIDDEN.search(found[1]):
            yield int(number[1]) - 1


def column_number(letters: str) -> int:
    """Give the number of a column from its letters, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _check_area(xml: bytes, limits: Limits) -> None:
    """Refuse a sheet whose filled cells span more than can be laid out; empty styled cells do not count."""
    columns = {match.decode() for match in set(_COLUMN.findall(xml))}
    rows = max((int(number) for number in _ROW_NUMBER.findall(xml)), default=0)
    if rows * max(map(column_number, columns), default=1) <= limits.area:
        return
    last_row = last_column = 0
    for found in _CELL.finditer(xml):
        place = _PLACE.search(found[1] or b"")
        if place:
            last_row = max(last_row, int(place[2]))
            last_column = max(last_column, column_number(place[1].decode()))
    if last_row * last_column > limits.area:
        raise WorkbookTooLarge(f"有内容的单元格远至第 {last_row} 行、第 {last_column} 列")
