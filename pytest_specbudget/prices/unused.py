"""Entries of overlays that probably change no price: a name in them fits nothing that is sold.

Values in, values out.  A new provider or model of a `[[price]]` may well be meant, so only what is
very like a name that is known is told; terms of what nobody sells are told always.  So is a price
that names no region, of a model that has a price of its own in each region where it is sold.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from pytest_specbudget.core.names import SURE, nearest
from pytest_specbudget.prices.names import OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_specbudget.prices.catalogue import Catalogue, ProviderPrices
    from pytest_specbudget.prices.overlay import Overlay
    from pytest_specbudget.prices.tables import DiscountTable, PriceTable

__all__ = ["unused"]

_Entry = TypeVar("_Entry")
_WILD = "*?["


def unused(shipped: Collection[str], laid: Catalogue, read: Mapping[str, Overlay]) -> Iterator[str]:
    """Yield a sentence for each entry that probably changes nothing.

    Args:
        shipped: The providers that are known without any overlay.
        laid: The catalogue with all overlays on it.
        read: The overlays by the names of their files.
    """
    terms = _Terms(shipped, laid)
    for file, overlay in read.items():
        for origin, provider in _new_names(file, overlay):
            yield from _misspelt(origin, provider, shipped)
        for origin, price in _numbered(file, "price", overlay.price):
            if not price.reason:
                yield from terms.of_price(origin, price)
        for origin, contract in _numbered(file, "contract", overlay.contract):
            if not contract.reason:
                yield from terms.of_contract(origin, contract)
        for origin, discount in _numbered(file, "discount", overlay.discount):
            yield from terms.of_discount(origin, discount)


def _numbered(file: str, table: str, entries: Iterable[_Entry]) -> Iterator[tuple[str, _Entry]]:
    return ((f"{file} [[{table}]] {number}", one) for number, one in enumerate(entries, 1))


def _new_names(file: str, overlay: Overlay) -> Iterator[tuple[str, str]]:
    """Go through the tables in which a provider that is not in the catalogue may be meant."""
    for origin, price in _numbered(file, "price", overlay.price):
        if not price.reason:
            yield origin, price.provider
    for origin, free in _numbered(file, "free", overlay.free):
        yield origin, free.provider
    for origin, fallback in _numbered(file, "fallback", overlay.fallback):
        if not _is_glob(fallback.provider):
            yield origin, fallback.provider


def _misspelt(origin: str, provider: str, shipped: Collection[str]) -> Iterator[str]:
    if provider in shipped:
        return
    likely = nearest(provider, [*shipped, *OTHER_NAMES], SURE)
    if likely is not None:
        yield f'{origin}: the catalogue knows no provider "{provider}"; did you mean "{likely}"?'


class _Terms:
    """What was agreed with providers, held against what they sell."""

    def __init__(self, shipped: Collection[str], laid: Catalogue) -> None:
        self._shipped = shipped
        self._laid = laid

    def of_price(self, origin: str, price: PriceTable) -> Iterator[str]:
        found = self._laid.find(price.provider, price.model)
        if price.region or found is None or not found[1].homes:
            return
        own = {row.region for row in found[1].rows if row.tier == price.service_tier} - {""}
        if own:
            yield (
                f'{origin}: {price.provider} has prices of their own for "{price.model}" in '
                f"{_some(own)}, which this one does not change; write the region that it is for, "
                'or region = "*" for all'
            )

    def of_contract(self, origin: str, contract: PriceTable) -> Iterator[str]:
        provider, model = contract.provider, contract.model
        if not self._sells(provider):
            yield self._no_provider(origin, provider)
        elif self._laid.find(provider, model) is None:
            yield self._no_model(origin, provider, model)

    def of_discount(self, origin: str, discount: DiscountTable) -> Iterator[str]:
        provider, match = discount.provider, discount.match
        if not self._sells(provider):
            yield self._no_provider(origin, provider)
        elif not self._fits(provider, match):
            yield self._no_model(origin, provider, match)

    def _sells(self, provider: str) -> bool:
        guessed = (fnmatchcase(provider, one.provider) for one in self._laid.fallbacks)
        return provider in self._laid.providers or any(guessed)

    def _fits(self, provider: str, match: str) -> bool:
        """Tell whether a pattern covers a model that is sold, or could cover a snapshot of one."""
        if not _is_glob(match):
            return self._laid.find(provider, match) is not None
        if self._laid.fallbacks or match.startswith("ft:"):  # then no list has all the names
            return True
        return any(
            fnmatchcase(name, seller.bare(match)) or _may_be_snapshot(name, seller, match)
            for seller in self._sellers(provider)
            for name in seller.names
        )

    def _sellers(self, provider: str) -> Iterator[ProviderPrices]:
        seller = self._laid.providers[provider]
        yield seller
        for name in seller.resells:
            yield self._laid.providers[name]

    def _no_provider(self, origin: str, provider: str) -> str:
        likely = nearest(provider, [*self._laid.providers, *OTHER_NAMES, *self._shipped])
        return f'{origin}: nobody sells under the name "{provider}"{_meant(likely)}'

    def _no_model(self, origin: str, provider: str, model: str) -> str:
        if provider not in self._laid.providers:
            return f'{origin}: no price of {provider} is for "{model}"'
        sold = (name for seller in self._sellers(provider) for name in seller.names)
        return f'{origin}: {provider} sells no "{model}"{_meant(nearest(model.strip(_WILD), sold))}'


def _some(names: Collection[str]) -> str:
    first, *others = sorted(names)
    return f"{first} and {len(others)} other regions" if len(others) > 1 else " and ".join(names)


def _meant(likely: str | None) -> str:
    return f'; did you mean "{likely}"?' if likely else "; add a [[price]], or take the entry out"


def _is_glob(name: str) -> bool:
    return any(letter in name for letter in _WILD)


def _may_be_snapshot(name: str, seller: ProviderPrices, match: str) -> bool:
    return name in seller.snapshots and match.startswith((f"{name}-", f"{name}@"))
