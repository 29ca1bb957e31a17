"""Which dated change of a price list explains that a model costs something else.

The rows that held while a model was used are put beside those that hold at another instant, for the
same service tier, region, length and hours.  Nothing is priced here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.prices.catalogue import ALWAYS, LEAST_AUDIO, METERS
from pytest_specbudget.prices.units import said, usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from pytest_specbudget.prices.catalogue import Catalogue, ModelPrices, Row

__all__ = ["PriceChange", "RateChange", "Use", "changes_of"]

_CACHE_WRITES = (
    "cache_write_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
)
_COUNTED_BY = {
    "input": ("input_tokens",),
    "output": ("output_tokens",),
    "cache_read": ("cache_read_input_tokens",),
    "cache_read_audio": ("cache_read_input_tokens",),
    "cache_read_image": ("cache_read_input_tokens",),
    "cache_write_5m": _CACHE_WRITES,
    "cache_write_1h": _CACHE_WRITES,
    "reasoning": ("reasoning_output_tokens",),
    "output_thinking": ("reasoning_output_tokens",),
    "input_audio": ("input_audio_tokens",),
    "output_audio": ("output_audio_tokens",),
    "input_image": ("input_image_tokens",),
    "output_image": ("output_image_tokens",),
    "web_search": ("web_search_requests",),
    "web_fetch": ("web_fetch_requests",),
    "search_unit": ("search_units",),
    "tool_call": ("tool_calls",),
    "page": ("pages",),
    "audio_hour": ("audio_seconds",),
    LEAST_AUDIO: ("audio_seconds",),
}
"""Which counts bring a meter into play; one that does not stand here always is."""


class Use(NamedTuple):
    """How a history used one model of a service tier and region.

    Attributes:
        model: What the history is grouped by: `provider/model`, as recorded.
        provider: As the catalogue names it.
        name: The model, as recorded.
        tier: The service tier, as the catalogue names it.
        region: As recorded; empty if none was.
        first: The first call; aware, UTC.
        last: The last call.
        shortest: The least input of a call, in tokens.
        longest: The most.
        counted: The names of the counts that were ever above 0.
    """

    model: str
    provider: str
    name: str
    tier: str
    region: str
    first: datetime
    last: datetime
    shortest: int
    longest: int
    counted: frozenset[str]


_Ids = tuple[str, str]


class _Pair(NamedTuple):
    """Two rows of one model, of which the second holds in place of the first."""

    model: str
    old: Row
    new: Row

    @property
    def ids(self) -> _Ids:
        """The price ids of both."""
        return f"{self.model}/{self.old.label}", f"{self.model}/{self.new.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """One rate that differs; None where a row has no such rate.

    Attributes:
        meter: What the rate is for.
        old: Attodollars a unit, before.
        new: Attodollars a unit, after.
    """

    meter: str
    old: int | None
    new: int | None

    def __str__(self) -> str:
        """Write it as price lists do: `input 10 -> 2`."""
        return f"{self.meter} {self.old_usd or 'none'} -> {self.new_usd or 'none'}"

    @property
    def old_usd(self) -> str | None:
        """The old rate as price lists have it: USD for a million, or for one."""
        return None if self.old is None else usd(self.meter, self.old)

    @property
    def new_usd(self) -> str | None:
        """The new rate likewise."""
        return None if self.new is None else usd(self.meter, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One row of a price list that another one follows.

    Attributes:
        old: The price id of the row that held when calls were made.
        new: The price id of the row that holds at the other instant.
        day: Since when the later of the two holds; None if nobody knows.
        rates: What differs, of what the calls consumed.
        source: Where the new rates stand published.
        checked: When they were last read there, or None.
    """

    old: str
    new: str
    day: date | None
    rates: tuple[RateChange, ...]
    source: str
    checked: date | None = None

    def __str__(self) -> str:
        """Say it: `from 2025-06-10 input 10 -> 2, output 40 -> 8 USD per million (https://...)`."""
        since = "at another price" if self.day is None else f"from {self.day}"
        checked = "" if self.checked is None else f", checked {self.checked}"
        return f"{since} {self.rates_told} ({self.source}{checked})"

    @property
    def rates_told(self) -> str:
        """Write what differs: `input 10 -> 2, output 40 -> 8 USD per million`."""
        return ", ".join(self._by_unit())

    def _by_unit(self) -> Iterator[str]:
        for unit in dict.fromkeys(said(rate.meter) for rate in self.rates):
            rates = [str(rate) for rate in self.rates if said(rate.meter) == unit]
            yield f"{', '.join(rates)} {unit}"


def changes_of(catalogue: Catalogue, uses: Iterable[Use], at: datetime) -> tuple[PriceChange, ...]:
    """Find what changed for one model between its use and an instant.

    Args:
        catalogue: The prices.
        uses: All of one model.
        at: The instant whose prices count instead; aware, UTC, earlier or later.

    Returns:
        Each pair of rows once, in the order of their days; nothing if no dated change explains it.
    """
    pairs: dict[_Ids, _Pair] = {}
    counted: defaultdict[_Ids, set[str]] = defaultdict(set)
    for use in uses:
        for pair in _of(catalogue, use, at):
            pairs[pair.ids] = pair
            counted[pair.ids] |= use.counted
    found = (_change(pair, counted[ids]) for ids, pair in pairs.items())
    told = (change for change in found if change.rates)
    return tuple(sorted(told, key=lambda change: (str(change.day), change.new, change.old)))


def _of(catalogue: Catalogue, use: Use, at: datetime) -> Iterator[_Pair]:
    found = catalogue.find(use.provider, use.name)
    if found is None:
        return
    seller, model = found
    name = f"{seller.name}/{model.name}"
    for old, new in _pairs(model, use, seller.regions.get(use.region, ""), at):
        yield _Pair(name, old, new)


def _pairs(model: ModelPrices, use: Use, region: str, at: datetime) -> Iterator[tuple[Row, Row]]:
    rows = [
        row
        for row in model.rows_for(use.tier, region)
        if row.over < use.longest and use.shortest <= row.up_to
    ]
    for old in rows:
        if old.valid_from <= use.last and use.first < old.valid_to:
            for new in rows:
                if new.valid_from <= at < new.valid_to and _hold_for_one_call(old, new):
                    yield old, new


def _hold_for_one_call(old: Row, new: Row) -> bool:
    lengths = old.over < new.up_to and new.over < old.up_to
    return lengths and not (old.schedule == new.schedule and old.within is not new.within)


def _differing(old: Row, new: Row, counted: set[str]) -> Iterator[RateChange]:
    for meter in (*METERS, LEAST_AUDIO):
        then, now = old.rates.get(meter), new.rates.get(meter)
        if then != now and not counted.isdisjoint(_COUNTED_BY.get(meter, counted)):
            yield RateChange(meter=meter, old=then, new=now)


def _change(pair: _Pair, counted: set[str]) -> PriceChange:
    _, old, new = pair
    since = max(old.valid_from, new.valid_from)
    return PriceChange(
        old=pair.ids[0],
        new=pair.ids[1],
        day=None if since == ALWAYS else since.date(),
        rates=tuple(_differing(old, new, counted)),
        source=new.source,
        checked=new.checked,
    )
