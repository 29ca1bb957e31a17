"""Options and markers of the gate, found in the text of files that are not run.

A script is searched, not understood: an option that stands in a comment is found as well.  That is
told too often rather than too seldom.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pytest_specbudget.comparisons.selecting import digest_of
from pytest_specbudget.core.python_source import NO_PYTHON, tree_of
from pytest_specbudget.settings.asked import DISABLE
from pytest_specbudget.settings.table import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    _Found = tuple[str, str, str]

__all__ = ["OWNER", "hooks_in", "limits_in_markers", "options_in"]

OWNER = "spec"
"""What it is called here to which SPEC a marker gives a test, and so to which ceilings."""

_MARKER = ".spec"

_OPTION = re.compile(
    r"(?:--spec-(?P<option>[a-z][a-z-]*)|SPECBUDGET_(?P<variable>[A-Z_]+)[\"'\])]*\s*[:=,])"
    r"[=\s]*[\"']?(?P<value>[^\s\"'`,;\])}\\]*)"
)
_OFF = re.compile(r"\bno:(?:specbudget|pytest_specbudget[\w.]*)|\bPYTEST_DISABLE_PLUGIN_AUTOLOAD\b")
"""What leaves the plugin out of a run altogether."""

_BY_NAME = {option.key.replace("_", "-"): option for option in OPTIONS}
_LIMITS = frozenset(
    (
        *("budget", "max_calls", "max_regression", "allow_tiers"),
        *("min_quality", "min_agreement", "min_pass_rate"),
    )
)
_LONGEST = 1 << 20

_HOOKS = frozenset(
    f"pytest_specbudget_{one}"
    for one in ("gates", "readers", "prices", "validators", "metrics", "native")
)
"""Hooks of ours by whose answers a run is counted, priced or judged."""


def options_in(name: str, text: str) -> Iterator[_Found]:
    """Yield the options and variables of ours in a file: the place, the setting, its value."""
    for found in _OPTION.finditer(text[:_LONGEST]):
        word = found["option"] or found["variable"].lower().replace("_", "-")
        option = _BY_NAME.get(word)
        if f"SPECBUDGET_{found['variable']}" == DISABLE:
            yield f"{name}::options", DISABLE, found["value"]
        elif option is not None:
            yield f"{name}::options", option.key, "on" if option.flag else found["value"]
    for off in sorted({found[0] for found in _OFF.finditer(text[:_LONGEST])}):
        yield f"{name}::options", "plugin", f"off by {off}"


def limits_in_markers(name: str, text: str) -> Iterator[_Found]:
    """Yield what the markers of a Python file say: the test, the limit or `spec`, its value."""
    if not name.endswith(".py") or "mark" not in text:
        return
    try:
        for node in ast.walk(tree_of(text[:_LONGEST])):
            place = f"{name}::{getattr(node, 'name', 'pytestmark')}"
            for mark in _marks(node):
                for limit in (one for one in mark.keywords if one.arg in _LIMITS):
                    yield place, str(limit.arg), _written(limit.value)
                if mark.args and ast.unparse(mark.func).endswith(_MARKER):
                    yield place, OWNER, _written(mark.args[0])
    except NO_PYTHON:
        return  # a file that is no Python marks nothing


def hooks_in(name: str, text: str) -> Iterator[_Found]:
    """Yield the hooks of ours that a Python file defines: the place, the hook, a digest of it."""
    if not name.endswith(".py") or not any(hook in text for hook in _HOOKS):
        return
    try:
        for node in ast.walk(tree_of(text[:_LONGEST])):
            if isinstance(node, ast.FunctionDef) and node.name in _HOOKS:
                yield f"{name}::{node.name}", node.name, digest_of(node)
    except NO_PYTHON:
        return  # a file that is no Python defines nothing


def _marks(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the markers with arguments that stand at a test, a class or a module."""
    marks: list[ast.expr] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        marks = node.decorator_list
    elif isinstance(node, ast.Assign) and _sets_marks(node):
        marks = [node.value]
    for mark in marks:
        for call in ast.walk(mark):
            if isinstance(call, ast.Call) and "mark" in ast.unparse(call.func).split("."):
                yield call


def _written(value: ast.expr) -> str:
    return ast.unparse(value).strip("\"'")


def _sets_marks(node: ast.Assign) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "pytestmark" for one in node.targets)
