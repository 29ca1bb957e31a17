"""Which clients a world brings: those that its file of requirements names."""

from __future__ import annotations

from pathlib import Path

__all__ = ["WORLD", "promised", "requirements", "worlds"]

WORLD = "SPECBUDGET_WORLD"
"""The environment variable that names the world that a run is in."""

_FOLDER = Path(__file__).with_name("requirements")


def worlds() -> list[str]:
    """Return the names of all worlds, sorted."""
    return sorted(file.stem for file in _FOLDER.glob("*.txt"))


def requirements(world: str) -> Path:
    """Return the file of what *world* consists of."""
    return _FOLDER / f"{world}.txt"


def promised(world: str) -> frozenset[str]:
    """Return the names of the distributions that *world* names."""
    lines = requirements(world).read_text("utf-8").splitlines()
    return frozenset(line.partition("==")[0].partition("[")[0] for line in lines if "==" in line)
