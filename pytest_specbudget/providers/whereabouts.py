"""In which region work runs whose results are read elsewhere.

A batch of Vertex begins at a region, and is asked about there; its results lie in a bucket, whose
address tells no region.  The job names both, so what it said of itself holds for its results.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import BEGIN, RETRIEVE
from pytest_specbudget.providers.deferred import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.reading import Reading

__all__ = ["Whereabouts"]


class Whereabouts:
    """Remembers the regions of the work that was heard of, by its provider's own ids."""

    def __init__(self, heard: Iterable[Reading | None] = ()) -> None:
        """Begin with what was *heard*; None holds a place and says nothing."""
        self._regions: dict[tuple[str, str], str] = {}
        for reading in filter(None, heard):
            self.hear(reading)

    def hear(self, reading: Reading) -> None:
        """Remember where the work runs that *reading* is about, if it says so."""
        if reading.region is not None and reading.operation in (BEGIN, RETRIEVE):
            for name in named(reading):
                self._regions[reading.provider, name] = reading.region

    def located(self, reading: Reading) -> Reading:
        """Return *reading* with the region of its work, where it names none itself."""
        if reading.region is not None or reading.operation != RETRIEVE:
            return reading
        known = (self._regions.get((reading.provider, name)) for name in named(reading))
        region = next(filter(None, known), None)
        return reading if region is None else replace(reading, region=region)
