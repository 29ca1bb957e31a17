"""Compressed bytes in, plain bytes out, piece by piece.

The first bytes decide, not the header: recordings hold raw gzip under no header at all, and plain
text under `Content-Encoding: gzip`.  Only brotli and raw deflate, which have no magic bytes, are
believed when the header names them and the bytes start like neither JSON nor an event.  Where the
header names several encodings, what comes out of one is looked at in the same way.

A few bytes may stand for gigabytes, so what comes out is handed on in blocks of some megabytes at
most; only brotli's packages older than 1.2 cannot be stopped before their end.
"""

from __future__ import annotations

import re
import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from pytest_specbudget.providers.damage import UnknownEncodingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MAGIC_SIZE", "PLAIN", "Decoder", "decoder_for"]

MAGIC_SIZE = 8
"""How many of the first bytes it takes to tell the encodings apart.

Fewer would do but for brotli and raw deflate, some of whose bodies start as JSON or text does.
"""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZLIB_STARTS = tuple(bytes([window << 4 | 8]) for window in range(8))
_ZLIB_CHECK = 31
_BLOCK = 1 << 20
_DEFLATED = 16 << 10  # each gzip member in a piece has the rest of that piece copied once
_ZSTD_PIECE = 256  # four bytes may stand for the 128 KiB of one block
_PLAIN_START = re.compile(
    rb"""\xef\xbb\xbf  # a byte order mark
    | [ \t\r\n]{5}
    | [ \t\r\n]{0,4} (?: [\[{][ \t\r\n"\[{}\]] | data | even | retr | id: | : ) [\t\r\n -~]* \Z
    """,
    re.VERBOSE,
)


class Decoder(Protocol):
    """Undoes one content encoding."""

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """Return what *chunk* adds to the plain body, in blocks of bounded size where possible."""


def decoder_for(first: bytes, header: str = "") -> Decoder:
    """Choose the decoder for a body that starts with *first*.

    Args:
        first: At least `MAGIC_SIZE` bytes, or the whole body if it is shorter.
        header: The `Content-Encoding`, believed only where bytes cannot tell.

    Raises:
        UnknownEncodingError: If the body needs a package that is not installed.

    Source: RFC 1952 (gzip), RFC 1950 (zlib), RFC 8878 (Zstandard), on their first bytes; RFC 9110,
    section 8.4, on several encodings, of which the last was applied last.
    """
    *inner, outer = _names(header) or [""]
    decoder = _by_magic(first) or _by_name(first, outer)
    return _Stack(decoder, ",".join(inner)) if inner and decoder is not PLAIN else decoder


def _names(header: str) -> list[str]:
    """Return the encodings in a header, of which the last is undone first."""
    names = (name.strip() for name in header.lower().split(","))
    return [name for name in names if name not in {"", "identity"}]


def _by_magic(first: bytes) -> Decoder | None:
    if _PLAIN_START.match(first[:MAGIC_SIZE]):
        return PLAIN
    if first.startswith(_GZIP):
        return _Inflate(zlib.MAX_WBITS | 16)
    if first.startswith(_ZSTD):
        return _Zstd()
    return _Inflate(zlib.MAX_WBITS) if _is_zlib(first) else None


def _by_name(first: bytes, encoding: str) -> Decoder:
    if encoding == "br":
        return _Brotli()
    if encoding == "deflate":
        return _Inflate(zlib.MAX_WBITS if _may_be_zlib(first) else -zlib.MAX_WBITS)
    return PLAIN


def _is_zlib(first: bytes) -> bool:
    return first[:1] == b"\x78" and _may_be_zlib(first)


def _may_be_zlib(first: bytes) -> bool:
    """Tell whether *first* begins as zlib does, whatever its window; some text does as well."""
    return first[:1] in _ZLIB_STARTS and int.from_bytes(first[:2], "big") % _ZLIB_CHECK == 0


class _Plain:
    def feed(self, chunk: bytes) -> tuple[bytes]:
        return (chunk,)


PLAIN = _Plain()
"""For a body that is not compressed."""


class _Stack:
    """A body that was encoded more than once: what comes out of one decoder is decoded again."""

    def __init__(self, outer: Decoder, inner: str) -> None:
        self._outer = outer
        self._encodings = inner
        self._first = b""
        self._inner: Decoder | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for block in self._outer.feed(chunk):
            yield from self._decoded(block)

    def _decoded(self, block: bytes) -> Iterable[bytes]:
        if self._inner is None:
            self._first += block
            if len(self._first) < MAGIC_SIZE:  # less than any answer that tells something
                return ()
            block, self._first = self._first, b""
            self._inner = decoder_for(block, self._encodings)
        return self._inner.feed(block)


class _Inflate:
    """Gzip (also of several members), zlib and raw deflate."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._engine = zlib.decompressobj(window)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for piece in _pieces(chunk, _DEFLATED):
            yield from self._inflated(piece)

    def _inflated(self, chunk: bytes) -> Iterator[bytes]:
        while True:
            if self._engine.eof:
                if chunk[:1] != _GZIP[:1]:  # nothing, or padding after the last member
                    return
                self._engine = zlib.decompressobj(self._window)
            block = self._engine.decompress(chunk, _BLOCK)
            yield block
            chunk = self._engine.unused_data or self._engine.unconsumed_tail
            if not chunk and len(block) < _BLOCK:
                return


class _Brotli:
    def __init__(self) -> None:
        self._engine = _first_of("br", "brotli", "brotlicffi").Decompressor()
        self._process = getattr(self._engine, "process", None) or self._engine.decompress
        self._has_limit = hasattr(self._engine, "can_accept_more_data")

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if not self._has_limit:
            yield self._process(chunk)
            return
        block = self._process(chunk, output_buffer_limit=_BLOCK)
        while block:
            yield block
            block = self._process(b"", output_buffer_limit=_BLOCK)


class _Zstd:
    """Zstandard, also of several frames."""

    def __init__(self) -> None:
        self._make = _zstd()
        self._engine = self._make()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        for piece in _pieces(chunk, _ZSTD_PIECE):
            yield from self._decompressed(piece)

    def _decompressed(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._engine.eof:
                self._engine = self._make()
            yield self._engine.decompress(piece)
            piece = self._engine.unused_data if self._engine.eof else b""


def _zstd() -> Callable[[], Any]:
    module = _first_of("zstd", "compression.zstd", "zstandard")
    make: Callable[[], Any] = module.ZstdDecompressor
    return make().decompressobj if hasattr(make, "decompressobj") else make


def _pieces(chunk: bytes, size: int) -> Iterator[bytes]:
    return (chunk[start : start + size] for start in range(0, len(chunk), size))


def _first_of(encoding: str, *names: str) -> Any:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise UnknownEncodingError(
        f"the body is {encoding}-compressed, and none of {', '.join(names)} is installed"
    )
