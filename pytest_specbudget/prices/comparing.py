"""Catalogues held against each other, or against themselves at another time.

Values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.prices.catalogue import METERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import Catalogue, Row

__all__ = ["Change", "changes", "rates_in_force", "upcoming"]

_EACH = frozenset({"request", "web_search", "web_fetch", "search_unit", "page", "audio_hour"})
_PER_MILLION = frozenset(METERS) - _EACH

Rates = dict[tuple[str, str], int]
"""Attodollars a unit, by place (`openai/o3/batch/over-200000`) and meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One rate that differs; None where there is no such rate.

    Attributes:
        place: Provider, model, service tier, region, input length and hours.
        meter: What the rate is for.
        old: Attodollars a unit, before.
        new: Attodollars a unit, after.
    """

    place: str
    meter: str
    old: int | None
    new: int | None

    def __str__(self) -> str:
        """Write it as people read prices: `openai/o3/default input 10 -> 2 USD per million`."""
        unit = "USD per million" if self.meter in _PER_MILLION else "USD each"
        return f"{self.place} {self.meter} {self._told(self.old)} -> {self._told(self.new)} {unit}"

    def _told(self, atto: int | None) -> str:
        if atto is None:
            return "none"
        places = PLACES - 6 if self.meter in _PER_MILLION else PLACES
        text = f"{Decimal(atto).scaleb(-places):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def rates_in_force(catalogue: Catalogue, at: datetime) -> Rates:
    """Return every rate that holds at an instant, whatever the hour of the day."""
    return {
        (place, meter): rate
        for place, row in _rows(catalogue)
        if row.valid_from <= at < row.valid_to
        for meter, rate in row.rates.items()
    }


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, Row]]:
    for provider in sorted(catalogue.providers):
        models = catalogue.providers[provider].models
        for model in sorted(models):
            for row in models[model].rows:
                yield f"{provider}/{model}/{row.label.partition('/from-')[0]}", row


def changes(old: Mapping[tuple[str, str], int], new: Mapping[tuple[str, str], int]) -> list[Change]:
    """Return each rate that differs, sorted by place and meter."""
    return [
        Change(place=place, meter=meter, old=old.get((place, meter)), new=new.get((place, meter)))
        for place, meter in sorted({*old, *new})
        if old.get((place, meter)) != new.get((place, meter))
    ]


def upcoming(catalogue: Catalogue, after: datetime) -> list[tuple[datetime, list[Change]]]:
    """Return the dated changes that lie after an instant, in their order."""
    edges = {edge for _, row in _rows(catalogue) for edge in (row.valid_from, row.valid_to)}
    last = max((row.valid_to for _, row in _rows(catalogue)), default=after)
    moments = sorted(edge for edge in edges if after < edge < last)
    return [(moment, _at_edge(catalogue, moment)) for moment in moments]


def _at_edge(catalogue: Catalogue, moment: datetime) -> list[Change]:
    before: Rates = {}
    since: Rates = {}
    for place, row in _rows(catalogue):
        for meter, rate in row.rates.items():
            if row.valid_from < moment <= row.valid_to:
                before[place, meter] = rate
            if row.valid_from <= moment < row.valid_to:
                since[place, meter] = rate
    return changes(before, since)
