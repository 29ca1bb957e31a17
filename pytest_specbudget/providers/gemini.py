"""Gemini's answers, from the Gemini API and from Vertex, made inclusive.

Tool results are input beside the prompt, thoughts are output beside the candidates, and what was
cached is inside the prompt.  A stream's usage is a running value: the last one counts, even where
it is lower.  An answer without a prompt count is a lower bound.

A stream has no last event; a candidate that has ended says why.  Some models and some gateways say
`STOP` in every chunk, or in the first, so who stops reading early has all of it only where a chunk
without a reason came before the one with it.

The total holds all four.  The first previews that think differ, and their total tells how: in some
the candidates hold the thoughts already, in others no count but the total has the thoughts.

Source: `GenerateContentResponseUsageMetadata` (the total is the sum of all four) and
`MediaModality` of google-genai 3.4.0.  Candidates that hold their thoughts are those of
recorded answers of April 2025, and of https://github.com/lobehub/lobehub/pull/7501; `STOP` in every
chunk: https://github.com/BerriAI/litellm/issues/2195, in the first:
https://github.com/Chevey339/kelivo/issues/1003, checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import tools
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.ending import Ending
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.grounding import grounded_in
from pytest_specbudget.providers.tiers import service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Embedding", "GenerateContent"]

_COUNTS = (
    "promptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
    "toolUsePromptTokenCount",
    "totalTokenCount",
)
_GIVEN = ("promptTokensDetails", "promptTokenDetails")
_READ = ("cacheTokensDetails",)
_MADE = ("candidatesTokensDetails",)
"""Where counts stand by modality; an embedding leaves a letter out."""
_IMAGE = ("IMAGE", 2)
_AUDIO = ("AUDIO", 4)
"""A modality as text, and as the number that Vertex's REST clients get."""
_STOP = ("STOP", 1)
_UNSPECIFIED = ("FINISH_REASON_UNSPECIFIED", 0, None, "")
"""Reasons, likewise: the one that may mean nothing, and those that are none."""


class GenerateContent(Fold):
    """`generateContent` and `streamGenerateContent`."""

    telling = events_with("usageMetadata", "finishReason", "blockReason")
    input_only = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}
        self._ending = Ending(_candidates_asked(asked.request.document))
        self._with_reason = 0
        self._goes_on = True
        self._blocked = False

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a chunk or a document."""
        stated = self.stated
        stated.model = text(document.get("modelVersion")) or stated.model
        stated.response_id = text(document.get("responseId")) or stated.response_id
        usage = mapping(document.get("usageMetadata"))
        tier = usage.get("serviceTier") or usage.get("trafficType")
        stated.service_tier = service_tier(tier) or stated.service_tier
        if any(usage.get(name) is not None for name in _COUNTS):
            self._usage = usage
        asked = self.asked.request.document
        searches = grounded_in(mappings(document.get("candidates")), asked)
        stated.unpriced_tools = tools.told(searches) or stated.unpriced_tools
        blocked = mapping(document.get("promptFeedback")).get("blockReason")
        self._blocked = self._blocked or bool(blocked)
        stated.finished = whole or self._is_last(document) or self._blocked

    def end(self) -> None:
        """Take an answer for finished that said why in the last chunk of its text."""
        self.stated.finished |= not self._goes_on

    def _is_last(self, chunk: Mapping[str, Any]) -> bool:
        """Tell whether *chunk* or one before it ended all candidates, with the usage known."""
        candidates = mappings(chunk.get("candidates"))
        reasons = {
            str(each.get("index", 0)): reason
            for each in candidates
            if (reason := each.get("finishReason")) not in _UNSPECIFIED
        }
        self._with_reason += bool(reasons)
        self._goes_on = not reasons if candidates else self._goes_on
        believed = self._with_reason < self.events
        ended = [index for index, reason in reasons.items() if believed or reason not in _STOP]
        return self._ending.reached(ended, self._usage)

    def settle(self, stated: Statement) -> None:
        """Reckon up the last usage."""
        if stated.service_tier is None:
            stated.service_tier = service_tier(self.header("x-gemini-service-tier"))
        if self._usage:
            stated.usage = _read_usage(self._usage, self.counts, input_only=self.input_only)


class Embedding(GenerateContent):
    """`embedContent`: everything is input; older models state nothing."""

    input_only = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document; in a batch it has one count alone, written as text."""
        super().read(document, whole=whole)
        alone = document.get("tokenCount")
        if alone is not None and not self._usage:
            count = int(alone) if isinstance(alone, str) and alone.isdecimal() else alone
            self._usage = {"promptTokenCount": count}


def _candidates_asked(asked: Mapping[str, Any]) -> int:
    config = mapping(asked.get("generationConfig"))
    count = config.get("candidateCount")
    return count if isinstance(count, int) and count > 0 else 1


def _read_usage(usage: Mapping[str, Any], counts: Counts, *, input_only: bool) -> Usage:
    given = _plus(
        counts.total(usage, ("promptTokenCount",)),
        counts.total(usage, ("toolUsePromptTokenCount",)),
    )
    counts.note("promptTokenCount is missing", when=given is None)
    made, thoughts = (0, None) if input_only else _generated(usage, given, counts)
    known = {
        "input_tokens": given,
        "output_tokens": made,
        "cache_read_input_tokens": counts.part(usage, ("cachedContentTokenCount",)),
        "cache_read_audio_input_tokens": _of_modality(usage, counts, _AUDIO, _READ),
        "cache_read_image_input_tokens": _of_modality(usage, counts, _IMAGE, _READ),
        "reasoning_output_tokens": thoughts,
        "input_audio_tokens": _of_modality(usage, counts, _AUDIO, _GIVEN),
        "input_image_tokens": _of_modality(usage, counts, _IMAGE, _GIVEN),
        "output_audio_tokens": _of_modality(usage, counts, _AUDIO, _MADE),
        "output_image_tokens": _of_modality(usage, counts, _IMAGE, _MADE),
    }
    return Usage.of(known)


def _generated(
    usage: Mapping[str, Any], given: int | None, counts: Counts
) -> tuple[int | None, int | None]:
    """Return what was generated, thoughts included, and the thoughts alone."""
    candidates = counts.total(usage, ("candidatesTokenCount",))
    thoughts = counts.total(usage, ("thoughtsTokenCount",))
    left = _left_over(usage, given, counts)
    if candidates is None and thoughts is None:
        return left, None
    made = (candidates or 0) + (thoughts or 0)
    if left is None or left == made:
        return made, thoughts
    if thoughts and left == candidates:  # the candidates hold them already
        return left, thoughts
    if thoughts is None and left > made:  # no count but the total has them
        return left, left - made
    counts.note(f"totalTokenCount has {left} beside the input, not {made}")
    return made, thoughts


def _left_over(usage: Mapping[str, Any], given: int | None, counts: Counts) -> int | None:
    """Return what the total has beside the input; None where it does not tell.

    A count of 0 is left out of an answer, so it may be the only word about what was generated.
    """
    total = counts.total(usage, ("totalTokenCount",))
    if total is None or given is None:
        return None
    counts.note(f"totalTokenCount {total} is less than input {given}", when=0 < total < given)
    return None if total < given else total - given


def _of_modality(
    usage: Mapping[str, Any], counts: Counts, modality: tuple[str, int], places: tuple[str, ...]
) -> int | None:
    """Add up the counts of one modality; None where there is none of it."""
    found = [
        counts.part(entry, ("tokenCount",))
        for place in places
        for entry in mappings(usage.get(place))
        if entry.get("modality") in modality
    ]
    return sum(filter(None, found)) if found else None


def _plus(base: int | None, more: int | None) -> int | None:
    """Add *more*; what has no base stays unknown."""
    return None if base is None else base + (more or 0)
