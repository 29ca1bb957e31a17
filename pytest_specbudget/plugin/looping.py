"""What would start the next run of `pytest --looponfail` is not written.

That option of pytest-xdist runs the tests again whenever a file changes below the folders that it
watches.  A file of ours there, written at the end of each run, would start the next one, with the
calls that it makes, for ever.  What nobody asked for is left out; of what somebody did ask for they
are told where it could go.

Source: `looponfailroots`, and what is watched below them (no name that begins with a dot, no
`.pyc`), of pytest-xdist 3.8.0.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["LOOPED", "held_back", "is_looped", "starts_next_run"]

LOOPED = "looped"
"""Under which name a worker is told so, which has nothing else to tell it by."""
_ROOTS = "looponfailroots"


def is_looped(config: pytest.Config) -> bool:
    """Tell whether the tests run again whenever a file changes."""
    told = getattr(config, "workerinput", {}).get("specbudget", {})
    plugins = config.pluginmanager.get_plugins()
    here = any(type(plugin).__module__ == "xdist.looponfail" for plugin in plugins)
    return here or bool(told.get(LOOPED))


def starts_next_run(config: pytest.Config, path: Path) -> bool:
    """Tell whether writing *path* starts the next run."""
    return is_looped(config) and any(_watches(root, path) for root in _roots(config))


def held_back(origin: str, path: Path) -> str:
    """Say that *path*, which *origin* asked for, is not written, and where it could be."""
    return (
        f"{origin} is not written, because --looponfail would see it and run the tests again, for "
        f"ever; name a path that is not watched, such as .specbudget/{path.name}"
    )


def _roots(config: pytest.Config) -> list[Path]:
    return config.getini(_ROOTS) or [Path.cwd()]


def _watches(root: Path, path: Path) -> bool:
    at, there = root.resolve(), path.resolve()
    if not there.is_relative_to(at) or path.suffix == ".pyc":
        return False
    return not any(part.startswith(".") for part in there.relative_to(at).parts)
