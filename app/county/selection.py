"""Which version of each station's month counts: the accepted one, else the newest received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.county import store
from app.county.enrolment import enrolled_offices
from models.county import BundleState, OrgRole

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.context import Context
    from models.dates import Period
    from models.records import Row


@dataclass(frozen=True)
class Chosen:
    """One version that counts, with the month it is of."""

    bundle: Row

    @property
    def id(self) -> str:
        """Key of its content."""
        return str(self.bundle["id"])

    @property
    def period(self) -> str:
        """The month, as 2026-11."""
        return str(self.bundle["period"])

    @property
    def words(self) -> str:
        """Say which version it is and whether it was accepted."""
        accepted = self.bundle["state"] == BundleState.ACCEPTED
        told = "已受理" if accepted else "已收、未受理"
        return f"{self.period} 第{self.bundle['version']}版（{told}，{self.bundle['short_code']}）"


@dataclass(frozen=True)
class Station:
    """One station over a period: the versions that count, oldest month first, and what does not, in words."""

    org_code: str
    name: str
    chosen: tuple[Chosen, ...]
    lacking: tuple[str, ...]

    @property
    def latest(self) -> str:
        """The last month that counts; empty when none does."""
        return self.chosen[-1].period if self.chosen else ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Keys of the content that counts."""
        return tuple(one.id for one in self.chosen)

    @property
    def words(self) -> str:
        """Say what was taken, and what was not."""
        taken = "、".join(one.words for one in self.chosen) or "无"
        return f"{taken}；缺：{'、'.join(self.lacking)}" if self.lacking else taken


def stations_of(ctx: Context, conn: sa.Connection, period: Period) -> list[Station]:
    """Give every enrolled station, and any that once reported, with what counts of it in a period."""
    months = [month for month in period.each_month() if month.start <= ctx.today]
    keys = [month.key for month in months]
    held = [row for row in store.bundles(conn) if row["period"] in keys]
    names = {**{row["org_code"]: row["org_code"] for row in held}, **enrolled_offices(conn, OrgRole.STATION)}
    return [_station(code, names[code], keys, held) for code in sorted(names)]


def _station(code: str, name: str, months: Iterable[str], held: Iterable[Row]) -> Station:
    own = [row for row in held if row["org_code"] == code]
    chosen: list[Chosen] = []
    lacking: list[str] = []
    for month in months:
        groups = {row["form_group"]: None for row in own if row["period"] == month}
        if not groups:
            lacking.append(f"{month} 未报")
        for group in groups:
            versions = [row for row in own if row["period"] == month and row["form_group"] == group]
            bundle = counting(versions)
            if bundle is None:
                lacking.append(f"{month} {_why_not(versions)}")
            else:
                chosen.append(Chosen(bundle))
    return Station(code, name, tuple(chosen), tuple(lacking))


def counting(versions: Iterable[Row]) -> Row | None:
    """Give the version that counts of one station, month and form group; None when none does yet."""
    ordered = sorted(versions, key=lambda row: row["version"])
    accepted = [row for row in ordered if row["state"] == BundleState.ACCEPTED]
    received = [row for row in ordered if row["state"] == BundleState.RECEIVED]
    counted = accepted or received
    return counted[-1] if counted else None


def _why_not(versions: Iterable[Row]) -> str:
    duplicate = any(row["state"] == BundleState.DUPLICATE for row in versions)
    return "重号待裁定" if duplicate else "已退回、未重报"
