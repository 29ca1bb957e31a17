"""The next SPEC-ID of a folder, without a model.

A SPEC lies in a folder (or a file) whose name begins with its id: `SPEC-KIT-070-model-cost`.  The
next id is one above the highest; gaps are not filled, because an old id may still be quoted
somewhere.  Reserving one makes its folder, and two processes that do so at once get two ids.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["PREFIX", "folder_name", "next_number", "next_spec_id", "reserve", "slug_of"]

PREFIX = "SPEC-KIT-"
_DIGITS = 3
_MOST_SLUG = 40
_UNSPOKEN = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """Write *title* as part of a folder's name: `Model cost!` is `model-cost`; it may be empty.

    It has at most 40 characters and ends with a whole word, unless that is longer by itself.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _UNSPOKEN.sub("-", plain).strip("-")
    if len(slug) <= _MOST_SLUG:
        return slug
    whole, cut, _ = slug[: _MOST_SLUG + 1].rpartition("-")
    return whole if cut else slug[:_MOST_SLUG]


def folder_name(spec_id: str, title: str = "") -> str:
    """Return what the folder of a SPEC is called."""
    return f"{spec_id}-{slug}" if (slug := slug_of(title)) else spec_id


def next_number(names: Iterable[str], prefix: str = PREFIX) -> int:
    """Return one more than the highest number among *names*, 1 if there is none.

    Names that begin otherwise do not count, nor does a number of more than six digits, which is a
    date.  Case does not matter, as it does not on many file systems.
    """
    return 1 + max(_numbers(names, prefix), default=0)


def next_spec_id(folder: Path, prefix: str = PREFIX) -> str:
    """Return the id that the next SPEC in *folder* has: `SPEC-KIT-071`.

    Raises:
        OSError: If *folder* is there and cannot be read.
    """
    return _written(next_number(_names_in(folder), prefix), prefix)


def reserve(folder: Path, title: str = "", prefix: str = PREFIX) -> Path:
    """Make the folder of the next SPEC, for nobody else, and return it.

    The folder `SPEC-KIT-071` is made first, which only one process can do, and then gets its whole
    name.  Whoever finds that the number has been taken meanwhile gives it back and tries again.

    Raises:
        OSError: If nothing can be made there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        number = next_number(_names_in(folder), prefix)
        made = folder / _written(number, prefix)
        try:
            made.mkdir()
        except FileExistsError:
            continue
        others = (name for name in _names_in(folder) if name != made.name)
        if number not in _numbers(others, prefix):
            return made.rename(folder / folder_name(made.name, title))
        made.rmdir()


def _numbers(names: Iterable[str], prefix: str) -> Iterator[int]:
    pattern = re.compile(re.escape(prefix) + r"([0-9]{1,6})(?![0-9])", re.IGNORECASE)
    matches = (pattern.match(name) for name in names)
    return (int(match[1]) for match in matches if match)


def _names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()] if folder.exists() else []


def _written(number: int, prefix: str) -> str:
    return f"{prefix}{number:0{_DIGITS}d}"
