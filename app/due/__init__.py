"""Deadlines: computed from facts and rules, explained, never stored."""

from __future__ import annotations

from app.due.board import due, find_item, mark
from app.due.loading import override_rule, rules_in_force, shipped_rules
from app.due.marks import MarkRefused, UnknownItem, unmark
from app.due.spec import DueItem, Rule, RuleError
from models.due import MarkKind

__all__ = [
    "DueItem",
    "MarkKind",
    "MarkRefused",
    "Rule",
    "RuleError",
    "UnknownItem",
    "due",
    "find_item",
    "mark",
    "override_rule",
    "rules_in_force",
    "shipped_rules",
    "unmark",
]
