"""Recordings of a revision whose tests are not there any more, as far as its sources tell.

The sources of a revision are laid in a folder that goes away, and are judged as those on disk are
(`recordings.lint_tests`): as text, none is imported, and what could be anything else is not judged.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.left_behind import without_test
from pytest_specbudget.baselines.sources import Revision, WorkingTree
from pytest_specbudget.recordings.lint_tests import orphaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.baselines.sources import Source
    from pytest_specbudget.core.ledger import Charge

__all__ = ["lost_tests_notes"]

_SOURCE = ".py"


def lost_tests_notes(source: Source, charges: Iterable[Charge]) -> tuple[str, ...]:
    """Return a note on the recordings of *source* that have no test; none where all have one.

    Args:
        source: Where the recordings are.
        charges: The calls of all of them, each as one of its test.

    Raises:
        BaselineError: If the sources of a revision cannot be read.
    """
    tests = {one.cassette: one.attribution.test for one in charges if one.cassette is not None}
    try:
        with _sources_of(source, tests) as root:
            lost = {} if root is None else dict(_lost(tests, root, source.shelf))
    except OSError:  # names that no file system here takes
        return ()
    return tuple(without_test(lost))


def _lost(tests: Mapping[str, str], root: Path, shelf: str | None) -> Iterator[tuple[str, str]]:
    kept = None if shelf is None else root / shelf
    for name, test in tests.items():
        if orphaned(root / name, kept, root):
            yield name, test


@contextmanager
def _sources_of(source: Source, recordings: Iterable[str]) -> Iterator[Path | None]:
    """Give a folder with the sources of *source*; None where nobody can tell."""
    if isinstance(source, WorkingTree):
        yield source.rootdir
    elif isinstance(source, Revision) and not source.is_base:
        with TemporaryDirectory(prefix="specbudget-") as folder:
            _lay_out(source, Path(folder).resolve(), recordings)
            yield Path(folder).resolve()
    else:
        yield None


def _lay_out(source: Revision, root: Path, recordings: Iterable[str]) -> None:
    """Write the sources that lie beside or above the recordings, and those of their tests."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for name, blob in _sources_near(source.blobs, recordings).items():
        wanted[blob].append(name)
    for blob, data in source.repository.contents(wanted):
        for name in wanted[blob]:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _sources_near(blobs: Mapping[str, str], recordings: Iterable[str]) -> dict[str, str]:
    """Return the Python files of every folder that a recording lies in, or its shelf repeats."""
    ends = {part for name in recordings for part in _folders(name)}
    return {
        name: blob
        for name, blob in blobs.items()
        if name.endswith(_SOURCE) and not name.startswith("../") and posixpath.dirname(name) in ends
    }


def _folders(recording: str) -> Iterator[str]:
    """Yield the folders above a recording, and what each end of its path would be from rootdir."""
    above = PurePosixPath(recording).parent
    parts = above.parts
    for start in range(len(parts) + 1):
        for end in range(start, len(parts) + 1):
            yield "/".join(parts[start:end])
