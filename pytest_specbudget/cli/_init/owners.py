"""Which test a recording belongs to, by where it lies and what it is called.

Recorders put a cassette beside the module, in a folder of the module's name, under the name of the
test.  Where a project keeps them elsewhere, a name that only one module or test has is enough; what
cannot be told stays without an owner.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_specbudget.cli._init.cases import Case
    from pytest_specbudget.cli._init.source import Module

__all__ = ["Owner", "owners_of"]

_SUFFIX = re.compile(r"\.(?:ya?ml|json)(?:\.gz)?$")
_FOLDER = "cassettes"


@dataclass(frozen=True, slots=True)
class Owner:
    """A test that a recording belongs to.

    Attributes:
        module: The test module, by its path below rootdir.
        spec: The SPEC that the test's marker names, or None.
        beside: Whether the recording lies where pytest-recording and we look for it.
    """

    module: str
    spec: str | None
    beside: bool


def owners_of(recordings: Iterable[str], modules: Sequence[Module]) -> dict[str, Owner]:
    """Return who owns which of the *recordings*, as far as that can be told.

    Args:
        recordings: Paths below rootdir.
        modules: The test modules.
    """
    shelf = _Shelf(modules)
    found = ((name, shelf.owner(PurePosixPath(name))) for name in recordings)
    return {name: owner for name, owner in found if owner is not None}


class _Shelf:
    """Test modules, by everything that a recording may be called after."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._by_path = {module.name: module for module in modules}
        self._by_stem = _unique((PurePosixPath(one.name).stem, one) for one in modules)
        self._by_test = _unique((test.name, one) for one in modules for test in one.tests)
        self._by_mention = _unique(
            (PurePosixPath(name).name, one) for one in modules for name in one.cassettes
        )

    def owner(self, path: PurePosixPath) -> Owner | None:
        stem = _SUFFIX.sub("", path.name)
        module = self._beside(path)
        beside = module is not None
        if module is None:
            module = (
                self._by_mention.get(path.name)
                or self._by_mention.get(stem)
                or self._by_stem.get(path.parent.name)
                or self._by_stem.get(stem)
                or self._by_test.get(stem.partition("[")[0])
            )
        if module is None:
            return None
        test = _test_of(stem, module.tests)
        named = {one.spec for one in module.tests}
        # All tests of a module may have one SPEC, whichever of them this is.
        only = next(iter(named)) if len(named) == 1 else None
        return Owner(module.name, test.spec if test else only, beside)

    def _beside(self, path: PurePosixPath) -> Module | None:
        """Return the module of `FOLDER/cassettes/MODULE/TEST.yaml`."""
        above = path.parent.parent
        if above.name != _FOLDER:
            return None
        return self._by_path.get((above.parent / f"{path.parent.name}.py").as_posix())


def _unique(pairs: Iterable[tuple[str, Module]]) -> Mapping[str, Module]:
    """Keep the names that only one module has."""
    found: dict[str, dict[str, Module]] = defaultdict(dict)
    for name, module in pairs:
        found[name][module.name] = module
    return {name: next(iter(some.values())) for name, some in found.items() if len(some) == 1}


def _test_of(stem: str, tests: Iterable[Case]) -> Case | None:
    """Return the test that a recording is called after, perhaps with parameters or a hash."""
    fits = (one for one in tests if re.fullmatch(rf"{re.escape(one.name)}(?:[\[-].*)?", stem))
    return next(fits, None)
