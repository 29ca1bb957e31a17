"""The line where the marker of a class or a module is written, which pytest does not keep.

It is read from the source, only for a marker that limits something, and nothing of it is run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.python_source import NO_PYTHON, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

__all__ = ["line_of"]

_MARKS = "pytestmark"


def line_of(node: Any, mark: pytest.Mark) -> int | None:
    """Return the line, from 1, where *node* is given *mark*; None where it is not written there.

    A class may inherit it, and a hook may add it.
    """
    try:
        tree = tree_of(node.path.read_bytes())
    except (OSError, *NO_PYTHON):
        return None
    scope = _inside(tree, node.nodeid.split("::")[1:])
    written = [] if scope is None else [*_given(scope)]
    calls = (one for each in written for one in ast.walk(each) if isinstance(one, ast.Call))
    return next((one.lineno for one in calls if _makes(one, mark)), None)


def _inside(tree: ast.AST, names: Sequence[str]) -> ast.AST | None:
    """Return the class that *names* lead to, from the outermost one."""
    for name in names:
        classes = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
        found = next((one for one in classes if one.name == name), None)
        if found is None:
            return None
        tree = found
    return tree


def _given(scope: ast.AST) -> Iterator[ast.expr]:
    """Yield what decorates *scope*, and what its `pytestmark` is."""
    yield from getattr(scope, "decorator_list", ())
    for statement in getattr(scope, "body", ()):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
            if any(isinstance(one, ast.Name) and one.id == _MARKS for one in targets):
                yield statement.value


def _makes(call: ast.Call, mark: pytest.Mark) -> bool:
    """Whether *call* makes *mark*: by its name, with the same SPEC as far as that is written."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != mark.name:
        return False
    first = call.args[0] if call.args else None
    return not isinstance(first, ast.Constant) or first.value in mark.args
