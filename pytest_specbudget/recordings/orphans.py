"""Recordings that no test uses any more, and those that a test may have had under another name.

    orphans = Orphans(settings, rootdir, names)
    orphans.answering(module, "TestPlan.test_cheap", {fingerprint})
    orphans.beside(module)

A recording is one of these where the sources say so (`lint_tests`), and where all tests of its
module are known, and none that its name may belong to is called so: a parameter has another id.
A test may also have left one of its own name behind when it, or its module, went elsewhere.

Nothing is looked up before it is asked for, and nothing twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.cassettes.names import cassette_paths, folder_of
from pytest_specbudget.recordings.library import recordings, request_of
from pytest_specbudget.recordings.lint_tests import is_without_module, module_of, orphaned
from pytest_specbudget.recordings.project import own_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from pytest_specbudget.settings.settings import Settings

    Names = Callable[[Path], Collection[str] | None]
    Tests = Mapping[str, Collection[str]]

__all__ = ["Home", "Orphans", "named_after", "orphans_of"]

_FOLDER = "cassettes"
_FIXTURE = "fixture-"


def orphans_of(settings: Settings, rootdir: Path, tests: Tests) -> Orphans:
    """Find the recordings that no test uses.

    Args:
        settings: Where recordings are kept.
        rootdir: The folder of the project.
        tests: The node ids of the tests of each module, from *rootdir*, as far as all are known.
    """
    known = {
        rootdir / module: {named_after(test, repeats=settings.repeats) for test in ids}
        for module, ids in tests.items()
    }
    return Orphans(settings, rootdir, known.get)


def named_after(test: str, *, repeats: int = 1) -> str:
    """Return what the recording of *test* is named after: `TestPlan.test_cheap[gpt-4o]`.

    Args:
        test: The node id.
        repeats: How often the run repeated its tests, all runs of which have one recording.
    """
    path, bracket, parameters = (test if repeats == 1 else base_name(test)[0]).partition("[")
    return ".".join(path.split("::")[1:][-2:]) + bracket + parameters


class Home:
    """Where the recordings of one module lie, or would.

    Attributes:
        module: The file with its tests.
        folder: What holds a folder for each module.
    """

    def __init__(self, module: Path, settings: Settings, rootdir: Path) -> None:
        """Find the place; it need not be there."""
        self.module = module
        self.folder = folder_of(module, settings.cassette_dir, rootdir)

    def paths(self, name: str) -> tuple[Path, Path]:
        """Return where the recording of a test would lie: as we name it, and pytest-recording."""
        return cassette_paths(self.folder, self.module.stem, name)

    @property
    def folders(self) -> set[Path]:
        """The folders of this module: one, unless its name is not portable."""
        return {path.parent for path in self.paths("test")}


class Orphans:
    """The recordings of a project that no test uses any more."""

    def __init__(
        self, settings: Settings, rootdir: Path, names: Names = lambda _module: None
    ) -> None:
        """Begin with nothing looked up.

        Args:
            settings: Where recordings are kept.
            rootdir: The folder of the project.
            names: Returns what the recordings of the tests of a module are named after, of all of
                them; None where nobody knows all.
        """
        self._settings = settings
        self._rootdir = rootdir
        self._names = names
        self._beside: dict[Path, list[Path]] = {}
        self._unnamed: dict[Path, _Nobodys] = {}
        self._asked: dict[Path, AbstractSet[str]] = {}

    def home(self, module: Path) -> Home:
        """Say where the recordings of *module* lie."""
        return Home(module, self._settings, self._rootdir)

    def beside(self, module: Path) -> list[Path]:
        """Return the recordings in the folder of *module* that no test uses, sorted.

        Those of fixtures that outlive tests are left out.
        """
        return [path for path in self._unused(module) if not _is_shared(path.name)]

    def has_lost_its_test(self, path: Path) -> bool:
        """Tell whether the test of a recording is gone: deleted, renamed, or given other ids."""
        if self._is_orphaned(path):
            return True
        module = module_of(path, self._settings.cassette_dir, self._rootdir)
        return module is not None and path in self._nobodys(module)

    def _unused(self, module: Path) -> list[Path]:
        if module not in self._beside:
            held = (path for one in sorted(self.home(module).folders) for path in _held(one))
            self._beside[module] = [path for path in held if self.has_lost_its_test(path)]
        return self._beside[module]

    def _nobodys(self, module: Path) -> _Nobodys:
        if module not in self._unnamed:
            self._unnamed[module] = _Nobodys(self._names(module) or (), self.home(module))
        return self._unnamed[module]

    def answering(self, module: Path, name: str, asked: AbstractSet[str]) -> list[Path]:
        """Return the recordings without a test that answer one of the requests *asked*.

        Args:
            module: The file with the test, or with the fixture.
            name: What the recording of the test is named after: `TestPlan.test_cheap[gpt-4o]`; or
                that of a fixture, which may have been another fixture's alone.
            asked: Fingerprints.

        Returns:
            Those of the same name first.
        """
        names = {path.name for path in self.home(module).paths(name)}
        alike = (
            path
            for path in self._candidates(module, names)
            if _is_shared(path.name) is _is_shared(name)
        )
        found = {path for path in alike if asked & self._asks(path)}
        return sorted(found, key=lambda path: (path.name not in names, path))

    def perhaps(self, module: Path, name: str) -> list[Path]:
        """Return the recordings without a test that may have been one of *module*, of any request.

        Args:
            module: The file with the test.
            name: What the recording of the test is named after.

        Returns:
            Those that lie elsewhere under its name, or else all that lie beside it.
        """
        names = {path.name for path in self.home(module).paths(name)}
        same = dict.fromkeys(one for one in self._candidates(module, names) if one.name in names)
        return [*same] or self.beside(module)

    def is_homeless(self, path: Path) -> bool:
        """Tell whether no recording in the folder of *path* has its module any more."""
        return path.parent in self._without_module

    def _candidates(self, module: Path, names: Collection[str]) -> Iterator[Path]:
        """Yield what a test of *module* may have been recorded as; *names* are its own files'."""
        yield from self._unused(module)
        yield from self._of_lost_modules
        for name in names:
            for path in self._elsewhere.get(name, ()):
                if path.parent not in self.home(module).folders and self._was_left(path):
                    yield path

    def _was_left(self, path: Path) -> bool:
        """Tell whether the test of *path*, or all of its module, went elsewhere without it."""
        return self.is_homeless(path) or self._is_orphaned(path)

    @cached_property
    def _folders(self) -> list[Path]:
        """The folders of recordings in the project, one for each module."""
        shelf = self._settings.cassette_dir
        kept = _cassette_folders(self._rootdir) if shelf is None else _folders_below(shelf)
        return sorted({folder for each in kept for folder in each.iterdir() if folder.is_dir()})

    @cached_property
    def _without_module(self) -> list[Path]:
        shelf = self._settings.cassette_dir
        return [one for one in self._folders if is_without_module(one, shelf, self._rootdir)]

    @cached_property
    def _of_lost_modules(self) -> list[Path]:
        """The recordings of modules that are nowhere any more."""
        held = (path for folder in self._without_module for path in _held(folder))
        return [path for path in held if self._is_orphaned(path)]

    @cached_property
    def _elsewhere(self) -> dict[str, list[Path]]:
        """All recordings of the project, by the names of their files."""
        named = defaultdict(list)
        for folder in self._folders:
            for path in _held(folder):
                named[path.name].append(path)
        return named

    def _is_orphaned(self, path: Path) -> bool:
        return orphaned(path, self._settings.cassette_dir, self._rootdir) is not None

    def _asks(self, path: Path) -> AbstractSet[str]:
        """Return what the recording at *path* answers; nothing if it is damaged."""
        if path not in self._asked:
            found = recordings(path, lambda _problem: None)
            asked = (request_of(one).fingerprint() for held in found for one in held.interactions)
            self._asked[path] = frozenset(filter(None, asked))
        return self._asked[path]


class _Nobodys:
    """The recordings named after a function of which all tests have other names."""

    def __init__(self, names: Collection[str], home: Home) -> None:
        self._functions = {name.partition("[")[0] for name in names}
        self._claimed = {path for name in names for path in home.paths(name)}

    def __contains__(self, path: Path) -> bool:
        function = re.split(r"[\[-]", path.stem, maxsplit=1)[0]
        return function in self._functions and path not in self._claimed


def _held(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _is_shared(name: str) -> bool:
    """Tell whether a recording of that name is a fixture's."""
    return name.startswith(_FIXTURE)


def _cassette_folders(root: Path) -> Iterator[Path]:
    """Yield the folders called `cassettes` below *root*."""
    return (folder / _FOLDER for folder, names, _ in own_folders(root) if _FOLDER in names)


def _folders_below(shelf: Path) -> Iterator[Path]:
    return (folder for folder, _, _ in own_folders(shelf))
