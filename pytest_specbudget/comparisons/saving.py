"""Stores what a passing run consumed as the baseline of later ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.baselines.stored import write_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["save_baseline"]


def save_baseline(
    path: Path,
    journals: Iterable[Journal],
    settings: Settings,
    rootdir: Path,
    ran: Iterable[str] | None = None,
) -> None:
    """Store what *journals* hold; who calls this knows that the run passed.

    Args:
        path: The file; what it holds of other packages of the repository is kept.
        journals: Those of the run.
        settings: Whose prices and host rules count.
        rootdir: pytest's, which test names are relative to.
        ran: The tests that ran, where these were not the whole suite; None if they were.

    Raises:
        BaselineError: If the file is damaged, or cannot be read or written.
        CatalogueError: If the prices cannot be read.
    """
    desk = PriceDesk(settings)
    merged = merge(journals, count_mocked=settings.count_mocked)
    side = side_of_run(merged.ledger, "this run", OneInstant.of(desk))
    side = replace(side, repeats=settings.repeats)
    facts = desk.facts()
    prices = {name: str(facts[name]) for name in ("sha256", "as_of")}
    write_baseline(path, side, package=package_of(rootdir), prices=prices, ran=ran)
