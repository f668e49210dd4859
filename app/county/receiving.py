"""Taking in bundles: verify, compare, show, and write all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.county import store
from app.county.content import Content, read_content
from app.county.enrolment import trusted_keys
from app.county.planning import Plan, plan_submission
from app.county.reading import SUBMIT, Verified, deliver, verify
from app.county.station_side import receipt_in, take_receipt
from app.ledger.backup import automatic
from models.county import ReceivedBundle
from models.errors import LedgerError

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer
    from exports.bundle.receipt import Receipt
    from models.records import Row

REFUSED = "refused"


@dataclass(frozen=True)
class Received:
    """What became of one file.

    ``kind`` is submit, receipt, or refused when several files were given and this one was not taken in
    (``plan`` then holds code and message). ``applied`` tells whether anything was written for it;
    ``receipt`` says where the submission stands.
    """

    kind: str
    file: str
    plan: dict[str, Any]
    applied: bool
    receipt: dict[str, Any] | None = None


@dataclass(frozen=True)
class _Intake:
    """A verified file, parsed: a submission's content or a receipt."""

    verified: Verified
    content: Content | None
    receipt: Receipt | None


class _Rehearsed(Exception):
    """Ends a rehearsal so that the transaction is rolled back."""


def receive(ctx: Context, paths: Sequence[Path], *, write: bool) -> list[Received]:
    """Take in files in the order given; without ``write`` the very same is done and rolled back.

    All files of a call are written together or not at all, after an automatic backup. A single file that
    cannot be taken in raises its reason; of several, each such file is reported as refused, the others go in.
    """
    prepared = [_prepared(ctx, path, alone=len(paths) == 1) for path in paths]
    if all(isinstance(one, LedgerError) for _, one in prepared):
        raise next(one for _, one in prepared if isinstance(one, LedgerError))
    if write and _brings_news(ctx, prepared):
        automatic(ctx.ledger, ctx.now, always=True)
    results: list[Received] = []
    with _transaction(ctx, write=write) as writer:
        for path, one in prepared:
            results.append(_taken(ctx, writer, path, one, write=write, alone=len(paths) == 1))
    return results


def _prepared(ctx: Context, path: Path, *, alone: bool) -> tuple[Path, _Intake | LedgerError]:
    try:
        delivered = deliver(path)
        with ctx.ledger.reading() as conn:
            keys = trusted_keys(conn)
        verified = verify(ctx, delivered, keys)
        if verified.kind == SUBMIT:
            return path, _Intake(verified, read_content(verified.opened.members), None)
        return path, _Intake(verified, None, receipt_in(verified))
    except LedgerError as error:
        if alone:
            raise
        return path, error


@contextmanager
def _transaction(ctx: Context, *, write: bool) -> Iterator[Writer]:
    try:
        with ctx.ledger.writing(ctx, "county.receive", "接收来件") as writer:
            yield writer
            if not write:
                raise _Rehearsed
    except _Rehearsed:
        return


def _brings_news(ctx: Context, prepared: Sequence[tuple[Path, _Intake | LedgerError]]) -> bool:
    """Tell whether anything may be written, so that repeating a file does not even make a backup."""
    with ctx.ledger.reading() as conn:
        held = {row["manifest_hash"] for row in store.bundles(conn) if row["grade"] == "A"}
    intakes = [one for _, one in prepared if isinstance(one, _Intake)]
    return any(one.receipt or one.verified.opened.manifest_hash not in held for one in intakes)


def _taken(
    ctx: Context, writer: Writer, path: Path, one: _Intake | LedgerError, *, write: bool, alone: bool
) -> Received:
    if isinstance(one, LedgerError):
        return _refused(path, one)
    try:
        if one.receipt is not None:
            plan, changed = take_receipt(ctx, writer, one.receipt)
            return Received(one.verified.kind, path.name, plan, write and changed, plan.get("receipt"))
        return _submission(ctx, writer, one, write=write)
    except LedgerError as error:
        if alone:
            raise
        return _refused(path, error)


def _refused(path: Path, error: LedgerError) -> Received:
    return Received(REFUSED, path.name, {"code": error.code, "message": error.message}, applied=False)


def _submission(ctx: Context, writer: Writer, intake: _Intake, *, write: bool) -> Received:
    assert intake.content is not None  # noqa: S101 — a submission is always parsed
    writer.flush()
    plan = plan_submission(ctx, writer.conn, intake.verified, intake.content)
    if plan.known is None:
        record = _store(writer, intake, plan)
    else:
        record = plan.known["id"]
        if plan.completes:
            _complete(writer, intake, plan.known)
    row = writer.get(ReceivedBundle, record) or {}
    return Received(
        SUBMIT, intake.verified.delivered.name, plan.as_json(), write and plan.writes, receipt_words(row)
    )


def _store(writer: Writer, intake: _Intake, plan: Plan) -> str:
    assert intake.content is not None  # noqa: S101 — see above
    values = {name: value for name, value in plan.values.items() if name != "org_name"}
    record = writer.create(ReceivedBundle, {**values, "note": "\n".join(plan.notes)})
    store.put_content(writer.conn, record, intake.content)
    _keep_files(writer, intake, record)
    store.settle(writer, values)
    return record


def _complete(writer: Writer, intake: _Intake, known: Row) -> None:
    """Keep a more complete copy of a bundle that had lost attachments; its rows were whole before."""
    assert intake.content is not None  # noqa: S101 — see above
    writer.update(ReceivedBundle, known["id"], {"grade": intake.verified.opened.grade})
    _keep_files(writer, intake, known["id"])
    kept = {row["name"] for row in store.files(writer.conn, known["id"], store.DICTIONARY)}
    for path, data in intake.content.dictionaries.items():
        if path not in kept:
            store.put_file(writer.conn, known["id"], store.DICTIONARY, path, data)


def _keep_files(writer: Writer, intake: _Intake, record: str) -> None:
    delivered = intake.verified.delivered
    store.put_file(writer.conn, record, store.BUNDLE, delivered.name, delivered.data)
    if delivered.sidecar is not None:
        store.put_file(writer.conn, record, store.SIDECAR, f"{delivered.name}.par", delivered.sidecar)


def receipt_words(row: Row) -> dict[str, Any]:
    """Give where a submission stands, the same every time it is asked while nothing was decided."""
    names = (
        "bundle_id", "manifest_hash", "org_code", "period", "form_group", "version", "short_code", "state",
        "received_on", "decided_on", "county_seq",
    )  # fmt: skip
    return {name: row.get(name) for name in names}
