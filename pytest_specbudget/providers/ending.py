"""Whether the usage that a stream told is its last, where no event says that nothing follows.

A stream of choices gives each of them a reason when it ends.  Usage is a running value with some
hosts, told in every chunk or early, so what was told before the last choice ended may be too low.

Source: `continuous_usage_stats` of vLLM (usage "in each streaming chunk"), as the schema of
Baseten's `StreamOptions` describes it; `usage` and `finish_reason` of `ChatCompletionChunk` in
openai 3.54.0 (checked 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Ending", "ended_in"]


class Ending:
    """Follows the choices of one stream, and the usage beside them."""

    __slots__ = ("_current", "_ended", "_usage", "_wanted")

    def __init__(self, wanted: int = 1) -> None:
        """Follow a stream of *wanted* choices, which is 1 or more."""
        self._wanted = wanted
        self._ended: set[str] = set()
        self._usage: Mapping[str, Any] | None = None
        self._current = False

    @property
    def all_ended(self) -> bool:
        """Whether each choice has ended, whenever usage was told."""
        return len(self._ended) >= self._wanted

    def reached(self, ended: Iterable[str], usage: Mapping[str, Any]) -> bool:
        """Take a chunk; tell whether all choices have ended and nothing is left to be told.

        Args:
            ended: The choices to which the chunk gave a reason.
            usage: The last that was told, in this chunk or before; empty if none was.
        """
        news = set(ended) - self._ended
        told = bool(usage) and usage is not self._usage
        self._ended |= news
        self._usage = usage
        self._current = told or (self._current and not news)
        return self.all_ended and (self._current or not usage)


def ended_in(choices: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield which of a chunk's *choices*, in OpenAI's format, ended with it."""
    for place, choice in enumerate(choices):
        if choice.get("finish_reason"):
            yield str(choice.get("index", place))
