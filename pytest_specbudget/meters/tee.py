"""Response streams that let an attempt listen while their bytes pass.

A piece is handed on as soon as it came: nothing is held, joined or split.  The classes are
finished by `of`, because each library insists on streams of its own type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pytest_specbudget.meters.attempt import Attempt

__all__ = ["AsyncTee", "SyncTee", "of"]


def of(tee: type[_Tee], stream_type: type) -> Any:
    """Make *tee* a *stream_type*, as the library's `isinstance` checks want it."""
    return type(tee.__name__, (tee, stream_type), {})


class _Tee:
    """What both kinds share: everything but the bytes is the inner stream's affair."""

    def __init__(self, stream: Any, attempt: Attempt) -> None:
        self._stream = stream
        self._attempt = attempt

    def __getattr__(self, name: str) -> Any:
        # httpx2 reads `elapsed` of its stream.  The guard: a half-made copy has no `_stream`.
        if name == "_stream":
            raise AttributeError(name)
        return getattr(self._stream, name)

    def __del__(self) -> None:
        self._attempt.lose()


class SyncTee(_Tee):
    """Listens to a stream of a sync client."""

    def __iter__(self) -> Iterator[bytes]:
        hear = self._attempt.feed
        try:
            for piece in self._stream:
                hear(piece)
                yield piece
        except GeneratorExit:  # the reader stopped early; `close` books it
            raise
        except BaseException as error:
            self._attempt.finish("error", error)
            raise
        self._attempt.finish("complete")

    def close(self) -> None:
        """Close the inner stream, and book the attempt as closed if it had not ended."""
        try:
            self._stream.close()
        finally:
            self._attempt.finish("closed")


class AsyncTee(_Tee):
    """Listens to a stream of an async client."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        hear = self._attempt.feed
        pieces = aiter(self._stream)
        try:
            async for piece in pieces:
                hear(piece)
                yield piece
        except GeneratorExit:  # the reader stopped early; `aclose` books it
            raise
        except BaseException as error:
            self._attempt.finish("error", error)
            raise
        finally:
            await _close(pieces)
        self._attempt.finish("complete")

    async def aclose(self) -> None:
        """Close the inner stream, and book the attempt as closed if it had not ended."""
        try:
            await self._stream.aclose()
        finally:
            self._attempt.finish("closed")


async def _close(pieces: AsyncIterator[bytes]) -> None:
    """Close an async generator now; left alone, the event loop would do it some time later."""
    close = getattr(pieces, "aclose", None)
    if close is not None:
        await close()
