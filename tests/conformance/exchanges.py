"""The exchanges of the cached recordings, each once, and what the oracle says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.oracle import truth
from conformance.pinned import fetched, pins
from conformance.recorded import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.oracle import Truth
    from conformance.pinned import Pin
    from conformance.recorded import Answer

__all__ = ["Exchange", "exchanges", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded exchange.

    Attributes:
        distribution: Whose it is.
        place: File and index, for people.
        answer: What was recorded.
        truth: What the oracle says; None if no model was asked.
    """

    distribution: str
    place: str
    answer: Answer
    truth: Truth | None


def missing() -> list[str]:
    """Return the names of the distributions that the cache lacks."""
    return [pin.name for pin in pins() if not fetched(pin)]


def exchanges() -> list[Exchange]:
    """Return every exchange that has a host, in an order that never changes.

    A recording that two distributions ship is taken once.  Where a project has scrubbed even the
    host, nobody could tell who was asked: those are left out.
    """
    seen: set[str] = set()
    return [
        one for pin in pins() for one in _exchanges(pin, seen) if urlsplit(one.answer.url).netloc
    ]


def _exchanges(pin: Pin, seen: set[str]) -> Iterator[Exchange]:
    for path in sorted(file for file in pin.folder.rglob("*") if file.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in seen:
            seen.add(digest)
            for index, answer in enumerate(read(path)):
                yield Exchange(
                    distribution=pin.name,
                    place=f"{path.relative_to(pin.folder).as_posix()}#{index}",
                    answer=answer,
                    truth=truth(answer),
                )
