"""Which recording answers the call that this context is making.

The innermost one that this context opened and that is still open; else, for a thread or a task
that opened none, the last one that was opened for everybody.

Before any of them, whoever was `put_first` is asked: the faults of a test.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Answerer", "asked_first", "current", "opened", "put_first"]


class Answerer(Protocol):
    """Something that may answer calls: a tape of ours, or a cassette of vcrpy's."""

    is_open: bool


_here: ContextVar[tuple[Answerer, ...]] = ContextVar("specbudget_tapes", default=())
# Threads start with an empty context, so what is open for everybody cannot live in a context.
_everywhere: list[Answerer] = []
_first: list[Answerer] = []


def current() -> Answerer | None:
    """Return who answers now, or None if calls go where they are sent."""
    for stack in (_here.get(), _everywhere):
        for answerer in reversed(stack):
            if answerer.is_open:
                return answerer
    return None


def asked_first() -> Answerer | None:
    """Return who is asked before the one that answers now, or None."""
    return next((answerer for answerer in reversed(_first) if answerer.is_open), None)


@contextmanager
def put_first(answerer: Answerer) -> Iterator[None]:
    """Let *answerer* be asked before every recording, in all threads and tasks."""
    _first.append(answerer)
    try:
        yield
    finally:
        _first.remove(answerer)


@contextmanager
def opened(answerer: Answerer, *, shared: bool) -> Iterator[None]:
    """Let *answerer* answer in this context, and everywhere if it is *shared*."""
    token = _here.set((*(other for other in _here.get() if other.is_open), answerer))
    if shared:
        _everywhere.append(answerer)
    try:
        yield
    finally:
        if shared:
            _everywhere.remove(answerer)
        # A fixture of an async plugin may end in another context than it began in; there the
        # closed entry stays behind, and is passed over.
        with suppress(ValueError):
            _here.reset(token)
