"""What calls of one kind can cost at most, whatever their size: rates, found once for many calls.

Of a call that is not sent yet only the most of its input and of its output is known.  Nobody knows
how much of its output will be reasoning, or how much of the input that it asks to keep will be
written to a cache; so each takes the dearest rate that it may have, for all of its tokens.  Models
of OpenAI that sell writes to a cache, from GPT-5.6 on, write unasked.

A fare is that rate for each, for inputs between two lengths at which no price changes.  What it
comes to is what `price` says of the dearest answer that the call can have, to the attodollar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.prices.catalogue import ANY_LENGTH
from pytest_specbudget.prices.pricing import Quote, asks_of, price, row_for, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from fractions import Fraction

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue, ModelPrices, ProviderPrices, Row
    from pytest_specbudget.prices.pricing import Ask

__all__ = ["Fare", "fare_of"]

_WRITE_UNASKED = ("openai/", "openrouter/openai/")
"""How the names of prices begin whose models keep input that nobody asks them to keep.

Source: `PromptCacheOptions` of openai 3.54.0, whose `mode` is `implicit` unless it is said.
"""


@value
class Fare:
    """The dearest rates that calls of one kind may have, in attodollars.

    Attributes:
        over: It is for calls of more input tokens than this.
        up_to: It is for calls of at most so many input tokens.
        input: For each token of input.
        output: For each token of output.
        request: For the call itself.
        pays: What part of the sum the user pays, or None for all of it.
    """

    over: int = -1
    up_to: int = ANY_LENGTH
    input: int = 0
    output: int = 0
    request: int = 0
    pays: Fraction | None = None

    def most(self, given: int, made: int) -> Money:
        """Return what a call with *given* input and *made* output tokens costs at most."""
        atto = given * self.input + made * self.output + self.request
        return Money(atto if self.pays is None else round(atto * self.pays))


def fare_of(
    reading: Reading, catalogue: Catalogue, at: datetime, *, kept: str = "", billed: bool = False
) -> Fare | str:
    """Find the fare of the calls that are like *reading* but for their size.

    Args:
        reading: One such call, with all of its input and output and no kinds of them.  One without
            output stands for calls without output.
        catalogue: The prices.
        at: The instant whose prices count; aware, UTC.
        kept: For how long the calls ask to keep their input: `5m`, `1h`, or "" for nothing said.
        billed: Whether the user's own rates count, rather than the published ones.

    Returns:
        The fare; or the reason why such calls have no price.
    """
    (ask,) = asks_of(reading, at, None)
    held = row_for(ask, catalogue)
    if isinstance(held, Quote):
        return held.reason or Fare()
    row, counts, price_id = held
    if not row.rates.keys() >= counts.keys():
        return str(price(reading, catalogue, at).reason)
    agreed, pays = terms_of(ask, catalogue) if billed else (None, None)
    rates = row.rates if agreed is None else {**row.rates, **agreed.rates}
    over, up_to = _lengths_alike(ask, catalogue)
    return Fare(
        over=over,
        up_to=up_to,
        input=_dearest(rates, "input", f"cache_write_{_kept(kept, price_id)}"),
        output=_dearest(rates, "output", _reasoned(rates)),
        request=rates.get("request", 0),
        pays=pays,
    )


def _kept(asked: str, price_id: str) -> str:
    return asked or ("5m" if price_id.startswith(_WRITE_UNASKED) else "")


def _dearest(rates: Mapping[str, int], *meters: str) -> int:
    return max(rates.get(meter, 0) for meter in meters)


def _reasoned(rates: Mapping[str, int]) -> str:
    """Name the meter of output that is all reasoning, as `costing` does."""
    return "output_thinking" if "output_thinking" in rates else "reasoning"


def _lengths_alike(ask: Ask, catalogue: Catalogue) -> tuple[int, int]:
    """Return between which lengths, that of *ask* among them, no price begins or ends."""
    length = ask.usage.input_tokens or 0
    edges = {edge for row in _rows(ask, catalogue) for edge in (row.over, row.up_to)}
    over = max((edge for edge in edges if edge < length), default=-1)
    return over, min((edge for edge in edges if edge >= length), default=ANY_LENGTH)


def _rows(ask: Ask, catalogue: Catalogue) -> Iterator[Row]:
    """Return the rows that such calls are priced by, whatever their length and time."""
    published = catalogue.find(ask.provider, ask.model)
    if published is not None:
        yield from _in_place(*published, ask)
    seller = catalogue.contracts.get(ask.provider)
    agreed = seller.find(seller.bare(ask.model), catalogue.as_of.date()) if seller else None
    if seller is not None and agreed is not None:
        yield from _in_place(seller, agreed, ask)


def _in_place(seller: ProviderPrices, model: ModelPrices, ask: Ask) -> tuple[Row, ...]:
    return model.rows_for(ask.tier, seller.regions.get(ask.region, ""))
