"""Tells whoever lets calls out of the process that the one at hand has no key.

A call without a key is fine where a recording or a fake answers it, so nobody can refuse it before
it is known to go out; who knows that is asked at the wire.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["locked", "missing_key"]

_missing: ContextVar[str | None] = ContextVar("specbudget_missing_key", default=None)


@contextmanager
def locked(words: str | None) -> Iterator[None]:
    """Let the calls of this context lack a key meanwhile, as *words* say; None if they do not."""
    token = _missing.set(words)
    try:
        yield
    finally:
        _missing.reset(token)


def missing_key() -> str | None:
    """Say which key the call lacks that this context is sending, or None."""
    return _missing.get()
