"""What SPECs cost over all runs of one history: a store, or any files that one can be made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spec_costs import spec_costs, spec_costs_of, spec_costs_sql
from pytest_specbudget.histories.usage import needs_database, opened, recorded

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.analysis.spec_costs import SpecCost

__all__ = ["spec_costs_at"]


def spec_costs_at(path: Path, *, today: date) -> tuple[tuple[SpecCost, ...], tuple[str, ...]]:
    """Sum up what each SPEC cost by what lies at *path*.

    Args:
        path: A history, or files of usage in any shape that a history takes.
        today: The date.

    Returns:
        The sums; and what could not be read, a sentence each.

    Raises:
        JournalError: If there is nothing at *path*, or it takes DuckDB and that is not installed.
    """
    if not needs_database(path):
        found = recorded(path)
        return spec_costs_of(map(named, found.records)), found.problems
    with opened(path, today) as (history, problems):
        return spec_costs(history.query(spec_costs_sql())), problems
