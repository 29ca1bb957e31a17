"""A history priced anew: what every engine returns, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.analysis.explained import Use
    from pytest_specbudget.audit.drift import Priced
    from pytest_specbudget.audit.shift import Week

__all__ = ["NOT_KEPT", "WEEK", "OnRecord", "PricedHistory"]

WEEK = timedelta(weeks=1)
"""From one week to the next."""

_NOTHING = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What is on record of all calls, whether they can be compared or not.

    `cost` is what the groups of `analysis.pricing.repricing` were recorded at, all together.

    Attributes:
        calls: How many there are, those that failed too.
        fetched: How many more are answers about work that another call began, which are no calls.
        cost: What all of them were recorded at, as far as that is known.
        failed: How many calls failed, which are compared with nothing.
        failed_cost: What these were recorded at.
    """

    calls: int = 0
    fetched: int = 0
    cost: Money = _NOTHING
    failed: int = 0
    failed_cost: Money = _NOTHING


NOT_KEPT = OnRecord()
"""Nothing is on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedHistory:
    """Two questions about the same calls, and what it takes to explain the answers.

    Attributes:
        as_of_then: At the prices that held when each call was made, beside what was recorded.
            Calls that a recording answered are not in it: they were priced as of their catalogue.
        repriced: At the prices of the instant that was asked for, beside what was recorded; where
            that is unknown, beside what it would have been.
        uses: How each model was used.
        weeks: What usual calls consumed, by stage and model, in the newest week of them all and in
            the one before it; what came earlier tells no shift.
        on_record: What is on record of all calls.
        assumed: How many calls of the sums of `repriced` were recorded without a cost.
        assumed_cost: What stands for that in these sums: what they cost as of then.
        untold: How many calls told no counts, or never ended; they are nowhere else.
        undated: How many replayed calls do not say when their prices held; they are not among
            `as_of_then`.
    """

    as_of_then: tuple[Priced, ...]
    repriced: tuple[Priced, ...]
    uses: tuple[Use, ...]
    weeks: tuple[Week, ...]
    on_record: OnRecord = NOT_KEPT
    assumed: int = 0
    assumed_cost: Money = _NOTHING
    untold: int = 0
    undated: int = 0
