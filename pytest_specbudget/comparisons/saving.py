"""Stores what a passing run consumed as the baseline of later ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.nodes import is_among
from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.baselines.stored import write_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Ran", "save_baseline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The tests that a run was of, those among them that are no more.

    Attributes:
        tests: Those that ran, where some were left out; None where none was.
        paths: The files and folders that were chosen, relative to rootdir; None for all.
        unrun: What was to run and did not: tests, and files and classes of them.
    """

    tests: Container[str] | None = None
    paths: Sequence[str] | None = None
    unrun: Container[str] = ()

    def __contains__(self, test: object) -> bool:
        """Tell whether the run was of the *test* of that name."""
        if self.tests is not None and test not in self.tests:
            return False
        if is_among(self.unrun, str(test)):
            return False
        file = str(test).partition("::")[0]
        paths = self.paths
        return paths is None or any(file == one or file.startswith(f"{one}/") for one in paths)


def save_baseline(
    path: Path,
    journals: Iterable[Journal],
    settings: Settings,
    rootdir: Path,
    ran: Container[str] | None = None,
) -> None:
    """Store what *journals* hold; who calls this knows that the run passed.

    Args:
        path: The file; what it holds of other packages of the repository is kept.
        journals: Those of the run.
        settings: Whose prices and host rules count.
        rootdir: pytest's, which test names are relative to.
        ran: The tests that the run was of, where these were not the whole suite; None if they were.

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
