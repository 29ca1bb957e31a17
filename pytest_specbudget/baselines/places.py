"""Whose a recording is, as far as its place tells; nothing is read.

    tests/cassettes/test_plan/test_cheap.yaml           tests/test_plan.py::test_cheap
    tests/cassettes/test_plan/TestA.test_b-HASH.yaml    tests/test_plan.py::TestA::test_b
    tests/cassettes/test_plan/fixture-module-plan.yaml  <fixture module:plan>
    tests/cassettes/conftest/fixture-class-a.TestA-HASH.yaml  <fixture class:a>
    tests/data/anything.yaml                            <recording tests/data/anything.yaml>

A name that was made portable carries a hash of what it was, so a guess at its parameters is either
certain or dropped.  What is no name of a test then goes by its file, as what lies elsewhere does:
nobody could find, run or choose a test that is called so.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from itertools import chain, product
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, cast

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.settings.spec_paths import spec_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.baselines.index import Indexed

__all__ = ["Place", "place_of", "spec_of"]

_FOLDER = "cassettes"
_FIXTURE = re.compile(r"fixture-(session|package|module|class)-(\w+)")
_HASHED = re.compile(r"(.+)-[0-9a-f]{10}")
_TEST = re.compile(r"[\w.]+(?:\[.*\])?", re.DOTALL)
_SUFFIX = re.compile(r"\.(?:yaml|yml|json|toml)(?:\.gz)?$")


class Place(NamedTuple):
    """What the path of a recording says.

    Attributes:
        test: The name of the test that is charged.
        path: The module that it is in, or what stands for it, from rootdir.
    """

    test: str
    path: str


def place_of(name: str, shelf: str | None = None) -> Place:
    """Say whose the recording *name* is.

    Args:
        name: From rootdir, with `/` between its parts.
        shelf: The folder where cassettes are kept, likewise, or None.
    """
    kept, module, file = _parts(name)
    tests = _tests_of(kept, shelf)
    if tests is None or not module:
        return Place(f"<recording {name}>", name)
    stem = _SUFFIX.sub("", file)
    path = posixpath.join(tests, f"{_as_it_was(module, _portable_module)}.py")
    shared = _FIXTURE.match(stem)
    if shared is not None:
        return Place(f"<fixture {shared[1]}:{shared[2]}>", path)
    test = _as_it_was(stem, _portable_test)
    named = f"{path}::{_node(test)}" if _TEST.fullmatch(test) else f"<recording {name}>"
    return Place(named, path)


def spec_of(
    place: Place, recording: str, indexed: Indexed | None, rules: Sequence[tuple[str, str]]
) -> str:
    """Return the SPEC that a recording is charged to.

    Args:
        place: Where its test is.
        recording: Its own path, from rootdir.
        indexed: What was written down when it was recorded, which wins; or None.
        rules: Which SPEC the tests below a path belong to.
    """
    if indexed is not None and indexed.spec is not None:
        return indexed.spec
    test = indexed.test if indexed is not None and indexed.test else ""
    module = place.path if test.startswith("<") or not test else test.partition("::")[0]
    found = (spec_for(PurePosixPath(path), rules) for path in (module, recording))
    return next(filter(None, found), UNASSIGNED)


def _parts(name: str) -> tuple[str, str, str]:
    """Cut `kept/module/file` apart."""
    folder, file = posixpath.split(name)
    kept, module = posixpath.split(folder)
    return kept, module, file


def _tests_of(kept: str, shelf: str | None) -> str | None:
    """Return the folder of the test modules whose recordings lie in *kept*; None if it is none."""
    if shelf is not None and (kept == shelf or kept.startswith(f"{shelf}/")):
        return kept.removeprefix(shelf).lstrip("/")
    folder, last = posixpath.split(kept)
    return folder if last == _FOLDER else None


def _node(name: str) -> str:
    """Write `TestA.test_b[x.y]` as a node id ends: `TestA::test_b[x.y]`."""
    plain, bracket, parameters = name.partition("[")
    return plain.replace(".", "::") + bracket + parameters


@lru_cache(maxsize=4096)  # both sides of a comparison ask, and each twice
def _as_it_was(written: str, portable: Callable[[str], str]) -> str:
    """Undo what made a name portable, if the hash in it proves the guess; else return it as it is.

    Args:
        written: The name in the path.
        portable: What such a name is written as.
    """
    found = _HASHED.fullmatch(written)
    guesses = () if found is None else _guesses(found[1])
    return next((guess for guess in guesses if portable(guess) == written), written)


def _guesses(readable: str) -> Iterator[str]:
    """Yield what may have been written as *readable*: itself, and with a part as parameters."""
    yield readable
    for found in re.finditer("-", readable):
        name, parameters = readable[: found.start()], readable[found.end() :]
        yield from (f"{name}[{guess}]" for guess in _spelled(parameters))


def _spelled(parameters: str) -> Iterator[str]:
    """Yield *parameters*, and with what a dash in them may stand for: `a-b`, `a b`, `a/b`.

    Whatever a file name may not hold became a dash.  Of many dashes either one stands for something
    else, or all for the same.
    """
    parts = parameters.split("-")
    dashes = len(parts) - 1
    few = dashes <= _FEW_DASHES
    for marks in product(_WRITTEN_AS_DASH, repeat=dashes) if few else _many(dashes):
        yield "".join(chain.from_iterable(zip(parts, (*marks, ""), strict=True)))


def _many(dashes: int) -> Iterator[tuple[str, ...]]:
    """Yield what so many dashes may stand for: no more than may be tried of thousands of names."""
    yield from ((mark,) * dashes for mark in _WRITTEN_AS_DASH)
    for place in range(dashes):
        for mark in _OFTEN_ALONE:
            yield ("-",) * place + (mark,) + ("-",) * (dashes - place - 1)


def _portable_test(name: str) -> str:
    return cassette_path(_NOWHERE, "m", name).stem


def _portable_module(name: str) -> str:
    return cassette_path(_NOWHERE, name, "t").parent.name


_WRITTEN_AS_DASH = ("-", " ", "/", ":", ", ", ": ", "=", "@")
_OFTEN_ALONE = (" ", "/", ":")
_FEW_DASHES = 2

_NOWHERE = cast("Path", PurePosixPath())  # only joined, never looked up
