"""The journal: every write is in it, nothing in it can be changed unseen, and it adds up to the tables."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.context import Context
from app.history import NothingToUndoError, batches, undo
from app.ledger.check import check_ledger
from app.ledger.connection import begin_immediate
from app.ledger.ledger import open_ledger
from app.records import add, change, fetch, void
from app.session import context_of
from models import journal as j
from models.records import table_of
from tests.conftest import NOW, PASSWORD

CHANGES = table_of(j.JournalChange)


def _raw(ctx: Context, statement: str, **values: object) -> None:
    with ctx.ledger.engine.connect() as conn:
        begin_immediate(conn)
        conn.execute(sa.text(statement), values)
        conn.commit()


def _person(ctx: Context, name: str = "郑十") -> str:
    return add(ctx, "person", [{"name": name, "phone_main": "13800001234"}]).ids[0]


def test_a_fresh_ledger_and_ordinary_work_check_clean(station: Context) -> None:
    person = _person(station)
    change(station, person, {"phone_main": "13900001234"})
    void(station, person, "重复登记")
    undo(station)
    assert check_ledger(station.ledger).damage == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "update journal_change set payload = replace(payload, '郑十', '郑拾') where kind = 'create'",
            "指纹",
        ),
        (
            "update journal_change set actor = '别人' where seq = (select max(seq) from journal_change)",
            "指纹",
        ),
        ("delete from journal_change where seq = 2", "接不上"),
        ("delete from journal_change where seq = (select max(seq) from journal_change)", "截断"),
        ("update person set phone_main = '13700000000'", "与修改史不符"),
        ("delete from person", "缺少记录"),
        ("insert into code_entry (id, void_flag, origin) values ('x', 0, 'entered')", "修改史只认"),
    ],
)
def test_raw_edits_with_the_right_key_are_noticed(station: Context, statement: str, told: str) -> None:
    _person(station)
    _raw(station, statement)
    damage = check_ledger(station.ledger).damage
    assert any(told in line for line in damage), damage


def test_a_blanked_value_leaves_the_chain_whole(station: Context) -> None:
    person = _person(station)
    with station.ledger.reading() as conn:
        row = conn.execute(sa.select(CHANGES).where(CHANGES.c.record == person)).mappings().one()
    payload = json.loads(row["payload"])
    payload["name"] = [None, None, j.digest_of("name", *payload["name"])]
    _raw(station, "update journal_change set payload = :p where record = :r", p=json.dumps(payload), r=person)
    assert not any("指纹" in line for line in check_ledger(station.ledger).damage)


def test_each_change_names_the_change_it_replaces(station: Context) -> None:
    person = _person(station)
    change(station, person, {"phone_main": "13900001234"})
    with station.ledger.reading() as conn:
        rows = conn.execute(sa.select(CHANGES).where(CHANGES.c.record == person).order_by(CHANGES.c.local))
        first, second = rows.mappings().all()
    assert json.loads(second["prev"]) == {"phone_main": [j.op_of(first["hash"])]}
    assert second["prev_hash"] == first["hash"]


def test_a_voiding_keeps_what_its_writer_had_seen(station: Context) -> None:
    person = _person(station)
    void(station, person, "登记错误")
    with station.ledger.reading() as conn:
        row = conn.execute(sa.select(CHANGES).where(CHANGES.c.kind == j.VOID)).mappings().one()
    assert json.loads(row["context"]) == {f"{station.ledger.device}:1": row["seq"] - 1}


def test_undo_works_after_a_restart_and_only_once(station: Context) -> None:
    person = _person(station)
    change(station, person, {"phone_main": "13900001234"})
    path = station.ledger.path
    station.ledger.close()
    ledger = open_ledger(path, password=PASSWORD)
    again = context_of(ledger, NOW)
    wanted = batches(again)[0]["batch"]
    undo(again, wanted)
    assert fetch(again, person)["phone_main"] == "13800001234"
    with pytest.raises(NothingToUndoError):
        undo(again, wanted)
    ledger.close()


def test_undo_leaves_what_was_changed_since_and_says_so(station: Context) -> None:
    person = _person(station)
    change(station, person, {"phone_main": "13900001234", "occupation": "瓦工"})
    wanted = batches(station)[0]["batch"]
    change(station, person, {"phone_main": "13700001234"})
    undone = undo(station, wanted)
    stored = fetch(station, person)
    assert (stored["phone_main"], stored["occupation"]) == ("13700001234", None)
    assert undone.left == (person,)


def test_undoing_an_undo_brings_the_record_back(station: Context) -> None:
    person = _person(station)
    first = undo(station)
    assert fetch(station, person)["void_flag"]
    undo(station, first.batch)
    assert not fetch(station, person)["void_flag"]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(("phone_main", "occupation", "remark")), st.sampled_from(("1", "2", "3", None))
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(edits=EDITS)
def test_undoing_all_actions_in_turn_restores_every_state(
    edits: list[tuple[str, str | None]], shared: Context
) -> None:
    person = _person(shared, "冯一")
    states = [fetch(shared, person)]
    for field, value in edits:
        _, changed, _ = change(shared, person, {field: value})
        if changed:
            states.append(fetch(shared, person))
    actions = batches(shared)[: len(states)]
    taken = [row["batch"] for row in actions if not row["undone"] and row["verb"] == "person.change"]
    for batch, before in zip(taken, reversed(states[:-1]), strict=False):
        undo(shared, batch)
        now = fetch(shared, person)
        assert {k: now[k] for k in ("phone_main", "occupation", "remark")} == {
            k: before[k] for k in ("phone_main", "occupation", "remark")
        }
    assert check_ledger(shared.ledger).ok


@pytest.fixture(scope="module")
def shared(templates: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Context:
    """One ledger for all examples of a property; each example makes its own person."""
    import shutil
    from pathlib import Path

    source = Path(str(templates["station"]))
    target = tmp_path_factory.mktemp("shared") / "s.ybz"
    for path in source.parent.glob(f"{source.name}*"):
        if path.is_file() and "lock" not in path.name:
            shutil.copyfile(path, target.with_name(target.name + path.name.removeprefix(source.name)))
    return context_of(open_ledger(target, password=PASSWORD), NOW)


def test_an_older_copy_put_back_goes_on_as_a_new_epoch(
    open_copy: Callable[[str, str], Context], station: Context
) -> None:
    path = station.ledger.path
    station.ledger.close()
    old = path.read_bytes()
    ledger = open_ledger(path, password=PASSWORD)
    _person(context_of(ledger, NOW))
    ledger.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(old)
    ledger = open_ledger(path, password=PASSWORD)
    assert ledger.epoch == 2
    assert ledger.meta["number_hold"]
    assert "旧" in ledger.notices[0]
    ledger.close()


def test_what_reached_another_office_is_not_undone(station: Context) -> None:
    with station.ledger.writing(station, "month.close", "封月：2026年10月") as writer:
        writer.event("month_closed")
    closed = batches(station)[0]
    assert undo(station).batch != closed["batch"]
    assert not next(row for row in batches(station) if row["batch"] == closed["batch"])["undone"]
    with pytest.raises(NothingToUndoError, match="不能撤销"):
        undo(station, closed["batch"])
