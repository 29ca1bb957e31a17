"""Calls that came to cost more than they could by their requests; their like are held to that.

A gateway may add words of its own to a request, or a server count tokens as it likes: then the
bytes of a request bound nothing.  The first such call nobody could foresee.  From then on, in all
processes of the run, no call of the same model at the same host is reckoned to cost less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.shared import FULL, key_of

if TYPE_CHECKING:
    from pytest_specbudget.bookkeeping.shared import SharedSums

__all__ = ["Kind", "Surprises"]

Kind = tuple[str, str | None]
"""A host, and the model that is asked for there."""


class Surprises:
    """The dearest surprise of each kind of call, shared by the processes of one run."""

    def __init__(self, sums: SharedSums) -> None:
        """Share what is learned in cells of *sums*, each of which holds one process's dearest."""
        self._sums = sums
        self._places: dict[Kind, list[int]] = {}
        self._dearest: dict[Kind, int] = {}

    def note(self, kind: Kind, spent: int) -> None:
        """Remember that a call came to cost *spent* attodollars, more than it could.

        Raises:
            OSError: If there is no room to tell the others.
        """
        dearest = self._dearest[kind] = max(self._dearest.get(kind, 0), min(spent, FULL))
        self._sums.publish(self._sums.own(_key(kind)), dearest, 0)

    def least(self, kind: Kind) -> int:
        """Return the attodollars that a call is reckoned to cost at least, as others did."""
        places = self._places.get(kind)
        if places is None:
            places = self._places[kind] = self._sums.all(_key(kind))
        return self._sums.most(places) if places else 0

    def start_over(self) -> None:
        """Begin anew in a forked child, which still hears what its parent told."""
        self._places.clear()
        self._dearest.clear()


def _key(kind: Kind) -> bytes:
    return key_of("surprise", *map(str, kind))
