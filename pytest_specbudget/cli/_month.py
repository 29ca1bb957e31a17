"""How today and its month stand, for `specbudget status`: spent, left, and where it is bound for.

Both projections stand beside each other: the run rate, which `daily_summary.json` has as well, and
what the weekdays tell, with its interval.  Each has its own level.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.calendar import alert_level, period_of
from pytest_specbudget.budgets.projection import NOMINAL, project
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._table import say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars, dollars_of, percent
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.calendar_gates import calendar_limits, with_month_of_table
from pytest_specbudget.histories.spent import kept_at, spent

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.analysis.spending import Spent
    from pytest_specbudget.budgets.calendar import Period
    from pytest_specbudget.budgets.projection import Projection
    from pytest_specbudget.settings.settings import Settings

__all__ = ["configure_month", "tell_month"]

_HISTORY = Path(".specbudget/history")


def configure_month(parser: argparse.ArgumentParser) -> None:
    """Say what concerns the month."""
    parser.add_argument(
        "--history",
        type=Path,
        metavar="PATH",
        help="what was spent before: a history, or a folder of journals (default: .specbudget/"
        "history; with a ceiling for day or month, else .specbudget/journal)",
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="how the month stood on that day, UTC (default: today)",
    )


def tell_month(arguments: argparse.Namespace, settings: Settings) -> bool:
    """Print how day and month stand, where anybody keeps account of them.

    Returns:
        Whether all that is kept could be read.
    """
    try:
        settings = with_month_of_table(settings)
        path = _history(arguments, settings)
        if path is None:
            return True
        found = spent(path, today=now().date())
    except (JournalError, SettingError) as problem:
        complain(problem)
        return False
    for damage in found.problems:
        complain(damage)
    standing = _Standing(found, settings, arguments.date or now().date())
    if arguments.json:
        print(json.dumps(standing.document()))
    else:
        for line in standing.lines():
            say(line)
    return not found.problems


def _history(arguments: argparse.Namespace, settings: Settings) -> Path | None:
    named: Path | None = arguments.history or settings.history
    if named is not None:
        return named
    asked = calendar_limits(settings) or _HISTORY.is_dir()
    return kept_at(Path()) if asked else None


@dataclass(frozen=True, slots=True)
class _Standing:
    """Day and month, by what was spent up to *today*."""

    found: Spent
    settings: Settings
    today: date

    def lines(self) -> Iterator[str]:
        """Yield what people read."""
        yield ""
        for period in ("day", "month"):
            yield f"{period} {period_of(self.today, period)}: {self._figures(period)}"
        yield f"  at its end {'; '.join(self._ends(self._projection()))}"

    def document(self) -> dict[str, Any]:
        """Return the same for programs."""
        told, budget = self._projection(), self._ceiling("month")
        likely = None if told.likely is None else [str(end) for end in told.likely]
        return {
            "date": self.today.isoformat(),
            "day": self._amounts("day"),
            "month": self._amounts("month")
            | {
                "run_rate_usd": str(told.run_rate),
                "run_rate_level": _level(told, told.run_rate, budget),
                "expected_usd": None if told.expected is None else str(told.expected),
                "expected_level": _level(told, told.expected, budget),
                "likely_usd": likely,
            },
        }

    def _amounts(self, period: Period) -> dict[str, Any]:
        so_far, ceiling = self._spent(period), self._ceiling(period)
        return {
            "name": period_of(self.today, period),
            "spent_usd": str(so_far),
            "calls_of_unknown_cost": self._unknown(period),
            "ceiling_usd": None if ceiling is None else str(ceiling),
            "remaining_usd": None if ceiling is None else str(ceiling - so_far),
        }

    def _figures(self, period: Period) -> str:
        so_far, ceiling = self._spent(period), self._ceiling(period)
        doubt = " + ?" if self._unknown(period) else ""
        if ceiling is None:
            return f"spent {dollars(so_far, 2)}{doubt}"
        shown, most = dollars_of(so_far, ceiling)
        share = so_far.share_of(ceiling)
        part = "" if share is None else f" ({percent(share)})"
        return f"spent {shown}{doubt} of {most}{part}, {_left(ceiling - so_far)}"

    def _ends(self, told: Projection) -> Iterator[str]:
        budget = self._ceiling("month")
        yield f"{dollars(told.run_rate, 2)} at this rate{_in_brackets(told, told.run_rate, budget)}"
        if told.expected is None:
            return
        level = _in_brackets(told, told.expected, budget)
        yield f"{dollars(told.expected, 2)} by its weekdays{level}"
        if told.likely is not None:
            low, high = (dollars(end, 2) for end in told.likely)
            yield f"{NOMINAL * 100} % likely {low} to {high}"

    def _projection(self) -> Projection:
        return project(self.found.daily(), self.today)

    def _ceiling(self, period: Period) -> Money | None:
        limit = calendar_limits(self.settings).get(period)
        return None if limit is None else limit.ceiling

    def _spent(self, period: Period) -> Money:
        days = self.found.daily().items()
        return Money.total(cost for day, cost in days if self._counts(day, period))

    def _unknown(self, period: Period) -> int:
        days = self.found.unknown().items()
        return sum(calls for day, calls in days if self._counts(day, period))

    def _counts(self, day: date, period: Period) -> bool:
        return day <= self.today and period_of(day, period) == period_of(self.today, period)


def _level(told: Projection, projected: Money | None, budget: Money | None) -> str | None:
    if projected is None or budget is None:
        return None
    return alert_level(told.spent, projected, budget)


def _in_brackets(told: Projection, projected: Money, budget: Money | None) -> str:
    level = _level(told, projected, budget)
    return "" if level is None else f" ({level})"


def _left(amount: Money) -> str:
    if amount.atto < 0:
        return f"{dollars(Money(-amount.atto), 2)} too much"
    return f"{dollars(amount, 2)} left"
