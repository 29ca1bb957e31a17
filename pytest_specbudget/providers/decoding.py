"""Compressed bytes in, plain bytes out, piece by piece.

The first bytes decide, not the header: recordings hold raw gzip under no header at all, and plain
text under `Content-Encoding: gzip`.  Only brotli and raw deflate, which have no magic bytes, are
believed when the header names them and the bytes start like neither JSON nor an event.
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

MAGIC_SIZE = 4
"""How many of the first bytes it takes to tell the encodings apart."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZLIB_CHECK = 31
_BLOCK = 1 << 20
_PLAIN_START = re.compile(rb'\s*(?:[\[{][\s"\[{}\]]|data|even|retr|id:|:)|\s\s')


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

    Source: RFC 1952 (gzip), RFC 1950 (zlib), RFC 8878 (Zstandard), on their first bytes.
    """
    if _PLAIN_START.match(first):
        return PLAIN
    if first.startswith(_GZIP):
        return _Inflate(zlib.MAX_WBITS | 16)
    if first.startswith(_ZSTD):
        return _Foreign(_zstd())
    if _is_zlib(first):
        return _Inflate(zlib.MAX_WBITS)
    return _by_header(header.strip().lower())


def _is_zlib(first: bytes) -> bool:
    return first[:1] == b"\x78" and int.from_bytes(first[:2], "big") % _ZLIB_CHECK == 0


def _by_header(encoding: str) -> Decoder:
    if encoding == "br":
        return _Foreign(_brotli())
    if encoding == "deflate":
        return _Inflate(-zlib.MAX_WBITS)
    return PLAIN


class _Plain:
    def feed(self, chunk: bytes) -> tuple[bytes]:
        return (chunk,)


PLAIN = _Plain()
"""For a body that is not compressed."""


class _Inflate:
    """Gzip (also of several members), zlib and raw deflate, a megabyte at a time."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._engine = zlib.decompressobj(window)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
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


class _Foreign:
    def __init__(self, decompress: Callable[[bytes], bytes]) -> None:
        self._decompress = decompress

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield self._decompress(chunk)


def _brotli() -> Callable[[bytes], bytes]:
    engine = _first_of("br", "brotli", "brotlicffi").Decompressor()
    return getattr(engine, "process", None) or engine.decompress  # type: ignore[no-any-return] # untyped


def _zstd() -> Callable[[bytes], bytes]:
    module = _first_of("zstd", "compression.zstd", "zstandard")
    engine = module.ZstdDecompressor()
    make = getattr(engine, "decompressobj", None)
    return (make() if make else engine).decompress  # type: ignore[no-any-return] # untyped


def _first_of(encoding: str, *names: str) -> Any:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise UnknownEncodingError(
        f"the body is {encoding}-compressed, and none of {', '.join(names)} is installed"
    )
