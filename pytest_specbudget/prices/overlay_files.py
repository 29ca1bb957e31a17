"""Which file an overlay is: a path, or the name of one that is shipped.

Asks the file system what exists, and reads nothing.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["OVERLAYS", "overlay_file", "overlay_name", "shipped_overlays"]

OVERLAYS = Path(__file__).parent / "overlays"


def overlay_file(path: Path) -> Path:
    """Return the overlay file that *path* means.

    Overlays that are shipped, such as `seed-2025-10`, are meant by their name, wherever a path may
    stand; a file of that name of the user's own goes before.
    """
    shipped = OVERLAYS / f"{path.name}.toml"
    return shipped if shipped.is_file() and not path.exists() else path


def shipped_overlays() -> list[str]:
    """Return the names of the overlays that are shipped, sorted."""
    return sorted(file.stem for file in OVERLAYS.glob("*.toml"))


def overlay_name(path: Path) -> str:
    """Return how messages call an overlay file."""
    return path.stem if path.parent == OVERLAYS else str(path)
