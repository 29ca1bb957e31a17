"""What a recorded answer would have consumed, had another request been asked.

A recording tells how long the answer was; what is asked now tells the model and the prompt.  So
the output stays as recorded, the model is the one asked for now, and the input is the recorded
count and what the change of the prompt's text makes of it:

* A token is taken for four bytes of text, or for as many as in the recording where its prompt is
  long enough to tell.  Growth is rounded up and shrinking down, so that the estimate errs on the
  dear side.  Images, sound and files are taken to be as they were.
* What was read from a cache is read only up to where the prompts part, because caches hold
  beginnings of prompts.
* Where more or fewer answers are asked for (`n`), the output grows or shrinks with their number.
  How other wishes (effort, the longest answer) change it, nobody knows: it stays as recorded, and
  the figure is an estimate.

What it makes is `estimated`, and no more exact than that.

Source: https://github.com/openai/tiktoken ("On average, in practice, each token corresponds to
about 4 bytes"); https://platform.openai.com/docs/guides/prompt-caching (exact prefix matches), as
the notes of this project have them, 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.asking import PROMPT, WISHES
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.tiers import service_tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.reading import Reading

__all__ = ["prompt_of", "restated", "uncached"]

_USUAL = Fraction(1, 4)
_FEWEST, _MOST = Fraction(1, 8), Fraction(1, 2)
"""Tokens a byte: usual, and the bounds of what a recording is believed to tell."""
_TELLING = 1_000
"""In bytes; a shorter prompt consists of more than its text, and tells nothing about texts."""

_ANSWERS = ("n", "best_of", "num_generations", "candidateCount")
_MEDIA = frozenset(
    {"image_url", "image", "input_image", "input_audio", "audio", "video", "inlineData"}
    | {"inline_data", "file", "file_data", "fileData", "source", "bytes", "data"}
)
_PARTS = (
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "input_audio_tokens",
    "input_image_tokens",
)
_WRITES = ("cache_write_1h_input_tokens", "cache_write_5m_input_tokens")
"""What the writes to a cache consist of, the dearest first."""


def restated(reading: Reading, now: Request, then: Request, model_then: str | None) -> Reading:
    """Return what *reading*, an answer to *then*, would be as an answer to *now*.

    Args:
        reading: What the recorded answer consumed, with the model that *now* asks for.
        now: What is asked.
        then: What the recording was asked.
        model_then: The model that *then* asked for, or None if it names none.
    """
    here, there = prompt_of(now.document), prompt_of(then.document)
    moved = reading.request_model != model_then
    if moved:
        reading = replace(reading, response_model=None)
    if _tier(now) != _tier(then):
        reading = replace(reading, service_tier=service_tier(_tier(now)))
    if not moved and now.document and _said(now) == _said(then):
        return reading
    usage = _reckoned(reading.usage, here.encode(), there.encode())
    usage = _times(usage, _answers(now), _answers(then))
    state = "estimated" if reading.usage_state == "complete" else reading.usage_state
    return replace(reading, usage=usage, usage_state=state, parts=())


def uncached(reading: Reading) -> Reading:
    """Return *reading* with all its input fresh, for a model that has no price for cached input."""
    counts = reading.usage.reported()
    fresh = {name: count for name, count in counts.items() if not name.startswith("cache_")}
    return replace(reading, usage=Usage.of(fresh))


def prompt_of(document: Mapping[str, Any]) -> str:
    """Return all text that a model is given of the request whose body is *document*."""
    return "\n".join(piece for key in PROMPT if key in document for piece in _texts(document[key]))


def _texts(root: Any) -> Iterator[str]:
    """Yield the texts below *root* in order; of an object its keys, too, as models read them."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, list):
            pending += reversed(node)
        elif isinstance(node, dict):
            for key in reversed([key for key in node if key not in _MEDIA]):
                pending += (node[key], key)


def _reckoned(usage: Usage, here: bytes, there: bytes) -> Usage:
    """Return *usage* with the input of the prompt *here* instead of the one *there*."""
    counted = usage.input_tokens
    if counted is None:
        return usage
    each = _tokens_a_byte(counted, len(there))
    grown = len(here) - len(there)
    tokens = max(0, counted + (ceil(grown * each) if grown > 0 else -floor(-grown * each)))
    kept = counted if here == there else floor(_shared(here, there) * each)
    return _within(usage, tokens, kept)


def _said(request: Request) -> dict[str, Any]:
    """Return all that a cost follows from, images and sound included."""
    return {key: told for key, told in request.document.items() if key in WISHES or key in PROMPT}


def _answers(request: Request) -> int:
    """Return how many answers are asked for."""
    document = request.document
    places = (document, document.get("generationConfig"), document.get("generation_config"))
    counts = [
        place[key]
        for place in places
        if isinstance(place, dict)
        for key in _ANSWERS
        if key in place
    ]
    return max([count for count in counts if isinstance(count, int) and count > 0], default=1)


def _times(usage: Usage, now: int, then: int) -> Usage:
    """Return *usage* with the output of *now* answers instead of *then*, rounded up."""
    if now == then:
        return usage
    counts = usage.reported()
    for name in ("output_tokens", "reasoning_output_tokens", "output_audio_tokens"):
        if name in counts:
            counts[name] = ceil(Fraction(counts[name] * now, then))
    return Usage.of(counts)


def _tokens_a_byte(tokens: int, size: int) -> Fraction:
    if size < _TELLING:
        return _USUAL
    return min(_MOST, max(_FEWEST, Fraction(tokens, size)))


def _within(usage: Usage, tokens: int, kept: int) -> Usage:
    """Return *usage* with *tokens* of input, its parts no larger than the whole.

    Args:
        usage: As recorded.
        tokens: The input.
        kept: The most of it that a cache may still hold.
    """
    counts = usage.reported() | {"input_tokens": tokens}
    if "cache_read_input_tokens" in counts:
        counts["cache_read_input_tokens"] = min(counts["cache_read_input_tokens"], kept)
    left = tokens
    for name in _PARTS:
        if name in counts:
            counts[name] = min(counts[name], left)
            left -= counts[name]
    written = counts.get("cache_write_input_tokens", 0)
    for name in _WRITES:
        if name in counts:
            counts[name] = min(counts[name], written)
            written -= counts[name]
    return Usage.of(counts)


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes *one* and *other* begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _tier(request: Request) -> Any:
    document = request.document
    return document.get("service_tier") or document.get("serviceTier")
