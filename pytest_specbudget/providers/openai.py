"""OpenAI's answers, and those of everybody who imitates them.

A stream tells its usage only if it was asked to (`stream_options.include_usage`); one that was
not asked is finished and unreported all the same.  Usage in a stream is a running value: the last
one counts, never the sum.

`[DONE]` ends a stream.  Who stops before it has the last usage if that was told when each choice
had ended, or later.  Some hosts give no reasons and send no `[DONE]`; theirs is the last if it came
without choices, as the last event of a body that was read to its end.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import tools
from pytest_specbudget.providers.audio import whole_seconds
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import DIALECTS, OPENAI
from pytest_specbudget.providers.ending import Ending, ended_in
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.openai_usage import breakdown, read_cost, read_usage
from pytest_specbudget.providers.svg import authors
from pytest_specbudget.providers.tiers import service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.dialects import Dialect
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Completion", "Embeddings", "Media", "Response", "Run", "Transcription"]

_NOTHING: Mapping[str, Any] = {}
_FEES = ("num_sources_used", "num_search_queries", "citation_tokens")
"""What xAI's Live Search and Perplexity's Sonar count beside tokens, and bill.

Not confirmed: the models that count so ended in 2026, and their pages with them.
"""
_BESIDE_TOKENS = frozenset((*_FEES, *tools.IN_USAGE))
"""What tells in `usage` of anything that is billed beside the tokens."""
_LEAST = "low"
"""How much of the web Perplexity takes in by default; more costs more, by its name."""
_LATER = ("queued", "in_progress", "requires_action")
"""Work that goes on after the answer; its counts come with a later one."""

_TELLING = ("total_tokens", "prompt_tokens", "input_tokens", "completion_tokens", "output_tokens")
"""Which counts of a usage tell that it is none of the empty ones that some send at the end."""

_MADE = (".completed", ".done")
"""How the types of events end that tell of what was heard, spoken or drawn as a whole."""

_FINAL_EVENTS = ("response.completed", "response.incomplete", "response.failed")


class _OpenAIShaped(Fold):
    """Takes names and the last `usage` that counts anything, or else the first.

    Attributes:
        usage: As it was sent.
        breakdown: Groq's usage by model, as it was sent.
    """

    input_only = False
    usage: Mapping[str, Any] = _NOTHING
    breakdown: Mapping[str, Any] = _NOTHING

    @property
    def dialect(self) -> Dialect:
        """How the provider differs from OpenAI."""
        return DIALECTS.get(self.asked.provider, OPENAI)

    def note(self, document: Mapping[str, Any]) -> None:
        """Take what chunks, documents and `response` objects have in common."""
        stated = self.stated
        stated.model = text(document.get("model")) or stated.model
        stated.response_id = text(document.get("id")) or stated.response_id
        if "service_tier" in document:
            stated.service_tier = service_tier(document["service_tier"]) or stated.service_tier
        usage = mapping(document.get("usage"))
        if usage and (not self.usage or any(map(usage.get, _TELLING))):
            self.usage = usage
        if "usage_breakdown" in document:
            self.breakdown = mapping(document["usage_breakdown"]) or self.breakdown

    def settle(self, stated: Statement) -> None:
        """Reckon up the usage; see `read_usage`."""
        usage, counts, dialect = self.usage, self.counts, self.dialect
        if not usage:
            return
        stated.usage = read_usage(usage, counts, dialect, input_only=self.input_only)
        if self.breakdown:
            stated.parts = breakdown(self.breakdown, stated.usage, dialect)
        if self.asked.provider == "perplexity":
            self._name_search(stated)
        if dialect.cost is not None:
            stated.provider_cost = read_cost(usage, counts, dialect)
        if not _BESIDE_TOKENS.isdisjoint(usage):
            self._note_beside_tokens(stated)
        self._check(stated)

    def _name_search(self, stated: Statement) -> None:
        """Name the model by how much of the web it took in, as its price does."""
        size = text(self.usage.get("search_context_size"))
        if size not in (None, _LEAST):
            name = stated.model or self.asked.model or "(unnamed)"
            stated.parts = (Part(model=f"{name}:{size}", usage=stated.usage),)

    def _note_beside_tokens(self, stated: Statement) -> None:
        """Note what is billed beside the tokens; without the whole price, they are too few."""
        if any(map(self.usage.__contains__, tools.IN_USAGE)):
            stated.unpriced_tools = tools.told(tools.in_usage(self.usage))
        if stated.provider_cost is None:
            for fee in filter(self.usage.get, _FEES):
                self._doubt(stated, f"{fee} {self.usage[fee]} are billed beside the tokens")

    def _check(self, stated: Statement) -> None:
        """Doubt an answer that counts nothing, of which some were recorded."""
        if stated.usage.input_tokens == stated.usage.output_tokens == 0 and not (
            self.input_only or stated.provider_cost is not None
        ):
            self._doubt(stated, "no token was counted, although a model ran")

    def _doubt(self, stated: Statement, words: str) -> None:
        self.counts.note(words)
        stated.finished = False


class Completion(_OpenAIShaped):
    """Chat completions and the older completions."""

    telling = events_with(USAGE, r'finish_reason"\s*:\s*"', r'executed_tools"\s*:\s*\[')

    _ending: Ending | None = None
    _usage_alone = 0
    _executed: Mapping[str, str] = _NOTHING

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a chunk or a document."""
        self.note(document)
        if not self.usage:
            self.usage = mapping(mapping(document.get("x_groq")).get("usage")) or _in_choice(
                document
            )
        if self.asked.provider == "groq" or "x_groq" in document:
            executed = tools.in_choices(mappings(document.get("choices")))
            self._executed = {**self._executed, **executed}
        if whole and not self.usage and "choices" not in document:
            self._note_deferred(document)
        self.stated.finished = whole or self._is_last(document)

    def end(self) -> None:
        """Take an answer for finished whose choices ended, or whose last event is its usage."""
        ended = self._ending is not None and self._ending.all_ended
        if ended or 0 < self._usage_alone == self.events:
            self.stated.finished = True

    def settle(self, stated: Statement) -> None:
        """Add the search of a model that always searches."""
        super().settle(stated)
        model = stated.model or self.asked.model or ""
        if "-search-" in model:
            stated.unpriced_tools = tools.told(tools.of_model(model))
        if self._executed:
            stated.unpriced_tools = tools.told(Counter(self._executed.values()))

    def _note_deferred(self, document: Mapping[str, Any]) -> None:
        """Take the name under which the answer can be had later, at xAI and Perplexity."""
        name = text(document.get("request_id")) or text(document.get("id"))
        self.stated.response_id = name
        self.stated.counted = name is None

    def _is_last(self, chunk: Mapping[str, Any]) -> bool:
        self._ending = self._ending or Ending(_choices_asked(self.asked.request.document))
        choices = mappings(chunk.get("choices"))
        if chunk.get("usage") and not choices:
            self._usage_alone = self.events
        return self._ending.reached(ended_in(choices), self.usage)


class Embeddings(_OpenAIShaped):
    """Embeddings: everything is input."""

    input_only = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self.note(document)
        self.stated.finished = whole


class Response(_OpenAIShaped):
    """The Responses API, plain, streamed, in the background and compacted.

    Searches and images are billed beside `usage`, and stand in `tool_usage`.  Where that is
    absent, `web_search_call` items say what was searched; opening a page is free.

    Source: `Response`, `Response.tool_usage` and `ResponseFunctionWebSearch` of openai 3.54.0.
    """

    telling = events_with(r"response\.(?:completed|incomplete|failed)\"")
    done_ends = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._searches: int | None = None
        self._others: list[Part] = []  # images, and who wrote them down as shapes

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        response = document if whole else mapping(document.get("response"))
        self.note(response)
        last = document.get("type") in _FINAL_EVENTS
        if whole or last:
            self._note_beside(response)
            self.stated.finished = True
            self.over = last
        self.stated.counted = not (whole and response.get("status") in _LATER and not self.usage)

    def settle(self, stated: Statement) -> None:
        """Add what is billed beside the tokens."""
        super().settle(stated)
        if self.usage and stated.usage.web_search_requests is None and self._searches is not None:
            stated.usage += Usage(web_search_requests=self._searches)
        if self.usage and self._others:
            name = stated.model or self.asked.model or "(unnamed)"
            stated.parts = (Part(model=name, usage=stated.usage), *self._others)
            stated.usage = sum((part.usage for part in self._others), stated.usage)

    def _note_beside(self, response: Mapping[str, Any]) -> None:
        told = mapping(response.get("tool_usage"))
        searches = mapping(told.get("web_search"))
        self._searches = (
            self.counts.part(searches, ("num_requests",)) if searches else _searches_in(response)
        )
        self.stated.unpriced_tools = tools.told(tools.in_response(response))
        images = mapping(told.get("image_gen"))
        self._others = authors(response, self.counts, self.dialect)
        if images.get("total_tokens") or images.get("output_tokens"):
            usage = read_usage(images, self.counts, self.dialect)
            self._others.insert(0, Part(model=_image_model(response), usage=usage))


def _choices_asked(asked: Mapping[str, Any]) -> int:
    """Return how many choices are asked for; the older completions take several prompts at once.

    Source: `n` and `prompt` of `CompletionCreateParams` in openai 3.54.0.
    """
    each, prompts = asked.get("n"), asked.get("prompt")
    listed = prompts if isinstance(prompts, list) else []
    texts = sum(isinstance(one, str | list) for one in listed)  # one prompt is a list of numbers
    return max(each if isinstance(each, int) else 1, 1) * max(texts, 1)


def _in_choice(chunk: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the usage within the one choice of *chunk*, where Moonshot's streams tell it unasked.

    Of several choices each would tell its own, so that none is the whole.

    Source: https://github.com/earendil-works/pi/issues/2017, checked 2026-11-22.
    """
    choices = mappings(chunk.get("choices"))
    return mapping(choices[0].get("usage")) if len(choices) == 1 else _NOTHING


def _searches_in(response: Mapping[str, Any]) -> int | None:
    """Count the items that searched; None where none could have."""
    actions = [
        mapping(item.get("action")).get("type", "search")
        for item in mappings(response.get("output"))
        if item.get("type") == "web_search_call"
    ]
    return actions.count("search") if actions else None


def _image_model(response: Mapping[str, Any]) -> str:
    tools = mappings(response.get("tools"))
    models = (tool.get("model") for tool in tools if tool.get("type") == "image_generation")
    return text(next(models, None)) or "(image generation)"


class Run(_OpenAIShaped):
    """A run of an assistant; the usage of its steps is part of the run's."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        if document.get("object") != "thread.run":
            return
        self.note(document)
        later = document.get("status") in _LATER
        self.stated.counted = not later or bool(self.usage)
        self.stated.finished = whole or not later


class Media(_OpenAIShaped):
    """Transcripts, speech and images: tokens or seconds, or no word about either."""

    may_be_opaque = True
    _authors: tuple[Part, ...] = ()

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self.note(document)
        last = str(document.get("type")).endswith(_MADE)
        self.stated.finished |= whole or (last and bool(self.usage))
        if "svg_usage" in document:
            self._authors = tuple(authors(document, self.counts, self.dialect))

    def settle(self, stated: Statement) -> None:
        """Add who wrote a picture down as shapes; without the picture's own counts it is less."""
        super().settle(stated)
        if self._authors:
            name = stated.model or self.asked.model or "(unnamed)"
            stated.parts = (Part(model=name, usage=stated.usage), *self._authors)
            stated.usage = sum((part.usage for part in self._authors), stated.usage)
            stated.finished &= bool(self.usage)

    def end(self) -> None:
        """Take the last usage for the last; not all hosts name their events."""
        self.stated.finished |= bool(self.usage)


class Transcription(Media):
    """What was heard; who states no usage may state how long it was (Groq, Whisper at first)."""

    _length: Any = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        super().read(document, whole=whole)
        self._length = document.get("duration")

    def settle(self, stated: Statement) -> None:
        """Take the length where there is no usage."""
        super().settle(stated)
        if not self.usage and isinstance(self._length, int | float):
            seconds = whole_seconds(self.counts, "duration", self._length)
            stated.usage = Usage(audio_seconds=seconds)
