"""Batches: how they begin, how they stand, and their results.

The results of a batch are answers like those of single calls, each in an envelope of its provider,
in a file of JSON lines or in one document.  Each result is a part of the reading, because a price
may depend on the length of each input.  A result without an answer failed and costs nothing.

OpenAI's batch states the sum of its results; while it runs, the sum is 0 and says nothing.  A
reading of a batch whose results lie in a file names both, so that the two count once.

Source: `Batch` and `BatchUsage` of openai 3.54.0; `MessageBatchIndividualResponse` of anthropic
2.12.0; `BatchJob` and `InlinedResponse` of google-genai 3.4.0; `BatchJob` of mistralai 3.7.0;
https://docs.x.ai/docs/guides/batch-api (checked 2026-11-22); each checked against recordings.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import anthropic, gemini, openai, tools
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.damage import CutError, DamageError
from pytest_specbudget.providers.deferred_answers import work_of
from pytest_specbudget.providers.dialects import DIALECTS, OPENAI
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

    Answer = tuple[Callable[[Asked], Fold], Mapping[str, Any]]

__all__ = ["Batch", "Begun", "File", "Results"]

_IDS = ("id", "batch_id", "job_id")
"""How work is named that was begun: by most, by xAI, by Cohere's embed jobs."""
_BASES = ("modelId", "baseModelIdentifier", "baseModel")
"""Where a request names the model of a batch or a training: at Bedrock, Fireworks and Google."""
_GOOGLES = ("models/", "publishers/", "projects/")
"""How Google begins the name of a model, which ends in its id."""
_FAILURES = range(HTTPStatus.MULTIPLE_CHOICES, 600)
_TIER = "batch"
_OVER = ("completed", "failed", "expired", "cancelled")


class Begun(Fold):
    """The answer to the request that begins a batch: its name, and no counts yet."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the names."""
        stated = self.stated
        document = mapping(document.get("batch")) or document  # Cohere
        name = next(filter(None, (text(document.get(key)) for key in _IDS)), None)
        stated.response_id = name or _last(document.get("name") or document.get("jobArn"))
        stated.model = _model_in(document) or self._asked_for()
        stated.counted = False
        stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Have nothing to reckon up."""

    def _asked_for(self) -> str | None:
        """Return the model of the first request of an Anthropic batch, or what others name."""
        asked = self.asked.request.document
        for request in mappings(asked.get("requests"))[:1]:  # the others may differ
            return text(mapping(request.get("params")).get("model"))
        return next(filter(None, (text(asked.get(key)) for key in _BASES)), None)


class Results(Fold):
    """The results of a batch, as lines or in one document."""

    telling = events_with("usage", 'response"', 'result"')

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._parts: list[Part] = []
        self._costs: list[Money | None] = []
        self._regions: set[str | None] = set()
        self._tools: Counter[str] = Counter()
        self._whole = True
        self._ended = False

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a line, or the document that holds the results."""
        results = _results_in(document)
        self._ended = self._ended or (whole and results != [document])
        for result in results:
            answer = _answer_in(result)
            if answer is not None:
                self._add(*answer)

    def whole(self, data: bytes) -> bool:  # noqa: ARG002 - whatever it is
        """Leave the body to be cut into lines: it may be the first of several."""
        return False

    def end(self) -> None:
        """Take all results for told, which only the end of their lines says."""
        self._ended = True

    def settle(self, stated: Statement) -> None:
        """Add the results up."""
        stated.response_id = _page_of(self.asked)
        stated.service_tier = _TIER
        if not self._parts:
            return
        stated.parts = tuple(self._parts)
        stated.usage = sum((part.usage for part in self._parts), Usage())
        stated.model = self._parts[0].model
        stated.finished = self._whole and self._ended
        stated.unpriced_tools = tools.told(self._tools)
        if None not in self._costs:
            stated.provider_cost = Money.total(filter(None, self._costs))
        if len(self._regions) == 1:
            (stated.region,) = self._regions

    def _add(self, make: Callable[[Asked], Fold], answer: Mapping[str, Any]) -> None:
        fold = make(self.asked)
        fold.read(answer, whole=True)
        stated = fold.statement()
        model = stated.model or self.stated.model or "(unnamed)"
        self._parts += stated.parts or [Part(model=model, usage=stated.usage)]
        self._costs.append(stated.provider_cost)
        self._regions.add(stated.region)
        self._tools += tools.counted(stated.unpriced_tools)
        self._whole = self._whole and bool(stated.usage.reported())
        self.counts.flags += stated.flags
        self.counts.damaged = self.counts.damaged or stated.damaged

    def _note_error(self, error: Any, document: Mapping[str, Any]) -> None:
        """Have no word about a request that failed: the other results are as good."""


class File(Results):
    """A file, which holds the results of a batch or anything else."""

    may_be_opaque = True

    def event(self, data: bytes) -> None:
        """Take a line; one that makes no sense matters among results only."""
        try:
            super().event(data)
        except DamageError:
            if self._parts:
                raise

    def document(self, data: bytes) -> None:
        """Take what is not made of lines."""
        with suppress(CutError):
            super().document(data)


class Batch(Results):
    """A batch itself: its state, the sum of its results, or the results."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._sum: Mapping[str, Any] = {}
        self._over = False
        self._file: str | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self.stated.model = _model_in(document)
        self._over = document.get("status") in _OVER
        usage = mapping(document.get("usage")) if document.get("object") == "batch" else {}
        if self._over or any(usage.get(name) for name in ("input_tokens", "output_tokens")):
            self._sum = usage
        self._file = _file_of(document)
        super().read(document, whole=whole)

    def settle(self, stated: Statement) -> None:
        """Take the sum where there are no results."""
        super().settle(stated)
        if self._file is not None:
            stated.response_id = f"{stated.response_id} {self._file}"
        if self._sum and not self._parts:
            dialect = DIALECTS.get(self.asked.provider, OPENAI)
            stated.usage = read_usage(self._sum, self.counts, dialect)
            stated.finished = self._over


def _results_in(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the envelopes in *document*; a line is one itself.

    Gemini prints the results twice, and while it runs once.
    """
    for name in ("results", "outputs"):  # xAI, Mistral
        if isinstance(document.get(name), list):
            return mappings(document[name])
    for holder in (document.get("response"), mapping(document.get("metadata")).get("output")):
        for name in ("inlinedResponses", "inlinedEmbedContentResponses"):
            inlined = mapping(mapping(holder).get(name)).get("inlinedResponses")
            if inlined is not None:
                return mappings(inlined)
    return [document]


def _answer_in(result: Mapping[str, Any]) -> Answer | None:
    """Return the answer in an envelope and who reads it; None where there is none."""
    message = mapping(mapping(result.get("result")).get("message"))
    if message:
        return anthropic.Messages, message
    response = mapping(result.get("response"))
    if response.keys() & {"usageMetadata", "candidates", "embedding"}:
        return gemini.Embedding if "embedding" in response else gemini.GenerateContent, response
    xai = mapping(mapping(result.get("batch_result")).get("response"))
    body = mapping(response.get("body")) or next(filter(None, map(mapping, xai.values())), {})
    if not body or _failed(response.get("status_code")):
        return None
    return _OPENAI_SHAPED.get(str(body.get("object")), openai.Completion), body


def _failed(status: object) -> bool:
    """Tell whether a result has the status of an error; what is no status says nothing."""
    return type(status) is int and status in _FAILURES


_OPENAI_SHAPED: Mapping[str, Callable[[Asked], Fold]] = {
    "response": openai.Response,
    "list": openai.Embeddings,
}


def _model_in(document: Mapping[str, Any]) -> str | None:
    """Return the model that all requests of a batch ask for, if the batch has one."""
    model = text(document.get("model")) or text(mapping(document.get("metadata")).get("model"))
    if model is None or not model.startswith(_GOOGLES):
        return model
    return model.rpartition("models/")[2]


def _file_of(document: Mapping[str, Any]) -> str | None:
    """Return the file in which the results of a batch lie."""
    gemini_file = mapping(document.get("response")).get("responsesFile")
    given = document.get("output_file_id") or document.get("output_file") or gemini_file
    return _last(given)


def _page_of(asked: Asked) -> str:
    """Name the results by their batch, and by the page where they come in pages."""
    page = next((part for part in asked.request.query.split("&") if "token=" in part), "")
    return work_of(asked.request) + (f"?{page}" if page.partition("=")[2] else "")


def _last(name: Any) -> str | None:
    """Return what follows the last slash of a name: `models/`, `batches/`, `files/`."""
    return (text(name) or "").rpartition("/")[2] or None
