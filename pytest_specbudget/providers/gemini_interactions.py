"""Gemini's Interactions, plain, streamed and in the background, made inclusive.

Counts are as those of `generateContent`, under other names: tool results are input beside the
prompt, thoughts are output beside what was written, and what was cached is inside the input.  Where
no count but the total has the thoughts, they are what it has beside the rest.

Searches are billed by the query.  Films have a price of their own, and no count here, so what has
made one is a lower bound.

Source: `Usage`, `ModalityTokens` and `GroundingToolCount` of google-genai 3.4.0
(`interactions`); https://github.com/vercel/ai (packages/google/src/interactions/__fixtures__)
for answers with pictures and with searches, read 2026-11-22.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import tools
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.tiers import service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Interaction"]

_GIVEN = ("input_tokens_by_modality", "tool_use_tokens_by_modality")
_MADE = ("output_tokens_by_modality",)
_SEARCH = "google_search_call"
_LATER = ("in_progress", "queued")
_LAST = ("interaction.completed", "interaction.complete")
"""How the last event of a stream is called, and was at first (that is not confirmed)."""


class Interaction(Fold):
    """One interaction."""

    telling = events_with(USAGE, f'{_SEARCH}"')
    done_ends = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}
        self._queries = 0

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        stated = self.stated
        interaction = document if whole else mapping(document.get("interaction"))
        stated.model = text(interaction.get("model")) or stated.model
        stated.response_id = text(interaction.get("id")) or stated.response_id
        stated.service_tier = service_tier(interaction.get("service_tier")) or stated.service_tier
        whole_usage, running = mapping(interaction.get("usage")), mapping(document.get("usage"))
        self._usage = whole_usage or running or self._usage
        steps = interaction.get("steps") or interaction.get("outputs")
        self._queries += sum(map(_queries_of, (*mappings(steps), mapping(document.get("delta")))))
        status = interaction.get("status")
        later = status in _LATER
        ended = document.get("event_type") in _LAST or (status is not None and not later)
        stated.finished = stated.finished or whole or (bool(whole_usage) and ended)
        stated.counted = not (whole and later and not self._usage)

    def settle(self, stated: Statement) -> None:
        """Reckon up the last usage."""
        usage, total = self._usage, self.counts.total
        given = _plus(
            total(usage, ("total_input_tokens",)), total(usage, ("total_tool_use_tokens",))
        )
        made, thought = self._made(given)
        stated.usage = Usage(
            input_tokens=given,
            output_tokens=made,
            cache_read_input_tokens=self.counts.part(usage, ("total_cached_tokens",)),
            reasoning_output_tokens=thought,
            input_audio_tokens=self._of("audio", _GIVEN),
            input_image_tokens=self._of("image", _GIVEN),
            output_audio_tokens=self._of("audio", _MADE),
            output_image_tokens=self._of("image", _MADE),
        )
        stated.unpriced_tools = tools.told(self._searches())
        if self._of("video", _MADE):
            self.counts.note("films have a price of their own")
            stated.finished = False

    def _made(self, given: int | None) -> tuple[int | None, int | None]:
        """Return what was made, thoughts included, and the thoughts alone."""
        written = self.counts.total(self._usage, ("total_output_tokens",))
        thought = self.counts.total(self._usage, ("total_thought_tokens",))
        total = self.counts.total(self._usage, ("total_tokens",))
        if given is None or written is None or total is None:
            return _plus(written, thought), thought
        left = total - given - written
        if thought is None and left > 0:
            return written + left, left
        self.counts.note(
            f"total_tokens {total} is not input {given} + output {written + (thought or 0)}",
            when=left != (thought or 0),
        )
        return _plus(written, thought), thought

    def _of(self, modality: str, places: tuple[str, ...]) -> int | None:
        """Add up the tokens of one modality; None where there is none of it."""
        found = [
            self.counts.part(entry, ("tokens",))
            for place in places
            for entry in mappings(self._usage.get(place))
            if str(entry.get("modality")).lower() == modality
        ]
        return sum(filter(None, found)) if found else None

    def _searches(self) -> Mapping[str, int]:
        """Count what the model was grounded in, by tool; where that is not told, the queries."""
        told = mappings(self._usage.get("grounding_tool_count"))
        counted = {str(each.get("type")): self.counts.part(each, ("count",)) for each in told}
        billed = {name: count for name, count in counted.items() if count}
        return billed or (Counter() if told else +Counter(google_search=self._queries))


def _queries_of(step: Mapping[str, Any]) -> int:
    queries = mapping(step.get("arguments")).get("queries")
    return len(queries) if step.get("type") == _SEARCH and isinstance(queries, list) else 0


def _plus(base: int | None, more: int | None) -> int | None:
    """Add *more*; what has no base stays unknown."""
    return None if base is None else base + (more or 0)
