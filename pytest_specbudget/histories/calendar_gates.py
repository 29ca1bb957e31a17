"""Ceilings of the calendar day and month: what a run adds to what others spent.

`--spec-day-budget` and `--spec-month-budget` hold billed cost, of this run and all others
together.  What others spent is what the project's history and the journals of its runs tell;
`--spec-history` names another history, and the journals are asked all the same, so that no run
since the last `history add` is forgotten.  Each call counts once, and so does the run itself, which
may be among them.

What cannot be read whole, or is dated so far ahead that nobody knows when it was spent, leaves the
ceilings undecided.  Where a project has no other run yet, that is said, and the run judged alone;
but a run that is judged again from its journal, where no other is kept, may have failed for what
others spent, so that this leaves them undecided as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.spending import Spent
from pytest_specbudget.budgets.calendar import CalendarGate
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.spent import kept, spent
from pytest_specbudget.histories.usage import keeps_others
from pytest_specbudget.routing.loading import load
from pytest_specbudget.settings.values import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.analysis.spending import Ahead
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
    settings: Settings,
    rootdir: Path,
    *,
    today: date,
    runs: Collection[str],
    again: bool = False,
) -> tuple[Gate, ...]:
    """Return what holds a run to the ceilings of its day and month; nothing if there are none.

    Args:
        settings: What was asked for.
        rootdir: Where the project keeps its history, unless one was named.
        today: The day on which the run is judged, UTC.
        runs: The ids of the runs that are judged; what the history holds of them is left out.
        again: Whether they are judged from their journals, perhaps where no other run is kept.
    """
    limits = calendar_limits(settings)
    if not limits:
        return ()
    places = kept(rootdir, settings.history)
    origin = next(iter(limits.values())).origin
    alone = Spent(), (_nothing_kept(origin, again=again),)
    others = any(keeps_others(place, runs) for place in places)
    before, findings = _others(places, origin, runs, today) if others else alone
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


def _others(
    places: Sequence[Path], origin: str, runs: Collection[str], today: date
) -> tuple[Spent, tuple[Finding, ...]]:
    try:
        found = spent(*places, today=today, without=runs)
    except JournalError as problem:
        return Spent(), (_unavailable(places[0], str(problem), origin),)
    return found, tuple(_doubts(found, origin))


def _doubts(found: Spent, origin: str) -> Iterator[Finding]:
    if found.problems:
        yield _damaged(" and ".join(found.sources), found.problems)
    if found.ahead:
        yield _dated_ahead(found.ahead, origin)
    if found.contradictions:
        yield _contradicted(found.contradictions, origin)


def _nothing_kept(origin: str, *, again: bool) -> Finding:
    return Finding(
        rule="budget-uncertain",
        subject="history",
        message="no other run is kept here, so this one alone is held to the ceiling",
        origin=origin,
        remedy="keep what runs spend, as with `specbudget history add`, and name it: "
        "--spec-history=PATH",
        severity="error" if again else "warning",
        inconclusive=again,
    )


def _unavailable(path: Path, problem: str, origin: str) -> Finding:
    return Finding(
        rule="gate-unavailable",
        subject=str(path),
        message=f"nobody can tell what other runs spent: {problem}",
        origin=origin,
        remedy="name a journal, a folder of them, or a history that `specbudget history add` made",
        inconclusive=True,
    )


def _damaged(places: str, problems: tuple[str, ...]) -> Finding:
    return Finding(
        rule="journal-damaged",
        subject=places,
        message=f"{places} cannot be read as a whole, so that more may have been spent",
        details=_first(problems),
        remedy="what stood there is in no sum; mend these files, or add them to the history and "
        "dismiss what was lost: `specbudget history forget`",
        inconclusive=True,
    )


def _dated_ahead(ahead: tuple[Ahead, ...], origin: str) -> Finding:
    calls = sum(one.calls for one in ahead)
    cost = dollars(Money.total(one.billed for one in ahead), 2)
    return Finding(
        rule="budget-uncertain",
        subject="history",
        message=f"{calls_of(calls)} of other runs, {cost} as far as that is known, dated in the "
        "future: nobody can tell of which day and month that is",
        origin=origin,
        details=_first(tuple(map(str, ahead))),
        remedy="set the clock of that machine right, and correct these dates or remove the files; "
        "or accept it with --spec-on-inconclusive=warn",
        inconclusive=True,
    )


def _contradicted(contradictions: tuple[str, ...], origin: str) -> Finding:
    return Finding(
        rule="budget-uncertain",
        subject="history",
        message=f"{calls_of(len(contradictions))} cost more in one place than in another",
        origin=origin,
        details=_first(contradictions),
        remedy="find out which is right, and correct or remove the other",
        severity="warning",
    )


def _first(sentences: tuple[str, ...]) -> tuple[str, ...]:
    left = len(sentences) - _SHOWN
    return (*sentences[:_SHOWN], *((f"and {left} more",) if left > 0 else ()))
