"""Asks models through litellm, which speaks to all of them in OpenAI's words.

Source: `litellm.completion` of litellm 1.106.2.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.both_ways import finished
from pytest_specbudget.agents.conversation import as_dicts
from pytest_specbudget.agents.foreign import translating
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.wires.openai import effort_of, json_schema, reply_in

if TYPE_CHECKING:
    from pytest_specbudget.agents.values import Question, Reply
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["LiteLLM"]

_PREFIXES = {"google": "gemini", "azure.ai.openai": "azure", "together": "together_ai"}
"""What litellm calls providers that have another name in the price catalogue."""


class LiteLLM:
    """Asks through litellm, or a `Router` of its."""

    def __init__(self, client: Any) -> None:
        """Args: the module, one of its `completion` and `acompletion`, or a `Router`."""
        self._client = import_module("litellm") if inspect.isfunction(client) else client

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and wait for the answer."""
        with translating():
            answer = finished(self._client.completion(**_asked(profile, question)))
        return understood(reply_in(answer.model_dump()), question)

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and let others work meanwhile."""
        with translating():
            answer = await self._client.acompletion(**_asked(profile, question))
        return understood(reply_in(answer.model_dump()), question)


def _asked(profile: ModelProfile, question: Question) -> dict[str, Any]:
    options: dict[str, Any] = {
        "model": f"{_PREFIXES.get(profile.provider, profile.provider)}/{profile.model}",
        "messages": as_dicts(question),
        "max_tokens": question.max_tokens,
        "temperature": question.temperature,
        "stop": list(question.stop) or None,
        "reasoning_effort": effort_of(profile),
        "base_url": profile.base_url,
    }
    if question.schema is not None:
        schema = json_schema(question.schema)
        options["response_format"] = {"type": "json_schema", "json_schema": schema}
    return {name: value for name, value in options.items() if value is not None}
