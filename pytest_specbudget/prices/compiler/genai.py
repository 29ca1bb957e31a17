"""The price data of `genai-prices`, as rows.

Only what the package states is taken: a price holds from its start date until the next one's; a
variant holds from its own start date and replaces the rates that it names.  Its guesses are not:
models that it matches by prefix or pattern are found by ids that are known one by one, or by a
date pattern that it spells out.  Prices by time of day have no dates there, so they are left to the
corrections.

Source: https://github.com/pydantic/genai-prices, MIT licence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from fractions import Fraction
from importlib import import_module, metadata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ALWAYS, ANY_LENGTH, FOREVER, Row, Snapshot
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

__all__ = ["PACKAGE", "Draft", "read_source", "source_version"]

PACKAGE = "genai-prices"

_TOKENS = 1_000_000
_THOUSAND = 1_000
_METERS = {
    "input_mtok": ("input", _TOKENS),
    "output_mtok": ("output", _TOKENS),
    "cache_read_mtok": ("cache_read", _TOKENS),
    "cache_audio_read_mtok": ("cache_read_audio", _TOKENS),
    "cache_image_read_mtok": ("cache_read_image", _TOKENS),
    "cache_write_mtok": ("cache_write_5m", _TOKENS),
    "cache_write_1h_mtok": ("cache_write_1h", _TOKENS),
    "output_reasoning_mtok": ("reasoning", _TOKENS),
    "input_audio_mtok": ("input_audio", _TOKENS),
    "output_audio_mtok": ("output_audio", _TOKENS),
    "input_image_mtok": ("input_image", _TOKENS),
    "output_image_mtok": ("output_image", _TOKENS),
    "web_searches_kcount": ("web_search", _THOUSAND),
    "requests_kcount": ("request", _THOUSAND),
    "input_document_kpages": ("page", _THOUSAND),
    "input_audio_hours": ("audio_hour", 1),
}
"""What is metered here: the meter, and how many units a price of the source is for."""

_TIERS = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
}

_LABEL_ONLY = "regional."
"""Starts ids that the source made up to tell regional prices from global ones."""

Steps = list[tuple[int, Fraction]]
"""A rate by input length: (for more tokens than this, attodollars), the first one over -1."""


@dataclass
class Draft:
    """One provider while it is compiled.

    Attributes:
        rows: By model.
        names: The model for each name.
        snapshots: By base name.
        inexact: Meters by model whose rate is finer than money; left out.
    """

    provider: str
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    snapshots: dict[str, tuple[Snapshot, ...]] = field(default_factory=dict)
    inexact: list[tuple[str, str]] = field(default_factory=list)
    _matching: Any = None

    def match(self, name: str) -> str | None:
        """Ask the source's own matching for a name that is known to exist."""
        found = self._matching.find_model(name) if self._matching is not None else None
        return found.id if found is not None else None


def source_version() -> str:
    """Return the version of the installed price source.

    Raises:
        CatalogueError: If it is not installed.
    """
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        raise CatalogueError(
            f"{PACKAGE} is not installed; pip install 'pytest-specbudget[prices]'"
        ) from None


def read_source(checked: date, skip: Collection[str] = ()) -> dict[str, Draft]:
    """Read the price source's own data, without network, by short provider name; not of *skip*.

    Args:
        checked: The day up to which the source is taken to be right; it has no dates of its own.
        skip: Short names of providers that are left out.

    Raises:
        CatalogueError: If the source is not installed.
    """
    source = Row(rates={}, source=f"{PACKAGE} {source_version()}", checked=checked)
    providers = import_module("genai_prices.data").providers
    kept = (one for one in providers if short_name(one.id) not in skip)
    return {draft.provider: draft for draft in (_draft(one, source) for one in kept)}


def _draft(provider: Any, source: Row) -> Draft:
    draft = Draft(short_name(provider.id), _matching=provider)
    for model in provider.models:
        draft.rows[model.id] = _rows(model, source)
        draft.inexact += [(model.id, meter) for meter in _inexact(model)]
        clauses = list(_clauses(model.match))
        for name in (model.id, *_equals(clauses)):
            if draft.match(name) == model.id and not name.startswith(_LABEL_ONLY):
                draft.names.setdefault(name, model.id)
        for base, snapshot in _snapshots(clauses, model.id):
            draft.snapshots[base] = (*draft.snapshots.get(base, ()), snapshot)
    return draft


def _clauses(clause: Any) -> list[Any]:
    parts = getattr(clause, "or_", None)
    return [clause] if parts is None else [leaf for part in parts for leaf in _clauses(part)]


def _equals(clauses: list[Any]) -> list[str]:
    return [clause.equals for clause in clauses if hasattr(clause, "equals")]


_SPELLED_OUT = re.compile(r"\^(?P<base>[\w\\./-]+?)(?P<mark>-|\[-@\])(?P<date>(?:\\d\{\d\}-?)+)\$")
_FORMS = {r"\d{8}": "YYYYMMDD", r"\d{4}-\d{2}-\d{2}": "YYYY-MM-DD"}


def _snapshots(clauses: list[Any], model: str) -> list[tuple[str, Snapshot]]:
    found = []
    for clause in clauses:
        spelled = _SPELLED_OUT.fullmatch(getattr(clause, "regex", ""))
        if spelled and spelled["date"] in _FORMS:
            base = spelled["base"].replace("\\", "")
            marks = spelled["mark"].strip("[]")
            found += [
                (base, Snapshot(model=model, form=mark + _FORMS[spelled["date"]])) for mark in marks
            ]
    return found


def _rows(model: Any, source: Row) -> tuple[Row, ...]:
    prices = model.prices if isinstance(model.prices, list) else None
    if prices is None:
        spans = [(ALWAYS, FOREVER, _rates(model.prices))]
    elif any(hasattr(price.constraint, "start_time") for price in prices):
        return ()
    else:
        spans = _spans([(_start(price), _rates(price.prices)) for price in prices])
    rows = [row for start, end, rates in spans for row in _stack(rates, start, end, source)]
    for tier, variants in _variants(model).items():
        for start, end, rates in _spans(variants):
            for base_start, base_end, base in spans:
                span = max(start, base_start), min(end, base_end)
                if span[0] < span[1]:
                    rows += _stack(base | rates, *span, source, tier)
    return tuple(rows)


def _start(price: Any) -> datetime:
    day = getattr(price.constraint, "start_date", None)
    return ALWAYS if day is None else datetime.combine(day, time(tzinfo=UTC))


def _variants(model: Any) -> dict[str, list[tuple[datetime, dict[str, Steps]]]]:
    variants: dict[str, list[tuple[datetime, dict[str, Steps]]]] = {}
    for variant in model.price_variants or ():
        tier = _TIERS.get(next(iter(variant.when.items())))
        rates = _rates(variant.prices)
        if tier and rates:
            variants.setdefault(tier, []).append((_start(variant), rates))
    return variants


def _spans(
    starts: list[tuple[datetime, dict[str, Steps]]],
) -> list[tuple[datetime, datetime, dict[str, Steps]]]:
    """Let each price hold until the next one starts."""
    ordered = sorted(starts, key=lambda one: one[0])
    ends = [start for start, _ in ordered[1:]] + [FOREVER]
    return [(start, end, rates) for (start, rates), end in zip(ordered, ends, strict=True)]


def _rates(prices: Any) -> dict[str, Steps]:
    return {meter: steps for meter, steps in _stated(prices) if all(_exact(steps))}


def _exact(steps: list[tuple[int, Fraction]]) -> Iterator[bool]:
    return (rate.denominator == 1 for _, rate in steps)


def _inexact(model: Any) -> set[str]:
    prices = model.prices if isinstance(model.prices, list) else [model]
    stated = (one for price in prices for one in _stated(price.prices))
    return {meter for meter, steps in stated if not all(_exact(steps))}


def _stated(prices: Any) -> Iterator[tuple[str, list[tuple[int, Fraction]]]]:
    for key, (meter, per) in _METERS.items():
        price = vars(prices).get(key)
        if price is not None:
            tiers = [(tier.start, tier.price) for tier in getattr(price, "tiers", ())]
            steps = [(-1, getattr(price, "base", price)), *tiers]
            yield meter, [(over, Fraction(rate) / per * 10**PLACES) for over, rate in steps]


def _stack(
    rates: dict[str, Steps], start: datetime, end: datetime, source: Row, tier: str = "default"
) -> list[Row]:
    """Make a row for each range of input lengths between two thresholds."""
    marks = sorted({over for steps in rates.values() for over, _ in steps})
    return [
        replace(
            source,
            rates={meter: _at(steps, over) for meter, steps in rates.items()},
            tier=tier,
            valid_from=start,
            valid_to=end,
            over=over,
            up_to=up_to,
        )
        for over, up_to in pairwise([*marks, ANY_LENGTH])
    ]


def _at(steps: Steps, over: int) -> int:
    return int([rate for threshold, rate in steps if threshold <= over][-1])
