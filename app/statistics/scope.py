"""What a figure is asked for: the period, the counting basis, how rows are split, what it is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.statistics.conditions import Conditions, has_code
from app.statistics.loading import sources
from app.statistics.spec import UNPLACED
from models.codes import topic_groups
from models.errors import LedgerError
from models.records import entity, table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.statistics.frame import Frame
    from app.statistics.spec import Dimension, Indicator
    from models.dates import Period

BASES: Mapping[str, str] = {"concluded": "办结", "accepted": "受理", "screened": "排查"}
ORG = "mediation_org"
VILLAGE_COMMITTEES = ("1", "2")


class UnknownBasis(LedgerError):
    """A counting basis that does not exist."""

    code = "unknown_basis"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"没有“{name}”这种统计口径，可用：办结（concluded）、受理（accepted）、排查（screened）。"
        )


class UnknownPlace(LedgerError):
    """A village or committee that is not on this ledger."""

    code = "unknown_place"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"没有找到{kind}“{name}”，请核对名称或代码。")


@dataclass(frozen=True)
class Scope:
    """Everything a figure depends on besides its definition; ``basis`` and ``rate_basis`` are settled."""

    ctx: Context
    conn: sa.Connection
    period: Period
    basis: str
    rate_basis: str
    rows: str = "none"
    village: str | None = None
    org: str | None = None

    @cached_property
    def conditions(self) -> Conditions:
        """Conditions read for this period and this ledger's settings."""
        return Conditions(self.period, self.ctx.settings)

    @cached_property
    def orgs(self) -> list[dict[str, Any]]:
        """The committees that are not void, in the order they are listed."""
        table = table_of(entity(ORG))
        wanted = sa.select(table.c.id, table.c.name, table.c.org_type, table.c.village_id)
        found = self.conn.execute(wanted.where(table.c.void_flag.is_(sa.false())).order_by(table.c.id))
        rank = {code: number for number, code in enumerate("341256")}
        return sorted((dict(row) for row in found.mappings()), key=lambda org: rank.get(org["org_type"], 9))

    def within(self, period: Period) -> Scope:
        """Give the same question about another period."""
        return replace(self, period=period)

    def date_of(self, indicator: Indicator) -> str:
        """Give the date that decides the period of an indicator, by the counting basis if it follows that."""
        if indicator.date != "basis":
            return indicator.date
        return sources()[indicator.source].basis[self.basis]

    def dimension(self, source: str, name: str) -> Dimension | None:
        """Give how a source is split by rows of a kind; None if it is not."""
        return sources()[source].dimensions.get(name)

    def fold(self, dimension: Dimension | None, raw: Any) -> str:
        """Give the row a stored value belongs to."""
        if dimension is None or raw is None or raw == "":
            return UNPLACED
        return str(self.folds(dimension.fold).get(raw, UNPLACED)) if dimension.fold else str(raw)

    def folds(self, name: str) -> Mapping[str, str]:
        """Give a named mapping from stored values to rows."""
        if name == "village_org":
            return self._village_orgs
        return self._topics[name]

    def narrowed(self, frame: Frame, source: str) -> list[sa.ColumnElement[bool]]:
        """Give the conditions of the village and the committee asked for."""
        asked = (("village", self.village), ("org", self.org))
        return [self._narrow(frame, self.dimension(source, name), value) for name, value in asked if value]

    def _narrow(self, frame: Frame, dimension: Dimension | None, value: str) -> sa.ColumnElement[bool]:
        if dimension is None:
            return sa.false()
        column = frame.column(dimension.path)
        if dimension.many:
            return has_code(column, value)
        if dimension.fold:
            return column.in_([raw for raw, row in self.folds(dimension.fold).items() if row == value])
        return column == value

    @cached_property
    def _village_orgs(self) -> Mapping[str, str]:
        local = [org for org in self.orgs if org["village_id"] and org["org_type"] in VILLAGE_COMMITTEES]
        return {org["village_id"]: org["id"] for org in reversed(local)}

    @cached_property
    def _topics(self) -> Mapping[str, Mapping[str, str]]:
        return topic_groups(self.ctx.codes)


def scope_of(
    ctx: Context,
    conn: sa.Connection,
    period: Period,
    *,
    basis: str | None = None,
    village: str | None = None,
    org: str | None = None,
    rows: str = "none",
) -> Scope:
    """Settle what was asked: the basis by name or by the settings, the places by name or code.

    ``basis`` is 办结, 受理 or 排查 (or its code); 排查 concerns the success rate alone. `UnknownBasis`,
    `UnknownPlace`.
    """
    chosen = _basis(basis)
    total = chosen if chosen in ("concluded", "accepted") else str(ctx.settings["total_basis"])
    rate = chosen or str(ctx.settings["success_rate_basis"])
    scope = Scope(ctx, conn, period, total, rate, rows)
    return replace(scope, village=_village(ctx, village), org=_org(scope.orgs, org) if org else None)


def _basis(name: str | None) -> str | None:
    if name is None or name in BASES:
        return name
    found = next((code for code, label in BASES.items() if label == name), None)
    if found is None:
        raise UnknownBasis(name)
    return found


def _village(ctx: Context, name: str | None) -> str | None:
    if not name:
        return None
    entry = ctx.codes["village"].find(name)
    if entry is None:
        raise UnknownPlace("村（社区）", name)
    return entry.code


def _org(orgs: Iterable[Mapping[str, Any]], name: str) -> str:
    exact = [org["id"] for org in orgs if name in (org["id"], org["name"])]
    near = exact or [org["id"] for org in orgs if name in str(org["name"])]
    if len(near) != 1:
        raise UnknownPlace("调委会", name)
    return str(near[0])
