"""One HTTP request and how it ended, whoever carried it.

An `Exchange` is one attempt: a call that an SDK retried twice is three of them.  The answer's body
is not in it, because a stream is read while it passes and never held; what was read from it is a
`Reading`.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.core.canonical import canonical
from pytest_specbudget.core.documents import decode
from pytest_specbudget.core.value import quick_value, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["CallVerdict", "End", "Exchange", "Mismatch", "Outcome", "Request", "Source"]

Source = Literal["live", "record", "replay", "mock"]
"""Who answered: the provider, the provider while a cassette recorded it, a cassette, a fake."""

End = Literal["complete", "closed", "abandoned", "error", "refused"]
"""How the body ended: read to its end, closed early, never closed, broken, never sent."""

Outcome = Literal["answered", "failed", "unknown"]
"""2xx; 3xx, 4xx, 5xx or not delivered, which costs nothing; sent, and no answer was seen."""

CallVerdict = Literal["hit", "stale", "altered", "live", "bypass", "mocked"]
"""What answered a call: its own recording; one of another request; one that `spec_fault` altered;
the provider; the provider although a cassette was open; a fake.  A `miss` is no call, for nothing
answered."""

_NOTHING: Mapping[str, Any] = {}
_GZIP = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_MOST_INFLATED = 64 << 20
"""In bytes.  A few may stand for gigabytes; a body that holds more than this is not read."""


@dataclass(slots=True, eq=False)
class Request:
    """A request as far as a reader of usage needs it.

    Attributes:
        method: In upper case.
        host: Without the port, in lower case.
        path: Without the query; never empty.
        body: The bytes sent, or None where they could not be seen (a streamed upload).
        query: The raw query string, without the question mark.
    """

    method: str
    host: str
    path: str
    body: bytes | None = None
    query: str = ""
    _document: Mapping[str, Any] | None = field(default=None, init=False, repr=False)

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object in the body, decoded once; empty where there is none.

        A body that is compressed with gzip is read as what it holds, up to 64 MiB.
        """
        if self._document is None:
            self._document = _json_object(self.body)
        return self._document

    def fingerprint(self) -> str | None:
        """Return the same text for the same request, whatever the order of its keys.

        None where the body could not be seen, so that nobody takes two of those for the same.
        """
        if self.body is None:
            return None
        head, document = f"{self.method} {self.host}{self.path}\n", self.document
        if document:
            said = f"{head}{canonical(document, self.body)}".encode()
        else:
            said = head.encode() + self.body
        return hashlib.sha256(said).hexdigest()[:32]


@value
class Mismatch:
    """What a recording was asked, where that is not what is asked now.

    Attributes:
        asked: The request as it was recorded.
        places: Where the two differ, sorted: `$.model`, `$.messages[*].content`, `path`.
        foreign: Whether the recording belongs to another plugin, which let it answer.
        excused: Whether they differ only where the user said that it does not count.  That makes
            the recording the right one; what the call costs follows from what it asks all the same.
    """

    asked: Request
    places: tuple[str, ...]
    foreign: bool = False
    excused: bool = False


@quick_value
class Exchange:
    """One HTTP attempt, finished.

    Attributes:
        request: What was sent.
        status: The HTTP status, or None if no answer was seen.
        source: Who answered.
        outcome: What it means for the books.
        end: How the body ended.
        sent_at: When it was sent, aware UTC.
        duration_s: From the send to the end of the body, in seconds.
        answered_at: When a replayed answer was recorded, by its own `Date` header, aware UTC;
            None without one, and for an answer that is not replayed.
        first_byte_s: From the send to the first byte of the body, or None without one.
        error: What broke it, as `Type: message`, or None.
        hidden: How many more requests left within the same send than the client tells of.
        carrier: The class of a transport that is not the client's own and that nobody could see
            into, or None.
        cassette: The recording that answered or stored it, or None.
        cassette_index: Its place in that recording, from 0, or None.
        mismatch: What that recording was asked, if it is not what was asked here.
        altered: What `spec_fault` did to the recorded answer, or None.
        bypassed: Whether it touched the network while a cassette was open.
    """

    request: Request
    status: int | None
    source: Source
    outcome: Outcome
    end: End
    sent_at: datetime
    duration_s: float
    answered_at: datetime | None = None
    first_byte_s: float | None = None
    error: str | None = None
    hidden: int = 0
    carrier: str | None = None
    cassette: str | None = None
    cassette_index: int | None = None
    mismatch: Mismatch | None = None
    altered: str | None = None
    bypassed: bool = False

    @property
    def verdict(self) -> CallVerdict:
        """What answered, as people ask it of a replayed suite."""
        if self.source == "replay":
            if self.mismatch is not None and not self.mismatch.excused:
                return "stale"
            return "hit" if self.altered is None else "altered"
        if self.source == "mock":
            return "mocked"
        # What was never answered could not be recorded, so that nothing went past the cassette.
        past = self.bypassed and self.source == "live" and self.status is not None
        return "bypass" if past else "live"


def _json_object(body: bytes | None) -> Mapping[str, Any]:
    try:
        document = decode(body or b"")
    except ValueError:
        document = _inflated_document(body) if body and body.startswith(_GZIP) else None
    return document if isinstance(document, dict) else _NOTHING


def _inflated_document(body: bytes) -> Any:
    """Decode what gzip holds; None for what is damaged, larger than is read, or no JSON."""
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = inflater.decompress(body, _MOST_INFLATED)
        return decode(plain) if inflater.eof else None
    except (ValueError, zlib.error):
        return None
