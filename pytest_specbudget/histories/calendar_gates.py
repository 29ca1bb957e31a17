"""Ceilings of the calendar day and month: what a run adds to what others spent.

`--spec-day-budget` and `--spec-month-budget` hold billed cost, of this run and all others
together.  What others spent is what the project's history and the journals of its runs tell;
`--spec-history` names another history, and the journals are asked all the same, so that no run
since the last `history add` is forgotten.  Each call counts once, and so does the run itself, which
may be among them.

What cannot be read whole, or is dated so far ahead that nobody knows when it was spent, leaves the
ceilings undecided; so does a call of unknown cost, until a person has said what it counts as
(`settled`), which is told from then on.  Where a project has no other run yet, that is said, and
the run judged alone; but a run that is judged again from its journal, where no other is kept, may
have failed for what others spent, so that this leaves them undecided as well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.calendar import CalendarGate, period_of
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.finding import Found
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.calendar_findings import (
    doubts,
    nothing_kept,
    unavailable,
    undecided,
)
from pytest_specbudget.histories.settled import settled_notes
from pytest_specbudget.histories.settled_file import FILE_NAME, read_settlements
from pytest_specbudget.histories.spent import Account, in_doubt, kept, spent
from pytest_specbudget.histories.usage import keeps_others
from pytest_specbudget.routing.loading import load
from pytest_specbudget.settings.values import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.budgets.calendar import Period
    from pytest_specbudget.core.finding import Finding, Gate
    from pytest_specbudget.histories.doubted import Doubted
    from pytest_specbudget.histories.settled import Settlements
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Calendar", "calendar_limits", "calendar_of", "with_month_of_table"]

_PERIODS: tuple[Period, ...] = ("day", "month")


def calendar_limits(settings: Settings) -> dict[Period, Limit]:
    """Return the ceilings of day and month that *settings* set."""
    limits = {limit.scope: limit for limit in settings.limits}
    return {period: limits[period] for period in _PERIODS if period in limits}


def with_month_of_table(settings: Settings) -> Settings:
    """Return *settings* with the ceiling for the month of their routing table, unless they set one.

    Raises:
        SettingError: If the table cannot be read or makes no sense.
    """
    source = settings.routing
    if source is None or "month" in calendar_limits(settings):
        return settings
    try:
        limits = load(source.read_text("utf-8"), str(source)).cost_limits
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingError([f"{source} cannot be read: {reason_of(problem)}"]) from problem
    if limits is None or limits.monthly_budget is None:
        return settings
    budget = limits.monthly_budget
    origin = f"monthly_budget = {budget} in {source} [models.cost_limits]"
    limit = Limit(scope="month", ceiling=budget, origin=origin)
    return replace(settings, limits=(*settings.limits, limit))


@dataclass(frozen=True, slots=True)
class Calendar:
    """What holds a run to the ceilings of its day and month.

    Attributes:
        gates: The ceilings, and what leaves them in doubt.
        notes: What was decided of calls of unknown cost, whole sentences.
    """

    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()


def calendar_of(
    settings: Settings,
    rootdir: Path,
    *,
    today: date,
    runs: Collection[str],
    again: bool = False,
) -> Calendar:
    """Return what holds a run to the ceilings of its day and month; nothing if there are none.

    Args:
        settings: What was asked for.
        rootdir: Where the project keeps its history, unless one was named, and what was settled.
        today: The day on which the run is judged, UTC.
        runs: The ids of the runs that are judged; what the history holds of them is left out.
        again: Whether they are judged from their journals, perhaps where no other run is kept.
    """
    limits = calendar_limits(settings)
    if not limits:
        return Calendar()
    places = kept(rootdir, settings.history)
    origin = next(iter(limits.values())).origin
    others = _Others(findings=(nothing_kept(origin, again=again),))
    if any(keeps_others(place, runs) for place in places):
        others = _others(places, origin, runs, today, rootdir / FILE_NAME)
    gates = [_gate(period, limit, settings, others, today) for period, limit in limits.items()]
    found = (Found(others.findings),) if others.findings else ()
    return Calendar(gates=(*gates, *found), notes=others.notes(today))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Others:
    """What other runs spent.

    Attributes:
        spent: Their sums.
        doubted: Those of their calls whose cost nobody knows.
        findings: What leaves all that in doubt.
    """

    spent: Account = field(default_factory=Account)
    doubted: tuple[Doubted, ...] = ()
    findings: tuple[Finding, ...] = ()

    def named(self) -> dict[date, list[str]]:
        """Return the calls whose cost nobody knows, a line each, by the day."""
        days: defaultdict[date, list[str]] = defaultdict(list)
        for one in self.doubted:
            days[one.at.date()].append(str(one))
        return days

    def notes(self, today: date) -> tuple[str, ...]:
        """Say what was decided of calls in the month of *today*."""
        month = period_of(today, "month")
        of_it = [one for one in self.spent.settled if period_of(one.day, "month") == month]
        return tuple(settled_notes(of_it, FILE_NAME))


def _gate(
    period: Period, limit: Limit, settings: Settings, others: _Others, today: date
) -> CalendarGate:
    return CalendarGate(
        period=period,
        ceiling=Ceiling(amount=limit.ceiling, origin=limit.origin),
        today=today,
        before=others.spent.daily(),
        unknown=others.spent.unknown(),
        named=others.named(),
        warning=settings.alert_warning,
        critical=settings.alert_critical,
    )


def _others(
    places: Sequence[Path], origin: str, runs: Collection[str], today: date, decided: Path
) -> _Others:
    try:
        settlements = read_settlements(decided)
        found = spent(*places, today=today, without=runs, settlements=settlements)
        doubted = _open(places, runs, today, settlements) if found.unknown() else ()
    except JournalError as problem:
        return _Others(findings=(unavailable(places[0], str(problem), origin),))
    except SettingError as problem:
        return _Others(findings=(undecided(decided, problem, origin),))
    return _Others(spent=found, doubted=doubted, findings=tuple(doubts(found, origin)))


def _open(
    places: Sequence[Path], runs: Collection[str], today: date, settlements: Settlements
) -> tuple[Doubted, ...]:
    found = in_doubt(*places, today=today, without=runs).calls
    return tuple(one for one in found if one.id not in settlements.by_call)
