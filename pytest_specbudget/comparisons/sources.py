"""What a module of tests says of its tests: their code, what it uses, and what may skip them.

A source is read and never run, so what it computes is not seen: a name that a string holds, or a
fixture that another package brings.  Two versions of a module are compared by what is said here;
comments and layout make no difference.
"""

from __future__ import annotations

import ast
import hashlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.python_source import NO_PYTHON, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Outline", "outline_of"]

_SEPARATOR = "::"
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_STOPPING = frozenset(
    (
        *("skip", "skipif", "xfail", "importorskip", "allow_module_level", "Skipped"),
        *("skipIf", "skipUnless", "skipTest", "SkipTest", "__unittest_skip__"),
        *("__test__", "pytestmark", "autouse"),
    )
)
"""What stops a test, or a module of them, before its body is through.

Source: pytest 9, "How to use skip and xfail", "Changing standard test discovery"; unittest,
"Skipping tests and expected failures"; from memory, and tried 2026-11-23.
"""

_PLAIN = (str, bytes, int, float, complex)
_HOOK = "pytest_"
_TOLD = frozenset(("collect_ignore", "collect_ignore_glob"))
"""What a module tells pytest beside its hooks and `pytest_plugins`, which begin alike."""


@dataclass(slots=True)
class _Scope:
    """A module or a class: what it defines itself, by name, and what in it may skip tests."""

    defined: dict[str, list[ast.AST]] = field(default_factory=dict)
    stops: list[ast.AST] = field(default_factory=list)

    def define(self, name: str, node: ast.AST) -> None:
        self.defined.setdefault(name, []).append(node)


class Outline:
    """A module, by its syntax alone."""

    def __init__(self, tree: ast.Module) -> None:
        """Look at what *tree* defines."""
        self._scopes: dict[str, _Scope] = {}
        self._hear(tree.body, "")

    @property
    def module(self) -> _Scope:
        """What stands in no class."""
        return self._scopes[""]

    def has(self, test: str) -> bool:
        """Tell whether a function or class of that name, `TestPlan::test_first`, stands here."""
        owner, _, name = test.rpartition(_SEPARATOR)
        return owner in self._scopes and name in self._scopes[owner].defined

    def stops(self, test: str) -> str:
        """Return what tells apart whatever may skip *test* from around it, in this module."""
        scopes = [*self._around(test)]
        return _digest(_used([stop for scope in scopes for stop in scope.stops], scopes))

    @property
    def all_stops(self) -> str:
        """The same of all that the module holds; what a test says itself is not told."""
        stops = [stop for _, scope in sorted(self._scopes.items()) for stop in scope.stops]
        return _digest(_used(stops, [self.module]))

    @property
    def hooks(self) -> str:
        """Return what tells apart what the module tells pytest: hooks, plugins, what to ignore."""
        told = [
            node
            for _, scope in sorted(self._scopes.items())
            for name, nodes in sorted(scope.defined.items())
            if name.startswith(_HOOK) or name in _TOLD
            for node in nodes
        ]
        return _digest(_used(told, [self.module]))

    def code(self, test: str, above: Sequence[Outline] = ()) -> str:
        """Return what tells the code of *test* apart from other code.

        That is its own, the heads of its classes, and what the module, or one *above* it, defines
        of what they name: functions, fixtures, constants; and what these name in turn.
        """
        scopes = [*self._around(test), *(one.module for one in above)]
        return _digest(_used([*self._own(test)], scopes))

    def _own(self, test: str) -> Iterator[ast.AST]:
        """Yield the function of *test*, and what stands at the heads of the classes around it."""
        *owners, name = test.split(_SEPARATOR)
        for depth, owner in enumerate(owners):
            for node in self._defined(owners[:depth], owner):
                yield from _head(node)
        yield from self._defined(owners, name)

    def _defined(self, owners: Sequence[str], name: str) -> list[ast.AST]:
        scope = self._scopes.get(_SEPARATOR.join(owners))
        return [] if scope is None else scope.defined.get(name, [])

    def _around(self, test: str) -> Iterator[_Scope]:
        """Yield the classes that *test* lies in, and the module, from the inside."""
        owners = test.split(_SEPARATOR)[:-1]
        for depth in range(len(owners), -1, -1):
            scope = self._scopes.get(_SEPARATOR.join(owners[:depth]))
            if scope is not None:
                yield scope

    def _hear(self, body: Iterable[ast.stmt], owner: str) -> None:
        scope = self._scopes.setdefault(owner, _Scope())
        for node in body:
            if isinstance(node, ast.ClassDef):
                scope.define(node.name, node)
                self._hear(node.body, f"{owner}{_SEPARATOR}{node.name}".removeprefix(_SEPARATOR))
            elif isinstance(node, _FUNCTIONS):
                for name in _names_of(node):
                    scope.define(name, node)
                scope.stops += [node] if _may_stop(node) and not _is_test(node) else []
            else:
                self._hear_statement(node, owner, scope)

    def _hear_statement(self, node: ast.stmt, owner: str, scope: _Scope) -> None:
        blocks = [*_blocks(node)]
        for name, bound in () if blocks else _names_bound(node):
            scope.define(name, bound)
        if blocks and (_may_stop(node) or any(isinstance(one, _DEFINES) for one in blocks)):
            scope.stops += _conditions(node)
        elif _may_stop(node):
            scope.stops.append(node)
        self._hear(blocks, owner)


def outline_of(source: str | None) -> Outline | None:
    """Return the outline of a module; None where there is none, or it is no Python."""
    try:
        return None if source is None else Outline(tree_of(source))
    except NO_PYTHON:
        return None


def _used(first: list[ast.AST], scopes: Sequence[_Scope]) -> Iterator[str]:
    """Yield *first*, and whatever it names that *scopes*, the innermost first, define."""
    waiting, seen, told = deque(first), set[str](), set[int]()
    while waiting:
        node = waiting.popleft()
        if id(node) in told:
            continue
        told.add(id(node))
        yield _dumped(node)
        for name in sorted(_named(node) - seen):
            seen.add(name)
            waiting += next((one.defined[name] for one in scopes if name in one.defined), [])


def _dumped(node: ast.AST) -> str:
    """Write *node* such that no two that differ are alike; less exactly where it is very deep."""
    try:
        return ast.dump(node)
    except RecursionError:
        return " ".join(map(_shallow, ast.walk(node)))


def _shallow(node: ast.AST) -> str:
    plain = {name: one for name, one in ast.iter_fields(node) if isinstance(one, _PLAIN)}
    return f"{type(node).__name__} {plain}"


def _head(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a class says of all its tests, without what of it may skip some."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *node.keywords)
        yield from (one for one in node.body if _is_set_up(one))


def _is_set_up(node: ast.stmt) -> bool:
    """Tell whether a class does that before each of its tests: `setup_method`, `setUp`, ..."""
    return isinstance(node, _FUNCTIONS) and node.name.lower().startswith("setup")


def _is_test(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name.startswith("test")


def _names_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return what a function is called; a fixture may have another name."""
    calls = (one for one in node.decorator_list if isinstance(one, ast.Call))
    words = (one for call in calls for one in call.keywords if one.arg == "name")
    given = (one.value.value for one in words if isinstance(one.value, ast.Constant))
    return {node.name, *map(str, given)}


def _named(node: ast.AST) -> set[str]:
    """Return the names that *node* uses: of what is around it, and of fixtures."""
    names: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            names.add(one.id)
        elif isinstance(one, ast.arg):
            names.add(one.arg)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            names.add(one.value)
    return names


def _names_bound(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that a statement binds, each with what tells to what."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        for one in node.names:
            alone: ast.stmt = ast.Import([one])
            if isinstance(node, ast.ImportFrom):
                alone = ast.ImportFrom(node.module, [one], node.level)
            yield one.asname or one.name.partition(".")[0], alone
    else:
        inner = (one for one in ast.walk(node) if isinstance(one, ast.Name))
        yield from ((one.id, node) for one in inner if isinstance(one.ctx, ast.Store))


def _may_stop(node: ast.AST) -> bool:
    return any(word in _STOPPING for one in ast.walk(node) for word in _words(one))


def _words(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield node.name
    elif isinstance(node, ast.keyword):
        yield node.arg or ""
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what stands within `if`, `try`, `with` and loops."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def _conditions(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield what a block hangs on."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.withitem):
            yield child


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8", "replace") + b"\0")
    return whole.hexdigest()
