"""How today and its month stand, for `specbudget status`: spent, left, and where it is bound for.

Both projections stand beside each other: the run rate, which `daily_summary.json` has as well, and
what the weekdays tell, with its interval.  Each has its own level, which is `unknown` where more
may have been spent than is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.calendar import alert_level, period_of, project_month
from pytest_specbudget.budgets.projection import NOMINAL
from pytest_specbudget.cli._kept import (
    DAMAGED,
    UNKNOWN,
    account,
    add_date,
    add_history,
    listed,
    nothing_kept,
    settled_in,
    status_of,
    tell_doubts,
    unknown_told,
)
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._table import say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars_beside, dollars_of, percent
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.calendar_gates import calendar_limits, with_month_of_table
from pytest_specbudget.histories.spent import kept
from pytest_specbudget.histories.usage import is_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from pytest_specbudget.analysis.spending import Spent
    from pytest_specbudget.budgets.calendar import Period
    from pytest_specbudget.budgets.projection import Projection
    from pytest_specbudget.settings.settings import Settings

__all__ = ["configure_month", "tell_month"]

_HISTORY = Path(".specbudget/history")


def configure_month(parser: argparse.ArgumentParser) -> None:
    """Say what concerns the month."""
    add_history(parser)
    add_date(parser, "how the month stood on that day, UTC (default: today)")


def tell_month(
    arguments: argparse.Namespace, settings: Settings, said: Collection[str] = ()
) -> int:
    """Print how day and month stand, where anybody paid or keeps account; and any doubts.

    Args:
        arguments: Of the command; where it is about one SPEC, only doubts are told.
        settings: What was asked for.
        said: What was complained of already.

    Returns:
        The exit status.
    """
    today = now().date()
    try:
        settings = with_month_of_table(settings)
        named = arguments.history or settings.history
        found = account(kept(Path(), named))
    except (JournalError, SettingError) as problem:
        if str(problem) not in said:
            complain(problem)
        return status_of(problem)
    accounted = bool(named or calendar_limits(settings) or is_store(_HISTORY))
    if accounted and not found.sources:
        if nothing_kept() not in said:
            complain(nothing_kept())
        return 0
    status = DAMAGED if tell_doubts(found, said) else 0
    if arguments.spec is None and (accounted or found.cells):
        day = arguments.date or today
        standing = _Standing(found.as_of(day, today=today), settings, day)
        standing.tell(settled_in(found, day), as_json=arguments.json)
        status = max(status, standing.status)
    return status


@dataclass(frozen=True, slots=True)
class _Standing:
    """Day and month of *today*, by what was *found* as of then."""

    found: Spent
    settings: Settings
    today: date

    @property
    def status(self) -> int:
        """The exit status that unknown costs make."""
        return UNKNOWN if self._unknown("month") else 0

    def tell(self, settled: Sequence[str], *, as_json: bool) -> None:
        """Print it, with what is *settled* of calls of unknown cost."""
        if as_json:
            print(json.dumps(self.document() | {"settled": [*settled]}))
        else:
            for line in (*self.lines(), *settled):
                say(line)
        if self._unknown("month"):
            complain(unknown_told(self._unknown("month"), self.today))

    def lines(self) -> Iterator[str]:
        """Yield what people read."""
        yield ""
        yield f"billed by all runs together, from {listed(self.found.sources)}"
        for period in ("day", "month"):
            yield f"{period} {period_of(self.today, period)}: {self._figures(period)}"
        yield f"  at its end {'; '.join(self._ends(self._projection()))}"

    def document(self) -> dict[str, Any]:
        """Return the same for programs."""
        told = self._projection()
        likely = None if told.likely is None else [str(end) for end in told.likely]
        return {
            "date": self.today.isoformat(),
            "sources": [*self.found.sources],
            "problems": [*self.found.problems],
            "dated_ahead": [*map(str, self.found.ahead)],
            "contradictions": [*self.found.contradictions],
            "day": self._amounts("day"),
            "month": self._amounts("month")
            | {
                "run_rate_usd": str(told.run_rate),
                "run_rate_level": self._level(told, told.run_rate),
                "expected_usd": None if told.expected is None else str(told.expected),
                "expected_level": self._level(told, told.expected),
                "likely_usd": likely,
            },
        }

    def _amounts(self, period: Period) -> dict[str, Any]:
        so_far, ceiling = self._spent(period), self._ceiling(period)
        return {
            "name": period_of(self.today, period),
            "spent_usd": str(so_far),
            "calls_of_unknown_cost": self._unknown(period),
            "all_known": self._whole(period),
            "ceiling_usd": None if ceiling is None else str(ceiling),
            "remaining_usd": None if ceiling is None else str(ceiling - so_far),
        }

    def _figures(self, period: Period) -> str:
        so_far, ceiling = self._spent(period), self._ceiling(period)
        known = self._whole(period)
        doubt = "" if known else " + ?"
        if ceiling is None:
            return f"spent {dollars_of(so_far)[0]}{doubt}"
        shown, most = dollars_beside(ceiling, so_far)
        share = so_far.share_of(ceiling)
        part = "" if share is None else f" ({percent(share)}{doubt})"
        return f"spent {shown}{doubt} of {most}{part}, {_left(ceiling - so_far, known=known)}"

    def _ends(self, told: Projection) -> Iterator[str]:
        yield f"{dollars_of(told.run_rate)[0]} at this rate{self._in_brackets(told, told.run_rate)}"
        if told.expected is None:
            return
        level = self._in_brackets(told, told.expected)
        yield f"{dollars_of(told.expected)[0]} by its weekdays{level}"
        if told.likely is not None:
            low, high = dollars_of(*told.likely)
            yield f"{NOMINAL * 100} % likely {low} to {high}"

    def _in_brackets(self, told: Projection, projected: Money) -> str:
        level = self._level(told, projected)
        return "" if level is None else f" ({level})"

    def _level(self, told: Projection, projected: Money | None) -> str | None:
        budget = self._ceiling("month")
        if projected is None or budget is None:
            return None
        return alert_level(told.spent, projected, budget, whole=self._whole("month"))

    def _projection(self) -> Projection:
        return project_month(self.found.daily(), self.today)

    def _ceiling(self, period: Period) -> Money | None:
        limit = calendar_limits(self.settings).get(period)
        return None if limit is None else limit.ceiling

    def _spent(self, period: Period) -> Money:
        days = self.found.daily().items()
        return Money.total(cost for day, cost in days if self._counts(day, period))

    def _unknown(self, period: Period) -> int:
        days = self.found.unknown().items()
        return sum(calls for day, calls in days if self._counts(day, period))

    def _whole(self, period: Period) -> bool:
        return not (self._unknown(period) or self.found.problems or self.found.ahead)

    def _counts(self, day: date, period: Period) -> bool:
        return period_of(day, period) == period_of(self.today, period)


def _left(amount: Money, *, known: bool) -> str:
    shown = dollars_of(abs(amount))[0]
    if amount.atto < 0:
        return f"{'' if known else 'at least '}{shown} too much"
    return f"{'' if known else 'at most '}{shown} left"
