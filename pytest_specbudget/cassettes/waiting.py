"""Which recordings of a tape nothing has asked for yet, and which of them a request gets.

A request finds its own recording by fingerprint, in a time that does not depend on how many there
are.  One without a recording may be lent another's (see `pairing`); that one is still given to the
request that it was recorded for, should this come later.
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import islice
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.collector import paused
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.pairing import COMPARED, partner, shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.cassettes.matching import Fingerprint
    from pytest_specbudget.cassettes.pairing import Pair, Shape
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["Waiting"]


class Waiting:
    """The recordings of one tape, by place in its file; not safe for threads by itself."""

    __slots__ = ("_asked", "_by_fingerprint", "_by_shape", "_gone", "_volatile")

    def __init__(self, asked: Sequence[Asked], volatile: Sequence[JsonPath] = ()) -> None:
        """Index what was *asked*; places that *volatile* names do not count."""
        self._asked = asked
        self._volatile = volatile
        self._by_fingerprint: defaultdict[Fingerprint, deque[int]] = defaultdict(deque)
        self._by_shape: defaultdict[Shape, deque[int]] | None = None
        self._gone = bytearray(len(asked))
        with paused():
            for number, one in enumerate(asked):
                self._by_fingerprint[fingerprint(one, volatile)].append(number)

    def take(self, asked: Asked) -> int | None:
        """Take the next recording of just this request, or None if there is none."""
        numbers = self._by_fingerprint.get(fingerprint(asked, self._volatile))
        if not numbers:
            return None
        number = numbers.popleft()
        self._gone[number] = True
        return number

    def lend(self, asked: Asked, *, ordered: bool) -> Pair | None:
        """Choose the recording that stands for a request without one, or None if none surely does.

        Args:
            asked: The request.
            ordered: Whether calls come one after the other.
        """
        waiting = [(number, self._asked[number]) for number in self._of_its_shape(asked)]
        found = partner(asked, waiting, ordered=ordered, volatile=self._volatile)
        if found is not None:
            self._gone[found.number] = True
        return found

    def left(self) -> list[int]:
        """Return the places of the recordings that nothing asked for, in order."""
        return [number for number, gone in enumerate(self._gone) if not gone]

    def _of_its_shape(self, asked: Asked) -> list[int]:
        if self._by_shape is None:
            self._by_shape = defaultdict(deque)
            for number, one in enumerate(self._asked):
                self._by_shape[shape(one)].append(number)
        numbers = self._by_shape[shape(asked)]
        while numbers and self._gone[numbers[0]]:
            numbers.popleft()
        return [*islice((number for number in numbers if not self._gone[number]), COMPARED)]
