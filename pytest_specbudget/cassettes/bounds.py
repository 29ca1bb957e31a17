"""What a YAML text may hold, found out before a value is built of it.

A recording comes from anywhere.  libyaml's builder calls itself for each level and takes the
process down at some thousands; an alias of a few bytes stands for as much as its anchor, and an
empty list of three bytes for some hundred; PyYAML's reader of numbers takes minutes for a long one
in base 60, libyaml for many tag shorthands, and a dictionary for numbers that all have one hash.
Nothing is built here.

Source: https://yaml.org/type/int.html (base 60, checked 2026-11-22); libyaml 0.2.5, which compares
each `%TAG` with all before; CPython 3.11, where numbers that differ by 2**61 - 1 hash alike, and
PyYAML 6.0.3 on it, which took up to 700 bytes a value while it built one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["check"]

_MAX_DEPTH = 200
_MAX_SIZE = 512 << 20  # in characters, with every alias counted as often as it is used
_VALUE = 256  # what a value counts beside its characters
_MAX_LIKE_KEYS = 1000  # keys that may hash alike; each is compared with all before
_HASHED_AS_ITSELF = 18  # digits
_MAX_DIGITS = 4300  # as many as Python takes, too
_NUMBER = re.compile(r"[-+]?(?:0[xb][\da-fA-F_]*|[\d.][\d_.:]*)")
_MAX_SHORTHANDS = 100
_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check(text: bytes | str) -> None:
    """Refuse what would not fit into memory or onto the stack.

    Raises:
        ValueError: With the line and the reason.
        yaml.YAMLError: If it is no YAML.
    """
    shorthands = text.count(b"%TAG") if isinstance(text, bytes) else text.count("%TAG")
    if shorthands > _MAX_SHORTHANDS:
        raise ValueError(f"more than {_MAX_SHORTHANDS} tag shorthands")
    counting = _Counting()
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        try:
            counting.take(event)
        except ValueError as problem:
            raise ValueError(f"line {event.start_mark.line + 1}: {problem}") from None


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun.

    Attributes:
        anchor: The name by which aliases call it, or None.
        before: The size when it began.
        at_key: Whether its next value is a key; None for a list.
    """

    anchor: str | None
    before: int
    at_key: bool | None


class _Counting:
    """How deep a document is, and how large with its aliases written out."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._size = 0
        self._like_keys = 0
        self._anchors: dict[str, int] = {}

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            at_key = True if isinstance(event, yaml.MappingStartEvent) else None
            self._open.append(_Open(event.anchor, self._size, at_key))
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            self._grow(_VALUE, ended.anchor, ended.before)
            self._turn(may_be_like=False)
        elif isinstance(event, yaml.AliasEvent):
            self._size += self._expanded(event.anchor or "")
            self._turn(may_be_like=True)
        self._limit()

    def _take_scalar(self, event: Any) -> None:
        number = len(event.value) > _HASHED_AS_ITSELF and _is_number(event)
        if number and len(event.value) > _MAX_DIGITS:
            raise ValueError(f"a number of {len(event.value)} digits")
        self._grow(len(event.value) + _VALUE, event.anchor, self._size)
        self._turn(may_be_like=number)

    def _turn(self, *, may_be_like: bool) -> None:
        """Go on from a key to its value, and back."""
        if self._open and self._open[-1].at_key is not None:
            self._like_keys += may_be_like and self._open[-1].at_key
            self._open[-1].at_key = not self._open[-1].at_key

    def _grow(self, more: int, anchor: str | None, before: int) -> None:
        """Count *more*, which ends what began at *before*."""
        self._size += more
        if anchor is not None:
            self._anchors[anchor] = self._size - before

    def _expanded(self, anchor: str) -> int:
        if any(anchor == one.anchor for one in self._open):
            raise ValueError(f"alias *{anchor} contains itself")
        return self._anchors.get(anchor, _VALUE)

    def _limit(self) -> None:
        if len(self._open) > _MAX_DEPTH:
            raise ValueError(f"nested more than {_MAX_DEPTH} deep")
        if self._size > _MAX_SIZE:
            raise ValueError(f"more than {_MAX_SIZE >> 20} MiB with its aliases written out")
        if self._like_keys > _MAX_LIKE_KEYS:
            raise ValueError(f"more than {_MAX_LIKE_KEYS} keys that are long numbers or aliases")


def _is_number(event: Any) -> bool:
    """Tell whether a scalar is read as a number, in whatever base."""
    may_be = event.implicit[0] or event.tag in _NUMBER_TAGS
    return may_be and _NUMBER.fullmatch(event.value) is not None
