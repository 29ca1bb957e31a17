"""Whether the test that a recording belongs to still exists.

Judged from the sources, without importing one.  `cassettes/MODULE/TEST.yaml` beside `MODULE.py` is
our layout and pytest-recording's.  A file whose name could be anything else (a name given to a
marker, a test that a base class or an import brings) is not judged.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.core.python_source import NO_PYTHON, tree_of
from pytest_specbudget.recordings.project import own_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["is_without_module", "module_of", "orphaned"]

_FOLDER = "cassettes"
_SUFFIXES = re.compile(r"\.(?:ya?ml|json|har)(?:\.gz)?$")
_HASH = re.compile(r"-[0-9a-f]{10}$")
_FIXTURE = re.compile(r"fixture-(?:session|package|module|class)-(.+)")
_TEST_NAME = re.compile(r"(?:\w+\.)*test\w*", re.IGNORECASE)
_TEST_MODULE = re.compile(r"test_.*|.*_test")
_CONFTEST = "conftest"
_OF_PYTEST = (
    "_xunit_",
    "_unittest_",
)  # what it makes fixtures of: `setup_class`, `setUpClass`, ...
_REFUSED = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 80  # characters of a name that `names` keeps before the hash


def orphaned(path: Path, shelf: Path | None = None, root: Path | None = None) -> str | None:
    """Say why nothing can use the recording *path* any more; None if something may.

    Args:
        path: A recording.
        shelf: The folder of all recordings, where one is set.
        root: The folder of the project, which the folders below *shelf* repeat.
    """
    place = _place(path, shelf, root)
    if place is None:
        return None
    folder, module, test = place
    source = _module_file(folder, module)
    if source is None:
        return _without_module(folder, module)
    return _without_fixture(source, test) if _FIXTURE.match(test) else _without_test(source, test)


def module_of(path: Path, shelf: Path | None = None, root: Path | None = None) -> Path | None:
    """Return the file with the tests that *path* is named after; None if there is none.

    Args:
        path: As in `orphaned`.
        shelf: Likewise.
        root: Likewise.
    """
    place = _place(path, shelf, root)
    return None if place is None else _module_file(place[0], place[1])


def is_without_module(folder: Path, shelf: Path | None = None, root: Path | None = None) -> bool:
    """Tell whether *folder* is named after a module of tests that is not where it belongs.

    Args:
        folder: What may hold recordings of one module.
        shelf: As in `orphaned`.
        root: Likewise.
    """
    place = _place(folder / "test.yaml", shelf, root)
    if place is None:
        return False
    tests, module, _ = place
    return _TEST_MODULE.fullmatch(module) is not None and _module_file(tests, module) is None


def _place(path: Path, shelf: Path | None, root: Path | None) -> tuple[Path, str, str] | None:
    """Return the folder of the tests, the module and the test that *path* is named after."""
    path = path.absolute()
    test = _SUFFIXES.sub("", path.name)
    if shelf is not None and root is not None and path.is_relative_to(shelf.absolute()):
        below = path.relative_to(shelf.absolute()).parts
        return (root.joinpath(*below[:-2]), below[-2], test) if len(below) > 1 else None
    if path.parent.parent.name != _FOLDER:
        return None
    return path.parent.parent.parent, path.parent.name, test


def _module_file(folder: Path, module: str) -> Path | None:
    """Find the module that the folder *module* is named after, perhaps in the portable way."""
    plain = folder / f"{module}.py"
    if plain.is_file():
        return plain
    if not _HASH.search(module):
        return None
    return next((one for one in folder.glob("*.py") if _portable(one.stem) == module), None)


def _portable(module: str) -> str:
    return cassette_path(Path(), module, "test").parent.name


def _without_module(folder: Path, module: str) -> str | None:
    """Say that the module is gone, if it was one, and neither moved nor left out of this copy."""
    if not _TEST_MODULE.fullmatch(module) or not any(folder.glob("*.py")):
        return None
    return None if _is_anywhere(f"{module}.py") else f"{module}.py is gone"


def _is_anywhere(name: str) -> bool:
    """Tell whether the project, as far as the current folder shows it, has such a file."""
    return name in _files_below(Path.cwd())


@lru_cache(maxsize=1)  # it is asked for each of many recordings, and looks at each folder
def _files_below(root: Path) -> frozenset[str]:
    return frozenset(
        name for _, _, names in own_folders(root) for name in names if name.endswith(".py")
    )


def _without_fixture(source: Path, test: str) -> str | None:
    """Say that no fixture is called so in *source* or, for one of a module, above it."""
    named = _FIXTURE.fullmatch(_HASH.sub("", test))
    known = _names_in(source)
    if named is None or known is None or len(test) > _LONGEST or not known.is_whole:
        return None
    if named[1].startswith(_OF_PYTEST):
        return None
    above = [] if source.stem == _CONFTEST else [*_conftests(source)]
    if any(names.has_fixture(named[1]) for names in (known, *above)):
        return None
    return f"{source.name} has no fixture {_first_word(named[1])}"


def _first_word(named: str) -> str:
    """Return the fixture's own name, which class and parameters follow."""
    return re.split("[.-]", named, maxsplit=1)[0]


def _conftests(source: Path) -> Iterator[_Names]:
    """Yield what the files define whose fixtures *source* may use; one that tells little, too."""
    for folder in source.parents:
        names = _names_in(folder / f"{_CONFTEST}.py")
        if names is not None:
            yield names


def _without_test(source: Path, test: str) -> str | None:
    known = _names_in(source)
    if known is None or not _TEST_NAME.match(test) or known.may_have(test):
        return None
    return f"{source.name} has no test {test}"


@dataclass(slots=True)
class _Names:
    """What a module defines.

    Attributes:
        text: Its source.
        tests: Functions and methods, as `function` and `Class.method`.
        functions: The functions at its top, and the names that fixtures are given.
        open_classes: Classes that may have more methods than the module shows.
        is_whole: Whether it imports nothing by `*`.
    """

    text: str
    tests: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    open_classes: set[str] = field(default_factory=set)
    is_whole: bool = True

    def has_fixture(self, named: str) -> bool:
        """Tell whether a recording called *named*, with class and parameters, may be a fixture's.

        One that a plugin brings is at least mentioned where it is used.
        """
        functions = (_REFUSED.sub("-", name) for name in self.functions)
        return (
            not self.is_whole
            or any(
                named == name or named.startswith((f"{name}.", f"{name}-")) for name in functions
            )
            or re.search(rf"\b{re.escape(_first_word(named))}\b", self.text) is not None
        )

    def may_have(self, test: str) -> bool:
        """Tell whether a recording called *test* may belong to something in the module."""
        owner = test.partition(".")[0] if "." in test else ""
        return (
            not self.is_whole
            or owner in self.open_classes
            or any(_belongs(test, name) for name in self.tests)
            or re.search(rf"(?<![\w.]){re.escape(test)}(?!\w)", self.text) is not None
        )


def _belongs(test: str, name: str) -> bool:
    """Tell whether a file called *test* is that of *name*, perhaps with parameters and a hash."""
    if test == name or test.startswith((f"{name}[", f"{name}-")):
        return True
    return _HASH.sub("", test) == name[:_LONGEST] != name


@lru_cache(maxsize=256)
def _names_in(source: Path) -> _Names | None:
    """Read what *source* defines; None if it cannot be read or is no Python."""
    try:
        text = source.read_text("utf-8")
        tree = tree_of(text)
    except (OSError, *NO_PYTHON):
        return None
    found = _Names(text)
    _gather(tree.body, found, "")
    return found


def _gather(body: Iterable[ast.stmt], found: _Names, owner: str) -> None:
    """Take the names of *body*, which is that of the class *owner* or of the module."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.tests.add(f"{owner}{node.name}")
            found.functions.update({node.name, *_given_names(node)})
        elif isinstance(node, ast.ClassDef):
            _gather_class(node, found)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            _gather_imports(node, found, owner)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found.tests.update(f"{owner}{name}" for name in _assigned(node))
        else:
            _gather(_blocks(node), found, owner)


def _gather_class(node: ast.ClassDef, found: _Names) -> None:
    _gather(node.body, found, f"{node.name}.")
    if any(not (isinstance(base, ast.Name) and base.id == "object") for base in node.bases):
        found.open_classes.add(node.name)


def _gather_imports(node: ast.ImportFrom | ast.Import, found: _Names, owner: str) -> None:
    for name in node.names:
        found.is_whole = found.is_whole and name.name != "*"
        called = name.asname or name.name
        found.tests.add(f"{owner}{called}")
        found.functions.add(called)
        found.open_classes.add(called)


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (target.id for target in targets if isinstance(target, ast.Name))


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what stands in the branches of `if`, `try` and `with`."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for handler in getattr(node, "handlers", ()):
        yield from handler.body


def _given_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the names that decorators give: `@pytest.fixture(name="client")`."""
    for decorator in node.decorator_list:
        for keyword in getattr(decorator, "keywords", ()):
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                yield str(keyword.value.value)
