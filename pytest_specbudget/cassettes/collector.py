"""Keeps the garbage collector from searching what is only being built.

It runs by the number of values made, and a recording of ten thousand calls makes a million that
all stay: a third of the time that loading took went into looking for garbage among them.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["paused"]


@contextmanager
def paused() -> Iterator[None]:
    """Let nothing be collected meanwhile; who switched collecting off finds it off afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
