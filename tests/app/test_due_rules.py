"""Every shipped rule: the day it gives, what ends it, and that it never passes a default off as law."""

from __future__ import annotations

import pytest

from app.context import Context
from app.due import DueItem, due, mark, shipped_rules
from app.registers import registers_by_key
from app.settings import described_settings
from models.records import table_of
from tests.app.due_rows import GOLDEN, Golden, on_day, put

SUBMISSION = "submission"
BY_MARK_ALONE = "dispute_analysis"


def item_of(ctx: Context, golden: Golden) -> DueItem | None:
    now = on_day(ctx, golden.today, **golden.settings)
    found = [
        item
        for item in due(now, until=golden.until)
        if item.rule == golden.rule and item.id.endswith(golden.subject)
    ]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.rule)
def test_a_rule_gives_the_day_the_article_gives_and_ends_when_it_is_met(
    station: Context, golden: Golden
) -> None:
    put(station, golden.rows)
    item = item_of(station, golden)
    assert item is not None
    assert (item.due_strict, item.due_legal) == (golden.strict, golden.due_legal)
    assert golden.says in f"{item.title}{item.explains}"
    if golden.ends:
        put(station, golden.ends)
        assert item_of(station, golden) is None


def test_every_shipped_rule_has_its_golden_case() -> None:
    assert {golden.rule for golden in GOLDEN} | {BY_MARK_ALONE} == {rule.id for rule in shipped_rules()}


def test_the_monthly_analysis_is_ended_by_a_mark(station: Context) -> None:
    (item,) = (one for one in due(station) if one.rule == BY_MARK_ALONE)
    assert item.due_legal == "2026-11-30"
    mark(station, item.id, "done", "11月20日召开研判会，纪要存卷")
    assert [one for one in due(station) if one.rule == BY_MARK_ALONE] == []
    december = on_day(station, "2026-12-28")
    assert [one.due_legal for one in due(december) if one.rule == BY_MARK_ALONE] == ["2026-12-31"]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.rule)
def test_an_item_says_where_its_number_is_from(station: Context, golden: Golden) -> None:
    put(station, golden.rows)
    item = item_of(station, golden)
    assert item is not None
    sentence = item.explains
    assert item.basis in sentence
    assert sentence.endswith("。")
    assert sentence.count("。") == 1
    assert "{" not in sentence
    assert "None" not in sentence
    assert ("法定期限" in sentence) == (item.number_basis == "law")
    assert ("建议期限（默认）" in sentence) == (item.number_basis == "default")


def test_rules_cite_a_basis_and_can_be_done_in_place() -> None:
    registers = registers_by_key()
    for rule in shipped_rules():
        assert rule.basis
        assert rule.number_basis in ("law", "local", "default")
        assert rule.severity in (1, 2, 3)
        if rule.number_basis == "law":
            assert "法" in rule.basis or "令" in rule.basis
        if rule.number_from:
            assert rule.number_from in described_settings()
        if rule.register == SUBMISSION:
            continue
        register = registers[rule.register]
        assert {verb for verb in rule.verbs if verb not in ("set", "add")} <= set(register.verb), rule.id
        assert rule.source == "" or rule.source in table_of(register.entity).metadata.tables


def test_a_default_is_never_worded_as_law() -> None:
    for rule in shipped_rules():
        if rule.number_basis == "default":
            assert "法定" not in f"{rule.label}{rule.fact}{rule.number_words}{rule.basis}"
            assert rule.rolls is False, f"{rule.id}: a default does not move off a holiday"
