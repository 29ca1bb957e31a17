"""Figures of recordings as people read them; an unknown is a question mark, never a zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import places_for, plain
from pytest_specbudget.reports.figures import with_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.core.money import Money

__all__ = ["costs", "dates", "known_cost", "size"]

_KILO = 1024


def costs(rows: Sequence[Totals]) -> list[str]:
    """Write list costs below each other, with the same number of places."""
    places = places_for(each.list_cost for each in rows)
    return [_cost(each, places) for each in rows]


def known_cost(totals: Totals) -> Money | None:
    """Return what is known of a list cost; None if nothing is."""
    return None if totals.unbounded_calls and not totals.list_cost else totals.list_cost


def dates(first: datetime | None, last: datetime | None) -> str:
    """Write a day, or two with a range between them."""
    if first is None or last is None:
        return "-"
    days = dict.fromkeys((first.date().isoformat(), last.date().isoformat()))
    return " to ".join(days)


def size(count: int) -> str:
    """Write a number of bytes: `812 B`, `4.1 KiB`, `2.0 MiB`."""
    if count < _KILO:
        return f"{count} B"
    kibibytes = count / _KILO
    return f"{kibibytes:.1f} KiB" if kibibytes < _KILO else f"{kibibytes / _KILO:.1f} MiB"


def _cost(totals: Totals, places: int) -> str:
    shown = plain(totals.list_cost, places)
    return with_unknown(shown, totals.list_cost, totals)
