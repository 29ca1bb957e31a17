"""The edge of `prices`: reads the shipped catalogue and the user's overlays.

The lock file is read at once, a provider's shard when it is first asked for; both are held against
their digests, so that a catalogue edited by hand is an error and not a silent price.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import Catalogue, ProviderPrices
from pytest_specbudget.prices.overlay_files import overlay_file
from pytest_specbudget.prices.shards import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CORRECTIONS",
    "DATA",
    "LOCK_NAME",
    "Lock",
    "load_catalogue",
    "read_catalogue",
    "read_lock",
    "whole_digest",
]

DATA = Path(__file__).parent / "data"
CORRECTIONS = Path(__file__).parent / "corrections"
LOCK_NAME = "catalogue.lock.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What a catalogue was compiled from, and the digest of each of its files.

    Attributes:
        package: Name of the price source.
        version: Its version.
        as_of: The instant up to which the data is known to be right; RFC 3339.
        exponent: Rates are whole multiples of 10**-exponent USD a unit.
        corrections: sha256 of each correction file, by name.
        shards: sha256 of each shard, by provider.
        sha256: Digest of all of the above.
    """

    package: str
    version: str
    as_of: str
    exponent: int
    corrections: dict[str, str]
    shards: dict[str, str]
    sha256: str


def whole_digest(shards: Mapping[str, str], as_of: str, exponent: int) -> str:
    """Return the digest of a whole catalogue, from those of its shards."""
    lines = [f"as_of {as_of}", f"exponent {exponent}"]
    lines += [f"{provider} {digest}" for provider, digest in sorted(shards.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def load_catalogue(overlays: Iterable[Path] = ()) -> Catalogue:
    """Load the shipped catalogue, with *overlays* on top; of two overlays the later is on top.

    Args:
        overlays: Paths of overlay files, or names of shipped ones.

    Raises:
        CatalogueError: If shipped data was changed, or with every problem of every overlay.
    """
    catalogue = read_catalogue(DATA)
    paths = tuple(overlay_file(path) for path in overlays)
    if not paths:
        return catalogue
    from pytest_specbudget.prices.overlaying import laid_over  # noqa: PLC0415 - heavy

    return laid_over(catalogue, paths)


def read_catalogue(folder: Path) -> Catalogue:
    """Read the compiled catalogue in *folder*; its shards are read when they are asked for.

    Raises:
        CatalogueError: If there is none, or its lock contradicts itself.
    """
    lock = read_lock(folder)
    return Catalogue(
        sha256=lock.sha256,
        as_of=datetime.fromisoformat(lock.as_of),
        source=f"{lock.package} {lock.version}",
        exponent=lock.exponent,
        providers=_Shards(folder, lock),
    )


def read_lock(folder: Path) -> Lock:
    """Read the lock of the compiled catalogue in *folder*.

    Raises:
        CatalogueError: If there is none, or it contradicts itself.
    """
    path = folder / LOCK_NAME
    try:
        lock = Lock(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise CatalogueError(f"{path} is no catalogue lock: {reason_of(error)}") from error
    if lock.sha256 != whole_digest(lock.shards, lock.as_of, lock.exponent):
        raise CatalogueError(f"{path} was changed by hand; run `specbudget prices build`")
    return lock


class _Shards(Mapping[str, ProviderPrices]):
    """Providers whose shard is read when it is first asked for."""

    def __init__(self, folder: Path, lock: Lock) -> None:
        self._folder = folder
        self._lock = lock
        self._read: dict[str, ProviderPrices] = {}

    def __getitem__(self, provider: str) -> ProviderPrices:
        prices = self._read.get(provider)
        if prices is None:
            prices = decode(self._text(provider), self._lock.exponent)
            self._read[provider] = prices
        return prices

    def _text(self, provider: str) -> bytes:
        expected = self._lock.shards[provider]
        path = self._folder / f"{provider}.json"
        try:
            text = path.read_bytes()
        except OSError as error:
            raise CatalogueError(f"{path} cannot be read: {reason_of(error)}") from error
        if hashlib.sha256(text).hexdigest() != expected:
            raise CatalogueError(f"{path} is not what its lock says; run `specbudget prices check`")
        return text

    def __contains__(self, provider: object) -> bool:
        return provider in self._lock.shards

    def __iter__(self) -> Iterator[str]:
        return iter(self._lock.shards)

    def __len__(self) -> int:
        return len(self._lock.shards)
