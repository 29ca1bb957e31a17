"""What readers of all providers have in common.

A fold takes the events of one answer, or its one document, and states what was consumed.  It
holds counts and names, never the answer.  An event in which nothing telling is found is counted
and not decoded, because a stream has hundreds of those and two that matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_specbudget.core.documents import decode
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import Counts, mapping, text
from pytest_specbudget.providers.damage import CutError, DamageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Part

__all__ = ["USAGE", "Asked", "Fold", "Statement", "events_with"]

USAGE = r'usage"\s*:\s*\{'
_ERROR = r'error"(?:\s*:\s*["{]|\s*[,}])'
_DONE = b"[DONE]"
_CURIOUS = 5
_KEPT = 8000
"""Characters.  Whoever shows it cuts it; a credential that was cut in two is known by nobody."""
_NOTHING: Mapping[str, Any] = {}
_NO_USAGE = Usage()


def events_with(*words: str) -> re.Pattern[bytes]:
    """Make the pattern of an event worth decoding: an error, or one of *words* after a quote.

    The quote comes first in all of them because the engine then skips from quote to quote.  Most
    events say `"usage":null`, so a word goes on to what makes it worth the while.
    """
    return re.compile(f'"(?:{"|".join((*words, _ERROR))})'.encode())


@dataclass(slots=True, eq=False)
class Asked:
    """What a fold may know about the request.

    Attributes:
        request: The request.
        provider: Who is asked.
        model: The model asked for, or None.
        region: The region asked for, if the price depends on it, or None.
    """

    request: Request
    provider: str
    model: str | None
    region: str | None = None


@dataclass(slots=True, eq=False)
class Statement:
    """What a provider stated in one answer, made inclusive; a `Reading` is made of it.

    Attributes:
        model: The model that answered.
        response_id: The answer's own id.
        service_tier: As `Reading` has it.
        region: As `Reading` has it.
        usage: Inclusive counts.
        parts: One for each model, where several ran.
        provider_cost: A price that the provider stated.
        counted: False where the counts come with a later answer.
        finished: Whether the provider's own last event was seen.
        damaged: Whether a total made no sense.
        flags: What was odd.
        unpriced_tools: As `Reading` has it.
    """

    model: str | None = None
    response_id: str | None = None
    service_tier: str | None = None
    region: str | None = None
    usage: Usage = _NO_USAGE
    parts: tuple[Part, ...] = ()
    provider_cost: Money | None = None
    counted: bool = True
    finished: bool = False
    damaged: bool = False
    flags: tuple[str, ...] = ()
    unpriced_tools: tuple[str, ...] = ()


class Fold:
    """A reader of one answer; a provider's file overrides `read` and `settle`.

    Attributes:
        headers: The answer's, whose names may be in any case.
        events: How many events came, read or not.
        over: Whether an event said that nothing more follows; what does follow is not heard.
        torn: Whether the last event was cut.
        counts: Takes the counts.
        stated: What is known so far.
    """

    telling: ClassVar[re.Pattern[bytes]] = events_with(USAGE)
    """What is found in every event that must be read."""
    may_be_opaque: ClassVar[bool] = False
    """Whether an answer may be neither JSON nor events, such as speech."""
    done_ends: ClassVar[bool] = True
    """Whether `[DONE]` ends an answer; where an event of its own does, that must have come."""
    events = 0
    over = False
    torn = False
    _failed = False
    headers: Mapping[str, str] = _NOTHING

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.counts = Counts()
        self.stated = Statement()

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take one event, or the *whole* plain body."""
        raise NotImplementedError

    def settle(self, stated: Statement) -> None:
        """Reckon up what was read, after the last event."""
        raise NotImplementedError

    def statement(self) -> Statement:
        """Say what was consumed, once, at the end."""
        stated, counts = self.stated, self.counts
        self.settle(stated)
        stated.damaged = counts.damaged
        stated.flags = tuple(counts.flags)
        return stated

    def header(self, name: str) -> str | None:
        """Return the header *name*, which is in lower case; None if the answer has none."""
        return next((text for key, text in self.headers.items() if key.lower() == name), None)

    def event(self, data: bytes) -> None:
        """Take one event of a stream."""
        self.events += 1
        if self.over:
            return
        if self.telling.search(data):
            self._read_each(data)
        elif data == _DONE:
            self.over = True
            self.stated.finished |= self.done_ends and not self._failed
        elif self.stated.model is None and self.events <= _CURIOUS:
            self._try(data)

    def last_event(self, data: bytes) -> None:
        """Take what followed the last whole event; if it makes no sense, the stream was cut."""
        self.torn = not _may_be_whole(data)
        try:
            self.event(data)
        except DamageError:
            self.counts.note("the stream ends within an event")

    def end(self) -> None:
        """Take that the body of a stream came to its end, after the last whole event.

        For who has no last event, this is what tells that nothing was left out.
        """

    def document(self, data: bytes) -> None:
        """Take a whole plain body."""
        try:
            document = _loads(data)
        except DamageError as problem:
            raise CutError(str(problem)) from None
        self._look(document, whole=True)

    def whole(self, data: bytes) -> bool:
        """Take *data* if it is a whole plain body; tell whether it is."""
        try:
            document = decode(data)
        except ValueError:
            return False
        self._look(document, whole=True)
        return True

    def _read_each(self, data: bytes) -> None:
        """Read an event; events that no blank line parted come as lines of one."""
        try:
            self._look(_loads(data), whole=False)
        except DamageError:
            if b"\n" not in data:
                raise
            self.events -= 1
            for line in data.split(b"\n"):
                self.event(line.strip())

    def _try(self, data: bytes) -> None:
        try:
            document = _loads(data)
        except DamageError:
            return
        self._look(document, whole=False)

    def _look(self, document: Any, *, whole: bool) -> None:
        if isinstance(document, dict):
            error = document.get("error")
            if error or document.get("type") == "error":
                self._note_error(error, document)
            self.read(document, whole=whole)

    def _note_error(self, error: Any, document: Mapping[str, Any]) -> None:
        self._failed = True
        words = text(mapping(error).get("message")) or text(error) or document.get("message")
        self.counts.note(f"error in a successful answer: {words}"[:_KEPT])


def _may_be_whole(data: bytes) -> bool:
    """Tell whether an event, or the last line of events that no blank line parted, is whole."""
    for piece in (data, data.rpartition(b"\n")[2].strip()):
        try:
            decode(piece)
        except ValueError:
            if piece != _DONE:
                continue
        return True
    return False


def _loads(data: bytes) -> Any:
    try:
        return decode(data)
    except ValueError as problem:
        raise DamageError(f"not JSON: {problem}") from None
