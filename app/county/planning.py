"""What taking in a submission would do: compared with what is held, said before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.county import store, timing
from exports.bundle.container import short_code
from exports.bundle.errors import ReplayedBundle
from exports.bundle.verify import check_replay
from models.county import BundleState

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.context import Context
    from app.county.content import Content
    from app.county.reading import Verified
    from models.records import Row

STATE_LABELS: Mapping[str, str] = {
    BundleState.RECEIVED: "已收",
    BundleState.ACCEPTED: "已受理",
    BundleState.RETURNED: "已退回",
    BundleState.SUPERSEDED: "已被新版取代",
    BundleState.DUPLICATE: "重号，需所内裁定",
}


@dataclass(frozen=True)
class RowCounts:
    """Rows against the version before: each row of the bundle is added, changed, same or rejected."""

    added: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    removed: int = 0

    def as_json(self) -> dict[str, int]:
        """Give the counts by name; ``total`` is what the bundle holds."""
        total = self.added + self.changed + self.same + self.rejected
        return {
            "total": total, "added": self.added, "changed": self.changed, "same": self.same,
            "rejected": self.rejected, "removed": self.removed,
        }  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The journaled line a submission would become, and what there is to say about it.

    ``known`` is the line it already is: then nothing is written, unless this copy is more complete.
    """

    values: Row
    rows: RowCounts
    figures_changed: int
    previous_version: int | None
    late: bool
    due_on: str
    notes: tuple[str, ...]
    problems: tuple[Mapping[str, object], ...] = ()
    known: Row | None = None
    completes: bool = False

    @property
    def writes(self) -> bool:
        """Tell whether applying the plan changes anything."""
        return self.known is None or self.completes

    def as_json(self) -> dict[str, Any]:
        """Give what a person is shown before anything is written."""
        names = (
            "org_code", "period", "form_group", "version", "bundle_id", "manifest_hash", "short_code",
            "grade", "state", "figure_count", "mismatch_count",
        )  # fmt: skip
        return {
            **{name: self.values[name] for name in names},
            "org_name": self.values["org_name"],
            "state_label": STATE_LABELS[self.values["state"]],
            "rows": self.rows.as_json(),
            "figures_changed": self.figures_changed,
            "previous_version": self.previous_version,
            "late": self.late,
            "due_on": self.due_on,
            "already_received_on": self.known["received_on"] if self.known else None,
            "notes": list(self.notes),
            "problems": list(self.problems),
        }


def plan_submission(ctx: Context, conn: sa.Connection, verified: Verified, content: Content) -> Plan:
    """Compare a submission with what is held; raises TamperedBundle for other content under one id."""
    opened, manifest = verified.opened, verified.opened.manifest
    known = _known(conn, verified)
    values = _values(ctx, verified, content)
    held = store.siblings(conn, values)
    period = timing.period_named(ctx, values["period"])
    received_on = known["received_on"] if known else values["received_on"]
    before = _version_before(held, manifest.version)
    plan = Plan(
        values=values,
        rows=_row_counts(conn, before, content),
        figures_changed=_figures_changed(conn, before, content),
        previous_version=before["version"] if before else None,
        late=timing.is_late(ctx, period, received_on),
        due_on=timing.due_on(ctx, period).isoformat(),
        notes=(),
        problems=tuple(problem.as_json() for problem in content.problems),
    )
    if known is not None:
        completes = store.GRADES.index(opened.grade) < store.GRADES.index(known["grade"])
        stands = {**values, "state": known["state"]}
        notes = _known_notes(known, completes=completes)
        return replace(plan, values=stands, notes=notes, known=known, completes=completes)
    candidate = {**values, "id": "", "state": BundleState.RECEIVED.value}
    values["state"] = store.settled([*held, candidate])[""]
    found = [*verified.notes, *_notes(conn, values, held, opened.missing)]
    if plan.late:
        found.append(f"迟报：应于{plan.due_on}前报送（报送日由县里规定），照收并标记。")
    if content.let_through:
        found.append(f"{content.let_through}。")
    return replace(plan, notes=tuple(found))


def _known(conn: sa.Connection, verified: Verified) -> Row | None:
    held = store.bundles(conn, bundle_id=verified.opened.manifest.bundle_id)
    try:
        check_replay(verified.opened, {row["bundle_id"]: row["manifest_hash"] for row in held})
    except ReplayedBundle:
        return held[0]
    return None


def _values(ctx: Context, verified: Verified, content: Content) -> Row:
    opened, manifest = verified.opened, verified.opened.manifest
    return {
        "bundle_id": manifest.bundle_id,
        "kind": manifest.kind,
        "org_code": manifest.org.code,
        "org_name": manifest.org.name,
        "period": manifest.period,
        "form_group": manifest.forms[0],
        "forms": list(manifest.forms),
        "version": manifest.version,
        "manifest_hash": opened.manifest_hash,
        "short_code": short_code(opened.manifest_hash),
        "file_name": verified.delivered.name,
        "prev_submit_hash": manifest.prev_submit_hash,
        "audit_head": manifest.audit_head,
        "sealed_at": manifest.created.wall,
        "grade": opened.grade,
        "row_count": len(content.rows),
        "rejected_count": content.rejected,
        "mismatch_count": content.mismatches,
        "figure_count": len(content.figures),
        "received_on": ctx.today.isoformat(),
        "origin": "received",
    }


def _version_before(held: Sequence[Row], version: int) -> Row | None:
    older = [row for row in held if row["version"] < version]
    return max(older, key=lambda row: (row["version"], row["manifest_hash"])) if older else None


def _row_counts(conn: sa.Connection, before: Row | None, content: Content) -> RowCounts:
    old = store.row_hashes(conn, before["id"]) if before else {}
    new = {row.key: row.row_hash for row in content.rows}
    same = sum(old.get(key) == digest for key, digest in new.items())
    kept = len(old.keys() & new.keys())
    return RowCounts(
        added=len(new) - kept,
        changed=kept - same,
        same=same,
        rejected=content.rejected,
        removed=len(old) - kept,
    )


def _figures_changed(conn: sa.Connection, before: Row | None, content: Content) -> int:
    if before is None:
        return 0
    old = store.figure_values(conn, before["id"])
    new = {figure.cell: figure.value for figure in content.figures}
    return sum(old.get(cell) != new.get(cell) for cell in old.keys() | new.keys())


def _known_notes(known: Row, *, completes: bool) -> tuple[str, ...]:
    told = f"这个表格包{known['received_on']}已经接收过，现状态：{STATE_LABELS[known['state']]}"
    return (f"{told}；这一份更完整，将补齐缺件。" if completes else f"{told}；没有重复写入。",)


def _notes(conn: sa.Connection, values: Row, held: Sequence[Row], missing: Sequence[str]) -> Iterator[str]:
    if missing:
        listed = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        yield f"完好等级 {values['grade']}：缺 {listed}；明细和数字完整，照收，补齐前不能受理。"
    yield from _state_notes(values, held)
    if values["rejected_count"] or values["mismatch_count"]:
        yield (
            f"有 {values['rejected_count']} 行明细未通过核对、{values['mismatch_count']} 处数字与明细不符，"
            "只能退回，不能受理。"
        )
    yield from _chain_notes(conn, values)


def _state_notes(values: Row, held: Sequence[Row]) -> Iterator[str]:
    version = values["version"]
    newest = max((row["version"] for row in held), default=0)
    if values["state"] == BundleState.SUPERSEDED:
        yield f"已收有更新的第 {newest} 版，本版存档备查，不计入汇总。"
    if values["state"] == BundleState.DUPLICATE:
        yield f"第 {version} 版收到内容不同的两份，两份都留存，须由司法所裁定后另报第 {version + 1} 版。"
    accepted = next((row for row in held if row["state"] == BundleState.ACCEPTED), None)
    if accepted is not None and accepted["version"] < version:
        yield f"本期第 {accepted['version']} 版已受理并锁定，汇总仍用该版；本版只能退回，差额请该所列入下期。"
    lower = {row["version"] for row in held}
    lost = [str(number) for number in range(1, version) if number not in lower]
    if lost:
        yield f"第 {'、'.join(lost)} 版未曾收到；各版都是整期报送，不影响本版。"


def _chain_notes(conn: sa.Connection, values: Row) -> Iterator[str]:
    """Name what the station's chain of submissions shows to be missing."""
    held = store.bundles(conn, org_code=values["org_code"])
    previous = values["prev_submit_hash"]
    if previous and previous not in {row["manifest_hash"] for row in held}:
        yield "清单所指的上一份报送没有收到过，可能漏交了一份，请向该所核对。"
    earlier = [row["period"] for row in held if row["period"] < values["period"]]
    if not previous and earlier:
        yield "报送链从头开始，与以前收到的接不上，该所可能换机或重装，请电话核对。"
    months = [period for period in earlier if len(period) == 7 and period[5:].isdigit()]
    if months and len(values["period"]) == 7:
        lost = timing.months_between(max(months), values["period"])
        if lost:
            yield f"中间各期还没有收到：{'、'.join(lost)}。"
