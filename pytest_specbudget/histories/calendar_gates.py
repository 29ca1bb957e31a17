"""Ceilings of the calendar day and month: what a run adds to what was spent before it.

`--spec-day-budget` and `--spec-month-budget` hold billed cost, of the history and this run
together.  Without `--spec-history` the project's own is taken, or the journals of its earlier runs.
The run itself may be among them already; it counts once.  A history that cannot be read whole
leaves the ceilings undecided; where a project has none yet, that is said, and the run judged alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.spending import Spent
from pytest_specbudget.budgets.calendar import CalendarGate
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.spent import kept_at, spent
from pytest_specbudget.routing.loading import load
from pytest_specbudget.settings.values import Limit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.budgets.calendar import Period
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.settings.settings import Settings

__all__ = ["calendar_gates", "calendar_limits", "with_month_of_table"]

_PERIODS: tuple[Period, ...] = ("day", "month")
_SHOWN = 3


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
        raise SettingError([f"{source}: {problem}"]) from problem
    if limits is None or limits.monthly_budget is None:
        return settings
    budget = limits.monthly_budget
    origin = f"monthly_budget = {budget} in {source} [models.cost_limits]"
    limit = Limit(scope="month", ceiling=budget, origin=origin)
    return replace(settings, limits=(*settings.limits, limit))


def calendar_gates(
    settings: Settings, rootdir: Path, *, today: date, runs: Collection[str]
) -> tuple[Gate, ...]:
    """Return what holds a run to the ceilings of its day and month; nothing if there are none.

    Args:
        settings: What was asked for.
        rootdir: Where the project keeps its history, unless one was named.
        today: The day on which the run is judged, UTC.
        runs: The ids of the runs that are judged; what the history holds of them is left out.
    """
    limits = calendar_limits(settings)
    if not limits:
        return ()
    before, findings = _before(settings, rootdir, runs, today)
    gates = (_gate(period, limit, settings, before, today) for period, limit in limits.items())
    return (*gates, Found(findings)) if findings else tuple(gates)


def _gate(
    period: Period, limit: Limit, settings: Settings, before: Spent, today: date
) -> CalendarGate:
    return CalendarGate(
        period=period,
        ceiling=Ceiling(amount=limit.ceiling, origin=limit.origin),
        today=today,
        before=before.daily(),
        unknown=before.unknown(),
        warning=settings.alert_warning,
        critical=settings.alert_critical,
    )


def _before(
    settings: Settings, rootdir: Path, runs: Collection[str], today: date
) -> tuple[Spent, tuple[Finding, ...]]:
    origin = next(iter(calendar_limits(settings).values())).origin
    path = settings.history or kept_at(rootdir)
    if path is None:
        return Spent(), (_nothing_kept(origin),)
    try:
        found = spent(path, today=today, without=runs)
    except JournalError as problem:
        return Spent(), (_unavailable(path, str(problem), origin),)
    return found, (_damaged(path, found.problems),) if found.problems else ()


def _nothing_kept(origin: str) -> Finding:
    return Finding(
        rule="budget-uncertain",
        subject="history",
        message="no earlier run is kept here, so this one alone is held to the ceiling",
        origin=origin,
        remedy="keep what runs spend, as with `specbudget history add`, and name it: "
        "--spec-history=PATH",
        severity="warning",
    )


def _unavailable(path: Path, problem: str, origin: str) -> Finding:
    return Finding(
        rule="gate-unavailable",
        subject=str(path),
        message=f"nobody can tell what was spent before: {problem}",
        origin=origin,
        remedy="name a journal, a folder of them, or a history that `specbudget history add` made",
        inconclusive=True,
    )


def _damaged(path: Path, problems: tuple[str, ...]) -> Finding:
    more = (f"and {len(problems) - _SHOWN} more",) if len(problems) > _SHOWN else ()
    return Finding(
        rule="journal-damaged",
        subject=str(path),
        message=f"{path} cannot be read as a whole, so that more may have been spent before",
        details=(*problems[:_SHOWN], *more),
        remedy="what stood there is in no sum; mend or remove these files",
        inconclusive=True,
    )
