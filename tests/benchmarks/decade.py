"""A ledger as it stands after ten years: 200 000 mediation cases, encrypted, built once into out/bench."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from app.indexing import rebuild_search, update_search
from app.ledger.ledger import Ledger, create_ledger, open_ledger
from app.records import add, check_draft, write_new
from app.registers import register_named
from app.session import context_of
from models.fields import Kind, fields_of
from models.mediation import CaseMediator, CaseParty, MediationCase, terms
from models.records import Journaled, Model, children_of, table_of
from tests.benchmarks.bench_search import GIVEN, SUBJECTS, SURNAMES, VERBS
from tests.builders.mediation import accepted_case, add_organisations, agreement, company, party
from tests.builders.screening import dispute_lead

if TYPE_CHECKING:
    from app.context import Context
    from models.records import Row

FOLDER = Path("out/bench")
PATH = FOLDER / "decade.ybz"
MARK = FOLDER / "decade.json"
PASSWORD = "十年一本账-bench"
CASES = 200_000
BUSY_MONTH, BUSY_CASES = "2026-10", 5_000
FIRST_YEAR = 2017
NOW = datetime(2026, 11, 23, 9, 0)
OPEN_FROM = date(2026, 10, 25)  # what was registered before lies in the archive by now
BATCH = 5_000
FORM = 6  # of this file: raise it when other rows are made
VILLAGES = 17
TYPES = [f"{number:02}" for number in range(1, 14)]
FILLED = (MediationCase, CaseParty, CaseMediator)


@contextmanager
def opened(path: Path = PATH, *, now: datetime = NOW) -> Iterator[Context]:
    """Open a ledger of these measurements the way the program does, without the automatic backup."""
    ledger = open_ledger(path, password=PASSWORD, projections=(update_search,))
    try:
        yield context_of(ledger, now)
    finally:
        ledger.close()


def decade() -> Path:
    """Give the ten-year ledger, building it when there is none or its tables have changed."""
    if not PATH.is_file() or not MARK.is_file() or json.loads(MARK.read_text()) != _mark():
        shutil.rmtree(FOLDER, ignore_errors=True)
        start = time.perf_counter()
        _build()
        MARK.write_text(json.dumps(_mark()))
        print(f"十年台账：{CASES} 件案件，{time.perf_counter() - start:.0f} 秒建成，{megabytes(PATH):.0f} MB")
    _add_new_tables()
    return PATH


@contextmanager
def copied(name: str) -> Iterator[Path]:
    """Give a private copy of the ten-year ledger to write to; removed afterwards."""
    source, folder = decade(), FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        for path in FOLDER.glob(f"{source.name}*"):
            if path.is_file() and "lock" not in path.name:
                shutil.copyfile(path, folder / path.name)
        yield folder / source.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small(name: str) -> Iterator[Context]:
    """Give a fresh ledger with villages, committees and a mediator; removed afterwards."""
    folder = FOLDER.with_name("bench-small") / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        create(folder / "small.ybz")
        with opened(folder / "small.ybz") as ctx:
            yield ctx
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create(path: Path) -> None:
    """Create a ledger with its villages, two committees and a mediator."""
    create_ledger(path, PASSWORD, name="青石司法所", code="QS0722", role="station", now=NOW)
    names = ["青石", "白水", "红岩", *(f"第{number}" for number in range(4, VILLAGES + 1))]
    rows = [
        {"list_name": "village", "code": f"4209810010{n:02}", "label": f"{name}村", "synonyms": [name]}
        for n, name in enumerate(names, 1)
    ]
    with opened(path) as ctx:
        add(ctx, "code_entry", rows)
    with opened(path) as ctx:
        add_organisations(ctx)


def megabytes(path: Path) -> float:
    """The size of a file."""
    return path.stat().st_size / 1e6


@dataclass(frozen=True)
class Template:
    """A checked case of each kind to copy from, and the day its dates run from."""

    draft: Mapping[str, Any]
    day: date
    is_open: bool


class Cases:
    """Made-up cases copied from checked ones: other people, other days, other places."""

    def __init__(self, templates: list[Template], *, open_from: date = OPEN_FROM) -> None:
        self.random = random.Random(SEED)
        self.open_from = open_from
        self.templates = [[one for one in templates if one.is_open is wanted] for wanted in (False, True)]
        self.people = [self._name() for _ in range(60_000)]

    def _name(self) -> str:
        pick = self.random
        return pick.choice(SURNAMES) + "".join(pick.choices(GIVEN, k=pick.choice((1, 2, 2))))

    def case(self, writer: Any, day: date) -> Row:
        """One case registered on a day."""
        pick = self.random
        template = pick.choice(self.templates[day >= self.open_from])
        draft = _shifted(MediationCase, template.draft, (day - template.day).days)
        names = pick.sample(self.people, len(draft["parties"]))
        subject = pick.choice(SUBJECTS)
        number = writer.next_number("mediation_case:TJ", day.year)
        draft.update(
            id=writer.new_id(),
            case_no=f"TJ-{day.year}-{number:04}",
            volume_no=f"（{day.year}）青石镇人调字第{number:05}号",
            title=f"{names[0]}与{names[1]}{subject}纠纷",
            brief=f"{names[0]}与{names[1]}因{subject}" + "".join(pick.choices(VERBS, k=16)),
            village_id=f"4209810010{pick.randrange(1, VILLAGES + 1):02}",
            dispute_type=pick.choice(TYPES),
            agreement_amount=pick.randrange(0, 9_000_000) if draft["agreement_form"] else None,
        )
        draft["brief_key"] = terms.likeness_key(terms.plain_words(draft["brief"], names))
        for row in draft.get("agreements", ()):
            row["terms"] = [f"{names[0]}就{subject}" + "".join(pick.choices(VERBS, k=12))]
            row["terms_key"] = terms.likeness_key(terms.plain_words(row["terms"][0], names))
        for row, name in zip(draft["parties"], names, strict=True):
            row.update(name=name, phone=f"199{pick.randrange(10**8):08}")
        return draft


SEED = 20261123


def _shifted(entity: type[Journaled], row: Mapping[str, Any], days: int) -> Row:
    """Give a copy of a draft without its ids and with every date moved."""
    moved: Row = {"origin": "entered"} if entity is MediationCase else {}
    for name, field in fields_of(entity).items():
        value = row.get(name)
        if value is not None and field.kind in (Kind.DATE, Kind.PARTIAL_DATE):
            value = (date.fromisoformat(value) + timedelta(days=days)).isoformat()
        moved[name] = value
    for child in children_of(entity.__tablename__):
        if row.get(child.__field__):
            moved[child.__field__] = [_shifted(child, one, days) for one in row[child.__field__]]
    return moved


def _days() -> list[date]:
    """The day of registration of each case, in order, evenly spread over the years."""
    start, end = date(FIRST_YEAR, 1, 1), date(2026, 11, 3)
    return [start + timedelta(days=(end - start).days * at // CASES) for at in range(CASES)]


def busy_days() -> list[date]:
    """The days of registration of the cases of one month as busy as a county's."""
    first = date.fromisoformat(f"{BUSY_MONTH}-01")
    return [first + timedelta(days=20 * at // BUSY_CASES) for at in range(BUSY_CASES)]


def _kinds() -> list[tuple[dict[str, Any], bool]]:
    """A few kinds of cases as they are typed, and whether each is still open."""
    day = "2026-11-05"
    settled = {
        "state": "performed", "concluded_on": day, "outcome": "1", "performed_on": day, "performance": "1",
        "performance_proof": "收条一张", "agreement_form": "口头",
    }  # fmt: skip
    failed = {
        "state": "failed", "concluded_on": "2026-11-06", "outcome": "2", "fail_reason": "分歧过大",
        "advised_path": "行政处理/裁决", "transformation": "0",
    }  # fmt: skip
    kept = {
        "state": "archived",
        "closed_on": "2026-11-06",
        "archived_on": "2026-11-20",
        "keep_period": "30年",
    }
    spoken = [agreement(day, 500_000, perform_due=day, perform_mode="即时履行")]
    three = [party("甲某", "申请人"), party("乙某", "申请人"), company()]
    recent = [
        accepted_case(1, **settled, agreements=spoken),
        accepted_case(2, **settled, agreements=spoken, parties=three),
        accepted_case(3, **failed),
        accepted_case(4, **{**failed, "state": "closed", "closed_on": "2026-11-08"}),
    ]
    old = [
        accepted_case(5, **{**settled, **kept}, agreements=spoken),
        accepted_case(6, **{**settled, **kept}, agreements=spoken, parties=three),
        accepted_case(7, **{**failed, **kept}),
    ]
    return [*((raw, True) for raw in recent), *((raw, False) for raw in old)]


def templates(ctx: Context) -> list[Template]:
    """Check each kind of case once, as the program would."""
    register = register_named("mediation_case")
    made = []
    with ctx.ledger.writing(ctx, "bench.templates", "准备样本") as writer:
        for raw, is_open in _kinds():
            draft, problems = check_draft(ctx, writer, register, raw)
            assert not [one for one in problems if one.severity == "error"], problems
            if not is_open:  # the paper of what is long archived lies in its box, not in these rows
                draft["agreements"] = []
            made.append(Template(draft, date(2026, 11, 2), is_open))
    return made


def _build() -> None:
    FOLDER.mkdir(parents=True)
    create(PATH)
    ledger = open_ledger(PATH, password=PASSWORD)
    try:
        ctx = context_of(ledger, NOW)
        cases, days = Cases(templates(ctx)), _days()
        for start in range(0, len(days), BATCH):
            write(replace(ctx, now=_evening(days[start])), cases, days[start : start + BATCH])
        rebuild_search(ctx)
        _fold(ledger)
    finally:
        ledger.close()


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, 0)


def write(ctx: Context, cases: Cases, days: list[date]) -> None:
    """Write a case for each day in one transaction."""
    with ctx.ledger.writing(ctx, "mediation_case.add", "新增人民调解案件") as writer:
        for at, day in enumerate(days):
            writer.wall_ms += at % 2  # ids rise with time, as they do when cases are typed one by one
            write_new(writer, MediationCase, cases.case(writer, day))


def _fold(ledger: Ledger) -> None:
    with ledger.engine.connect() as conn:
        conn.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _mark() -> dict[str, Any]:
    """What the built file depends on: the columns of the tables it fills, and how it fills them."""
    shape = "\n".join(str(CreateTable(table_of(entity))) for entity in FILLED)
    return {"tables": hashlib.sha256(shape.encode()).hexdigest(), "cases": CASES, "form": FORM}


def _add_new_tables() -> None:
    """Add tables that the program has learnt to keep since the file was built; they are empty."""
    import models.schema  # noqa: F401 — knows every table

    with opened() as ctx, ctx.ledger.engine.connect() as conn:
        known = set(sa.inspect(conn).get_table_names())
        conn.rollback()
        if set(Model.metadata.tables) - known:
            Model.metadata.create_all(conn)
            conn.commit()


def lead(pick: random.Random, number: int) -> dict[str, Any]:
    """One made-up dispute lead as it is typed."""
    names = ["".join((pick.choice(SURNAMES), *pick.choices(GIVEN, k=2))) for _ in range(2)]
    return dispute_lead(
        found_on=f"2026-{1 + number % 10:02}-{1 + number % 28:02}",
        parties_text="、".join(names),
        party_phone=f"199{pick.randrange(10**8):08}",
        place=f"青石村{1 + number % 14}组",
        brief=f"{names[0]}与{names[1]}因{pick.choice(SUBJECTS)}" + "".join(pick.choices(VERBS, k=14)),
    )


if __name__ == "__main__":
    decade()
