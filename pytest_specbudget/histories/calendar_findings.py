"""What leaves a ceiling of a day or month in doubt, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_specbudget.analysis.spending import Ahead, Spent
    from pytest_specbudget.errors import SettingError

__all__ = ["doubts", "nothing_kept", "unavailable", "undecided"]

_SHOWN = 3


def doubts(found: Spent, origin: str) -> Iterator[Finding]:
    """Yield what may be missing from what other runs spent, or is told in two ways.

    Args:
        found: What they spent.
        origin: Where the ceiling was set.
    """
    if found.problems:
        yield _damaged(" and ".join(found.sources), found.problems)
    if found.ahead:
        yield _dated_ahead(found.ahead, origin)
    if found.contradictions:
        yield _contradicted(found.contradictions, origin)


def nothing_kept(origin: str, *, again: bool) -> Finding:
    """Say that no other run is kept; in doubt where a run is judged *again*."""
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


def unavailable(path: Path, problem: str, origin: str) -> Finding:
    """Say that nobody can tell what other runs spent."""
    return Finding(
        rule="gate-unavailable",
        subject=str(path),
        message=f"nobody can tell what other runs spent: {problem}",
        origin=origin,
        remedy="name a journal, a folder of them, or a history that `specbudget history add` made",
        inconclusive=True,
    )


def undecided(decided: Path, problem: SettingError, origin: str) -> Finding:
    """Say that what was decided of calls of unknown cost cannot be read."""
    return Finding(
        rule="gate-unavailable",
        subject=decided.name,
        message=f"nobody can tell what was decided of calls of unknown cost: {problem.problems[0]}",
        origin=origin,
        details=problem.problems[1:],
        remedy=f"mend {decided.name}; `specbudget history settle` writes its entries",
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
