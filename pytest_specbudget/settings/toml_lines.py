"""Where the keys of a TOML text stand.

`tomllib` tells no line numbers.  This finds those of plain keys and table headers; a key that it
misses (one inside an inline table, or with an escape in its name) has the line of its parent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["line_numbers", "line_of"]

Keys = tuple[str, ...]

_KEY = r"""(?:[\w-]+|"[^"\\]*"|'[^']*')"""
_KEYS = rf"(?P<keys>{_KEY}(?:\s*\.\s*{_KEY})*)"
_HEADER = re.compile(rf"\s*\[\[?\s*{_KEYS}\s*\]", re.ASCII)
_PAIR = re.compile(rf"\s*{_KEYS}\s*=", re.ASCII)
_ONE_KEY = re.compile(_KEY, re.ASCII)


def line_numbers(text: str) -> dict[Keys, int]:
    """Return the line, from 1, at which each key of *text* first stands."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    for number, line in _outside_of_long_strings(text):
        if header := _HEADER.match(line):
            table = _split(header["keys"])
            found.setdefault(table, number)
        elif pair := _PAIR.match(line):
            keys = table + _split(pair["keys"])
            for depth in range(len(table) + 1, len(keys) + 1):
                found.setdefault(keys[:depth], number)
    return found


def line_of(keys: Keys, lines: Mapping[Keys, int]) -> int | None:
    """Return the line of *keys*, or that of the nearest key above it; None if none is known."""
    above = (keys[:depth] for depth in range(len(keys), 0, -1))
    return next((lines[some] for some in above if some in lines), None)


def _outside_of_long_strings(text: str) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not inside:
            yield number, line
        inside ^= (line.count('"""') + line.count("'''")) % 2 == 1


def _split(keys: str) -> Keys:
    return tuple(key.strip("\"'") for key in _ONE_KEY.findall(keys))
