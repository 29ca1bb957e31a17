"""Warnings that a price may be wrong: old, stated twice, for nobody, or not what was charged.

The sums stand as they are; a price that is known to be wrong belongs into an overlay.  What a
provider bills for a tool that has no price here is in no sum, and told.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["price_doubts"]

_TOLERATED = Fraction(1, 100)
"""How much a provider's own figure may differ from ours, of its own."""


def price_doubts(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Yield one warning for each source, each sentence about an overlay and each model."""
    journals = list(journals)
    yield from _stale(journals)
    yield from _disagreeing(journals)
    yield from _unused(journals)
    yield from _contradicted(journals)
    yield from _without_their_tools(journals)


def _stale(journals: Iterable[Journal]) -> Iterator[Finding]:
    told: dict[str, set[str]] = {}
    for source, words in _told(journals, "price-stale", "source", "words"):
        told.setdefault(source, set()).add(words)
    for source, sentences in sorted(told.items()):
        yield Finding(
            rule="price-stale",
            subject=source,
            message=f"{calls_of(len(sentences), 'price')} of {source} not checked for a quarter",
            details=tuple(sorted(sentences)[:3]),
            remedy="upgrade the catalogue, or state the price that holds in an overlay",
            severity="warning",
        )


def _disagreeing(journals: Iterable[Journal]) -> Iterator[Finding]:
    for (sentence,) in sorted(set(_told(journals, "prices-disagree", "words"))):
        yield Finding(
            rule="prices-disagree",
            subject=sentence.partition(":")[0],
            message=sentence,
            remedy="take the price out of the file that is wrong",
            severity="warning",
        )


def _unused(journals: Iterable[Journal]) -> Iterator[Finding]:
    for (sentence,) in sorted(set(_told(journals, "price-unused", "words"))):
        yield Finding(
            rule="price-unused",
            subject=sentence.partition(": ")[0],
            message=sentence,
            remedy="correct the name in the price file, or take the entry out",
            severity="warning",
        )


def _told(journals: Iterable[Journal], event: str, *names: str) -> Iterator[tuple[str, ...]]:
    for journal in journals:
        for one in journal.events:
            if one.event == event:
                yield tuple(str(one.values.get(name, "")) for name in names)


def _contradicted(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Compare sums a model, since a provider may round the cost of each call."""
    stated: dict[str, list[Charge]] = {}
    for journal in journals:
        for charge in journal.charges:
            told = charge.reading.provider_cost is not None and charge.list_cost is not None
            if told and not charge.mocked:
                name = f"{charge.reading.provider}/{charge.reading.model}"
                stated.setdefault(name, []).append(charge)
    for model, charges in sorted(stated.items()):
        yield from _difference(model, charges)


def _difference(model: str, charges: list[Charge]) -> Iterator[Finding]:
    theirs = Money.total(charge.reading.provider_cost or Money() for charge in charges)
    ours = Money.total(charge.list_cost or Money() for charge in charges)
    if abs(theirs.atto - ours.atto) <= theirs.atto * _TOLERATED:
        return
    said, reckoned = dollars_of(theirs, ours)
    yield Finding(
        rule="cost-contradicted",
        subject=model,
        message=f"the provider states {said} for {calls_of(len(charges))} of {model}, our prices "
        f"give {reckoned}",
        remedy="our price is judged; if the provider's is right, state it in an overlay",
        severity="warning",
    )


def _without_their_tools(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Add up the calls of tools a model; what the provider itself priced is told elsewhere."""
    calls: dict[str, Counter[str]] = {}
    for journal in journals:
        for charge in journal.charges:
            if not charge.mocked and charge.reading.provider_cost is None:
                for one in charge.reading.unpriced_tools:
                    tool, count = _tool_in(one)
                    calls.setdefault(charge.reading.model, Counter())[tool] += count
    for model, tools in sorted(calls.items()):
        said = (f"{tool} ({calls_of(count)})" for tool, count in sorted(tools.items()))
        yield Finding(
            rule="tool-unpriced",
            subject=model,
            message=f"{model} used tools that are billed by the call and are in no sum: "
            f"{', '.join(said)}",
            remedy="look at the provider's bill; leave room for it below the ceiling",
            severity="warning",
        )


def _tool_in(told: str) -> tuple[str, int]:
    """Read `file_search 2`; what a foreign reader wrote in another way is one call of itself."""
    tool, _, count = told.rpartition(" ")
    return (tool, int(count)) if tool and count.isascii() and count.isdecimal() else (told, 1)
