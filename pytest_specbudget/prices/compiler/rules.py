"""Rules that make rows for whole families: service tiers, regions, rates that cover more.

Values in, values out.  A rule never replaces a price that is known; it fills what is not.
"""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.buckets import CACHED
from pytest_specbudget.prices.catalogue import ALWAYS, FOREVER, LEAST_AUDIO, Row
from pytest_specbudget.prices.layering import clip, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.prices.compiler.corrections import (
        AlsoRule,
        FeeRule,
        ListedRule,
        RegionRule,
        TierRule,
    )

__all__ = ["fits", "homes", "with_fees", "with_others_covered", "with_region", "with_tier"]

Rows = tuple[Row, ...]

_PER_CALL = frozenset(
    {"request", "web_search", "web_fetch", "search_unit", "tool_call", "page", LEAST_AUDIO}
)


def fits(model: str, patterns: Iterable[str]) -> bool:
    """Tell whether a model is meant; a pattern that starts with `!` takes models out again."""
    meant = False
    for pattern in patterns:
        if fnmatchcase(model, pattern.removeprefix("!")):
            meant = not pattern.startswith("!")
    return meant


def with_others_covered(rows: Rows, rule: AlsoRule) -> Rows:
    """Give meters without a rate the rate that covers them, or so many times that rate."""
    return tuple(
        replace(row, rates=_covered(row.rates[rule.rate], rule) | dict(row.rates))
        if rule.rate in row.rates
        else row
        for row in rows
    )


def _covered(rate: int, rule: AlsoRule) -> dict[str, int]:
    return {meter: _whole(rate * rule.factor, meter) for meter in rule.also}


def with_fees(rows: Rows, rule: FeeRule) -> Rows:
    """Give meters without a fee the common one, while it holds."""
    fees = {meter: _whole(fee * 10**PLACES, meter) for meter, fee in rule.each.items()}
    then = clip(rows, rule.since, rule.until)
    others = (*clip(rows, ALWAYS, rule.since), *clip(rows, rule.until, FOREVER))
    return (*others, *(replace(row, rates=fees | dict(row.rates)) for row in then))


def with_region(rows: Rows, rule: RegionRule) -> Rows:
    """Add the rows of a region where every kind of token costs the same part more."""
    if rule.factor is None:
        return rows
    return rows + tuple(
        replace(
            row,
            region=rule.label,
            source=rule.cited,
            checked=rule.checked,
            rates=_times(row.rates, rule.factor),
        )
        for row in rows
        if not row.region
    )


def homes(model: str, rows: Rows, rule: ListedRule) -> frozenset[str]:
    """Return where a model is sold that is on no sheet there; nothing if *rule* is not for it."""
    listed = {row.region for row in rows} - {"", *rule.apart}
    return frozenset(rule.regions) if listed and fits(model, rule.models) else frozenset()


def _times(rates: Mapping[str, int], factor: Fraction) -> dict[str, int]:
    return {
        meter: rate if meter in _PER_CALL else _whole(rate * factor, meter)
        for meter, rate in rates.items()
    }


def with_tier(rows: Rows, rule: TierRule) -> Rows:
    """Add the rows of a service tier for the time in which it was sold and has no price yet."""
    known = tuple(row for row in rows if (row.tier, row.region) == (rule.service_tier, ""))
    if rule.factor is None and not known:
        return rows
    default = tuple(row for row in rows if (row.tier, row.region) == ("default", ""))
    made = tuple(
        replace(
            row,
            tier=rule.service_tier,
            source=rule.cited,
            checked=rule.checked,
            rates=_in_tier(row, rows, rule),
        )
        for row in clip(default, rule.since, rule.until)
    )
    return rows + without(made, known)


def _in_tier(row: Row, rows: Rows, rule: TierRule) -> dict[str, int]:
    if rule.factor is not None:
        return {
            meter: _whole(rate * rule.factor, meter) if _plain(meter) in rule.meters else rate
            for meter, rate in row.rates.items()
        }
    first, beside = _first_known(row, rows, rule.service_tier)
    return {meter: _in_proportion(meter, rate, first, beside) for meter, rate in row.rates.items()}


def _plain(meter: str) -> str:
    """Return the meter with which another goes: all that is read from a cache goes together."""
    return "cache_read" if meter in CACHED else meter


def _first_known(row: Row, rows: Rows, tier: str) -> tuple[Row, Row]:
    """Find the first known row of the tier for such lengths, and the default row beside it."""
    same_length = [
        one for one in rows if not one.region and one.over < row.up_to and row.over < one.up_to
    ]
    first = min((one for one in same_length if one.tier == tier), key=lambda one: one.valid_from)
    beside = next(
        one
        for one in same_length
        if one.tier == "default" and one.valid_from <= first.valid_from < one.valid_to
    )
    return first, beside


def _in_proportion(meter: str, rate: int, first: Row, beside: Row) -> int:
    known, standard = first.rates.get(meter), beside.rates.get(meter)
    if known is None or standard is None or known == standard:
        return rate
    if rate == standard:
        return known
    # Published cache rates of a tier are often rounded (0.13 for half of 0.25), those of input not.
    whole = "input" if meter.startswith("cache") else meter
    return _whole(rate * Fraction(first.rates[whole], beside.rates[whole]), meter)


def _whole(rate: Fraction, meter: str) -> int:
    if rate.denominator != 1:
        raise CatalogueError(f"a derived {meter} rate is finer than 10**-{PLACES} USD a unit")
    return int(rate)
