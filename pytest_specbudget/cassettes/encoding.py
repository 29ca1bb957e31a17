"""Answers are kept decompressed, so that a diff can be read.

gzip and deflate are taken off, and the header with them; brotli and zstd, too, where a package that
can is installed.  An encoding that cannot be undone stays, body and header, as it came; so does
what would grow beyond all measure.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.scrub import with_body
from pytest_specbudget.providers.decoding import MAGIC_SIZE, decoder_for

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Answer

__all__ = ["decoded", "is_text", "plain"]

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_BY_PACKAGES = {"br", "zstd"}
_LIMIT = 64 << 20  # bytes that an answer may grow to
_MEMBERS = 1000  # what follows each of them is copied once


def decoded(answer: Answer) -> Answer:
    """Undo a body's encoding, where that can be; aiohttp hands over what it has undone itself."""
    coding = next((name for name in answer.headers if name.lower() == "content-encoding"), None)
    if coding is None:
        return answer
    body = _decompressed(answer.body, ", ".join(answer.headers[coding]).lower())
    if body is None:
        return answer
    headers = {name: values for name, values in answer.headers.items() if name != coding}
    return with_body(replace(answer, headers=headers), body)


def is_text(body: bytes) -> bool:
    """Tell whether *body* is UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def plain(body: bytes, coding: str = "") -> bytes | None:
    """Undo whatever compression *body* is under; None if nobody here can, or if it grows too large.

    Args:
        body: As recorded.
        coding: Its `Content-Encoding`, believed where the bytes cannot tell.
    """
    whole = bytearray()
    try:
        for block in decoder_for(body[:MAGIC_SIZE], coding).feed(body):
            whole += block
            if len(whole) > _LIMIT:
                return None
    except Exception:  # noqa: BLE001 - each engine has errors of its own, and all mean the same
        return None
    return bytes(whole)


def _decompressed(body: bytes, coding: str) -> bytes | None:
    if coding in _BY_PACKAGES:
        unpacked = plain(body, coding)
        return unpacked if unpacked and is_text(unpacked) else None
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    for window in (_GZIP_OR_ZLIB, _RAW_DEFLATE):
        try:
            return _inflated(body, window)
        except zlib.error:
            continue
    return body if is_text(body) else None


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
