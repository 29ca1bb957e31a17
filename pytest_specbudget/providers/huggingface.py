"""Hugging Face's text-generation-inference, and SageMaker endpoints, which often run it.

Counts come in headers, or in `details` where they were asked for: of a plain answer in its only
element, of a stream in its last event.  Its sibling text-embeddings-inference counts input alone,
and ranks, too.

Source: https://github.com/huggingface/text-generation-inference (`router/src/server.rs`: headers
`x-prompt-tokens` and `x-generated-tokens` of a plain answer, none of them of a stream) and
https://github.com/huggingface/text-embeddings-inference (`router/src/lib.rs`: `ResponseMetadata`
as `x-compute-tokens`), both read 2026-11-22; `TextGenerationOutputDetails` (`prefill`) and
`TextGenerationStreamOutputStreamDetails` (`input_length`) of huggingface-hub 2.4.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import OPENAI
from pytest_specbudget.providers.ending import Ending, ended_in
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.inputs import all_input
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Generation", "Invocation", "embedded_in_header"]


class Generation(Fold):
    """Generated text, or an embedding."""

    telling = events_with(r'generated_text"\s*:\s*"', r'details"\s*:\s*\{')
    may_be_opaque = True  # the same address serves models that draw and speak

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._details: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self._details = mapping(document.get("details")) or self._details
        last = isinstance(document.get("generated_text"), str)
        self.stated.finished = self.stated.finished or whole or last

    def settle(self, stated: Statement) -> None:
        """Take the counts from the headers, else from the details."""
        embedded = embedded_in_header(self)
        if embedded is not None:
            stated.usage = all_input(embedded)
            stated.finished = True  # an array of numbers has no last event
            return
        given, made = _in_header(self, "x-prompt-tokens"), _in_header(self, "x-generated-tokens")
        stated.usage = Usage(
            input_tokens=self._prompt() if given is None else given,
            output_tokens=self._generated() if made is None else made,
        )

    def _prompt(self) -> int | None:
        """Count the prompt; a plain answer lists its tokens if it was asked to."""
        listed = self._details.get("prefill")
        count = self.counts.total(self._details, ("input_length",))
        return len(listed) if count is None and isinstance(listed, list) and listed else count

    def _generated(self) -> int | None:
        return self.counts.total(self._details, ("generated_tokens",))


class Invocation(Generation):
    """What a SageMaker endpoint answers: as its container likes, often as OpenAI does."""

    telling = events_with(
        USAGE, r'generated_text"\s*:\s*"', r'details"\s*:\s*\{', r'finish_reason"\s*:\s*"'
    )

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}
        self._ending = Ending()

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        super().read(document, whole=whole)
        self.stated.response_id = text(document.get("id")) or self.stated.response_id
        self._usage = mapping(document.get("usage")) or self._usage
        ended = ended_in(mappings(document.get("choices")))
        self.stated.finished |= self._ending.reached(ended, self._usage)

    def end(self) -> None:
        """Take an answer for finished whose choices ended."""
        self.stated.finished |= self._ending.all_ended

    def settle(self, stated: Statement) -> None:
        """Prefer the usage of OpenAI's format."""
        super().settle(stated)
        if self._usage:
            stated.usage = read_usage(self._usage, self.counts, OPENAI)


def embedded_in_header(answer: Fold) -> int | None:
    """Return what text-embeddings-inference counted; None if it says nothing."""
    return _in_header(answer, "x-compute-tokens")


def _in_header(answer: Fold, name: str) -> int | None:
    words = answer.header(name)
    count = int(words) if words and words.isdecimal() else words
    return None if count is None else answer.counts.take((name,), count, total=True)
