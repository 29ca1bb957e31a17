"""Answers about work that an earlier call began, in the format of that call.

The work is known by its id in the path, because not every answer repeats it.  An answer that says
"not yet" has no counts and is nothing.

Source: `Response`, `Run` and the `RunRetrieveResponse` of evaluations of openai 3.54.0;
`Interaction` of google-genai 3.4.0.  Not confirmed:
https://docs.x.ai/docs/guides/deferred-chat-completions and
https://docs.perplexity.ai/api-reference/async-chat-completions-request-id-get.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import gemini_interactions, openai
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import OPENAI
from pytest_specbudget.providers.fold import Fold
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = [
    "AsyncCompletion",
    "Completion",
    "Evaluation",
    "Interaction",
    "Response",
    "Run",
    "work_of",
]

_NAMED_ALIKE = "predictions.jsonl"
_OBJECT = re.compile("^(?:/download)?/storage/v1/b/(?P<bucket>[^/]+)/o/(?P<name>.+)$")
_OF_BUCKET = ".storage.googleapis.com"
_AFTER_THE_ID = ("results", "content", "cancel")
_OVER = ("completed", "failed", "canceled")


def work_of(request: Request) -> str:
    """Return the id of the work that *request* asks about; ids have neither slash nor colon.

    Vertex names every file of results alike, so there bucket and path tell which.
    """
    if request.path.endswith(_NAMED_ALIKE):
        return _stored(request)
    head, _, last = request.path.rstrip("/").rpartition("/")
    if last in _AFTER_THE_ID:
        last = head.rpartition("/")[2]
    return unquote(last).partition(":")[0]


def _stored(request: Request) -> str:
    """Return `/BUCKET/PATH` of a file at Google Cloud Storage, which has three ways to name it.

    Source: https://cloud.google.com/storage/docs/request-endpoints (checked 2026-11-23).
    """
    match = _OBJECT.match(request.path)
    if match is not None:
        path = f"/{match['bucket']}/{unquote(match['name'])}"
    else:
        bucket = request.host.partition(_OF_BUCKET)[0] if _OF_BUCKET in request.host else ""
        path = (f"/{bucket}" if bucket else "") + unquote(request.path)
    return path.replace(" ", "%20")


class _Retrieved(Fold):
    """An answer to a question about work, named by its path."""

    def settle(self, stated: Statement) -> None:
        """Reckon up as the call's own answer does, under the name that was asked for."""
        super().settle(stated)
        stated.response_id = work_of(self.asked.request)


class Response(_Retrieved, openai.Response):
    """A response, also streamed from where a stream was cut."""


class Run(_Retrieved, openai.Run):
    """A run of an assistant."""


class Interaction(_Retrieved, gemini_interactions.Interaction):
    """An interaction."""


class Completion(_Retrieved, openai.Completion):
    """A deferred chat completion of xAI."""


class AsyncCompletion(_Retrieved, openai.Completion):
    """An asynchronous chat completion of Perplexity, which holds the answer itself."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the answer within the document."""
        super().read(mapping(document.get("response")), whole=whole)


class Evaluation(Fold):
    """A run of an evaluation, which tells what each of the models that answer and judge used."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: list[Mapping[str, Any]] = []

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self._told = mappings(document.get("per_model_usage"))
        self.stated.finished = whole and document.get("status") in _OVER

    def settle(self, stated: Statement) -> None:
        """Add up what the models used."""
        stated.response_id = work_of(self.asked.request)
        stated.parts = tuple(
            Part(model=model, usage=read_usage(each, self.counts, OPENAI))
            for each in self._told
            if (model := text(each.get("model_name")))
        )
        stated.usage = sum((part.usage for part in stated.parts), Usage())
        stated.model = stated.parts[0].model if stated.parts else None
