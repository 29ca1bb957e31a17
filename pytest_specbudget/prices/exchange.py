"""What currencies are worth in US dollars, by date.

Values in, values out.  A rate holds from its date until the next one of its currency; before the
first there is none.  Worths are exact fractions, so that a converted price is exact as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ALWAYS, FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from fractions import Fraction

__all__ = ["Exchange", "ExchangeRate", "Span"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """What one unit of a currency is worth from a date on.

    Attributes:
        currency: Its code, `EUR`.
        since: The first instant at which the rate holds.
        usd: US dollars for one unit, above 0.
        origin: Where it was written.
    """

    currency: str
    since: datetime
    usd: Fraction
    origin: str


class Span(NamedTuple):
    """A stretch of time, its end excluded, in which a currency has one worth."""

    start: datetime
    end: datetime
    usd: Fraction


class Exchange:
    """All exchange rates that are known; of two for one date the later one counts.

    Attributes:
        disagreements: One line for each date with two rates, naming both origins.
    """

    def __init__(self, rates: Iterable[ExchangeRate], as_of: datetime = ALWAYS) -> None:
        """Take the *rates*; those that hold *as_of* a catalogue's date are no plans."""
        self._as_of = as_of
        self.disagreements: list[str] = []
        self._rates: dict[tuple[str, datetime], ExchangeRate] = {}
        for rate in rates:
            was = self._rates.get((rate.currency, rate.since))
            if was is not None and was.usd != rate.usd:
                day = f"{rate.currency} on {rate.since:%Y-%m-%d}"
                self.disagreements.append(
                    f"{rate.origin} and {was.origin} disagree on {day}: the first holds"
                )
            self._rates[rate.currency, rate.since] = rate

    def spans(self, currency: str, start: datetime, end: datetime) -> list[Span]:
        """Return the stretches of equal worth from *start* until *end*.

        A *start* that is open begins with the first rate, if that holds today.

        Raises:
            CatalogueError: If there is no rate for some of the time.
        """
        known = (rate for rate in self._rates.values() if rate.currency == currency)
        dated = sorted(known, key=attrgetter("since"))
        first = dated[0].since if dated else FOREVER
        begins = first if start == ALWAYS and first <= self._as_of else start
        if first > begins:
            raise CatalogueError(_without_rate(currency, start, first))
        ends = [rate.since for rate in dated[1:]] + [FOREVER]
        spans = [
            Span(max(begins, rate.since), min(end, until), rate.usd)
            for rate, until in zip(dated, ends, strict=True)
        ]
        return [span for span in spans if span.start < span.end]


def _without_rate(currency: str, start: datetime, first: datetime) -> str:
    """Say from when on a rate is missed, and what to do about it."""
    when = "" if start == ALWAYS else f" on {start:%Y-%m-%d}"
    hint = ""
    if start == ALWAYS and first != FOREVER:
        when = f" before {first:%Y-%m-%d}"
        hint = f"write valid_from = {first:%Y-%m-%d} or later where the price stands, or "
    return (
        f'there is no exchange rate for "{currency}"{when}; {hint}add '
        f'[[fx]] currency = "{currency}", date = ..., rate = "1.08" (USD for one unit)'
    )
