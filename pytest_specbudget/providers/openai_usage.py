"""The `usage` object of OpenAI's formats, as OpenAI and all who imitate it write it.

Totals are inclusive at OpenAI: input holds what was cached and written to a cache, output holds
reasoning and rejected predictions.  Some imitators leave a part outside its total; there the sum
gives them away, because `total_tokens` holds it.

Source: `CompletionUsage`, `ResponseUsage` and `Transcription.usage` of openai 3.54.0.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.core.value import quick_value
from pytest_specbudget.providers.audio import rounded_up
from pytest_specbudget.providers.counts import HIGHEST, Counts, mapping, mappings, shown, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.providers.counts import Path
    from pytest_specbudget.providers.dialects import Dialect

__all__ = ["breakdown", "read_cost", "read_usage"]

_INPUT_DETAILS = (
    "prompt_tokens_details",
    "input_tokens_details",
    "input_token_details",
    "prompt_token_details",  # Writer
)
_OUTPUT_DETAILS = ("completion_tokens_details", "output_tokens_details", "output_token_details")


def _within(places: tuple[str, ...], name: str) -> tuple[Path, ...]:
    return tuple((place, name) for place in places)


def _read_apart(name: str) -> tuple[Path, ...]:
    """Return where the part of what was read from a cache stands that *name* says."""
    return tuple((place, "cached_tokens_details", name) for place in _INPUT_DETAILS)


def _kept(name: str) -> tuple[Path, ...]:
    """Return where the part of cache writes stands that is kept as long as *name* says."""
    return (
        ("cache_creation", name),
        *((place, "cache_creation_token_details", name) for place in _INPUT_DETAILS),  # LiteLLM
        *((place, "cache_creation", name) for place in _INPUT_DETAILS),  # Alibaba
    )


def _written(name: str) -> tuple[Path, ...]:
    """Return where OpenAI tells the part of cache writes that is kept as long as *name* says.

    Its longer lifetime, 12 hours, stands with the hour of others: it is the dearer of two, too.
    """
    return tuple((place, "cache_write_tokens_details", name) for place in _INPUT_DETAILS)


_TOTALS: Mapping[str, tuple[Path, ...]] = {
    "input_tokens": (("prompt_tokens",), ("input_tokens",)),
    "output_tokens": (("completion_tokens",), ("output_tokens",)),
    "total_tokens": (("total_tokens",),),
}
_PARTS: Mapping[str, tuple[Path, ...]] = {
    "cache_read_input_tokens": (
        *_within(_INPUT_DETAILS, "cached_tokens"),
        ("prompt_cache_hit_tokens",),  # DeepSeek
        ("num_cached_tokens",),  # Mistral
        ("cached_tokens",),  # Together
        ("cache_read_input_tokens",),  # Databricks
        *_within(_INPUT_DETAILS, "cache_read_input_tokens"),  # Perplexity
    ),
    "cache_read_audio_input_tokens": _read_apart("audio_tokens"),
    "cache_read_image_input_tokens": (
        *_read_apart("image_tokens"),
        ("cached_tokens_details", "cached_image_tokens"),  # of the tool that draws
    ),
    "cache_write_input_tokens": (
        *_within(_INPUT_DETAILS, "cache_write_tokens"),
        ("cache_creation_input_tokens",),  # Databricks
        *_within(_INPUT_DETAILS, "cache_creation_input_tokens"),  # Perplexity, Alibaba
        *_within(_INPUT_DETAILS, "cache_creation_tokens"),  # LiteLLM
        *_within(_INPUT_DETAILS, "cached_creation_tokens"),  # one-api and its kin
    ),
    "cache_write_5m_input_tokens": (
        *_kept("ephemeral_5m_input_tokens"),
        *_written("ttl_30m_tokens"),
    ),
    "cache_write_1h_input_tokens": (
        *_kept("ephemeral_1h_input_tokens"),
        *_written("ttl_12h_tokens"),
    ),
    "reasoning_output_tokens": (
        *_within(_OUTPUT_DETAILS, "reasoning_tokens"),
        ("reasoning_tokens",),
    ),
    "input_audio_tokens": _within(_INPUT_DETAILS, "audio_tokens"),
    "output_audio_tokens": _within(_OUTPUT_DETAILS, "audio_tokens"),
    "input_image_tokens": _within(_INPUT_DETAILS, "image_tokens"),
    "output_image_tokens": _within(_OUTPUT_DETAILS, "image_tokens"),
    "web_search_requests": (
        ("server_side_tool_usage_details", "web_search_calls"),  # xAI
        ("server_tool_use_details", "web_search_requests"),  # OpenRouter
        ("server_tool_use", "web_search_requests"),  # LiteLLM
    ),
    "audio_seconds": (("seconds",), ("prompt_audio_seconds",)),  # whisper-1; Mistral
}


@quick_value
class _Place:
    """Which count is told at a path, how early it is asked, and whether others are parts of it."""

    rank: int
    name: str
    total: bool
    path: Path


_PLACES = [
    _Place(rank, name, name in _TOTALS, path)
    for name, paths in {**_PARTS, **_TOTALS}.items()
    for rank, path in enumerate(paths)
]
_Tree = dict[str, "_Place | _Tree"]


def _tree(places: Iterable[_Place]) -> _Tree:
    grown: _Tree = {}
    for place in places:
        branch: Any = grown
        for key in place.path[:-1]:
            branch = branch.setdefault(key, {})
        branch[place.path[-1]] = place
    return grown


_WHERE = _tree(_PLACES)
"""Where counts may stand in the object itself, and in the objects in it.

An answer has a dozen counts, and there are twice as many places: looking each count up once is
four times as fast as asking every place."""
_NO_RANK = len(_PLACES)


def read_usage(
    usage: Mapping[str, Any], counts: Counts, dialect: Dialect, *, input_only: bool = False
) -> Usage:
    """Make the counts of one usage object inclusive.

    Args:
        usage: As the provider sent it.
        counts: Takes the counts and remembers what was odd.
        dialect: The provider's habits.
        input_only: Whether nothing is generated (embeddings), so that all tokens are input.
    """
    known: dict[str, int | None] = {}
    _gather(usage, _WHERE, known, counts, {})
    total = known.pop("total_tokens", None)
    if input_only:
        _all_is_input(known, total)
    elif total is not None:
        _close_the_gap(known, total, counts, dialect)
    if known.get("cache_read_input_tokens") or known.get("cache_write_input_tokens"):
        _check_cache(known, counts)
    return Usage.known(known)


def breakdown(listed: Mapping[str, Any], whole: Usage, dialect: Dialect) -> tuple[Part, ...]:
    """Return what each model consumed, where a `usage_breakdown` adds up to *whole*.

    Groq's streams repeat the total for every model; those do not add up and are dropped.

    Source: `UsageBreakdown` of groq 1.7.0.
    """
    parts = tuple(
        Part(model=model, usage=_bare(mapping(entry.get("usage")), dialect))
        for entry in mappings(listed.get("models"))
        if (model := text(entry.get("model")))
    )
    total = sum((part.usage for part in parts), Usage())
    same = (total.input_tokens, total.output_tokens) == (whole.input_tokens, whole.output_tokens)
    return parts if parts and same else ()


def read_cost(usage: Mapping[str, Any], counts: Counts, dialect: Dialect) -> Money | None:
    """Return the price that the provider itself states, rounded half-even to attodollars."""
    stated: Any = usage
    for key in dialect.cost or ():
        stated = mapping(stated).get(key)
    if dialect.cost is None or stated is None:
        return None
    amount = _amount(stated)
    counts.note(f"{'.'.join(dialect.cost)} was {shown(stated)}", when=amount is None)
    if amount is None:
        return None
    return Money.of_fraction((amount + _paid_elsewhere(usage)) / 10**dialect.cost_exponent)


def _paid_elsewhere(usage: Mapping[str, Any]) -> Fraction:
    """Return what a gateway says that the call costs with a key of the caller's own.

    The cost that it states is then its fee alone.

    Source: https://openrouter.ai/docs/use-cases/usage-accounting (not read for this); answers of
    OpenRouter and of Vercel's gateway in public repositories, of 2026-11-22.
    """
    told = mapping(usage.get("cost_details")).get("upstream_inference_cost")
    return (_amount(told) if usage.get("is_byok") is True else None) or Fraction(0)


def _gather(
    usage: Mapping[str, Any],
    where: _Tree,
    known: dict[str, int | None],
    counts: Counts,
    ranks: dict[str, int],
) -> None:
    """Take every count that *usage* has, sense or nonsense, from the first place that tells it.

    Args:
        usage: The object of counts, or one within it.
        where: The places of counts in it.
        known: Takes them.
        counts: Judges what is no plain count.
        ranks: How early a place is asked, of those taken.
    """
    for key, value in usage.items():
        place = where.get(key)
        if place is None or value is None:
            continue
        if isinstance(place, dict):
            if isinstance(value, dict):
                _gather(value, place, known, counts, ranks)
            continue
        name, rank = place.name, place.rank
        if name not in known or rank < ranks[name]:
            ranks[name] = rank
            if type(value) is int and 0 <= value <= HIGHEST:  # as nearly all are
                known[name] = value
            else:
                told = rounded_up(value) if name == "audio_seconds" else value
                known[name] = counts.take(place.path, told, total=place.total)


def _all_is_input(known: dict[str, int | None], total: int | None) -> None:
    """Take the larger: Voyage, Perplexity and rerank state the total alone, some beside a 0."""
    stated = [count for count in (known.get("input_tokens"), total) if count is not None]
    if stated:
        known.update(input_tokens=max(stated), output_tokens=0)


def _close_the_gap(
    known: dict[str, int | None], total: int, counts: Counts, dialect: Dialect
) -> None:
    """Find out what `total_tokens` holds beside input and output."""
    given, made = known.get("input_tokens"), known.get("output_tokens")
    if given is None or made is None:
        return
    gap = total - given - made
    if not gap:
        return
    if gap < 0:
        counts.note(f"total_tokens {total} is less than input {given} + output {made}")
        return
    if gap == known.get("reasoning_output_tokens"):  # xAI chat
        known["output_tokens"] = made + gap
    elif gap == known.get("input_audio_tokens") or _was_heard(known):  # Mistral
        known["input_tokens"] = given + gap
        known["input_audio_tokens"] = gap
    elif dialect.hides_thinking:
        known["output_tokens"] = made + gap
        known["reasoning_output_tokens"] = gap
    else:
        counts.note(f"total_tokens {total} is more than input {given} + output {made}")


def _was_heard(known: Mapping[str, int | None]) -> bool:
    """Tell whether something was heard whose tokens no count but the total has."""
    return bool(known.get("audio_seconds")) and known.get("input_audio_tokens") is None


def _check_cache(known: Mapping[str, int | None], counts: Counts) -> None:
    given = known.get("input_tokens")
    read = known.get("cache_read_input_tokens") or 0
    written = known.get("cache_write_input_tokens") or 0
    if given is None or read + written <= given:
        return
    if read > given:
        counts.note(f"cached {read} > input {given}")
    else:
        counts.note(f"cached {read} + written to cache {written} > input {given}")


def _bare(usage: Mapping[str, Any], dialect: Dialect) -> Usage:
    """Read a part without a word about it; the whole says what is odd."""
    return read_usage(usage, Counts(), dialect)


def _amount(stated: Any) -> Fraction | None:
    """Read a JSON number as it was written: `repr` gives the shortest decimal back."""
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return None
    amount = Decimal(repr(stated))
    return Fraction(amount) if amount.is_finite() and amount >= 0 else None
