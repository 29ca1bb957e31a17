"""Answers are kept decompressed, so that a diff can be read.

gzip and deflate are taken off, and the header with them.  An encoding that the standard library
cannot undo stays, body and header, as it came; so does what would grow beyond all measure.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.scrub import with_body

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Answer

__all__ = ["decoded"]

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_LIMIT = 64 << 20  # bytes that an answer may grow to
_MEMBERS = 1000  # what follows each of them is copied once


def decoded(answer: Answer) -> Answer:
    """Undo a body's gzip or deflate encoding; aiohttp hands over bodies that are undone already."""
    coding = next((name for name in answer.headers if name.lower() == "content-encoding"), None)
    if coding is None:
        return answer
    body = _decompressed(answer.body, ", ".join(answer.headers[coding]).lower())
    if body is None:
        return answer
    headers = {name: values for name, values in answer.headers.items() if name != coding}
    return with_body(replace(answer, headers=headers), body)


def _decompressed(body: bytes, coding: str) -> bytes | None:
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    for window in (_GZIP_OR_ZLIB, _RAW_DEFLATE):
        try:
            return _inflated(body, window)
        except zlib.error:
            continue
    return body if _is_text(body) else None


def _inflated(body: bytes, window: int) -> bytes | None:
    """Undo the one member of *body*, or each of several; None if they are too many or too large."""
    whole, rest = b"", body
    for _ in range(_MEMBERS):
        if not rest:
            return whole
        engine = zlib.decompressobj(window)
        whole += engine.decompress(rest, _LIMIT + 1 - len(whole))
        if len(whole) > _LIMIT:
            return None
        if not engine.eof:
            raise zlib.error("the body breaks off")
        rest = engine.unused_data.lstrip(b"\0")  # gzip may be padded
    return None


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
