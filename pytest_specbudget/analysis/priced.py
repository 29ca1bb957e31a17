"""A history priced anew: what every engine returns, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.analysis.explained import Use
    from pytest_specbudget.audit.drift import Priced
    from pytest_specbudget.audit.shift import Week

__all__ = ["WEEK", "PricedHistory"]

WEEK = timedelta(weeks=1)
"""From one week to the next."""


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
        assumed: How many calls were recorded without a cost, and have one as of then.
        untold: How many calls told no counts, or never ended; they are nowhere else.
        undated: How many replayed calls do not say when their prices held; they are not among
            `as_of_then`.
    """

    as_of_then: tuple[Priced, ...]
    repriced: tuple[Priced, ...]
    uses: tuple[Use, ...]
    weeks: tuple[Week, ...]
    assumed: int = 0
    untold: int = 0
    undated: int = 0
