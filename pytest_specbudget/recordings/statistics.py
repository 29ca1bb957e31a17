"""Recordings by provider and model: how much, how long, how often cached, streamed or failed.

Values only: nothing here reads a file or knows a price.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.recordings.valuation import charges_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.cassettes.matching import Fingerprint
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.valuation import Quoter

__all__ = ["Group", "Repeats", "Statistics", "rank"]


@dataclass(slots=True)
class Group:
    """The calls of one model at one provider.

    Attributes:
        totals: Summed as a report sums them.
        usage: Every count that was reported, summed.
        outputs: Output tokens of each answer that reported them.
        streamed: How many calls were answered in events.
        failures: How many calls failed, by HTTP status.
    """

    totals: Totals = field(default_factory=Totals)
    usage: Usage = field(default_factory=Usage)
    outputs: list[int] = field(default_factory=list)
    streamed: int = 0
    failures: Counter[int] = field(default_factory=Counter)

    def add(self, charge: Charge) -> None:
        """Add one call."""
        reading = charge.reading
        self.totals.add(charge)
        self.usage += reading.usage
        if reading.usage.output_tokens is not None:
            self.outputs.append(reading.usage.output_tokens)
        self.streamed += reading.streaming and reading.called
        if charge.outcome == "failed" and charge.status is not None:
            self.failures[charge.status] += 1

    @property
    def cached_share(self) -> Fraction | None:
        """How much of the input was read from a cache; None without input."""
        whole = self.usage.input_tokens
        return Fraction(self.usage.cache_read_input_tokens or 0, whole) if whole else None

    @property
    def streamed_share(self) -> Fraction | None:
        """How many of the calls were streamed; None without calls."""
        return Fraction(self.streamed, self.totals.calls) if self.totals.calls else None


@dataclass(slots=True)
class Repeats:
    """One request that was recorded several times.

    Attributes:
        target: Method, host and path.
        model: `provider/model`, as of the first.
        times: How often it was recorded.
        files: In which files, sorted.
        list_cost: What all after the first cost, as far as that is known.
    """

    target: str
    model: str
    times: int = 0
    files: set[str] = field(default_factory=set)
    list_cost: Money = field(default_factory=Money)


class Statistics:
    """What recordings say together; `add` them one by one.

    Attributes:
        groups: By `provider/model`.
        sizes: The bytes of each file.
    """

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.sizes: dict[str, int] = {}
        self._asked: dict[Fingerprint, Repeats] = {}

    def add(self, recording: Recording, name: str, quote: Quoter) -> None:
        """Add the calls of *recording*, a file called *name*."""
        self.sizes[name] = recording.path.stat().st_size
        for charge in charges_of(recording, quote):
            model = f"{charge.reading.provider}/{charge.reading.model}"
            self.groups.setdefault(model, Group()).add(charge)
            if charge.reading.called:
                asked = recording.whole.interactions[charge.cassette_index or 0].asked
                self._note(fingerprint(asked), charge, model, name)

    def repeats(self) -> list[Repeats]:
        """Return the requests that were recorded more than once, the dearest first."""
        found = (each for each in self._asked.values() if each.times > 1)
        return sorted(found, key=lambda each: (-each.list_cost.atto, -each.times, each.target))

    def largest(self, most: int) -> list[tuple[str, int]]:
        """Return the *most* largest files with their sizes in bytes."""
        return sorted(self.sizes.items(), key=lambda each: (-each[1], each[0]))[:most]

    def _note(self, request: Fingerprint, charge: Charge, model: str, name: str) -> None:
        seen = self._asked.setdefault(request, Repeats(request.target, model))
        if seen.times:
            seen.list_cost += charge.list_cost or Money()
        seen.times += 1
        seen.files.add(name)


def rank(counts: Iterable[int], hundredths: int) -> int | None:
    """Return the count that at least *hundredths* of a hundred do not exceed (nearest rank).

    None of no counts; 50 is the median, of an even number the lower one.
    """
    ordered = sorted(counts)
    return ordered[-(-len(ordered) * hundredths // 100) - 1] if ordered else None
