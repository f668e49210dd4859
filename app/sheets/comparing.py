"""What a row of a sheet changes of the record it was exported from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.sheets import shape as sh

if TYPE_CHECKING:
    from app.sheets.assembling import Entry
    from app.sheets.incoming import SourceRow
    from models.records import Row


@dataclass
class Compared:
    """What is to be changed, as input for the record; ``conflict``: both file and ledger went on since."""

    raw: dict[str, Any] = field(default_factory=dict)
    conflict: bool = False


def compare(entry: Entry, draft: Row, stored: Row, *, sensitive: bool) -> Compared:
    """Compare what the rows of a record say (``draft`` canonical, ``entry.raw`` as typed) with the ledger."""
    found = Compared()
    if entry.root is not None:
        found.raw.update(_changes(entry.root, draft, entry.raw, stored, found, sensitive=sensitive))
    _children(entry, draft, entry.raw, stored, found, found.raw, (), sensitive=sensitive)
    return found


def _children(
    entry: Entry,
    draft: Row,
    raw: Mapping[str, Any],
    stored: Row,
    found: Compared,
    into: dict[str, Any],
    path: tuple[str, ...],
    *,
    sensitive: bool,
) -> None:
    """Gather the changed and the new rows of every kind of child; the others are left as they are."""
    for name, rows in raw.items():
        if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
            continue
        held = {row["id"]: row for row in stored.get(name) or []}
        changed = []
        for number, (given, inner) in enumerate(zip(rows, draft[name], strict=True), 1):
            node = (*path, name, str(number))
            known = held.get(given.get("id", ""))
            if known is None:
                changed.append({key: value for key, value in given.items() if value is not None})
                continue
            part = _changes(entry.nodes[node], inner, given, known, found, sensitive=sensitive)
            _children(entry, inner, given, known, found, part, node, sensitive=sensitive)
            if part:
                changed.append({**part, "id": given["id"]})
        if changed:
            into[name] = changed


def _changes(
    row: SourceRow, draft: Row, raw: Mapping[str, Any], stored: Row, found: Compared, *, sensitive: bool
) -> dict[str, Any]:
    """Give the fields of one row that differ and were meant to.

    A row with its mark tells who changed: nobody in the file, then the ledger stands; nobody in the ledger,
    then the file's words are taken, also an emptied cell; both, then it is a conflict. Without the mark an
    empty cell says nothing.
    """
    fields = row.shape.handed_out(sensitive=sensitive)
    here = {one.name: sh.as_written(sh.stored_value(stored, one.name)) for one in fields}
    typed = [one.name for one in row.shape.typed if one.name in row.values]
    differs = [
        name
        for name in typed
        if sh.as_written(sh.stored_value(draft, name)) != sh.as_written(sh.stored_value(stored, name))
    ]
    if row.mark is None:
        return {name: raw[name] for name in differs if raw.get(name) is not None}
    in_file = {**here, **{name: sh.stored_value(draft, name) for name in typed}}
    if not differs or sh.row_hash(fields, in_file) == row.mark:
        return {}
    if sh.row_hash(fields, here) != row.mark:
        found.conflict = True
    return {name: raw.get(name) for name in differs}
