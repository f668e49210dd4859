"""The registers themselves: fields, children, verbs, code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.command import Answer, Call, Command, Grid, arg
from app.registers import REGISTERS, register_named
from models.codes import load_codebook
from models.fields import Field, fields_of
from models.records import Journaled, children_of

if TYPE_CHECKING:
    from app.register import Register, Verb

KINDS = {
    "text": "文字", "long_text": "长文字", "integer": "整数", "decimal": "小数", "money": "金额（分）",
    "date": "日期", "partial_date": "日期（可不全）", "datetime": "日期时间", "yes_no": "是否",
    "code": "选项", "codes": "多选", "texts": "多条文字", "reference": "记录", "references": "多条记录",
    "file": "附件",
}  # fmt: skip


def run(call: Call) -> Answer:
    """Describe all registers, or one of them in full."""
    key = call.args.register
    if key is None:
        rows = [(one.key, one.label, len(fields_of(one.entity)), _child_names(one)) for one in REGISTERS]
        grid = Grid(("名称", "登记簿", "字段数", "子表"), rows)
        return Answer([described(one) for one in REGISTERS], (grid, "ybz registers 名称：查看字段。"))
    register = register_named(key)
    return Answer([described(register)], tuple(_pages(register)))


def described(register: Register) -> dict[str, Any]:
    """Give a register as data: fields, children at any depth, verbs, and the code lists they use."""
    lists: dict[str, None] = {}
    data: dict[str, Any] = {
        "key": register.key,
        "label": register.label,
        "slice": register.slice,
        "day": register.day,
        "initial_state": register.initial_state,
        "fields": _fields(register.entity, lists),
        "children": _children(register.entity, lists),
        "verbs": [described_verb(verb) for verb in register.verbs],
    }
    book = load_codebook()
    data["code_lists"] = {
        name: {item.code: item.label for item in book[name]} for name in lists if name in book
    }
    return data


def described_verb(verb: Verb) -> dict[str, Any]:
    """Give a verb as data."""
    return {
        "verb": verb.name,
        "label": verb.label,
        "from": list(verb.from_states),
        "to": verb.to_state,
        "params": [described_field(field) for field in verb.params],
        "basis": verb.basis,
    }


def described_field(field: Field) -> dict[str, Any]:
    """Give a field as data."""
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "required_in": list(field.required_in),
        "codes": field.codes,
        "unit": field.unit,
        "scale": field.scale,
        "ref": field.ref,
        "default": field.default,
        "derived": field.derived,
        "sensitivity": field.sensitivity.value,
        "help": field.help,
    }


def _fields(entity: type[Journaled], lists: dict[str, None]) -> list[dict[str, Any]]:
    fields = fields_of(entity).values()
    lists.update(dict.fromkeys(field.codes for field in fields if field.codes))
    return [described_field(field) for field in fields]


def _children(entity: type[Journaled], lists: dict[str, None]) -> list[dict[str, Any]]:
    return [
        {
            "key": child.__tablename__,
            "label": child.__label__,
            "field": child.__field__,
            "fields": _fields(child, lists),
            "children": _children(child, lists),
        }
        for child in children_of(entity.__tablename__)
    ]


def _child_names(register: Register) -> str:
    return "、".join(child.__field__ for child in children_of(register.entity.__tablename__))


def _pages(register: Register) -> list[str | Grid]:
    pages: list[str | Grid] = [f"{register.label}（{register.key}）"]
    for name, entity in _levels(register.entity, ""):
        rows = [
            (f.name, f.label, KINDS[f.kind.value], f.codes or f.ref or "", _demand(f), f.help)
            for f in fields_of(entity).values()
        ]
        title = f"子表 {name}：{entity.__label__}" if name else ""
        pages.append(Grid(("字段", "名称", "类型", "代码表/登记簿", "要求", "说明"), rows, title))
    return pages


def _levels(entity: type[Journaled], path: str) -> list[tuple[str, type[Journaled]]]:
    found = [(path, entity)]
    for child in children_of(entity.__tablename__):
        found += _levels(child, f"{path}.{child.__field__}" if path else child.__field__)
    return found


def _demand(field: Field) -> str:
    if field.derived:
        return "自动"
    if field.required:
        return "必填"
    return "视状态必填" if field.required_in else ""


COMMANDS = (
    Command(
        "registers", "列出全部登记簿，或一本登记簿的字段。", run,
        (arg("register", nargs="?", metavar="登记簿", help="登记簿名称，例如 person"),),
    ),
)  # fmt: skip
