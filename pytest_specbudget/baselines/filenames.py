"""Which files may be recordings, and what they are called: from pytest's rootdir, with `/`.

Recordings are what lies in a folder called `cassettes`, or below the one that is set, and YAML
elsewhere that begins like a recording; not what was recorded for a matrix.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.index import INDEX_NAME
from pytest_specbudget.recordings.library import may_be_recording

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = [
    "FOLDER",
    "candidates",
    "is_hidden",
    "is_index",
    "is_kept_as_recording",
    "name_from",
    "shelf_of",
]

FOLDER = "cassettes"
"""Where recordings lie, beside their tests."""

_MATRIX = "/matrix.json"
_SEEN_BY_NOBODY = frozenset(("node_modules", "site-packages", "__pycache__"))
_YAML = (".yaml", ".yml", ".yaml.gz", ".yml.gz")


def candidates(names: Iterable[str], shelf: str | None = None) -> list[str]:
    """Return those of all *names* that may be recordings or indexes of them, sorted.

    Args:
        names: From rootdir, with `/`.
        shelf: The folder where cassettes are kept, likewise, or None.
    """
    names = sorted(names)
    matrices = tuple(f"{name.removesuffix(_MATRIX)}/" for name in names if name.endswith(_MATRIX))
    return [
        name
        for name in names
        if not name.startswith(matrices)
        and not _is_in_hidden_folder(name)
        and (is_index(name) or _may_be(name, shelf))
    ]


def is_index(name: str) -> bool:
    """Tell whether *name* is that of an index of recordings."""
    return posixpath.basename(name) == INDEX_NAME


def is_kept_as_recording(name: str, shelf: str | None) -> bool:
    """Tell whether *name* lies where recordings are kept, so that it is one whatever it says."""
    below_shelf = shelf is not None and name.startswith(f"{shelf}/")
    return below_shelf or FOLDER in name.split("/")[:-1]


def is_hidden(folder: str) -> bool:
    """Tell whether a folder of that name holds nothing of the project's own."""
    return folder.startswith(".") or folder in _SEEN_BY_NOBODY


def name_from(cassette: str, rootdir: Path, known: Container[str] = ()) -> str:
    """Name a recording from *rootdir*, as the charge of a call has it.

    Args:
        cassette: A path, absolute or from rootdir; perhaps of another machine.
        rootdir: What names begin from.
        known: Names; one that a path outside of rootdir ends with is the one that is meant.
    """
    path = rootdir / cassette
    name = _relative(path, rootdir)
    if _is_inside(name) or name in known:
        return name
    real = _relative(path.resolve(), rootdir.resolve())
    if _is_inside(real) or real in known:
        return real
    parts = path.as_posix().split("/")
    ends = ("/".join(parts[at:]) for at in range(1, len(parts) - 1))
    return next((end for end in ends if end in known), real)


def shelf_of(cassette_dir: Path | None, rootdir: Path) -> str | None:
    """Name the folder of the setting `cassette_dir` from *rootdir*; None where it is not set."""
    if cassette_dir is None:
        return None
    return _relative(rootdir / cassette_dir, rootdir)


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start)).as_posix()


def _is_inside(name: str) -> bool:
    return name != ".." and not name.startswith("../")


def _may_be(name: str, shelf: str | None) -> bool:
    return name.endswith(_YAML) or (may_be_recording(name) and is_kept_as_recording(name, shelf))


def _is_in_hidden_folder(name: str) -> bool:
    return any(is_hidden(part) for part in name.split("/")[:-1] if part != "..")
