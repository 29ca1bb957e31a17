"""What the change of one subject comes to.

A limit in percent judges the list cost, exactly; what is bounded counts with its upper end.

Without one the rule is strict: what a change of code controls may not rise at all.  That is the
cost with answers as long as they were, and, unless that fell, the number of calls and of input
tokens.  The length of answers is not the code's alone, so it may add up to 10 % or $0.01.

A cost that is unknown is no cost of nothing: the subject is inconclusive, unless what is known of
the head already is beyond the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from fractions import Fraction

    from pytest_specbudget.audit.comparison import Said
    from pytest_specbudget.audit.tallies import Tally
    from pytest_specbudget.core.ledger import Totals

__all__ = ["Limit", "said"]

_FLOOR = Money.parse("0.01")
_TENTH = 10
_FIGURES = (
    "calls",
    "failed_calls",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
    "list_cost",
    "list_spread",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a subject is held to.

    Attributes:
        pct: By how many percent its list cost may rise, inclusive; None: strict.
        words: The same for people.
        origin: Where it was set, as the user wrote it.
    """

    pct: Fraction | None
    words: str
    origin: str = ""


def said(tally: Tally, limit: Limit | None) -> Said:
    """Say what a change comes to; without a *limit* it is only shown, and never `regressed`."""
    if limit is not None and not tally.unknown_then and _beyond(tally, limit.pct):
        return "regressed"
    if tally.unknown_then or tally.unknown_now:
        return "inconclusive"
    if tally.head.list_upper > tally.base.list_upper:
        return "tolerated"
    return "same" if _figures(tally.base) == _figures(tally.head) else "cheaper"


def _beyond(tally: Tally, pct: Fraction | None) -> bool:
    if pct is None:
        return _asks_more(tally) or _answers_longer(tally)
    return tally.head.list_upper.atto * 100 > tally.base.list_upper.atto * (100 + pct)


def _asks_more(tally: Tally) -> bool:
    then, now, cost = tally.base, tally.head, tally.base.list_upper
    more = now.calls > then.calls or now.input_tokens > then.input_tokens
    return tally.held > cost or (tally.held == cost and more)


def _answers_longer(tally: Tally) -> bool:
    """Tell whether it is dearer by answers that are more than a little longer."""
    dearer = tally.head.list_upper > tally.base.list_upper
    share = tally.longer * _TENTH > tally.partnered
    return dearer and share and tally.longer > _FLOOR


def _figures(totals: Totals) -> list[object]:
    return [getattr(totals, name) for name in _FIGURES]
