"""What makes a subject dearer, in a few words each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.audit.tallies import Swap, Tally

__all__ = ["clauses"]

_MOST_SWAPS = 3
_MORE = (
    ("calls", "call"),
    ("failed_calls", "failed call"),
    ("input_tokens", "input token"),
    ("cache_write_input_tokens", "cache write token"),
    ("output_tokens", "output token"),
)


def clauses(tally: Tally) -> tuple[str, ...]:
    """Say what makes *tally* dearer, or why nobody can tell whether it is."""
    return (
        *_unknowns(tally),
        *_swaps(tally.swaps),
        *_rises(tally),
        *_uncached(tally),
        *_held(tally),
    )


def _unknowns(tally: Tally) -> Iterator[str]:
    for calls, side in ((tally.unknown_then, "base"), (tally.unknown_now, "head")):
        if calls:
            yield f"{calls_of(calls)} of unknown cost in the {side}"


def _swaps(swaps: dict[str, Swap]) -> Iterator[str]:
    ranked = sorted(swaps, key=lambda name: (-swaps[name].rise.atto, name))
    for name in ranked[:_MOST_SWAPS]:
        calls = swaps[name].calls
        yield name if calls == 1 else f"{name} ({calls_of(calls)})"
    if len(ranked) > _MOST_SWAPS:
        yield calls_of(len(ranked) - _MOST_SWAPS, "other change") + " of model"


def _rises(tally: Tally) -> Iterator[str]:
    for name, noun in _MORE:
        rise = getattr(tally.head, name) - getattr(tally.base, name)
        if rise > 0:
            yield f"{calls_of(rise, noun)} more"


def _uncached(tally: Tally) -> Iterator[str]:
    then, now = tally.base, tally.head
    fewer = then.cache_read_input_tokens - now.cache_read_input_tokens
    if fewer > 0 and now.input_tokens >= then.input_tokens:
        yield f"{calls_of(fewer, 'input token')} fewer from a cache"


def _held(tally: Tally) -> Iterator[str]:
    """Tell what only shorter answers make up for."""
    then, now = tally.base.list_upper, tally.head.list_upper
    if tally.held > then >= now and tally.held != now:
        held, was = dollars_of(tally.held, then)
        yield f"{held} instead of {was} with answers as long as they were"
