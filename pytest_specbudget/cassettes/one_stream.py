"""A replayed answer of aiohttp is one stream: what was read of it stays read.

In vcrpy 8.2.1 each look at `response.content` makes the stream anew, from its first line on.
google-genai looks anew before each line, and so reads the first line until the memory is full.
Later versions of vcrpy keep the stream.

Source: `MockClientResponse` in `vcr/stubs/aiohttp_stubs.py` of vcrpy 8.2.1 and 9.4.2.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["one_stream"]

_STUBS = "vcr.stubs.aiohttp_stubs"
_KEPT = "_specbudget_stream"


@contextmanager
def one_stream() -> Iterator[None]:
    """Let the answers of vcrpy's stub for aiohttp keep their stream, where they do not."""
    answer: Any = getattr(sys.modules.get(_STUBS), "MockClientResponse", None)
    made = vars(answer).get("content") if answer is not None else None
    if not isinstance(made, property):
        yield
        return
    with mock.patch.object(answer, "content", property(_keeping(made))):
        yield


def _keeping(made: property) -> Any:
    """Return what gives an answer's stream; the stub closes each answer before it is read."""

    def content(answer: Any) -> Any:
        kept = vars(answer)
        stream = kept.get(_KEPT)
        if stream is None or stream.exception() is not None:
            stream = kept[_KEPT] = made.__get__(answer)
        return stream

    return content
