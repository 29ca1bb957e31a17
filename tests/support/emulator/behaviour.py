"""How an answer may go wrong, and for which calls.

A `Behaviour` says what happens to one answer; the functions below name the usual ones.  `Scripts`
decides which call gets which: the request header `x-emulate` first, then what was scripted for
some calls, then what always holds for a model, and otherwise nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Behaviour",
    "Scripts",
    "cut",
    "failing",
    "gzipped",
    "held",
    "multiplied",
    "rate_limited",
    "silent",
    "slow",
    "vanishing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What happens to one answer.

    Attributes:
        status: 200, or a failure, which is answered in the provider's own error format.
        headers: Added to the answer's.
        gzip: The body is compressed, a stream event by event, whatever the client accepts.
        delay_s: The wait before each event of a stream, and before an unstreamed body.
        cut_after: Events after which the connection breaks; 0 breaks after the headers.
        ends_after: Events after which the stream ends as if it were whole.
        usage_factor: Multiplies every reported count; None reports none at all.
        vanishes: The connection closes with no answer.
        held: The answer waits until `Emulator.release`.
        most_pieces: The most parts in which a stream may tell its answer.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzip: bool = False
    delay_s: float = 0.0
    cut_after: int | None = None
    ends_after: int | None = None
    usage_factor: int | None = 1
    vanishes: bool = False
    held: bool = False
    most_pieces: int = 12


def rate_limited(retry_after: str = "0") -> Behaviour:
    """429, to be asked again after that many seconds (`retry-after-ms` says a millisecond)."""
    return Behaviour(status=429, headers={"retry-after-ms": "1", "retry-after": retry_after})


def failing(status: int = 500) -> Behaviour:
    """A failure that an SDK may retry at once."""
    return Behaviour(status=status, headers={"retry-after-ms": "1", "retry-after": "0"})


def gzipped() -> Behaviour:
    """The body is compressed."""
    return Behaviour(gzip=True)


def slow(delay_s: float) -> Behaviour:
    """Each event takes *delay_s* seconds."""
    return Behaviour(delay_s=delay_s)


def cut(after: int) -> Behaviour:
    """The connection breaks after that many events."""
    return Behaviour(cut_after=after)


def silent() -> Behaviour:
    """Answers, and reports no usage."""
    return Behaviour(usage_factor=None)


def multiplied(factor: int) -> Behaviour:
    """Reports every count times *factor*: -1 for negative counts, 10**15 for absurd ones."""
    return Behaviour(usage_factor=factor)


def vanishing() -> Behaviour:
    """The request is read, and the connection closed without a byte."""
    return Behaviour(vanishes=True)


def held() -> Behaviour:
    """Waits until the emulator is told to release it."""
    return Behaviour(held=True)


_BY_HEADER = {
    "absurd": multiplied(10**15),
    "cut": cut(2),
    "failing": failing(),
    "gzip": gzipped(),
    "held": held(),
    "negative": multiplied(-1),
    "rate-limited": rate_limited(),
    "silent": silent(),
    "vanishing": vanishing(),
}


@dataclass(slots=True)
class _Rule:
    model: str | None
    left: list[Behaviour]

    def take(self, model: str) -> Behaviour | None:
        return self.left.pop(0) if self.left and self.model in {None, model} else None


class Scripts:
    """Which call gets which behaviour.  Safe to ask from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._always: dict[str | None, Behaviour] = {}

    def add(self, steps: Iterable[Behaviour], *, model: str | None) -> None:
        """The next calls (of *model*, if named) get *steps*, one each, in order."""
        with self._lock:
            self._rules.append(_Rule(model, list(steps)))

    def always(self, behaviour: Behaviour, *, model: str | None) -> None:
        """Every call (of *model*, if named) that nothing else is scripted for."""
        with self._lock:
            self._always[model] = behaviour

    def next(self, model: str, header: str | None) -> Behaviour:
        """What happens to the call that has just arrived; uses up one scripted step."""
        if header is not None:
            return _BY_HEADER[header]
        with self._lock:
            for rule in self._rules:
                if (step := rule.take(model)) is not None:
                    return step
            return self._always.get(model) or self._always.get(None) or Behaviour()
