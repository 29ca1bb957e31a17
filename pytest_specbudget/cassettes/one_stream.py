"""An answer of aiohttp is one stream, recorded or replayed: from its first line to its last, once.

In vcrpy 8.2.1 each look at a replayed `response.content` makes the stream anew, from its first line
on: google-genai looks anew before each line, and so reads the first one until the memory is full.
An answer that is recorded is handed over with its stream read to the end.  Later versions of vcrpy
keep the one stream, and give the other back.

Source: `MockClientResponse` and `record_response` in `vcr/stubs/aiohttp_stubs.py` of vcrpy 8.2.1
and 9.4.2.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["one_stream"]

_STUBS = "vcr.stubs.aiohttp_stubs"
_KEPT = "_specbudget_stream"


@contextmanager
def one_stream() -> Iterator[None]:
    """Let vcrpy's stub for aiohttp hand over whole streams, where it does not."""
    stubs: Any = sys.modules.get(_STUBS)
    answer = getattr(stubs, "MockClientResponse", None)
    made = vars(answer).get("content") if answer is not None else None
    if not isinstance(made, property):
        yield
        return
    recording = _giving_back(stubs.record_response, stubs.MockStream)
    with (
        mock.patch.object(answer, "content", property(_keeping(made))),
        mock.patch.object(stubs, "record_response", recording),
    ):
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


def _giving_back(record: Any, make: Callable[[], Any]) -> Any:
    """Return what records an answer, and gives it a stream again that nobody has read."""

    async def record_response(cassette: Any, request: Any, response: Any) -> None:
        await record(cassette, request, response)
        body = response._body  # noqa: SLF001 - as the stub does; to read one that broke raises
        if body:
            stream = make()
            stream.feed_data(body)
            stream.feed_eof()
            response.content = stream

    return record_response
