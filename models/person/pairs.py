"""What the officer decided about two files that look like one person; asked once, remembered."""

from __future__ import annotations

from enum import StrEnum

from models.fields import Kind, column
from models.records import Record


class Verdict(StrEnum):
    """What two files are to each other."""

    SAME = "same"
    DIFFERENT = "different"


class PersonPair(Record):
    """A decision about a pair of person files; ``first_id`` sorts before ``second_id``."""

    __tablename__ = "person_pair"
    __label__ = "撞人判断"
    first_id = column("档案甲", Kind.REFERENCE, ref="person", required=True, index=True)
    second_id = column("档案乙", Kind.REFERENCE, ref="person", required=True, index=True)
    verdict = column("判断", Kind.TEXT, required=True)
    decided_on = column("判断日期", Kind.DATE)
    reason = column("依据", Kind.TEXT)
