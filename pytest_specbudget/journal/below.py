"""Where journals lie: the files below a folder, and the folders that nobody may look into."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["journals_below"]


def journals_below(folder: Path) -> Iterator[Path]:
    """Yield the journals at or below *folder*; none if it is not there.

    `Path.rglob` leaves out what may not be listed, or breaks over it.  Such a folder may hold a
    journal, so it is yielded itself: whoever reads it as one is told why that cannot be.
    """
    closed: list[OSError] = []
    for place, _, names in os.walk(folder, onerror=closed.append):
        yield from (Path(place, name) for name in names if name.endswith(".jsonl"))
    for problem in closed:
        if not isinstance(problem, FileNotFoundError | NotADirectoryError):
            yield Path(problem.filename)
