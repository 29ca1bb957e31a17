"""What one model call consumed, in OpenTelemetry's terms.

`input_tokens` and `output_tokens` are totals: whatever was cached, written to a cache, spoken or
reasoned is inside them.  None means "not reported", 0 means "reported as 0"; the difference is
kept all the way to the report, because an unknown is never a zero.

Source: OpenTelemetry GenAI semantic conventions, `gen_ai.usage.*`, with dots as underscores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["USAGE_FIELDS", "Usage"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class _Sparse:
    """A value of many names, of which each instance holds only those that it was given.

    Most answers report four counts of the nineteen, and each is looked at again and again.
    """

    if not TYPE_CHECKING:  # the type checker makes an `__init__` of the annotations

        def __init__(self, **given: object) -> None:
            names, held = self.__annotations__, self.__dict__
            for name, told in given.items():
                if name not in names:
                    raise TypeError(f"{type(self).__name__} has no {name!r}")
                if told is not None:
                    held[name] = told

    def __setattr__(self, name: str, told: object) -> None:
        """Refuse: a value does not change."""
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(vars(self).items()))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({told})"


class Usage(_Sparse):
    """Counts as a provider reported them, made inclusive; None where nothing was reported.

    Attributes:
        input_tokens: All input: fresh, read from a cache, written to a cache, audio, images.
        output_tokens: All output: text, reasoning, audio, images.
        cache_read_input_tokens: The part of input served from a cache.
        cache_read_audio_input_tokens: The part of that which was audio.
        cache_read_image_input_tokens: The part of that which was images.
        cache_write_input_tokens: The part of input written to a cache.
        cache_write_5m_input_tokens: The part of cache writes kept for five minutes.
        cache_write_1h_input_tokens: The part of cache writes kept for an hour, or for
            12 at OpenAI.
        reasoning_output_tokens: The part of output spent on reasoning.
        input_audio_tokens: The part of input that was audio.
        output_audio_tokens: The part of output that was audio.
        input_image_tokens: The part of input that was images.
        output_image_tokens: The part of output that was images.
        web_search_requests: Searches billed beside tokens.
        web_fetch_requests: Page fetches billed beside tokens.
        search_units: Rerank units billed beside tokens.
        tool_calls: Calls of a tool that runs at the provider, billed beside tokens, and pictures
            that are billed by the piece.
        audio_seconds: Audio billed by its length, in seconds.
        pages: Documents billed by the page.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_read_audio_input_tokens: int | None = None
    cache_read_image_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    cache_write_5m_input_tokens: int | None = None
    cache_write_1h_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    output_image_tokens: int | None = None
    web_search_requests: int | None = None
    web_fetch_requests: int | None = None
    search_units: int | None = None
    tool_calls: int | None = None
    audio_seconds: int | None = None
    pages: int | None = None

    @classmethod
    def of(cls, counts: Mapping[str, int | None]) -> Usage:
        """Make a usage of the *counts* whose names it knows."""
        return cls(**{name: counts[name] for name in USAGE_FIELDS if name in counts})

    @classmethod
    def known(cls, counts: Mapping[str, int | None]) -> Usage:
        """Make a usage of *counts* whose names are known to be its own, in half of the time."""
        made = cls.__new__(cls)
        if None in counts.values():
            counts = {name: told for name, told in counts.items() if told is not None}
        vars(made).update(counts)
        return made

    def reported(self) -> dict[str, int]:
        """Return the counts that were reported, by name."""
        return self.__dict__.copy()

    def __add__(self, other: Usage) -> Usage:
        """Add two usages up; what neither reported stays unreported."""
        sums = self.reported()
        for name, count in other.reported().items():
            sums[name] = sums.get(name, 0) + count
        return Usage(**sums)


USAGE_FIELDS = tuple(Usage.__annotations__)
