"""The pieces of a text that are long enough to be a credential, and whether one looks random.

A replayed call is searched for credentials, so that it has to be cheap where there are none: one
pass over the bytes tells whether any run of characters is long enough at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_random", "runs"]

SHORTEST = 16
"""No credential that is known by its looks is shorter."""

_IN_RUNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/.~"
_MARKED = bytes(ord("x") if code in _IN_RUNS else ord(" ") for code in range(256))
_LONG_ENOUGH = b"x" * SHORTEST

_UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_WORDS = re.compile(rb"[a-z]{8}|[A-Z]{8}")
_LONG_WORDS = re.compile(rb"[a-z]{13}|[A-Z]{13}")
_SHORTEST_RANDOM, _LONGEST_RANDOM = 20, 2048
_HEX_KEY = 32
_HEX_BITS, _BITS = 3.0, 3.6
_CHANGES = 0.28


def runs(text: bytes) -> Iterator[tuple[int, int]]:
    r"""Yield start and end of each run that is long enough, without the escape before it.

    `\n` and `%3D` before a run end in characters that a run may hold.
    """
    marked = text.translate(_MARKED)
    start = marked.find(_LONG_ENOUGH)
    while start >= 0:
        end = marked.find(b" ", start)
        end = len(text) if end < 0 else end
        yield start + _escape(text, start), end
        start = marked.find(_LONG_ENOUGH, end)


def _escape(text: bytes, start: int) -> int:
    """Return how many bytes at *start* belong to an escape."""
    before = text[start - 1 : start]
    if before == b"%":
        return 2
    if before == b"\\":
        return 5 if text[start : start + 1] == b"u" else 1
    return 0


def is_random(value: bytes) -> bool:
    """Tell whether *value* looks drawn at random, as keys are and names are not.

    It has 20 bytes or more, letters and digits that alternate, and as many different ones as chance
    would give; no UUID, whose work is to name things.
    """
    if not _SHORTEST_RANDOM <= len(value) <= _LONGEST_RANDOM or _UUID.fullmatch(value):
        return False
    if not re.search(rb"\d", value) or not re.search(rb"[A-Za-z]", value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= _HEX_KEY and _bits(value) >= _HEX_BITS
    mixed = re.search(rb"[a-z]", value) and re.search(rb"[A-Z]", value)
    if (_WORDS if mixed else _LONG_WORDS).search(value):
        return False
    return _bits(value) >= _BITS and _changes(value) >= _CHANGES * len(value)


def _bits(value: bytes) -> float:
    """Return the entropy of *value* in bits a byte, after Shannon."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


_SEPARATORS = b"_-+/.~="
_LETTERS = {
    **dict.fromkeys(b"0123456789", ord("0")),
    **dict.fromkeys(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", ord("A")),
}
_CLASSES = bytes(_LETTERS.get(code, ord("a")) for code in range(256))


def _changes(value: bytes) -> int:
    """Count how often letters, capitals and digits take turns, without what divides words."""
    classes = value.translate(_CLASSES, _SEPARATORS)
    return sum(one != other for one, other in pairwise(classes))
