"""Amazon Bedrock's agents: what their traces say about the models that ran for them.

An agent calls models behind one request, and tells of them only where the request set
`enableTrace`.  Each call is told once, in the output of a model invocation; the totals that a
trace repeats for collaborators and for the whole operation are left alone.

Prompts of flows, answers and queries from knowledge bases, rankings, improved prompts and work
begun for later say nothing at all.

Source: `TracePart`, `ModelInvocationInput`, `OrchestrationModelInvocationOutput`, `FlowTrace`,
`RetrieveAndGenerateConfiguration`, `AgenticRetrieveConfiguration`, `OptimizePromptRequest`,
`GenerateQueryRequest` and `RerankingConfiguration` of bedrock-agent-runtime,
`StartAsyncInvokeRequest` of bedrock-runtime, in botocore 1.44.5.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import untold
from pytest_specbudget.providers.bedrock import read_usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Agent", "Flow", "Untold"]

_ANSWERS = ("bytes", "invocationInputs")
"""What an agent says, and what it wants to be done: without either it has not answered."""

_BASE = "retrieveAndGenerateConfiguration"
_RETRIEVAL = ("agenticRetrieveConfiguration", "foundationModelConfiguration")
_MODEL_IN_REQUEST = (
    ("foundationModel",),
    ("modelId",),
    ("targetModelId",),
    (_BASE, "knowledgeBaseConfiguration", "modelArn"),
    (_BASE, "externalSourcesConfiguration", "modelArn"),
    (*_RETRIEVAL, "bedrockFoundationModelConfiguration", "modelConfiguration", "modelArn"),
    (*_RETRIEVAL, "mantleFoundationModelConfiguration", "modelConfiguration", "modelArn"),
    ("rerankingConfiguration", "bedrockRerankingConfiguration", "modelConfiguration", "modelArn"),
)


class Agent(Fold):
    """`InvokeAgent` and `InvokeInlineAgent`."""

    telling = events_with("modelInvocation", *(f'{name}"' for name in _ANSWERS))

    def __init__(self, asked: Asked) -> None:
        super().__init__(_with_model(asked))
        self._models: dict[str, str] = {}
        self._by_model: dict[str, Usage] = {}
        self._answered = False
        self._ended = False
        self._untold = False

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event."""
        self._ended = self._ended or whole
        self._answered = self._answered or whole or any(name in document for name in _ANSWERS)
        for name, invocation in _invocations(document):
            if name == "modelInvocationInput":
                self._note_model(invocation)
            else:
                self._add(invocation)

    def end(self) -> None:
        """Take all traces for told: they may come after what the agent says."""
        self._ended = True

    def settle(self, stated: Statement) -> None:
        """Add up what the models consumed."""
        used = self._by_model
        stated.usage = sum(used.values(), Usage())
        stated.finished = self._answered and self._ended and not self._untold
        if len(used) == 1:
            stated.model = next(iter(used)) or None
        elif used:
            stated.parts = tuple(
                Part(model=model or "(unnamed)", usage=usage) for model, usage in used.items()
            )

    def _note_model(self, invocation: Mapping[str, Any]) -> None:
        trace, model = text(invocation.get("traceId")), text(invocation.get("foundationModel"))
        if trace and model:
            self._models[trace] = model

    def _add(self, invocation: Mapping[str, Any]) -> None:
        told = mapping(mapping(invocation.get("metadata")).get("usage"))
        usage = read_usage(told, self.counts)
        self._untold = self._untold or None in (usage.input_tokens, usage.output_tokens)
        trace = text(invocation.get("traceId")) or ""
        model = self._models.get(trace) or self.asked.model or ""
        self._by_model[model] = self._by_model.get(model, Usage()) + usage


class Flow(Agent):
    """`InvokeFlow`: agents are traced and prompts are not, so that the sum is a lower bound."""

    def settle(self, stated: Statement) -> None:
        """Add up what the models of its agents consumed."""
        super().settle(stated)
        stated.finished = False


class Untold(untold.Untold):
    """An answer that never says what its models consumed; the request names the model."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(_with_model(asked))


def _with_model(asked: Asked) -> Asked:
    """Name the model that the body asks for, which has a place of its own in each operation."""
    for path in _MODEL_IN_REQUEST:
        found: Any = asked.request.document
        for key in path:
            found = mapping(found).get(key)
        if text(found):
            return replace(asked, model=found)
    return asked


def _invocations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find the inputs and outputs of models, which each kind of trace wraps in its own way."""
    open_: list[Any] = [document.get("trace")]
    while open_:
        found = open_.pop()
        if isinstance(found, list):
            open_ += found
        for key, inner in mapping(found).items():
            if key in ("modelInvocationInput", "modelInvocationOutput"):
                yield key, mapping(inner)
            else:
                open_.append(inner)
