"""What recordings hold, one row a file: calls, models, tokens, list cost, dates, size.

A value of sums: nothing here reads a file or knows a price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.valuation import charges_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.valuation import Quoter

__all__ = ["Entry", "entry_of", "total_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One recording, or several, summed up.

    Attributes:
        name: The file.
        form: Who writes such files, as `Whole` says it.
        interactions: How many exchanges it holds, model calls or not.
        totals: Its model calls, as if all were replayed once.
        models: `provider/model` of each, as charged, sorted.
        asked: The same, as asked for where that is another name.
        first: The earliest date of an answer, aware UTC; None if no answer has one.
        last: The latest.
        size: In bytes, as it lies on the disk.
        unpriced: Why calls have no price, each reason once, in file order.
    """

    name: str
    form: str = ""
    interactions: int = 0
    totals: Totals = field(default_factory=Totals)
    models: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    size: int = 0
    unpriced: tuple[str, ...] = ()


def entry_of(recording: Recording, name: str, quote: Quoter) -> Entry:
    """Sum *recording* up under *name*."""
    totals = Totals()
    charges = [*charges_of(recording, quote)]
    for charge in charges:
        totals.add(charge)
    dates = [date for each in recording.interactions if (date := date_of(each)) is not None]
    return Entry(
        name=name,
        form=recording.whole.form,
        interactions=len(recording.interactions),
        totals=totals,
        models=_sorted(f"{each.reading.provider}/{each.reading.model}" for each in charges),
        asked=_sorted(
            f"{each.reading.provider}/{each.reading.request_model}"
            for each in charges
            if each.reading.request_model not in {None, each.reading.model}
        ),
        first=min(dates, default=None),
        last=max(dates, default=None),
        size=recording.path.stat().st_size,
        unpriced=_once(each.reason or "" for each in charges if each.unpriced),
    )


def total_of(entries: Iterable[Entry]) -> Entry:
    """Sum several recordings up."""
    entries = list(entries)
    return Entry(
        name="total",
        interactions=sum(each.interactions for each in entries),
        totals=_added(each.totals for each in entries),
        models=_sorted(model for each in entries for model in each.models),
        asked=_sorted(model for each in entries for model in each.asked),
        first=min((each.first for each in entries if each.first is not None), default=None),
        last=max((each.last for each in entries if each.last is not None), default=None),
        size=sum(each.size for each in entries),
        unpriced=_once(reason for each in entries for reason in each.unpriced),
    )


def _added(parts: Iterable[Totals]) -> Totals:
    whole = Totals()
    for part in parts:
        for name in Totals.__slots__:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
    return whole


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _once(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
