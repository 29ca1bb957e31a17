"""Markdown as it acts: without what only stands there to be read."""

from __future__ import annotations

import re

__all__ = ["bare"]

_FENCED = re.compile(r"^(?P<fence>`{3,})\w+\n.*?^(?P=fence)$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)")


def bare(text: str) -> str:
    """Return *text* without its fenced blocks and code spans, in which nothing can act."""
    return _SPAN.sub("CODE", _FENCED.sub("CODE", text))
