"""What the calls of a revision cost at its own prices: those that its settings lay over the list.

Both sides of a comparison have one price list, so that nobody's code is blamed for a price; what a
change of the overlays does to the cost is shown beside it, as an effect of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.repricing import repriced
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.errors import CatalogueError, SettingError
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.baselines.git import Repository
    from pytest_specbudget.settings.settings import Settings

__all__ = ["at_own_prices"]

_SETTINGS = ("pyproject.toml", "specbudget.toml")


def at_own_prices(side: Side, repository: Repository, commit: str, prices: OneInstant) -> Side:
    """Return *side* with what its charges cost at the prices of *commit*, where those are others.

    Args:
        side: The base, at the prices of the comparison.
        repository: Where the commit is; its `rootdir_prefix` is where pytest runs.
        commit: Whose settings count.
        prices: Those of the comparison.

    Raises:
        BaselineError: If files of the commit cannot be read.
    """
    with TemporaryDirectory() as folder:
        try:
            then = _prices_of(repository, commit, Path(folder))
        except (CatalogueError, SettingError) as problem:
            note = f"what {side.name} cost at its own prices is not known: {problem}"
            return replace(side, notes=(*side.notes, note))
    if (then.catalogue.sha256, then.at) == (prices.catalogue.sha256, prices.at):
        return side
    at_then = ((charge, repriced(charge, then.quote).list_cost) for charge in side.charges)
    return replace(
        side,
        own_costs={
            charge.id: cost
            for charge, cost in at_then
            if cost is not None and cost != charge.list_cost
        },
    )


def _prices_of(repository: Repository, commit: str, folder: Path) -> OneInstant:
    """Lay out the settings and overlays of *commit* in *folder*, and read them as a run would."""
    _lay_out(repository, commit, folder, _SETTINGS)
    settings = read_settings(options={}, environment={}, rootdir=folder)
    _lay_out(repository, commit, folder, _overlays(settings, folder))
    return OneInstant.of(PriceDesk(settings))


def _overlays(settings: Settings, folder: Path) -> tuple[str, ...]:
    return tuple(
        path.relative_to(folder).as_posix()
        for path in settings.prices
        if path.is_relative_to(folder) and ".." not in path.parts
    )


def _lay_out(repository: Repository, commit: str, folder: Path, names: tuple[str, ...]) -> None:
    prefix = repository.rootdir_prefix
    for name, data in repository.blobs(commit, [f"{prefix}{name}" for name in names]).items():
        path = folder / name.removeprefix(prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
