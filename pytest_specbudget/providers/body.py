"""Wire bytes in, events out: a decoder and a splitter, chosen when the first bytes are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers.damage import CutError
from pytest_specbudget.providers.decoding import MAGIC_SIZE, PLAIN, decoder_for
from pytest_specbudget.providers.splitting import splitter_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.decoding import Decoder
    from pytest_specbudget.providers.splitting import Listening, Shape, Splitter

__all__ = ["Body"]

_BEFORE_ANYTHING = b"\xef\xbb\xbf \t\r\n"  # a byte order mark, white space that keeps a line open


class Body:
    """One answer's body on its way past; raises on damage, which its owner handles."""

    __slots__ = ("_decoder", "_direct", "_encoding", "_first", "_listening", "_splitter", "_type")

    def __init__(self, headers: Mapping[str, str], listening: Listening) -> None:
        self._encoding = headers.get("content-encoding", "")
        self._type = headers.get("content-type", "")
        self._listening = listening
        self._first = b""
        self._decoder: Decoder | None = None
        self._splitter: Splitter | None = None
        self._direct: Callable[[bytes], None] | None = None

    @property
    def shape(self) -> Shape:
        """What the body is, as far as it was seen."""
        return self._splitter.shape if self._splitter else "empty"

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        if self._direct is not None:
            self._direct(chunk)
        elif self._decoder is not None:
            self._decode(self._decoder, chunk)
        else:
            self._first += chunk
            if len(self._first) >= MAGIC_SIZE:
                self._begin()

    def close(self) -> None:
        """Hand over what is left at the end."""
        if self._decoder is None and self._first:
            self._begin()
        if self._splitter:
            self._splitter.close()
        elif self._decoder not in (None, PLAIN):
            raise CutError("nothing came out of a compressed body")

    def _begin(self) -> None:
        first, self._first = self._first, b""
        self._decoder = decoder_for(first, self._encoding)
        self._decode(self._decoder, first)

    def _decode(self, decoder: Decoder, chunk: bytes) -> None:
        for block in decoder.feed(chunk):
            self._split(block)

    def _split(self, block: bytes) -> None:
        if self._splitter is None:
            block = block.lstrip(_BEFORE_ANYTHING)
            if not block:
                return
            self._splitter = splitter_for(block[:1], self._type, self._listening)
            if self._decoder is PLAIN:  # one call less for each chunk of a stream
                self._direct = self._splitter.feed
        self._splitter.feed(block)
