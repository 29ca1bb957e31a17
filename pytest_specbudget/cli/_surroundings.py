"""What a run would find here beside the clients: packages, settings, prices and the journal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes import provenance
from pytest_specbudget.cli._clients import installed_version, requirements_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.meters.clients import PATCHES
from pytest_specbudget.meters.fitting import misfit
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.meters.hooks import Patch
    from pytest_specbudget.providers.hosts import HostRule

__all__ = [
    "Journals",
    "Need",
    "Prices",
    "SettingsFound",
    "find_journals",
    "find_prices",
    "find_settings",
    "list_needs",
    "recorder_misfits",
]

_US = "pytest-specbudget"
_WORKERS = "pytest-xdist"
_RECORDER = "vcr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A package that we need, or use where it is installed.

    Attributes:
        name: Its distribution.
        wanted: The versions that we work with, such as `>=8.2.1`.
        version: As installed, or None.
        fits: Whether that is one of them.
    """

    name: str
    wanted: str
    version: str | None
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFound:
    """What was set outside the command line.

    Attributes:
        origins: Where each key was set, as the user wrote it.
        prices: Price files laid over the catalogue.
        hosts: What answers at which host.
        problems: What makes no sense, one sentence each.
    """

    origins: Mapping[str, str]
    prices: tuple[Path, ...] = ()
    hosts: tuple[HostRule, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The prices that count.

    Attributes:
        source: What they were compiled from.
        as_of: RFC 3339.
        age_days: How long ago that was, in whole days, not below 0.
        sha256: The digest that every report carries.
        overlays: What is laid over them.
    """

    source: str
    as_of: str
    age_days: int
    sha256: str
    overlays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journals:
    """Where runs leave their journals.

    Attributes:
        folder: Made by the first run that books a call.
        runs: How many are there.
        writable: Whether another one can be written.
    """

    folder: str
    runs: int
    writable: bool


def list_needs() -> list[Need]:
    """Compare what is installed with what our own package says that it needs."""
    try:
        ours = [*requirements_of(_US)]
    except PackageNotFoundError:  # run from a folder of sources
        return []
    needs: dict[str, Need] = {}
    for one in ours:
        if one.marker is None or (one.name == _WORKERS and one.name not in needs):
            told = installed_version(one.name)
            missing = one.marker is not None  # an extra may be
            fits = missing if told is None else one.specifier.contains(told, prereleases=True)
            wanted = str(one.specifier)
            needs[one.name] = Need(name=one.name, wanted=wanted, version=told, fits=fits)
    return [*needs.values()]


def recorder_misfits() -> Iterator[str]:
    """Say where vcrpy is not made as we expect, so that replays could not be told from live."""
    ours: tuple[tuple[str, Patch], ...] = (*PATCHES, *provenance.PATCHES.items())
    for module, patch in ours:
        if module.partition(".")[0] == _RECORDER:
            problem = misfit(module, patch)
            if problem is not None:
                yield problem


def find_settings(rootdir: Path) -> SettingsFound:
    """Read the environment and the file in *rootdir*, as pytest would there."""
    try:
        settings = read_settings(options={}, environment=os.environ, rootdir=rootdir)
    except SettingError as error:
        return SettingsFound(origins={}, problems=error.problems)
    return SettingsFound(origins=settings.origins, prices=settings.prices, hosts=settings.hosts)


def find_prices(overlays: tuple[Path, ...], now: datetime) -> Prices:
    """Load the prices that count.

    Raises:
        CatalogueError: If they cannot be read or contradict each other.
    """
    catalogue = load_catalogue(overlays)
    return Prices(
        source=catalogue.source,
        as_of=catalogue.as_of.isoformat().replace("+00:00", "Z"),
        age_days=max(0, (now - catalogue.as_of).days),
        sha256=catalogue.sha256,
        overlays=tuple(catalogue.overlays),
    )


def find_journals(rootdir: Path) -> Journals:
    """Look at the folder of journals, without making it."""
    folder = rootdir / ".specbudget" / "journal"
    there = folder.is_dir()
    runs = sum(child.is_dir() for child in folder.iterdir()) if there else 0
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK)
    return Journals(folder=str(folder), runs=runs, writable=writable)
