"""What every register can do, tried on each: a new one is covered the moment it is listed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.context import Context
from app.history import history, undo
from app.ledger.check import check_ledger
from app.records import add, change, fetch, revive, void
from app.register import Register
from app.registers import REGISTERS
from app.search import search
from models.errors import Refused, VoidRecord
from models.fields import Kind, fields_of
from models.records import Child, children_of, entities, table_of
from tests.builders import build, needed

every_register = pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.key)


def _added(ctx: Context, register: Register) -> str:
    for key in needed(register.key):
        add(ctx, key, [build(key)])
    return add(ctx, register.key, [build(register.key)]).ids[0]


@every_register
def test_a_record_is_added_found_changed_and_undone(station: Context, register: Register) -> None:
    record = _added(station, register)
    stored = fetch(station, record)
    title = register.title(stored)
    assert title
    with station.ledger.reading() as conn:
        assert record in {hit.record for hit in search(conn, title[:2], limit=500)}
    change(station, record, {"remark": "核对过"})
    assert fetch(station, record)["remark"] == "核对过"
    assert "备注" in {field.label for entry in history(station, record) for field in entry.fields}
    undo(station)
    assert fetch(station, record)["remark"] is None
    assert check_ledger(station.ledger).damage == ()


@every_register
def test_a_voided_record_leaves_the_search_and_comes_back(station: Context, register: Register) -> None:
    record = _added(station, register)
    title = register.title(fetch(station, record))
    void(station, record, "登记错误")
    with station.ledger.reading() as conn:
        assert record not in {hit.record for hit in search(conn, title[:2], limit=500)}
    with pytest.raises(VoidRecord):
        change(station, record, {"remark": "x"})
    revive(station, record)
    with station.ledger.reading() as conn:
        assert record in {hit.record for hit in search(conn, title[:2], limit=500)}


@every_register
def test_an_unknown_field_is_refused_by_name(station: Context, register: Register) -> None:
    with pytest.raises(Refused) as refused:
        add(station, register.key, [{**build(register.key), "no_such_field": 1}])
    assert [p.field for p in refused.value.problems if p.code == "E101"] == ["no_such_field"]


@every_register
def test_each_required_field_is_asked_for(station: Context, register: Register) -> None:
    with pytest.raises(Refused) as refused:
        add(station, register.key, [{}])
    told = {problem.field for problem in refused.value.problems}
    required = {
        name
        for name, field in fields_of(register.entity).items()
        if field.required and field.default is None and not field.derived
    }
    assert told & required or not required


@every_register
def test_its_description_is_whole(station: Context, register: Register) -> None:
    fields = fields_of(register.entity)
    columns = set(fields) | {"created_at"}
    assert register.entity.__tablename__ == register.key
    assert set(register.list_columns) <= columns
    assert register.day in columns
    for group in register.unique:
        assert set(group) <= columns
    if register.state_codes:
        states = {entry.code for entry in station.codes[register.state_codes].choices(None)}
        assert register.initial_state in states
        for verb in register.verbs:
            assert {str(state) for state in verb.from_states} <= states
            assert verb.to_state is None or str(verb.to_state) in states
    for verb in register.verbs:
        for field in verb.params:
            assert field.codes is None or field.codes in station.codes


def test_every_child_hangs_below_a_record_by_a_name_of_its_own() -> None:
    tables = {kind.__tablename__ for kind in entities()}
    for kind in entities():
        names = [child.__field__ for child in children_of(kind.__tablename__)]
        assert len(set(names)) == len(names)
        assert not set(names) & set(fields_of(kind))
        if issubclass(kind, Child):
            assert kind.__parent__ in tables


def test_every_reference_points_to_an_entity_and_every_code_to_a_list(station: Context) -> None:
    tables = {kind.__tablename__ for kind in entities()}
    for kind in entities():
        for field in fields_of(kind).values():
            if field.kind in (Kind.REFERENCE, Kind.REFERENCES):
                assert field.ref in tables, (kind.__tablename__, field.name)
            if field.kind in (Kind.CODE, Kind.CODES):
                assert field.codes in station.codes, (kind.__tablename__, field.name)


def test_states_named_by_required_in_exist(station: Context) -> None:
    by_entity = {register.entity: register for register in REGISTERS}
    for kind, register in by_entity.items():
        known = (
            {entry.code for entry in station.codes[register.state_codes].choices(None)}
            if register.state_codes
            else set()
        )
        for field in fields_of(kind).values():
            assert {str(state) for state in field.required_in} <= known, (register.key, field.name)


def test_every_table_is_reachable_in_one_ledger(station: Context) -> None:
    with station.ledger.reading() as conn:
        stored = set(sa.inspect(conn).get_table_names())
    assert {kind.__tablename__ for kind in entities()} <= stored


@every_register
def test_a_record_that_says_nothing_has_a_line_to_be_shown_by(station: Context, register: Register) -> None:
    """What is 不详 is no value: neither a fault nor the word None stands where a person reads."""
    children = {child.__field__: [] for child in children_of(register.entity.__tablename__)}
    row = {**dict.fromkeys(table_of(register.entity).c.keys()), **children}
    assert "None" not in register.title(row)
    assert "None" not in register.subtitle(row, station.codes)
