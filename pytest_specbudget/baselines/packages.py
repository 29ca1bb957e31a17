"""Which package of a repository a folder is, so that those of a monorepo do not collide."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROOT", "package_of"]

ROOT = "."
"""What the root of a repository is called."""


def package_of(rootdir: Path) -> str:
    """Name *rootdir* from the root of its git repository: `services/billing`; `.` for the root.

    Without a repository, too, it is `.`.
    """
    place = rootdir.resolve()
    for folder in (place, *place.parents):
        if (folder / ".git").exists():
            return place.relative_to(folder).as_posix()
    return ROOT
