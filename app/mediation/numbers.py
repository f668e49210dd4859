"""Volume numbers: issued on acceptance, one run per committee and year, never given out twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.numbering import require_numbers
from models.errors import GuardFailed
from models.mediation import MediationCase, MediationOrg, terms
from models.records import table_of

if TYPE_CHECKING:
    from app.context import Context
    from app.ledger.writer import Writer

SCHEME = "mediation_case.volume_no"
WIDTH = 3
ORAL_MARK = "（口）"


def issue_volume_no(ctx: Context, writer: Writer, org_id: object, accepted_on: str, *, oral: bool) -> str:
    """Issue the next number, e.g. （2026）青石镇人调字第001号.

    The form is that of the Ministry's volume cover (司发通〔2010〕239号). With the setting ``oral_sequence``
    oral agreements run in a sequence of their own. A number already written on a case is passed over.
    """
    require_numbers(ctx)
    org = writer.get(MediationOrg, org_id) if isinstance(org_id, str) else None
    if org is None:
        raise GuardFailed("没有选定调解组织，不能编发卷号。请先填写调解组织。")
    separate = oral and bool(ctx.settings.get("oral_sequence", False))
    prefix = terms.text(org["seal_code_prefix"]) + (ORAL_MARK if separate else "")
    year = int(accepted_on[:4]) if accepted_on[:4].isdecimal() else ctx.today.year
    while True:
        number = writer.next_number(f"{SCHEME}:{prefix}", year)
        text = f"（{year}）{prefix}第{number:0{WIDTH}}号"
        if not _taken(writer, text):
            return text


def _taken(writer: Writer, number: str) -> bool:
    writer.flush()
    table = table_of(MediationCase)
    query = sa.select(table.c.id).where(table.c.volume_no == number).limit(1)
    return writer.conn.execute(query).scalar() is not None
