"""House rules a machine can check: sizes, file names, hidden state, printing, broad except."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture.sources import Source, product_sources, python_sources

FUNCTION_LINES = 55
FILE_LINES = 450
CLASS_LINES = 250
NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "common",
    "base",
    "misc",
}
MAKES_MUTABLE = {"dict", "list", "set", "bytearray", "defaultdict", "OrderedDict", "Counter", "deque"}
MUTATES = {
    "append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add",
    "discard", "sort", "reverse", "appendleft", "extendleft", "popleft",
}  # fmt: skip
# Where a person's screen is the standard output.
MAY_PRINT = ("app/cli/", "app/tour.py")
# The two boundaries behind which nothing may escape: the outermost call and the job thread.
MAY_CATCH_ALL = {"app/__main__.py", "ui/jobs.py"}

Check = Callable[[Source], Iterator[str]]


def too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > FILE_LINES:
        yield f"{source.path}: {lines} lines"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit = FUNCTION_LINES
        elif isinstance(node, ast.ClassDef):
            limit = CLASS_LINES
        else:
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > limit:
            yield f"{source.path}:{node.lineno} {node.name}: {length} lines"


def says_nothing(source: Source) -> Iterator[str]:
    path = PurePosixPath(source.path)
    for part in (*path.parts[:-1], path.stem):
        if part.strip("_") in NAMES_THAT_SAY_NOTHING:
            yield f"{source.path}: {part}"


def _makes_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
        return True
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in MAKES_MUTABLE
    return False


def _is_constant(name: str) -> bool:
    return name.isupper() or (name.startswith("__") and name.endswith("__"))


def _constant_name(node: ast.expr) -> str | None:
    """Give the constant a changed expression stands on: ``X`` in ``X[k]`` and ``codes.X[k]``."""
    if isinstance(node, ast.Subscript):
        return _constant_name(node.value)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name if name.isupper() else None


def _module_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For):
            yield from _module_statements(node.body)


def _changed(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        yield from (target for target in node.targets if isinstance(target, ast.Subscript))
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        yield node.target
    elif isinstance(node, ast.Delete):
        yield from (target for target in node.targets if isinstance(target, ast.Subscript))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATES:
        yield node.func.value


def keeps_state(source: Source) -> Iterator[str]:
    for node in _module_statements(source.tree.body):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(target, ast.Name) and _makes_mutable(value) and not _is_constant(target.id):
                yield f"{source.path}:{node.lineno} {target.id} is changeable and belongs to the module"
    for inner in ast.walk(source.tree):
        if isinstance(inner, ast.Global):
            yield f"{source.path}:{inner.lineno} global {', '.join(inner.names)}"
        for expression in _changed(inner):
            if name := _constant_name(expression):
                yield f"{source.path}:{expression.lineno} {name} is a constant and is changed"


def _to_screen(call: ast.Call) -> bool:
    """Say whether a print goes to the screen; one into a stream of its own is plain writing."""
    target = next((keyword.value for keyword in call.keywords if keyword.arg == "file"), None)
    return target is None or (isinstance(target, ast.Attribute) and target.attr in {"stdout", "stderr"})


def prints(source: Source) -> Iterator[str]:
    if source.path.startswith(MAY_PRINT):
        return
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in {"print", "pprint"} and _to_screen(node):
            yield f"{source.path}:{node.lineno} prints"


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in kinds
    )


def catches_all(source: Source) -> Iterator[str]:
    """Find handlers of every error; one that cleans up and ends in a bare ``raise`` hides nothing."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler) or not _catches_all(node):
            continue
        last = node.body[-1]
        if not (isinstance(last, ast.Raise) and last.exc is None):
            yield f"{source.path}:{node.lineno} catches every error"


def _of_all(check: Check, sources: tuple[Source, ...]) -> list[str]:
    return [finding for source in sources for finding in check(source)]


def test_functions_classes_and_files_stay_within_their_hard_limits() -> None:
    assert _of_all(too_long, python_sources()) == []


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    assert _of_all(says_nothing, python_sources()) == []


def test_no_module_keeps_changeable_state() -> None:
    assert _of_all(keeps_state, product_sources()) == []


def test_only_the_command_line_prints() -> None:
    assert _of_all(prints, product_sources()) == []


def test_every_error_is_caught_only_at_the_two_boundaries() -> None:
    sources = product_sources()
    assert _of_all(catches_all, tuple(s for s in sources if s.path not in MAY_CATCH_ALL)) == []
    for source in sources:
        if source.path in MAY_CATCH_ALL:
            assert len(list(catches_all(source))) <= 1, source.path


BODY = "    x = 1\n"


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (too_long, "def f():\n" + BODY * 55, "def f():\n" + BODY * 54),
        (too_long, "class A:\n" + BODY * 250, "class A:\n" + BODY * 249),
        (too_long, "x = 1\n" * 451, "x = 1\n" * 450),
        (keeps_state, "seen = {}\n", "SEEN = {}\n"),
        (keeps_state, "seen: list[int] = []\n", "seen: tuple[int, ...] = ()\n"),
        (keeps_state, "if True:\n    seen = set()\n", "def f():\n    seen = set()\n    seen.add(1)\n"),
        (keeps_state, "_seen = defaultdict(list)\n", "__all__ = ['f']\n"),
        (
            keeps_state,
            "SEEN = {}\ndef f():\n    SEEN['a'] = 1\n",
            "SEEN = {}\ndef f():\n    return SEEN['a']\n",
        ),
        (keeps_state, "def f():\n    codes.SEEN.append(1)\n", "def f():\n    codes.seen.append(1)\n"),
        (keeps_state, "def f():\n    del SEEN['a']\n", "def f(seen):\n    del seen['a']\n"),
        (keeps_state, "def f():\n    global x\n    x = 1\n", "def f():\n    x = 1\n"),
        (prints, "def f():\n    print('x')\n", "def f(out):\n    out.print('x')\n"),
        (prints, "import sys\nprint('x', file=sys.stderr)\n", "def f(out):\n    print('x', file=out)\n"),
        (
            catches_all,
            "try:\n    f()\nexcept Exception:\n    g()\n",
            "try:\n    f()\nexcept OSError:\n    g()\n",
        ),
        (
            catches_all,
            "try:\n    f()\nexcept:\n    g()\n",
            "try:\n    f()\nexcept BaseException:\n    g()\n    raise\n",
        ),
        (
            catches_all,
            "try:\n    f()\nexcept (OSError, Exception) as e:\n    raise A from e\n",
            "try:\n    f()\nexcept (OSError, ValueError) as e:\n    raise A from e\n",
        ),
    ],
)
def test_each_check_finds_a_bad_sample_and_passes_a_good_one(check: Check, bad: str, good: str) -> None:
    assert len(list(check(Source("models/sample.py", bad)))) == 1
    assert list(check(Source("models/sample.py", good))) == []


@pytest.mark.parametrize(
    "path", ["app/utils.py", "app/helpers/x.py", "ui/common/__init__.py", "models/_base.py"]
)
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert len(list(says_nothing(Source(path, "")))) == 1
    assert list(says_nothing(Source("app/database.py", ""))) == []


def test_the_command_line_may_print_and_nothing_beside_it() -> None:
    printing = "print('x')\n"
    assert list(prints(Source("app/cli/show.py", printing))) == []
    assert list(prints(Source("app/client.py", printing))) != []
