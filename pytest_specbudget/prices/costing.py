"""What units cost at the rates of one row: the sum of a charge, and what it is made of.

Both are reckoned in one way: the units are first taken as the row sells them (`_sell`), then each
has a rate or the cost is unknown.  Audio that is shorter than the row bills at least is taken to be
so long; none at all stays none.  Nothing is rounded but a rate an hour over seconds, half to even,
once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.prices.buckets import CACHED
from pytest_specbudget.prices.catalogue import LEAST_AUDIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.usage import Usage
    from pytest_specbudget.prices.buckets import Counts

__all__ = ["cost_of", "costs_by_meter", "seconds_billed"]

_SECONDS_PER_HOUR = 3600
_AUDIO = "audio_hour"
_TRANSCRIBED = ("input_audio", "input", "output")


def cost_of(usage: Usage, counts: Counts, rates: Mapping[str, int]) -> Money | str:
    """Sum up what *counts* cost, or name the first unit without a rate.

    Args:
        usage: What was consumed.
        counts: The same by meter, as `split` takes it apart; changed to what the row sells.
        rates: Attodollars a unit, by meter.
    """
    seconds = usage.audio_seconds
    odd = seconds or usage.reasoning_output_tokens or "request" in rates
    if odd or not counts.keys().isdisjoint(CACHED):
        _sell(usage, counts, rates)
    atto = 0
    try:
        for meter, count in counts.items():
            atto += count * rates[meter]
    except KeyError as unknown:
        return str(unknown.args[0]).replace("_", " ")
    if not seconds:
        return Money(atto)
    heard = _audio_time(seconds, rates)
    return "audio time" if heard is None else Money(atto + heard)


def costs_by_meter(usage: Usage, counts: Counts, rates: Mapping[str, int]) -> dict[str, int] | None:
    """Return what each meter costs, in attodollars; they add up to `cost_of`, if that is known.

    Takes the same as `cost_of`, and changes *counts* likewise.
    """
    _sell(usage, counts, rates)
    if not rates.keys() >= counts.keys():
        return None
    each = {meter: count * rates[meter] for meter, count in counts.items()}
    if usage.audio_seconds:
        heard = _audio_time(usage.audio_seconds, rates)
        if heard is None:
            return None
        each[_AUDIO] = heard
    return each


def _sell(usage: Usage, counts: Counts, rates: Mapping[str, int]) -> None:
    """Change *counts* to the units that a row of these *rates* sells."""
    if usage.reasoning_output_tokens:
        _set_reasoning_apart(counts, usage.reasoning_output_tokens, rates)
    if usage.audio_seconds and _AUDIO in rates:
        _leave_to_the_clock(counts, rates)
    if not counts.keys().isdisjoint(CACHED):
        _sell_as_text(counts, rates)
    if "request" in rates and counts:
        counts["request"] = 1


def _sell_as_text(counts: Counts, rates: Mapping[str, int]) -> None:
    """Count what was read from a cache as text where its kind has no rate, in its place."""
    before = [*counts.items()]
    counts.clear()
    for meter, count in before:
        sold = "cache_read" if meter in CACHED and meter not in rates else meter
        counts[sold] = counts.get(sold, 0) + count


def _set_reasoning_apart(counts: Counts, reasoning: int, rates: Mapping[str, int]) -> None:
    output = counts.get("output", 0)
    if "output_thinking" in rates:
        meter, apart = "output_thinking", output
    elif "reasoning" in rates:
        meter, apart = "reasoning", min(reasoning, output)
    else:
        return
    if apart:
        counts |= {"output": output - apart, meter: apart}


def _leave_to_the_clock(counts: Counts, rates: Mapping[str, int]) -> None:
    """Take out the tokens that stand for audio which is priced by its length.

    Where nothing else has a rate, that is what was heard and what was written down; anything
    beside tokens, such as a search, stays and has no price.
    """
    for meter in _TRANSCRIBED if rates.keys() <= {_AUDIO, LEAST_AUDIO} else ("input_audio",):
        counts.pop(meter, None)


def seconds_billed(seconds: int, rates: Mapping[str, int]) -> int:
    """Return as how many seconds audio of so many is billed by a row of these *rates*."""
    return max(seconds, rates.get(LEAST_AUDIO, 0) // 10**PLACES) if seconds else 0


def _audio_time(seconds: int, rates: Mapping[str, int]) -> int | None:
    rate = rates.get(_AUDIO)
    billed = seconds_billed(seconds, rates)
    return None if rate is None else round(Fraction(billed * rate, _SECONDS_PER_HOUR))
