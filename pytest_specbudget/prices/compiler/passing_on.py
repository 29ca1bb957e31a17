"""Sellers that pass on their makers' prices: what they took before anybody noted it.

The price source has what such a seller takes as a list that was begun late: its first price of a
model has no date and stands for all the time before.  Where the seller's list agrees with the
maker's, that time has the maker's prices, with their dates and input lengths.  Where it does not,
the undated price is carried back no further than the maker's own price stood still, and not at
all if the seller changed it by itself as soon as dates were kept, as it does where it takes the
cheapest of several offers: what it was before is unknown, and no later price stands in for it.

Values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    ANY_LENGTH,
    FOREVER,
    ModelPrices,
    Row,
    check_overlaps,
)
from pytest_specbudget.prices.layering import clip
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import ProviderPrices
    from pytest_specbudget.prices.compiler.corrections import PassedOnRule

__all__ = ["with_makers_history"]

Rows = tuple[Row, ...]

_ALWAYS_TAKEN = "request"
"""A fee that each request takes; without its rate a request would cost less, not be unknown."""


def with_makers_history(
    seller: ProviderPrices,
    rule: PassedOnRule,
    makers: Mapping[str, ProviderPrices],
    as_of: datetime,
) -> ProviderPrices:
    """Return what *seller* sells, with the history of prices that it passed on.

    Args:
        seller: Its models are called `maker/model`.
        rule: Where it says that it passes prices on.
        makers: Providers by their short names.
        as_of: The instant up to which the prices are known to be right.

    Raises:
        CatalogueError: If two prices hold at once.
    """
    models = dict(seller.models)
    for key, model in seller.models.items():
        made = _of_maker(key, makers, as_of)
        theirs = () if made is None else _plain(made.rows)
        rows = _dated_back(model.rows, theirs, rule, as_of)
        check_overlaps(f"{seller.name}/{key}", rows, seller.schedules)
        models[key] = replace(model, rows=rows)
    return replace(seller, models=models)


def _of_maker(
    key: str, makers: Mapping[str, ProviderPrices], as_of: datetime
) -> ModelPrices | None:
    """Find the model among those of its maker, who may write `4-5` for `4.5`."""
    name, _, model = key.partition("/")
    maker = makers.get(short_name(name))
    if maker is None:
        return None
    day = as_of.date()
    return maker.find(model, day) or maker.find(model.replace(".", "-"), day)


def _plain(rows: Iterable[Row]) -> Rows:
    return tuple(row for row in rows if (row.tier, row.region) == ("default", ""))


def _dated_back(ours: Rows, theirs: Rows, rule: PassedOnRule, as_of: datetime) -> Rows:
    listed = _plain(ours)
    aligned = _aligned(theirs, {row.over for row in listed})
    bands = [*_bands((*listed, *aligned))]
    found = [
        row
        for band in bands
        for row in _in_band(_narrowed(listed, band), _narrowed(aligned, band), rule, as_of)
        if row.rates or len(bands) > 1  # where nothing has a price, no row must say so
    ]
    return (*_joined(found), *(row for row in ours if row not in listed))


def _aligned(theirs: Rows, thresholds: set[int]) -> Rows:
    """Take `from 200,000 tokens on` and `above 200,000` for one threshold: that of the seller."""
    near = {mark - 1: mark for mark in thresholds if mark > 0}
    return tuple(
        replace(row, over=near.get(row.over, row.over), up_to=near.get(row.up_to, row.up_to))
        for row in theirs
    )


def _bands(rows: Rows) -> Iterator[tuple[int, int]]:
    """Yield the ranges of input lengths between all thresholds."""
    return pairwise(sorted({*(row.over for row in rows), -1, ANY_LENGTH}))


def _narrowed(rows: Rows, band: tuple[int, int]) -> Rows:
    over, up_to = band
    return tuple(
        replace(row, over=over, up_to=up_to)
        for row in rows
        if row.over <= over and up_to <= row.up_to
    )


def _in_band(ours: Rows, theirs: Rows, rule: PassedOnRule, as_of: datetime) -> Rows:
    """Return what holds in place of *ours*, for one range of lengths."""
    undated = next((row for row in ours if row.valid_from == ALWAYS), None)
    if undated is None:
        return ours
    noted = min(undated.valid_to, rule.since)
    agree = _agree(ours, theirs, as_of)
    if not agree and not _took_the_same(undated, theirs, noted):
        return _carried_back(ours, undated, _stood_still(ours, undated, theirs, noted))
    terms = _Terms(ours, undated, theirs, noted, rule)
    ahead = _next_change(theirs, ours, as_of) if agree else FOREVER
    listed = clip(ours, noted, ahead)
    before, after = terms.passed_on(ALWAYS, noted), terms.passed_on(ahead, FOREVER)
    return _through_time((*before, *listed, *after))


def _stood_still(ours: Rows, undated: Row, theirs: Rows, noted: datetime) -> datetime:
    """Tell since when an undated price can be believed that is not the maker's."""
    after = (row for row in ours if row.valid_from == undated.valid_to)
    if any(_only(row.rates, undated.rates) != _only(undated.rates, row.rates) for row in after):
        return undated.valid_to  # it moves by itself, so nothing tells how long it had stood
    return _last_change(theirs, ours, noted) if theirs else ALWAYS


def _carried_back(ours: Rows, undated: Row, still: datetime) -> Rows:
    unknown = replace(undated, rates={}, valid_to=still)
    return (*(() if still == ALWAYS else (unknown,)), *clip(ours, still, FOREVER))


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a seller passes on a price: which rates of its maker's, and what beside them.

    Attributes:
        ours: The seller's rows.
        undated: The one of them that has no date.
        theirs: The maker's rows.
        noted: Since when the seller's own list is known.
        rule: Where the seller says so.
    """

    ours: Rows
    undated: Row
    theirs: Rows
    noted: datetime
    rule: PassedOnRule

    def passed_on(self, start: datetime, end: datetime) -> Rows:
        """Return the seller's prices from *start* until *end*."""
        still = _last_change(self.theirs, self.ours, self.noted)
        own = self._own()
        always = {meter: own[meter] for meter in own if meter == _ALWAYS_TAKEN}
        return tuple(
            replace(
                row,
                rates=(own if still <= row.valid_from < self.noted else always)
                | _only(row.rates, _meters(self.ours)),
                source=f"{row.source}, passed on as {self.rule.cited} says",
            )
            for row in clip(self.theirs, start, end)
        )

    def _own(self) -> dict[str, int]:
        """Return what the seller alone takes, where its list never changed."""
        common = _meters(self.theirs)
        return {
            meter: rate
            for meter, rate in self.undated.rates.items()
            if meter not in common and all(row.rates.get(meter) == rate for row in self.ours)
        }


def _agree(ours: Rows, theirs: Rows, as_of: datetime) -> bool:
    """Tell whether both take the same now, and did at the end of each price that has a date."""
    known = [row for row in ours if row.valid_from < as_of]
    noted = [row for row in known if row.valid_from > ALWAYS] or known
    return bool(noted) and all(
        _took_the_same(row, theirs, min(row.valid_to, as_of)) for row in noted
    )


def _took_the_same(ours: Row, theirs: Rows, until: datetime) -> bool:
    """Tell whether a maker took what *ours* says just before an instant, for all that both take."""
    then = [row.rates for row in theirs if row.valid_from < until <= row.valid_to]
    common = [ours.rates.keys() & rates.keys() for rates in then]
    at_all_hours = not any(row.schedule for row in theirs)
    return (
        at_all_hours
        and all(common)
        and bool(then)
        and all(_only(rates, ours.rates) == _only(ours.rates, rates) for rates in then)
    )


def _only(rates: Mapping[str, int], meters: Collection[str]) -> dict[str, int]:
    return {meter: rate for meter, rate in rates.items() if meter in meters}


def _meters(rows: Rows) -> set[str]:
    return {meter for row in rows for meter in row.rates}


def _last_change(theirs: Rows, ours: Rows, before: datetime) -> datetime:
    earlier = [one for one in _changes(theirs, _meters(ours)) if one < before]
    return max(earlier, default=ALWAYS)


def _next_change(theirs: Rows, ours: Rows, after: datetime) -> datetime:
    if any(row.valid_from > after for row in ours):
        return FOREVER  # the seller has announced a change of its own
    later = [one for one in _changes(theirs, _meters(ours)) if one > after]
    return min(later, default=FOREVER)


def _changes(rows: Rows, meters: set[str]) -> set[datetime]:
    """Return when a price that stood before became another one."""
    began = min(row.valid_from for row in rows)
    return {
        row.valid_from
        for row in rows
        if row.valid_from > began and not any(_goes_on(was, row, meters) for was in rows)
    }


def _goes_on(was: Row, row: Row, meters: set[str]) -> bool:
    return (
        was.valid_to == row.valid_from
        and (was.schedule, was.within) == (row.schedule, row.within)
        and _only(was.rates, meters) == _only(row.rates, meters)
    )


def _through_time(rows: Rows) -> Rows:
    """Join what follows in time at one price; the source of the last is that of all."""
    joined: list[Row] = []
    for row in sorted(rows, key=lambda row: row.valid_from):
        last = joined[-1] if joined else None
        if last is not None and (last.valid_to, last.rates) == (row.valid_from, row.rates):
            joined[-1] = replace(row, valid_from=last.valid_from)
        else:
            joined.append(row)
    return tuple(joined)


def _joined(rows: Iterable[Row]) -> Rows:
    """Join what holds at one time, at one price, for lengths that follow each other."""
    joined: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.valid_from, row.valid_to, row.over)):
        last = joined[-1] if joined else None
        if last is not None and replace(last, over=last.up_to, up_to=row.up_to) == row:
            joined[-1] = replace(last, up_to=row.up_to)
        else:
            joined.append(row)
    return tuple(joined)
