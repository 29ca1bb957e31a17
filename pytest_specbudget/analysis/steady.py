"""Since when the prices of models are what they are at one instant, and until when they are.

What a call costs depends on the instant whose prices count by the rows that hold at it, and by
nothing else; the hour of the day is the call's own.  So where no row of its model begins or ends
between two instants, it costs the same at both.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.analysis.pricing.asked import Place
from pytest_specbudget.analysis.pricing.terms import published
from pytest_specbudget.prices.catalogue import ALWAYS, FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["Steady", "among", "places_sql", "since_last_change"]

_NONE = "(1 = 0)"
_AT = 'coalesce("priced_at", "at")'


class Steady(NamedTuple):
    """The stretch of time in which the prices of a model do not change.

    Attributes:
        provider: As records name it.
        model: Likewise.
        start: The first instant; aware, UTC; `ALWAYS` if they never changed.
        end: The first instant that is no more inside; `FOREVER` if no change is known.
    """

    provider: str
    model: str
    start: datetime
    end: datetime


def places_sql(usage: str) -> str:
    """Write the question whose rows `since_last_change` takes.

    Args:
        usage: What stands after `from`: the name of a relation, or a query in brackets.
    """
    place = "u.provider, u.model, coalesce(u.service_tier, ''), coalesce(u.region, '')"
    return f"select {place}, count(*) from {usage} u group by {place}"  # noqa: S608 - our own words


def since_last_change(
    places: Iterable[Sequence[Any]], catalogue: Catalogue, at: datetime
) -> Iterator[Steady]:
    """Yield for each model the stretch around *at*, of all its service tiers and regions together.

    Args:
        places: What an engine answers to `places_sql`.
        catalogue: The prices.
        at: Aware, UTC.
    """
    cuts: defaultdict[tuple[str, str], set[datetime]] = defaultdict(set)
    for row in places:
        place = Place(*row[:4])
        offer = published(place.ask(0, at, at), catalogue)
        ends = {end for held in offer.rows for end in (held.valid_from, held.valid_to)}
        cuts[place.provider, place.model] |= ends
    for (provider, model), turns in sorted(cuts.items()):
        start = max((cut for cut in turns if cut <= at), default=ALWAYS)
        end = min((cut for cut in turns if cut > at), default=FOREVER)
        yield Steady(provider, model, start, end)


def among(stretches: Iterable[Steady]) -> str:
    """Write the condition that a record was charged, or made, in the stretch of its model."""
    return f"({' or '.join(map(_inside, stretches)) or _NONE})"


def _inside(one: Steady) -> str:
    told = [f"provider = {_text(one.provider)}", f"model = {_text(one.model)}"]
    told += [f"{_AT} >= {_instant(one.start)}"] * (one.start > ALWAYS)
    told += [f"{_AT} < {_instant(one.end)}"] * (one.end < FOREVER)
    return f"({' and '.join(told)})"


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _instant(moment: datetime) -> str:
    return f"timestamp '{moment:%Y-%m-%d %H:%M:%S.%f}'"
