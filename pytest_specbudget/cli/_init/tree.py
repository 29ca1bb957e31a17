"""The files of a repository, by name.

Left out is what tools made: environments, caches, built packages.  Links to folders are not
followed, so that no loop can hold us and nothing outside of the repository is read.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["files_below", "home_of", "small_text"]

_MADE_BY_TOOLS = frozenset(
    {
        "__pycache__",
        "_build",
        "build",
        "dist",
        "env",
        "htmlcov",
        "node_modules",
        "site-packages",
        "target",
        "venv",
    }
)
_HIDDEN_AND_WANTED = re.compile(r"cassette|vcr|record", re.IGNORECASE)
_ENVIRONMENT = "pyvenv.cfg"
_LARGEST_TEXT = 2 << 20


def files_below(root: Path, unread: Callable[[str], None]) -> Iterator[str]:
    """Yield the path of each file below *root*, relative to it, with `/` between, sorted.

    Args:
        root: The folder.
        unread: Told in one line of each folder that is not looked into, and why.
    """
    yield from sorted(_walk(root, "", unread))


def home_of(rootdir: Path) -> Path:
    """Return the folder of the git repository that *rootdir* is in, or *rootdir* itself."""
    return next((one for one in (rootdir, *rootdir.parents) if (one / ".git").exists()), rootdir)


def small_text(path: Path) -> str | None:
    """Return the text of a file that a person wrote; None for one that is gone, huge or locked.

    Bytes that are no UTF-8 are replaced.
    """
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_TEXT:
            return None
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return None


def _walk(root: Path, folder: str, unread: Callable[[str], None]) -> Iterator[str]:
    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        for entry in _entries(root / folder, folder or ".", unread):
            name = f"{folder}/{entry.name}" if folder else entry.name
            kind = _kind(entry)
            if kind == "file":
                yield name
            elif kind == "folder" and _is_wanted(entry):
                if entry.is_symlink():
                    unread(f"{name}: a link to a folder, not followed")
                else:
                    waiting.append(name)


def _kind(entry: os.DirEntry[str]) -> Literal["file", "folder", "other"]:
    try:
        return "file" if entry.is_file() else "folder" if entry.is_dir() else "other"
    except OSError:  # a link into a folder that may not be entered
        return "other"


def _entries(path: Path, name: str, unread: Callable[[str], None]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            entries = list(found)
    except OSError as problem:
        unread(f"{name}: cannot be looked into ({reason_of(problem)})")
        return []
    return [] if any(entry.name == _ENVIRONMENT for entry in entries) else entries


def _is_wanted(folder: os.DirEntry[str]) -> bool:
    name = folder.name
    if name.startswith("."):
        return _HIDDEN_AND_WANTED.search(name) is not None
    return name not in _MADE_BY_TOOLS and not name.endswith((".egg-info", ".egg"))
