"""Whether a run of chosen files and folders left test files out; if not, it was of all of them.

`pytest tests` is such a run where all tests lie in `tests`.  Files are looked up by their names, as
pytest would collect them, and never opened.
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

_MOST_FOLDERS = 2_000
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
    names: list[str] = config.getini("python_files")
    skipped: list[str] = config.getini("norecursedirs")
    for number, files in enumerate(_folders(suite, chosen, skipped)):
        if number >= _MOST_FOLDERS or any(_is_test(file, names) for file in files):
            return True
    return False


def _folders(
    suite: Iterable[Path], chosen: Collection[Path], skipped: Collection[str]
) -> Iterator[list[Path]]:
    """Yield the files of each folder that pytest would look into and that was not chosen."""
    for part in suite:
        yield [part] if part.is_file() and part not in chosen else []
        for at, folders, files in os.walk(part):
            here = Path(at)
            if here in chosen or _ENVIRONMENT in files:
                folders.clear()
                continue
            folders[:] = [one for one in folders if not _fits(one, skipped)]
            yield [file for name in files if (file := here / name) not in chosen]


def _is_test(file: Path, names: Iterable[str]) -> bool:
    return any(file.match(name) if "/" in name else fnmatch(file.name, name) for name in names)


def _fits(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatch(name, glob) for glob in globs)
