"""Which source distributions are pinned, and where their recordings lie once they were fetched.

Public projects ship real answers of real providers with their tests.  Nothing of them goes into
the repository: `ci/fetch_recordings.py` brings them into a cache.
"""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Pin", "cache", "fetched", "pins"]

_PINS = Path(__file__).with_name("pins.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One source distribution.

    Attributes:
        name: As the index knows it.
        version: Exactly this one.
        sha256: Of the archive.
        licence: Of the project; the recordings are read and never passed on.
        without: Folders of recordings that are something else.
    """

    name: str
    version: str
    sha256: str
    licence: str
    without: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its recordings lie in the cache, once they were fetched."""
        return cache() / "recordings" / f"{self.name}-{self.version}-{self.sha256[:12]}"


def cache() -> Path:
    """Return the folder for what is fetched: SPECBUDGET_CACHE, else the system's for caches."""
    asked = os.environ.get("SPECBUDGET_CACHE")
    if asked:
        return Path(asked).expanduser().resolve()
    return _system_cache(os.environ) / "pytest-specbudget"


def _system_cache(environment: Mapping[str, str]) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache")


def pins() -> list[Pin]:
    """Read which distributions are pinned, by name."""
    listed = tomllib.loads(_PINS.read_text("utf-8"))["distribution"]
    made = [Pin(**one | {"without": tuple(one.get("without", ()))}) for one in listed]
    return sorted(made, key=lambda pin: pin.name)


def fetched(pin: Pin) -> bool:
    """Tell whether the recordings of *pin* are in the cache."""
    return pin.folder.is_dir()
