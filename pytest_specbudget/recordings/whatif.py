"""What recorded usage would cost on other models.

Only the price is exact.  Another model cuts text into other tokens, answers at another length and
perhaps not as well; none of that can be known from a recording, and nothing here pretends to.

* The first mapping whose pattern fits a call's model counts.
* Where the other model has no price for a cache, what was cached counts as fresh input.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_specbudget.core.reading import Part, Reading
    from pytest_specbudget.core.usage import Usage
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["BASIS", "Ambiguous", "Mapping", "Other", "fits", "mapped", "on_another"]

BASIS = (
    "token counts, cached ones too, are as recorded; the other model's tokenizer, the length of"
    " its answers and its quality are NOT verified"
)

_READS, _WRITES = "cache_read_input_tokens", "cache_write_input_tokens"
_LIFETIMES = ("cache_write_5m_input_tokens", "cache_write_1h_input_tokens")
_SHARES = {_READS: (_READS,), _WRITES: (_WRITES, *_LIFETIMES)}
"""The counts that are reads, and those that are writes."""


class Ambiguous(LookupError):  # noqa: N818 - what is wrong is the question
    """Several providers sell a model, and none of them is the one that was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """That a model is replaced.

    Attributes:
        old: A pattern of `model` or `provider/model`, `*` and `?` allowed.
        new: `provider/model`, or a model of the provider that was recorded, or of only one.
    """

    old: str
    new: str


@value
class Other:
    """What one call would cost on another model.

    Attributes:
        model: `provider/model`.
        quote: The price, or why there is none.
        uncached: What was cached and is priced as fresh input, as `Usage` names it: reads, writes.
    """

    model: str
    quote: Quote
    uncached: tuple[str, ...] = ()


def fits(reading: Reading, mappings: Sequence[Mapping]) -> Mapping | None:
    """Return the first mapping for the model of *reading*, as charged or as asked for."""
    names = [name for name in (reading.model, reading.request_model) if name]
    provider = short_name(reading.provider)
    names += [f"{provider}/{name}" for name in names]
    for mapping in mappings:
        if any(fnmatchcase(name, mapping.old) for name in names):
            return mapping
    return None


def mapped(reading: Reading, new: str, catalogue: Catalogue) -> Reading | None:
    """Return *reading* as if *new* had answered; None if nobody sells that model.

    Raises:
        Ambiguous: If only other providers sell it, and several of them do.
    """
    sold = _seller(short_name(reading.provider), new, catalogue)
    if sold is None:
        return None
    provider, model = sold
    same = provider == short_name(reading.provider)
    return replace(
        reading,
        provider=provider,
        request_model=model,
        response_model=model,
        real_model=None,
        parts=tuple(_by(model, part) for part in reading.parts),
        region=reading.region if same else None,
        free=None,
        provider_cost=None,
    )


def _by(model: str, part: Part) -> Part:
    """Let another model do a part; a tool, which has no tokens, costs what it cost."""
    tokens = (part.usage.input_tokens, part.usage.output_tokens)
    return part if tokens == (None, None) else replace(part, model=model)


def on_another(other: Reading, quote: Callable[[Reading], Quote]) -> Other:
    """Price a mapped reading; what its model caches at no stated price is fresh input."""
    name = f"{other.provider}/{other.model}"
    whole = quote(other)
    if whole.list_cost is not None:
        return Other(model=name, quote=whole)
    for dropped in _without_caches(other):
        found = quote(_fresh(other, dropped))
        if found.list_cost is not None:
            return Other(model=name, quote=found, uncached=dropped)
    return Other(model=name, quote=whole)


def _without_caches(reading: Reading) -> Iterator[tuple[str, ...]]:
    """Yield which of the cached counts to leave out: the writes, the reads, both."""
    told = reading.usage.reported()
    cached = [kind for kind, names in _SHARES.items() if any(map(told.get, names))]
    yield from ((kind,) for kind in reversed(cached))
    if len(cached) > 1:
        yield tuple(cached)


def _fresh(reading: Reading, dropped: Sequence[str]) -> Reading:
    names = [name for kind in dropped for name in _SHARES[kind]]
    parts = tuple(replace(part, usage=_less(part.usage, names)) for part in reading.parts)
    return replace(reading, usage=_less(reading.usage, names), parts=parts)


def _less(usage: Usage, dropped: Sequence[str]) -> Usage:
    """Leave counts out; the totals keep them, as fresh input."""
    counts = usage.reported().items()
    return usage.of({name: count for name, count in counts if name not in dropped})


def _seller(recorded: str, new: str, catalogue: Catalogue) -> tuple[str, str] | None:
    head, slash, rest = new.partition("/")
    named = short_name(head)
    if slash and rest and named in catalogue.providers:
        return (named, rest) if catalogue.find(named, rest) else None
    if catalogue.find(recorded, new):
        return recorded, new
    found = (catalogue.find(name, new) for name in catalogue.providers)
    sellers = sorted({one[0].name for one in found if one is not None})  # who sets the price
    if len(sellers) > 1:
        choices = ", ".join(f"{name}/{new}" for name in sellers)
        raise Ambiguous(f'"{new}" is sold by several providers; write one of {choices}')
    return (sellers[0], new) if sellers else None
