"""Which tests record a cassette anew.

The journal of the newest run knows which test used which cassette; where it does not, the place of
the file tells: `cassettes/<module>/<test>.yaml` stands beside `<module>.py`.  Names of tests, and
who records them, are read out of the module's text; nothing of it is run.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.core.python_source import NO_PYTHON, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Recorder", "covers", "node_of", "recorder_of"]

Recorder = Literal["specbudget", "vcr marker", "vcrpy"]
"""Who records a test: we, the plugin of the marker `vcr`, or the test itself by `use_cassette`."""

_FOLDER = "cassettes"
_HASH = re.compile(r"-[0-9a-f]{10}$")
_REFUSED = re.compile(r"[^A-Za-z0-9_.-]+")
_SHARED = "fixture-"
_OF_FOLDER = "conftest"


def node_of(cassette: Path, rootdir: Path, shelf: Path | None = None) -> str | None:
    """Return the node id of what uses *cassette*, by its place; None if that tells nothing.

    Of a test with parameters it is the whole test where the name does not tell which; of a fixture
    that outlives tests it is the module, or the folder of its `conftest.py`.

    Args:
        cassette: The file.
        rootdir: What node ids are relative to.
        shelf: Where cassettes are kept, if not beside the tests.
    """
    folder = _tests_of(cassette, rootdir, shelf)
    if folder is None:
        return None
    name = cassette.parent.name
    if name == _OF_FOLDER and cassette.stem.startswith(_SHARED) and folder.is_dir():
        return _relative(folder, rootdir)
    module = folder / f"{name}.py"
    if not module.is_file():
        return None
    here = _relative(module, rootdir)
    if cassette.stem.startswith(_SHARED):
        return here
    test = _test_in(module, cassette)
    return None if test is None else f"{here}::{test}"


def recorder_of(node: str, rootdir: Path) -> Recorder:
    """Say who records what *node* names: a test, with or without parameters, a module, a folder."""
    module, *names = node.partition("[")[0].split("::")
    path = rootdir / module
    marks = {mark for words in _marking(_body(path), names) for mark in _marks_in(words)}
    if "vcr" in marks:
        return "vcr marker"
    return "vcrpy" if "use_cassette" in marks else "specbudget"


def covers(node: str, other: str) -> bool:
    """Tell whether running *node* runs *other*, too: a test its parameters, a module its tests."""
    return node in (other, ".") or other.startswith((f"{node}[", f"{node}::", f"{node}/"))


def _tests_of(cassette: Path, rootdir: Path, shelf: Path | None) -> Path | None:
    """Return the folder of the test module."""
    kept = cassette.parent.parent.resolve()
    if shelf is not None and kept.is_relative_to(shelf.resolve()):
        return rootdir / kept.relative_to(shelf.resolve())
    return kept.parent if kept.name == _FOLDER else None


def _relative(path: Path, rootdir: Path) -> str:
    path, rootdir = path.resolve(), rootdir.resolve()
    inside = path.is_relative_to(rootdir)
    return (path.relative_to(rootdir) if inside else path).as_posix()


def _test_in(module: Path, cassette: Path) -> str | None:
    """Find the test of *module* whose name the file has, or begins with: the longest such."""
    begun = []
    for classes, test in _tests(module):
        name = ".".join((*classes[-1:], test))
        node = "::".join((*classes, test))
        if cassette.name == cassette_path(cassette, "", name).name or cassette.stem == name:
            return node
        if _begins(cassette.stem, name):
            begun.append((len(name), node + _parameters(cassette.stem, name)))
    return max(begun)[1] if begun else None


def _begins(stem: str, name: str) -> bool:
    plain = _HASH.sub("", stem)
    return stem.startswith(f"{name}[") or plain.startswith(f"{_REFUSED.sub('-', name)}-")


def _parameters(stem: str, name: str) -> str:
    """Return the parameters as pytest-recording keeps them in the name: `[gpt-4o]`."""
    return stem.removeprefix(name) if stem.startswith(f"{name}[") and stem.endswith("]") else ""


def _tests(module: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _below(_body(module), ())


def _body(module: Path) -> list[ast.stmt]:
    """Return the statements of *module*; none if it cannot be read."""
    try:
        return tree_of(module.read_bytes()).body
    except (OSError, *NO_PYTHON):
        return []


_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _marking(body: list[ast.stmt], names: list[str]) -> Iterator[ast.AST]:
    """Yield what marks the definition that *names* lead to, from the module on; all without one."""
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and "pytestmark" in ast.dump(node):
            yield node
        elif isinstance(node, _Definition) and (not names or node.name == names[0]):
            yield from node.decorator_list
            yield from _marking(node.body, names[1:])
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from (item.context_expr for item in node.items)


def _marks_in(words: ast.AST) -> Iterator[str]:
    """Yield `vcr` of `pytest.mark.vcr`, and `use_cassette` of whatever has it."""
    for node in ast.walk(words):
        if isinstance(node, ast.Attribute):
            of_mark = ast.unparse(node.value).rpartition(".")[2] == "mark"
            if of_mark or node.attr == "use_cassette":
                yield node.attr


def _below(body: list[ast.stmt], classes: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _below(node.body, (*classes, node.name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield classes, node.name
