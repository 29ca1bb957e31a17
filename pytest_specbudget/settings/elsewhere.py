"""Settings that somebody would expect to hold, and that pytest's rootdir leaves out.

As pytest does with its own settings, one folder is read and nothing is merged.  pytest chooses the
folder: a `pytest.ini` in a package makes that the rootdir, and one at the top takes the rootdir
from a package.  A ceiling that is in force only from some folders must at least be missed aloud.

A bare `pytest` start asks this, so nothing is imported for it, and few files are read.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from pytest_specbudget.settings.asked import mentions_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["overlooked"]

_OWN = "specbudget.toml"
_SHARED = "pyproject.toml"
_REPOSITORY = (".git", ".hg")


def overlooked(rootdir: Path, starts: Iterable[Path]) -> Path | None:
    """Return the file with settings that the run does not read; None if there is none.

    It lies between a folder of *starts* and *rootdir*, or else above *rootdir* in its repository.
    Where *rootdir* has settings of its own, even none in a table or file for them, those above are
    somebody else's.

    Args:
        rootdir: pytest's.
        starts: Where it was started, and what it was started for.
    """
    below = dict.fromkeys(folder for start in starts for folder in _between(start, rootdir))
    above = () if _states(rootdir) else _above(rootdir)
    return next(filter(None, map(_settings_in, (*below, *above))), None)


def _between(start: Path, rootdir: Path) -> Iterator[Path]:
    if start.is_relative_to(rootdir):
        yield from takewhile(lambda folder: folder != rootdir, (start, *start.parents))


def _above(rootdir: Path) -> Iterator[Path]:
    """Yield the folders above *rootdir*, up to the root of its repository."""
    for folder in (rootdir, *rootdir.parents):
        if folder != rootdir:
            yield folder
        if any((folder / mark).exists() for mark in _REPOSITORY):
            return


def _states(folder: Path) -> bool:
    """Tell whether *folder* says what holds in it, be it nothing."""
    return (folder / _OWN).is_file() or _table(folder / _SHARED) is not None


def _settings_in(folder: Path) -> Path | None:
    if _text(folder / _OWN).strip():
        return folder / _OWN
    return folder / _SHARED if _table(folder / _SHARED) else None


def _table(path: Path) -> Any:
    """Return our table in a `pyproject.toml`, or None; a file that is damaged may well have one."""
    text = _text(path)
    if not mentions_us(text):
        return None
    import tomllib  # noqa: PLC0415  a start in a folder that never heard of us does not pay for it

    try:
        return tomllib.loads(text).get("tool", {}).get("specbudget")
    except (ValueError, AttributeError, RecursionError):
        return "damaged"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
