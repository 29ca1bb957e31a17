"""Bodies as they can be read: decompressed, and cut into what they are made of.

It uses the decoders and splitters that readers of usage hear a live answer with, so what is shown
of a recording is what was metered.  Nothing grows beyond 64 MiB.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.encoding import decoded, is_text, plain
from pytest_specbudget.cassettes.scrub import with_body
from pytest_specbudget.providers.body import Body
from pytest_specbudget.providers.damage import TooLongError

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Answer, Headers
    from pytest_specbudget.providers.splitting import Shape

__all__ = ["Pieces", "header", "is_text", "opened", "pieces", "plain"]

_CODING = "content-encoding"
_LIMIT = 64 << 20


@dataclass(slots=True)
class Pieces:
    """What a body is made of.

    Attributes:
        shape: A document, events, or neither.
        parts: The one document, or the data of each event.
    """

    shape: Shape = "empty"
    parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    def event(self, data: bytes) -> None:
        """Take one event."""
        self._size += len(data)
        if self._size > _LIMIT:
            raise TooLongError(f"more than {_LIMIT >> 20} MiB")
        self.parts.append(data)

    last_event = document = event


def header(headers: Headers, name: str) -> str:
    """Return the values of a header whose name may be in any case, joined; empty if it has none."""
    return ", ".join(", ".join(headers[key]) for key in headers if key.lower() == name)


def opened(answer: Answer) -> Answer:
    """Undo the encoding that the headers of *answer* name, as far as it can be undone here."""
    answer = decoded(answer)
    coding = header(answer.headers, _CODING)
    if not coding:
        return answer
    body = answer.body if is_text(answer.body) else plain(answer.body, coding)
    if body is None or (body == answer.body and not is_text(body)):
        return answer
    rest = {name: told for name, told in answer.headers.items() if name.lower() != _CODING}
    return with_body(replace(answer, headers=rest), body)


def pieces(body: bytes, headers: Headers) -> Pieces:
    """Cut a body, compressed or not, into its document or events; damage ends what is found."""
    found = Pieces()
    named = {name.lower(): ", ".join(told) for name, told in headers.items()}
    cutting = Body(named, found)
    with contextlib.suppress(Exception):  # what a provider or a scrubber damaged is shown so far
        cutting.feed(body)
        cutting.close()
    found.shape = cutting.shape
    return found
