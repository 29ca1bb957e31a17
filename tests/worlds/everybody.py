"""Every provider on one loopback port: the emulator, and in its place whom it does not emulate."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from support.emulator import Emulator
from support.emulator.answer import Question
from support.emulator.openai import error
from support.emulator.routes import Route
from support.sdk_suite import Counts, served_counts
from worlds.wire import bedrock, chat, cohere, ollama

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support.emulator import Answer, Served
    from support.emulator.answer import Payload
    from support.emulator.server import Delivery

__all__ = ["Everybody", "Told"]

Told = tuple[str, Counts]
"""The provider, and what one of its answers consumed, inclusive."""


class Everybody(Emulator):
    """All providers, as long as the `with` block lasts."""

    @property
    def told(self) -> Counter[Told]:
        """What was reported to clients, by whom, and how often."""
        answers = [each for each in self.billable if each.usage is not None]
        return Counter((each.provider, _counts(each)) for each in answers)

    def _decide(self, target: str, emulate: str | None, sent: bytes) -> Delivery:
        path = unquote(target.partition("?")[0])
        found = next((each for each in _ROUTES if each.path.search(path)), None)
        if found is None:
            return super()._decide(target, emulate, sent)
        body = json.loads(sent)
        model = found.model(path, body)
        behaviour = self._scripts.next(model, emulate)
        question = Question(
            model=model,
            query="",
            body=body,
            serial=self._serial(path, sent),
            most_pieces=behaviour.most_pieces,
        )
        return self._deliver(path, found, question, behaviour)

    def _note(
        self, provider: str, path: str, answer: Answer, status: int | None, *, free: bool
    ) -> None:
        if provider == "ollama":  # whose counts stand in no object of their own
            answer = replace(answer, payloads=[{"usage": answer.payloads[-1]}])
        super()._note(provider, path, answer, status, free=free)


def _route(provider: str, path: str, answer: Callable[..., Answer], **more: Any) -> Route:
    return Route(
        provider=provider, path=re.compile(path), answer=answer, **{"error": error, **more}
    )


_CONVERSE = r"/model/(?P<model>[^/]+)/converse"

_ROUTES = (
    _route("groq", r"/openai/v1/chat/completions$", chat.groq),
    _route("mistral", r"/mistral/v1/chat/completions$", chat.mistral),
    _route("openrouter", r"/api/v1/chat/completions$", chat.openrouter),
    _route("huggingface", r"/tgi/v1/chat/completions$", chat.huggingface),
    _route("cohere", r"/v2/chat$", cohere.chat, error=cohere.error),
    _route("ollama", r"/api/chat$", ollama.chat, error=ollama.error),
    _route("bedrock", _CONVERSE + "$", bedrock.converse, error=bedrock.error),
    _route("bedrock", _CONVERSE + "-stream$", bedrock.converse_stream, error=bedrock.error),
)


def _counts(served: Served) -> Counts:
    read = _READ.get(served.provider)
    if read is None:
        return served_counts(served)
    return Counts(served.model, *read(served.usage or {}))


def _chat(usage: Payload) -> tuple[int, int, int]:
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    return usage["prompt_tokens"], usage["completion_tokens"], cached


def _cohere(usage: Payload) -> tuple[int, int, int]:
    billed = usage["billed_units"]
    return billed["input_tokens"], billed["output_tokens"], 0


def _ollama(usage: Payload) -> tuple[int, int, int]:
    return usage["prompt_eval_count"], usage["eval_count"], 0


def _bedrock(usage: Payload) -> tuple[int, int, int]:
    cached = usage["cacheReadInputTokens"]
    return usage["inputTokens"] + cached, usage["outputTokens"], cached


_READ: Mapping[str, Callable[[Payload], tuple[int, int, int]]] = {
    "groq": _chat,
    "mistral": _chat,
    "openrouter": _chat,
    "huggingface": _chat,
    "cohere": _cohere,
    "ollama": _ollama,
    "bedrock": _bedrock,
}
