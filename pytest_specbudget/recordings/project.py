"""The folders of a project that hold something of its own: no packages, nothing hidden.

pytest may be started where no project is, at the top of a disk; so no more than so many are seen.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["own_folders"]

_SEEN_BY_NOBODY = frozenset(("node_modules", "site-packages", "__pycache__"))
_MOST = 20_000  # a second or so


def own_folders(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield *root* and each folder below it, with the names of the folders and files in it."""
    for folder, names, files in islice(os.walk(root), _MOST):
        names[:] = [name for name in names if not _is_skipped(Path(folder) / name)]
        yield Path(folder), names, files


def _is_skipped(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _SEEN_BY_NOBODY
    # Unlike `Path.exists`, it says no of a folder that may not be entered: a database's, say.
    return hidden or os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110
