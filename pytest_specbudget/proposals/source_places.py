"""Where the tests of a change stand, as its own sources tell that: a file and a line.

The run of a change was made elsewhere and says nothing that is believed; git has the sources.  They
are read as text and nothing of them is executed.  A test that they do not show, since a base class
or an import brings it, has no place here.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.core.python_source import NO_PYTHON, tree_of
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.baselines.sources import Revision

__all__ = ["lines_of", "places_of"]

_SOURCE = ".py"
_SEPARATOR = "::"
_MOST_FILES = 500
_MOST_BYTES = 1 << 20
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def places_of(revision: Revision, tests: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return the file, from the top of the repository, and the line, from 1, of *tests*.

    Args:
        revision: The change; of a file of more than 1 MiB nothing is told, nor of more than 500.
        tests: Node ids, which begin with a file from rootdir.
    """
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for test in tests:
        wanted[test.partition(_SEPARATOR)[0]].append(test)
    found: dict[str, tuple[str, int]] = {}
    for name, text in _sources(revision, wanted):
        lines = lines_of(text)
        file = f"{revision.repository.rootdir_prefix}{name}"
        found |= {test: (file, lines[_bare(test)]) for test in wanted[name] if _bare(test) in lines}
    return found


def lines_of(source: bytes) -> dict[str, int]:
    """Return where each function and class of a module begins, decorators included.

    Returns:
        Lines from 1, by names as in a node id: `TestPlan::test_first`.  Nothing if it is no Python.
    """
    try:
        return dict(_defined(tree_of(source).body, ""))
    except NO_PYTHON:
        return {}


def _sources(revision: Revision, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    there = sorted(name for name in names if name.endswith(_SOURCE) and name in revision.blobs)
    try:
        for file in revision.files(there[:_MOST_FILES]):
            if file.data is not None and len(file.data) <= _MOST_BYTES:
                yield file.name, file.data
    except BaselineError:  # a clone that lacks some contents: a place is no reason to fail
        return


def _bare(test: str) -> str:
    """Return the names of a node id that stand in the source: no file, and no parameters."""
    return test.partition(_SEPARATOR)[2].partition("[")[0]


def _defined(body: Iterable[ast.stmt], owner: str) -> Iterator[tuple[str, int]]:
    for node in body:
        if not isinstance(node, _DEFINES):
            yield from _defined(_blocks(node), owner)
            continue
        name = f"{owner}{node.name}"
        yield name, min(one.lineno for one in (node, *node.decorator_list))
        if isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{name}{_SEPARATOR}")


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what stands within `if`, `try`, `with` and loops."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body
