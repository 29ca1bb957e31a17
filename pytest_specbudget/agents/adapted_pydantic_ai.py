"""Asks models through pydantic-ai.

Source: `Agent.run` and `pydantic_ai.messages` of pydantic-ai 2.68.0.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.both_ways import finished
from pytest_specbudget.agents.foreign import translating
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.values import Reply
from pytest_specbudget.agents.wires.writing import ANSWER, spoken, system_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.agents.values import Finish, Message, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["PydanticAI"]

_PREFIXES = {"azure.ai.openai": "azure"}
_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "refusal",
    "tool_call": "stop",  # how it has an answer fit a schema; the loop of tools is its own
}


class PydanticAI:
    """Asks an agent with its own instructions and tools; its own model, if it has one, answers."""

    def __init__(self, client: Any) -> None:
        """Args: an agent or a model."""
        is_agent = hasattr(client, "run") and hasattr(client, "model")
        self._agent = client if is_agent else import_module("pydantic_ai").Agent(client)

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and wait for the answer."""
        return finished(self.ask_async(profile, question))  # type: ignore[no-any-return]

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and let others work meanwhile."""
        messages = spoken(question.messages)
        options: dict[str, Any] = {
            "message_history": _history(messages[:-1]) or None,
            "instructions": system_text(question.messages),
            "model": self._model(profile),
            "model_settings": _settings(question),
            "output_type": _output_type(question),
        }
        given = {name: value for name, value in options.items() if value}
        with translating():
            result = await self._agent.run(messages[-1].text if messages else None, **given)
        return understood(_reply(result), question)

    def _model(self, profile: ModelProfile) -> str | None:
        if self._agent.model is not None:
            return None
        return f"{_PREFIXES.get(profile.provider, profile.provider)}:{profile.model}"


def _history(messages: Sequence[Message]) -> list[Any]:
    words = import_module("pydantic_ai.messages")
    return [
        words.ModelResponse(parts=[words.TextPart(content=each.text)])
        if each.role == "assistant"
        else words.ModelRequest(parts=[words.UserPromptPart(content=each.text)])
        for each in messages
    ]


def _settings(question: Question) -> dict[str, Any]:
    settings = {
        "max_tokens": question.max_tokens,
        "temperature": question.temperature,
        "stop_sequences": list(question.stop) or None,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _output_type(question: Question) -> Any:
    if question.schema is None:
        return None
    return import_module("pydantic_ai").StructuredDict(dict(question.schema), name=ANSWER)


def _reply(result: Any) -> Reply:
    said, response = result.output, result.response
    usage = result.usage() if callable(result.usage) else result.usage
    return Reply(
        text=said if isinstance(said, str) else json.dumps(_plain(said), ensure_ascii=False),
        parsed=None if isinstance(said, str) else _plain(said),
        finish=_FINISHES.get(response.finish_reason or "", "other"),
        model=response.model_name,
        usage_reported=bool(usage.input_tokens or usage.output_tokens),
    )


def _plain(said: Any) -> Any:
    """Return what an agent's own type of output holds, as JSON."""
    return import_module("pydantic_core").to_jsonable_python(said)
