"""A catalogue with the user's overlays on it; of two overlays the later is on top.

Heavy (it imports pydantic), so it is imported only where there is an overlay to read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ModelPrices, ProviderPrices
from pytest_specbudget.prices.exchange import Exchange
from pytest_specbudget.prices.layering import Layers
from pytest_specbudget.prices.overlay import Overlay, read_overlays
from pytest_specbudget.prices.overlay_files import overlay_name
from pytest_specbudget.prices.unused import unused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.layering import Entry

__all__ = ["laid_over"]


class _Topped(Mapping[str, ProviderPrices]):
    """Providers of which some were replaced."""

    def __init__(self, below: Mapping[str, ProviderPrices]) -> None:
        self._below = below
        self.top: dict[str, ProviderPrices] = {}

    def __getitem__(self, provider: str) -> ProviderPrices:
        return self.top.get(provider) or self._below[provider]

    def __contains__(self, provider: object) -> bool:
        return provider in self.top or provider in self._below

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._below, *self.top)))

    def __len__(self) -> int:
        return len(set(self._below) | set(self.top))


def laid_over(catalogue: Catalogue, paths: tuple[Path, ...]) -> Catalogue:
    """Lay overlay files over a catalogue.

    Raises:
        CatalogueError: With every problem of every overlay.
    """
    files = read_overlays(paths, Overlay)
    named = {overlay_name(path): overlay for path, overlay in files.items()}
    overlays = _Overlays(named, catalogue.as_of)
    overlays.lay_prices(catalogue.providers)
    overlays.lay_contracts()
    if overlays.problems:
        raise CatalogueError("\n".join(overlays.problems))
    read = overlays.read
    laid = replace(
        catalogue,
        sha256=_digest(catalogue, files),
        providers=overlays.providers,
        overlays=tuple(overlays.notes),
        discounts=tuple(one for overlay in read.values() for one in overlay.discounts()),
        free=tuple(one for overlay in read.values() for one in overlay.frees()),
        contracts=overlays.contracts,
        fallbacks=tuple(one for name, overlay in read.items() for one in overlay.fallbacks(name)),
        disagreements=tuple(overlays.disagreements),
        meant=tuple(overlays.meant),
    )
    return replace(laid, unused=tuple(unused(catalogue.providers, laid, read)))


def _digest(catalogue: Catalogue, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(catalogue.sha256.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Overlays:
    """Overlay files while they are laid over each other.

    Attributes:
        read: The files by their names, the one at the bottom first.
        providers: Published prices so far.
        contracts: Agreed prices so far.
        notes: One line for each file and for each thing that it changes.
        disagreements: One line for each price that two sources state differently.
        meant: The same where the upper one says why.
        problems: One line for each entry that makes no sense with the others.
    """

    def __init__(self, read: dict[str, Overlay], as_of: datetime) -> None:
        self.read = read
        self.contracts: dict[str, ProviderPrices] = {}
        self.notes: list[str] = []
        self.problems: list[str] = []
        rates = (rate for file, one in read.items() for rate in one.exchange_rates(file))
        self._exchange = Exchange(rates, as_of)
        self.disagreements = self._exchange.disagreements
        self.meant: list[str] = []

    def lay_prices(self, below: Mapping[str, ProviderPrices]) -> None:
        """Lay the published prices of all files over those of a catalogue."""
        self.providers = _Topped(below)
        for file, overlay in self.read.items():
            self.notes += [file, *overlay.notes(file)]
            for name in sorted(overlay.providers()):
                self._attempt(self._lay_prices, name, overlay, file)

    def lay_contracts(self) -> None:
        """Lay the agreed prices of all files over each other; they know the published names."""
        for file, overlay in self.read.items():
            for name in sorted(overlay.contractors()):
                self._attempt(self._lay_contracts, name, overlay, file)

    def _attempt(
        self, lay: Callable[[str, Overlay, str], None], name: str, overlay: Overlay, file: str
    ) -> None:
        try:
            lay(name, overlay, file)
        except CatalogueError as error:
            self.problems.append(str(error))

    def _lay_prices(self, name: str, overlay: Overlay, file: str) -> None:
        below = self._published(name)
        layers = Layers(replace(below, schedules={**below.schedules, **overlay.schedules(name)}))
        entries = overlay.entries(name, file, self._exchange)
        self._lay(layers, entries)
        for alias in overlay.aliases(name, file):
            layers.rename(alias)
        self.providers.top[name] = layers.result()

    def _lay_contracts(self, name: str, overlay: Overlay, file: str) -> None:
        layers = Layers(self.contracts.get(name) or _without_prices(self._published(name)))
        self._lay(layers, overlay.contracts(name, file, self._exchange))
        self.contracts[name] = layers.result()

    def _published(self, name: str) -> ProviderPrices:
        return self.providers.get(name) or ProviderPrices(name=name, models={}, names={})

    def _lay(self, layers: Layers, entries: list[Entry]) -> None:
        schedules = layers.result().schedules
        for entry in entries:
            if entry.row.schedule and entry.row.schedule not in schedules:
                raise CatalogueError(f'{entry.origin}: there is no schedule "{entry.row.schedule}"')
        layers.lay(entries)
        self.notes += layers.notes
        self.disagreements += layers.disagreements
        self.meant += layers.meant


def _without_prices(prices: ProviderPrices) -> ProviderPrices:
    return replace(prices, models={key: ModelPrices(key, ()) for key in prices.models})
