"""What a process that was killed left in a history: folders of what was on its way, swept later.

They are no part of the history.  A process that still writes has such folders, too, so only those
go that nobody has touched for days.
"""

from __future__ import annotations

import time
from contextlib import suppress
from shutil import rmtree
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DRAFTS", "SPILL", "sweep"]

SPILL = ".spill-"
"""How the names of folders begin that have what memory does not hold."""

DRAFTS = ".days-"
"""How the names of folders begin that have days which take their place when they are whole."""

_OLD_S = 2 * 24 * 60 * 60


def sweep(folder: Path) -> None:
    """Remove what was left in *folder* two days ago or more, as far as it can be removed."""
    old = time.time() - _OLD_S
    for prefix in (SPILL, DRAFTS):
        for left in folder.glob(f"{prefix}*"):
            with suppress(FileNotFoundError):  # another process sweeps, or ends
                if left.stat().st_mtime < old:
                    rmtree(left, ignore_errors=True)
