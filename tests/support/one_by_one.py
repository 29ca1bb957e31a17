"""A history priced by a plain loop over `price`, with nothing of what the engines share.

What `repricing` sums up in SQL is summed up here record by record; the digests of the conformance
fixture are made of it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.pricing.repricing import Group, Problem, Repriced
from pytest_specbudget.analysis.records import named, reading_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.pricing import Quote, price

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["one_by_one"]

Told = dict[str, Any]
Priced = tuple[Told, Quote]


def one_by_one(
    records: Iterable[Record], catalogue: Catalogue, at: datetime | None, by: tuple[str, ...]
) -> Repriced:
    """Price *records* at their own times, or all *at* one."""
    groups: defaultdict[tuple[Any, ...], list[Priced]] = defaultdict(list)
    lacking: defaultdict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for told in map(named, records):
        quote = _quote(told, catalogue, at)
        groups[tuple(told[name] for name in by)].append((told, quote))
        if quote.list_cost is None:
            lacking[told["provider"], told["model"], quote.reason or ""].append(told)
    ordered = sorted(groups, key=lambda key: [(value is not None, value) for value in key])
    return Repriced(
        by=by,
        groups=tuple(_group(key, groups[key]) for key in ordered),
        problems=tuple(_problem(*key, told) for key, told in lacking.items()),
        records=sum(map(len, groups.values())),
    )


def _quote(told: Told, catalogue: Catalogue, at: datetime | None) -> Quote:
    if told["outcome"] == "failed":
        return Quote(list_cost=Money(), contracted_cost=Money())
    if told["outcome"] == "unknown":
        return Quote(reason="no answer was seen")
    if told["usage_state"] in {"none", "unreadable"} and not told["free"]:
        return Quote(reason="the answer told no counts")
    clock = told["clock"].replace(tzinfo=UTC)
    return price(reading_of(told), catalogue, at or told["at"].replace(tzinfo=UTC), clock=clock)


def _group(key: tuple[Any, ...], priced: list[Priced]) -> Group:
    known = [told["list_cost"] for told, _ in priced if told["list_cost"] is not None]
    costs = [quote.list_cost for _, quote in priced if quote.list_cost is not None]
    paid = [quote.contracted_cost for _, quote in priced if quote.contracted_cost is not None]
    firsts = [told for told, _ in priced if told["part"] == 0]
    return Group(
        key=key,
        records=len(priced),
        calls=sum(told["operation"] not in {"retrieve", "begin_batch"} for told in firsts),
        recorded=Money(sum(known)) if known else None,
        repriced=Money.total(costs) if costs else None,
        contracted=Money.total(paid) if costs else None,
        unrecorded_calls=len(firsts) - len(known),
        unpriced_calls=len(priced) - len(costs),
        lost=Money(sum(told["list_cost"] or 0 for told, one in priced if one.list_cost is None)),
        gained=Money.total(
            quote.list_cost or Money()
            for told, quote in priced
            if told["list_cost"] is None and told["part"] == 0
        ),
        input_tokens=sum(told["input_tokens"] or 0 for told, _ in priced),
        output_tokens=sum(told["output_tokens"] or 0 for told, _ in priced),
    )


def _problem(provider: str, model: str, reason: str, told: list[Told]) -> Problem:
    return Problem(
        provider=provider,
        model=model,
        reason=reason,
        example=told[0]["id"],
        records=len(told),
        input_tokens=sum(one["input_tokens"] or 0 for one in told),
        output_tokens=sum(one["output_tokens"] or 0 for one in told),
    )
