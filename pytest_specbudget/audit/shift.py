"""Whether calls got longer or shorter, which no price explains: tokens week over week.

A tokenizer that counts otherwise, a prompt that grew, a model that answers at greater length: each
moves what a stage costs while every price stays as it is.  The median of a week is held against
that of the week before it, by stage and model; medians, because one long call says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

__all__ = ["FEWEST", "LIMIT", "Kind", "Shift", "Week", "median", "monday", "shifts"]

LIMIT = Fraction(20)
"""By how many percent a median may move from one week to the next; just so much is a shift."""

FEWEST = 10
"""Calls that a week needs; medians of fewer move by chance."""

Kind = Literal["input", "output"]

_WHOLE = 100


class Week(NamedTuple):
    """What a usual call of one stage and model consumed in one week.

    Attributes:
        stage: The stage; empty where calls have none.
        model: As `provider/model`.
        monday: The first day of the week.
        calls: How many calls reported tokens.
        input_tokens: Their median input, cached or not.
        output_tokens: Their median output.
    """

    stage: str
    model: str
    monday: date
    calls: int
    input_tokens: Fraction
    output_tokens: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A median that moved.

    Attributes:
        stage: The stage; empty where calls have none.
        model: As `provider/model`.
        kind: Which tokens.
        monday: The first day of the week that differs from the one before it.
        before: The median of the week before.
        after: The median of this week.
        calls: How many calls each of the two is of.
    """

    stage: str
    model: str
    kind: Kind
    monday: date
    before: Fraction
    after: Fraction
    calls: tuple[int, int]


def median(counts: Sequence[int]) -> Fraction:
    """Return the middle one of *counts*, or what lies half-way between the two in the middle."""
    ordered, half = sorted(counts), len(counts) // 2
    return Fraction(ordered[half] + ordered[~half], 2)


def monday(day: date) -> date:
    """Return the first day of the week of *day*."""
    return day - timedelta(days=day.weekday())


def shifts(weeks: Iterable[Week], limit: Fraction = LIMIT) -> tuple[Shift, ...]:
    """Find what moved from the week before to the newest week of each stage and model.

    Args:
        weeks: In any order, at most one for each stage, model and Monday.
        limit: In percent; a move of just so much is a shift.

    Returns:
        Sorted by stage, model and kind; nothing of a stage whose newest week, or the one just
        before it, has fewer than `FEWEST` calls.
    """
    series: defaultdict[tuple[str, str], dict[date, Week]] = defaultdict(dict)
    for week in weeks:
        series[week.stage, week.model][week.monday] = week
    newest = max((day for each in series.values() for day in each), default=None)
    pairs = (
        (each.get(newest - timedelta(weeks=1)), each.get(newest))
        for _, each in sorted(series.items())
        if newest is not None
    )
    return tuple(
        shift
        for before, after in pairs
        if before is not None and after is not None and min(before.calls, after.calls) >= FEWEST
        for shift in _moved(before, after, limit)
    )


def _moved(before: Week, after: Week, limit: Fraction) -> Iterator[Shift]:
    medians: dict[Kind, tuple[Fraction, Fraction]] = {
        "input": (before.input_tokens, after.input_tokens),
        "output": (before.output_tokens, after.output_tokens),
    }
    for kind, (then, now) in medians.items():
        if then != now and abs(now - then) * _WHOLE >= limit * then:
            yield Shift(
                stage=after.stage,
                model=after.model,
                kind=kind,
                monday=after.monday,
                before=then,
                after=now,
                calls=(before.calls, after.calls),
            )
