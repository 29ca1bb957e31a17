"""Reading what others write: a history may be added to by other processes at any time.

A day is written anew, and its old file goes, so whoever reads has the files that were there when
they looked, or an error.  Then they look again and ask everything anew, so that no answer is made
of two states of a history.  What is added to several days at once comes a day at a time, as if it
had been added in parts, each day whole but for one of very many calls: that has several files,
which tell how many they are, and is damaged while one is missing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ChangedError", "steadily"]

_Answer = TypeVar("_Answer")

_TRIES = 10
"""How often a history is read at most; each time another process has to write to it meanwhile."""


class ChangedError(JournalError):
    """The history was written to while it was read, so that what was read is of no one state."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: other processes wrote to it whenever it was read; ask again when nothing "
            "is being added"
        )


def steadily(ask: Callable[[], _Answer]) -> _Answer:
    """Return what *ask* returns once no history was written to meanwhile.

    Args:
        ask: Lists the history itself; may be called several times, so it changes nothing.

    Raises:
        ChangedError: If a history was written to each time.
    """
    for _ in range(_TRIES - 1):
        with suppress(ChangedError):
            return ask()
    return ask()
