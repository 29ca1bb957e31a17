"""What measures how far two answers agree."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from pytest_specbudget.core.score import share
from pytest_specbudget.quality.asserting import steady

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Metric", "Named", "share_of"]

_WRONG = "no number from 0 to 1"


class Metric(Protocol):
    """A measure of agreement; the same two answers always agree alike, in either order."""

    @property
    def name(self) -> str:
        """Its name and version, kept with every score: `fields/1`."""

    def __call__(self, first: str, second: str) -> Fraction:
        """Return how far two answers agree, exactly, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Named:
    """A user's own function as a metric.

    Attributes:
        name: Its name and version.
        measure: Takes two answers and returns a number from 0 to 1, or whether they are the same.
    """

    name: str
    measure: Callable[[str, str], object]

    def __call__(self, first: str, second: str) -> Fraction:
        """Return what the function says, exactly as Python prints it.

        Raises:
            ValueError: If it returns anything but a number from 0 to 1.
        """
        return share_of(self.measure(first, second), self.name)


def share_of(told: object, name: str) -> Fraction:
    """Understand what a user's function returned: true, false, or a number from 0 to 1.

    Raises:
        ValueError: If it is none of these; *name* says whose it is.
    """
    if isinstance(told, bool):
        return Fraction(told)
    try:
        return share(told if isinstance(told, str | Fraction) else str(told))
    except ValueError:
        raise ValueError(f'"{name}" returned {_shown(told)}, which is {_WRONG}') from None


def _shown(told: object) -> str:
    """Write what was returned, briefly; what has to be awaited is let go of unheard."""
    if isinstance(told, Coroutine):
        told.close()
        return "a coroutine"
    return steady(f"{told!r:.80}")
