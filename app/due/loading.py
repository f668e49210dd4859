"""Reading the rules of every slice, and what this ledger changes in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from app.due.spec import (
    NUMBER_BASES,
    OFFSET_UNITS,
    SEVERITY_WORDS,
    WINDOW_UNITS,
    Evidence,
    Offset,
    Repeat,
    Rule,
    RuleError,
)
from app.due.words import BASIS_WORDS, number_phrase
from app.settings import change_setting, described_settings

if TYPE_CHECKING:
    from app.context import Context
    from app.settings import Settings

OVERRIDES = "rule_overrides"
_OVERRIDABLE = {"n", "unit", "off"}


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Give the rules that come with the program, in the order of their files."""
    found: list[Rule] = []
    for item in sorted(files("resources").joinpath("rules").iterdir(), key=lambda one: one.name):
        if item.name.endswith(".toml"):
            data = tomllib.loads(item.read_text(encoding="utf-8"))
            found += [read_rule(one, item.name.removesuffix(".toml")) for one in data["rule"]]
    if len({rule.id for rule in found}) != len(found):
        raise ValueError("two rules have the same id")
    return tuple(found)


def read_rule(data: Mapping[str, Any], slice_name: str = "") -> Rule:
    """Make a rule of its table; ValueError for what no rule can be."""
    given = dict(data)
    if "offset" in given:
        given["offset"] = Offset(**given["offset"])
    if "repeat" in given:
        repeat = dict(given["repeat"])
        if "by" in repeat:
            repeat["by"] = Evidence(**repeat["by"])
        given["repeat"] = Repeat(**repeat)
    for name in ("satisfied", "unless"):
        given[name] = tuple(Evidence(**one) for one in given.get(name, ()))
    for name in ("remind", "verbs", "roles"):
        if name in given:
            given[name] = tuple(given[name])
    unknown = set(given) - {one.name for one in fields(Rule)}
    if unknown:
        raise ValueError(f"rule {data.get('id')}: unknown keys {sorted(unknown)}")
    rule = Rule(**given, slice=slice_name)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if rule.number_basis not in NUMBER_BASES or rule.severity not in SEVERITY_WORDS:
        raise ValueError(f"rule {rule.id}: number_basis or severity is not one of the known")
    if rule.offset is not None and rule.offset.unit not in OFFSET_UNITS:
        raise ValueError(f"rule {rule.id}: unknown unit {rule.offset.unit}")
    if rule.repeat is not None and rule.repeat.every and rule.repeat.every not in WINDOW_UNITS:
        raise ValueError(f"rule {rule.id}: unknown window {rule.repeat.every}")
    counted = rule.offset or rule.due or rule.repeat or rule.function
    if not (rule.basis and counted and (rule.source or rule.per or rule.function)):
        raise ValueError(f"rule {rule.id}: basis, source or the count is missing")


def rules_in_force(settings: Settings) -> tuple[Rule, ...]:
    """Give the rules as this ledger has them: switched off or on, numbers set locally, settings applied."""
    overrides: Mapping[str, Any] = settings.get(OVERRIDES) or {}
    known = {rule.id for rule in shipped_rules()}
    unknown = sorted(set(overrides) - known)
    if unknown:
        raise RuleError(f"设置“期限规则的本地改动”中没有名为“{unknown[0]}”的规则，请核对后改正。")
    return tuple(_in_force(settings, overrides))


def _in_force(settings: Settings, overrides: Mapping[str, Any]) -> Iterator[Rule]:
    for shipped in shipped_rules():
        rule = changed(shipped, overrides.get(shipped.id, {}))
        if rule.enabled and (not rule.setting or settings.get(rule.setting)):
            yield _with_setting(rule, settings)


def changed(rule: Rule, override: Mapping[str, Any]) -> Rule:
    """Give a rule with its local change; the number is local then and the shipped one stays told.

    `RuleError` when the change cannot be used: a statutory number may be shortened, not lengthened.
    """
    if not isinstance(override, Mapping) or set(override) - _OVERRIDABLE:
        raise RuleError(f"规则“{rule.label}”的本地改动只能写 n（数字）、unit（单位）和 off（停用）。")
    if isinstance(override.get("off"), bool):
        rule = _switched(rule, off=override["off"])
    if "n" not in override and "unit" not in override:
        return rule
    shipped = f"{number_phrase(rule)}，{BASIS_WORDS[rule.number_basis]}"
    return replace(_renumbered(rule, override), number_basis="local", shipped=shipped)


def _switched(rule: Rule, *, off: bool) -> Rule:
    if off and rule.severity == 1:
        raise RuleError(f"“{rule.label}”不能停用；个别不适用的，请在事项上注明理由。")
    return replace(rule, enabled=not off)


def _renumbered(rule: Rule, override: Mapping[str, Any]) -> Rule:
    n = override.get("n")
    if n is not None and (not isinstance(n, int) or isinstance(n, bool) or n < 0):
        raise RuleError(f"规则“{rule.label}”的 n 应为不小于 0 的整数。")
    unit = override.get("unit")
    if rule.repeat is not None:
        return replace(rule, repeat=_repeat(rule, rule.repeat, n, unit))
    if rule.offset is None or rule.number_from:
        raise RuleError(f"“{rule.label}”的日期取自登记或其他设置，不能在这里改。")
    shipped = rule.offset
    offset = Offset(_signed(n, shipped), _known(rule, unit or shipped.unit, OFFSET_UNITS))
    lengthened = offset.unit != shipped.unit or abs(offset.n) > abs(shipped.n)
    if rule.number_basis == "law" and lengthened:
        raise RuleError(
            f"“{rule.label}”是法定期限（{number_phrase(rule)}），本地只能改短，不能改长或改单位。"
        )
    return replace(rule, offset=offset)


def _signed(n: int | None, shipped: Offset) -> int:
    if n is None:
        return shipped.n
    return -n if shipped.n < 0 else n


def _repeat(rule: Rule, repeat: Repeat, n: int | None, unit: str | None) -> Repeat:
    if n == 0:
        raise RuleError(f"规则“{rule.label}”的 n 应不小于 1。")
    if repeat.every:
        every = _known(rule, unit or repeat.every, WINDOW_UNITS)
        return replace(repeat, every=every, times=n or repeat.times)
    unit = _known(rule, unit or repeat.unit, ("day", "workday", "month", "year"))
    return replace(repeat, n=n or repeat.n, unit=unit)


def _known(rule: Rule, unit: str, units: tuple[str, ...]) -> str:
    if unit not in units:
        raise RuleError(f"规则“{rule.label}”的单位“{unit}”不能用，可用：{'、'.join(units)}。")
    return unit


def _with_setting(rule: Rule, settings: Settings) -> Rule:
    """Call the number local when the setting it comes from was changed by this ledger."""
    if rule.number_from:
        value = settings.get(rule.number_from)
        if value != described_settings()[rule.number_from]["default"]:
            return replace(rule, number_basis="local")
    return rule


def rule_named(name: str) -> Rule:
    """Find a shipped rule by its id or label; `RuleError` otherwise."""
    found = next((rule for rule in shipped_rules() if name in (rule.id, rule.label)), None)
    if found is None:
        raise RuleError(f"没有名为“{name}”的期限规则。")
    return found


def override_rule(
    ctx: Context, name: str, *, n: int | None = None, unit: str | None = None, off: bool | None = None
) -> Rule:
    """Set a rule's number, unit or switch for this ledger; without any of them take the change back.

    Gives the rule as it is then (a fresh context sees it). `RuleError` when the change cannot be used.
    """
    rule = rule_named(name)
    given = {key: value for key, value in (("n", n), ("unit", unit), ("off", off)) if value is not None}
    after = changed(rule, given)
    kept = {key: value for key, value in (ctx.settings.get(OVERRIDES) or {}).items() if key != rule.id}
    change_setting(ctx, OVERRIDES, {**kept, rule.id: given} if given else kept)
    return after
