"""Catalogues held against each other, or against themselves at another time.

Values in, values out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from pytest_specbudget.prices.units import said, usd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import Catalogue, Row

__all__ = [
    "Change",
    "Renamed",
    "changes",
    "names_known",
    "rates_ever",
    "rates_in_force",
    "renamed",
    "upcoming",
]

Rates = Mapping[tuple[str, str], int]
"""Attodollars a unit, by place (`openai/o3/batch/over-200000`) and meter."""
Names = Mapping[str, str]
"""The model for each name: `anthropic/claude-sonnet-4` and `claude-sonnet-4-0`."""


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

    @property
    def factor(self) -> Decimal | None:
        """How many times the old rate the new one is, to three digits; None if either is none."""
        if not self.old or self.new is None:
            return None
        exact = Decimal(self.new) / Decimal(self.old)
        return exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), ROUND_HALF_EVEN).normalize()

    def __str__(self) -> str:
        """Write it as people read prices: `lab/x/default input 10 -> 2 USD per million x0.2`."""
        told = f"{self._told(self.old)} -> {self._told(self.new)} {said(self.meter)}"
        times = "" if self.factor is None else f" x{self.factor:f}"
        return f"{self.place} {self.meter} {told}{times}"

    def _told(self, atto: int | None) -> str:
        return "none" if atto is None else usd(self.meter, atto)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A name that leads to another model; None where it leads to none.

    Attributes:
        name: Provider and name.
        old: The model, before.
        new: The model, after.
    """

    name: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        """Write it as `anthropic/claude-haiku-3.5 names none -> claude-3-5-haiku-latest`."""
        return f"{self.name} names {self.old or 'none'} -> {self.new or 'none'}"


def rates_in_force(catalogue: Catalogue, at: datetime) -> Rates:
    """Return every rate that holds at an instant, whatever the hour of the day."""
    return {
        (place, meter): rate
        for place, row in _rows(catalogue)
        if row.valid_from <= at < row.valid_to
        for meter, rate in row.rates.items()
    }


def rates_ever(catalogue: Catalogue) -> Rates:
    """Return every rate of all times; its place ends in the day since when it holds."""
    return {
        (f"{name}/{row.label}", meter): rate
        for name, row in _named_rows(catalogue)
        for meter, rate in row.rates.items()
    }


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, Row]]:
    for name, row in _named_rows(catalogue):
        yield f"{name}/{row.label.partition('/from-')[0]}", row


def _named_rows(catalogue: Catalogue) -> Iterator[tuple[str, Row]]:
    for provider in sorted(catalogue.providers):
        models = catalogue.providers[provider].models
        for model in sorted(models):
            for row in models[model].rows:
                yield f"{provider}/{model}", row


def changes(old: Rates, new: Rates) -> list[Change]:
    """Return each rate that differs, sorted by place and meter."""
    return [
        Change(place=place, meter=meter, old=old.get((place, meter)), new=new.get((place, meter)))
        for place, meter in sorted({*old, *new})
        if old.get((place, meter)) != new.get((place, meter))
    ]


def names_known(catalogue: Catalogue) -> Names:
    """Return the model for every name, each with its provider before it."""
    return {
        f"{provider}/{name}": model
        for provider, prices in catalogue.providers.items()
        for name, model in prices.names.items()
    }


def renamed(old: Names, new: Names) -> list[Renamed]:
    """Return each name that does not lead to the same model, sorted."""
    return [
        Renamed(name=name, old=old.get(name), new=new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def upcoming(catalogue: Catalogue, after: datetime) -> list[tuple[datetime, list[Change]]]:
    """Return the dated changes that lie after an instant, in their order."""
    edges = {edge for _, row in _rows(catalogue) for edge in (row.valid_from, row.valid_to)}
    last = max((row.valid_to for _, row in _rows(catalogue)), default=after)
    moments = sorted(edge for edge in edges if after < edge < last)
    return [(moment, _at_edge(catalogue, moment)) for moment in moments]


def _at_edge(catalogue: Catalogue, moment: datetime) -> list[Change]:
    before: dict[tuple[str, str], int] = {}
    since: dict[tuple[str, str], int] = {}
    for place, row in _rows(catalogue):
        for meter, rate in row.rates.items():
            if row.valid_from < moment <= row.valid_to:
                before[place, meter] = rate
            if row.valid_from <= moment < row.valid_to:
                since[place, meter] = rate
    return changes(before, since)
