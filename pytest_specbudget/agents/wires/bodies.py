"""From the bytes of an answer to its documents, whichever of the usual ways they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.agents.failures import failure, stated_error
from pytest_specbudget.agents.values import BadReply
from pytest_specbudget.core.documents import decode
from pytest_specbudget.providers.body import Body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.agents.values import Reply
    from pytest_specbudget.agents.wires.documents import Json

__all__ = ["documents", "read", "unfinished"]

_SUCCESS = range(200, 300)
_END = b"[DONE]"
_SHOWN = 100
_LONGEST = 8000  # bytes


class _Kept:
    """Keeps what a splitter finds."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.whole: bytes | None = None

    def event(self, data: bytes) -> None:
        self.events.append(data)

    def last_event(self, data: bytes) -> None:
        self.events.append(data)

    def document(self, data: bytes) -> None:
        self.whole = data


def read(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    whole: Callable[[Json], Reply],
    streamed: Callable[[Iterable[bytes]], Reply],
) -> Reply:
    """Read an answer with *whole* if it is one document, with *streamed* if it is events.

    Raises:
        NoReply: If the status is an error, or there is no answer in the body.
    """
    kept = _split(headers, body)
    if status not in _SUCCESS:
        raise failure(status, headers, kept.whole or body)
    if kept.whole is not None:
        return whole(_document(kept.whole))
    if kept.events:
        return streamed(kept.events)
    raise BadReply(f"the body is no JSON and no events: {_beginning(body)}")


def documents(events: Iterable[bytes]) -> Iterator[Json]:
    """Yield the document of each event up to the end that some streams mark.

    Raises:
        NoReply: If one is no JSON object, or tells of an error.
    """
    for event in events:
        if event == _END:
            return
        yield _document(event)


def unfinished() -> BadReply:
    """Say that events ended before the answer did."""
    return BadReply("the stream ended before the answer did")


def _split(headers: Mapping[str, str], body: bytes) -> _Kept:
    kept = _Kept()
    splitting = Body(headers, kept)
    try:
        splitting.feed(body)
        splitting.close()
    except Exception as problem:  # decoders of other packages raise errors of their own
        raise BadReply(f"the body cannot be unpacked: {type(problem).__name__}") from problem
    return kept


def _document(data: bytes) -> Json:
    try:
        document = decode(data)
    except ValueError:
        raise BadReply(f"a part of the answer is no JSON: {_beginning(data)}") from None
    error = stated_error(document)
    if error is not None:
        raise error
    if not isinstance(document, dict):
        raise BadReply(f"a part of the answer is no JSON object: {_beginning(data)}")
    return document


def _beginning(data: bytes) -> str:
    from pytest_specbudget.cassettes.secrets.hearsay import (  # noqa: PLC0415 - only trouble pays
        repeatable,
    )

    return repr(repeatable(data[:_LONGEST].decode("utf-8", "replace"), _SHOWN))
