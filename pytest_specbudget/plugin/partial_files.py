"""Whether a run of chosen files and folders left test files out; if not, it was of all of them.

`pytest tests` is such a run where all tests lie in `tests`.  Files are looked up by their names, as
pytest would collect them, and never opened.

Source: `python_files`, `norecursedirs` and how virtual environments are left out, of pytest 9.2.0.
"""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pytest

__all__ = ["leaves_files_out"]

_MOST_FOLDERS = 1_000
"""In how many folders files are looked for, so that a run waits some milliseconds at most."""

_ENVIRONMENT = "pyvenv.cfg"


def leaves_files_out(
    config: pytest.Config, suite: Iterable[Path], chosen: Collection[Path]
) -> bool:
    """Tell whether a test file lies in *suite* and in none of *chosen*.

    Where there are too many folders to look into, there may well be one.

    Args:
        config: pytest's, which knows what a test file is called.
        suite: Files and folders that hold all tests; absolute.
        chosen: Those that the run was of; absolute.
    """
    globs: list[str] = config.getini("python_files")
    skipped: list[str] = config.getini("norecursedirs")
    for number, (folder, names) in enumerate(_folders(suite, chosen, skipped)):
        if number >= _MOST_FOLDERS:
            return True
        if any(_is_test(folder, name, globs) and folder / name not in chosen for name in names):
            return True
    return False


def _folders(
    suite: Iterable[Path], chosen: Collection[Path], skipped: Collection[str]
) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder that pytest would look into and that was not chosen, with its files."""
    for part in suite:
        if part.is_file():
            yield part.parent, [part.name]
        for at, folders, names in os.walk(part):
            folder = Path(at)
            if folder in chosen or _ENVIRONMENT in names:
                folders.clear()
            else:
                folders[:] = [one for one in folders if not _fits(one, skipped)]
                yield folder, names


def _is_test(folder: Path, name: str, globs: Iterable[str]) -> bool:
    return any((folder / name).match(one) if "/" in one else fnmatch(name, one) for one in globs)


def _fits(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatch(name, one) for one in globs)
