"""Keys of every kind that scrubbing knows, made for its own table; nobody ever issued them."""

from __future__ import annotations

import random
import re
import string
from itertools import product
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.secrets.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["KEYS", "traces_of"]

_DRAW = random.Random(20261122)  # noqa: S311 - nothing of it is secret
_ALPHABETS = (
    string.ascii_letters + string.digits,
    string.digits + "abcdef",
    string.ascii_uppercase + string.digits,
    string.ascii_lowercase + string.digits,
)
_LENGTHS = (16, 20, 24, 27, 30, 32, 36, 40, 48, 58, 60, 64)
_SPECIAL = {
    "eyJ": lambda: f"{_drawn(17)}.eyJ{_drawn(30)}.{_drawn(43)}",
    "SG.": lambda: f"{_drawn(22)}.{_drawn(43)}",
    "pypi-": lambda: f"AgE{_drawn(60)}",
    "hooks.slack.com/services/": lambda: f"T{_drawn(9)}/B{_drawn(9)}/{_drawn(24)}",
    "discord.com/api/webhooks/": lambda: f"8{_drawn(17, string.digits)}/{_drawn(68)}",
    "discordapp.com/api/webhooks/": lambda: f"8{_drawn(17, string.digits)}/{_drawn(68)}",
}
_LONGEST_TRACE = 12
_UNSEEN = re.compile(r"\s")


def _drawn(length: int, alphabet: str = _ALPHABETS[0]) -> str:
    return "".join(_DRAW.choice(alphabet) for _ in range(length))


def _tails(beginning: str) -> Iterator[str]:
    """Yield what may follow *beginning*."""
    if beginning in _SPECIAL:
        yield _SPECIAL[beginning]()
    for length, alphabet in product(_LENGTHS, _ALPHABETS):
        yield _drawn(length, alphabet)


def _key(beginning: bytes) -> str:
    pattern, first = SHAPES[beginning].pattern, beginning.decode()
    keys = (first + tail for tail in _tails(first))
    return next(key for key in keys if pattern.fullmatch(key.encode()))


KEYS: Mapping[str, str] = {beginning.decode(): _key(beginning) for beginning in SHAPES}
"""One key of each kind, by how it begins."""


def traces_of(key: str, text: str) -> list[str]:
    """Return the pieces of *key* that *text* holds, however it is broken into lines.

    A piece has twelve characters, of which none is how such keys begin.
    """
    secret = key.removeprefix(
        max((one for one in KEYS if key.startswith(one)), key=len, default="")
    )
    held = _UNSEEN.sub("", text)
    starts = range(max(1, len(secret) - _LONGEST_TRACE + 1))
    pieces = (secret[start : start + _LONGEST_TRACE] for start in starts)
    return [piece for piece in pieces if piece in held]
