"""What a history says about prices: both questions judged, explained, and put into months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.explained import changes_of
from pytest_specbudget.analysis.priced import NOT_KEPT, OnRecord
from pytest_specbudget.audit.drift import drift
from pytest_specbudget.audit.month import last_month
from pytest_specbudget.audit.shift import shifts
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from pytest_specbudget.analysis.explained import PriceChange, Use
    from pytest_specbudget.analysis.priced import PricedHistory
    from pytest_specbudget.audit.drift import Drift
    from pytest_specbudget.audit.month import Month
    from pytest_specbudget.audit.shift import Shift
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["DriftSummary", "Question", "summed_up"]

_EXACTLY = Fraction(0)
_NOTHING = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked about a history.

    Attributes:
        history: Where it lies, for people.
        at: The instant whose prices count; aware, UTC.
        today: The day that is not over yet.
        limit: By how many percent prices may have moved what it cost.
        origin: Where the limit was set, as the user wrote it.
    """

    history: str
    at: datetime
    today: date
    limit: Fraction
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSummary:
    """A history at other prices: the facts that every format shows.

    Attributes:
        asked: What was asked.
        first: The first day of the history, or None if it is empty.
        last: The last.
        now: At the prices of the instant that was asked for, beside what was recorded.
        as_of_then: At the prices that held when each call was made; any move is a fault, either
            of the recording or of the catalogue.
        changes: The dated price changes that explain a model's move, by `provider/model`.
        month: The last full days, which stand for the month to come; None if no day is over.
        shifts: Stages whose calls got longer or shorter, which is no matter of prices.
        on_record: What is on record of all calls, as `histories.costing` sums it up.
        assumed: How many calls were recorded without a cost; what they cost as of then stands in.
        assumed_cost: What that is in the sum of `now.total.recorded`.
        untold: How many calls told no counts, or never ended; they are in no sum.
        undated: How many replayed calls do not say when their prices held, so that nobody can tell
            what they were to cost as of then.
        terms: Whether the user has contracts or discounts, which are not what is judged.
        catalogue: Digest of the prices.
        problems: What could not be read, a sentence each.
    """

    asked: Question
    first: date | None
    last: date | None
    now: Drift
    as_of_then: Drift
    changes: Mapping[str, tuple[PriceChange, ...]] = field(default_factory=dict)
    month: Month | None = None
    shifts: tuple[Shift, ...] = ()
    on_record: OnRecord = NOT_KEPT
    assumed: int = 0
    assumed_cost: Money = _NOTHING
    untold: int = 0
    undated: int = 0
    terms: bool = False
    catalogue: str = ""
    problems: tuple[str, ...] = ()


def summed_up(
    history: PricedHistory, catalogue: Catalogue, asked: Question, problems: tuple[str, ...] = ()
) -> DriftSummary:
    """Judge and explain *history*.

    Args:
        history: As an engine priced it, at `asked.at`.
        catalogue: The prices.
        asked: What was asked.
        problems: What could not be read, a sentence each.
    """
    days = [one.day for one in history.repriced]
    now = drift(history.repriced, asked.limit)
    return DriftSummary(
        asked=asked,
        first=min(days, default=None),
        last=max(days, default=None),
        now=now,
        as_of_then=drift(history.as_of_then, _EXACTLY, floor=_EXACTLY),
        changes=_explained(now, history, catalogue, asked.at),
        month=last_month(history.repriced, asked.today),
        shifts=shifts(history.weeks),
        on_record=history.on_record,
        assumed=history.assumed,
        assumed_cost=history.assumed_cost,
        untold=history.untold,
        undated=history.undated,
        terms=bool(catalogue.contracts or catalogue.discounts),
        catalogue=catalogue.sha256,
        problems=problems,
    )


def _explained(
    now: Drift, history: PricedHistory, catalogue: Catalogue, at: datetime
) -> dict[str, tuple[PriceChange, ...]]:
    uses: defaultdict[str, list[Use]] = defaultdict(list)
    for use in history.uses:
        uses[use.model].append(use)
    moved = (one.subject for one in now.models if one.gross)
    found = {model: changes_of(catalogue, uses[model], at) for model in moved}
    return {model: changes for model, changes in found.items() if changes}
