"""Responses of SDKs as `ask=` may return them: real ones where they are installed, and shapes."""

from __future__ import annotations

from types import SimpleNamespace as Shape
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from support.asking import profile, question

from pytest_specbudget.agents.adapters import asking

if TYPE_CHECKING:
    from pytest_specbudget.agents.values import Reply

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-2024-08-06",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": "the plan", "refusal": None},
        }
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}
RESPONSE = {
    "id": "resp-1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-5-mini-2025-08-07",
    "status": "completed",
    "output": [
        {
            "id": "m-1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "the plan", "annotations": []}],
        }
    ],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
MESSAGE = {
    "id": "msg-1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-20250514",
    "content": [
        {"type": "thinking", "thinking": "well", "signature": "s"},
        {"type": "text", "text": "the "},
        {"type": "text", "text": "plan"},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 2},
}
GENERATED = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [{"text": "well", "thought": True}, {"text": "the plan"}],
            },
            "finishReason": "STOP",
        }
    ],
    "modelVersion": "gemini-2.0-flash",
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2},
}


def replied(said: Any) -> Reply:
    return asking(lambda _prompt: said).ask(profile(), question())


@pytest.mark.parametrize(
    ("module", "kind", "told"),
    [
        pytest.param("openai.types.chat", "ChatCompletion", CHAT, id="openai's chat"),
        pytest.param("openai.types.responses", "Response", RESPONSE, id="openai's responses"),
        pytest.param("anthropic.types", "Message", MESSAGE, id="anthropic"),
        pytest.param("google.genai.types", "GenerateContentResponse", GENERATED, id="google-genai"),
        pytest.param("litellm", "ModelResponse", CHAT, id="litellm"),
    ],
)
def test_the_response_of_an_sdk_is_taken_as_it_is(
    module: str, kind: str, told: dict[str, Any]
) -> None:
    sdk = pytest.importorskip(module, reason=f"{module} is not installed")
    made = getattr(sdk, kind)
    said = made(**told) if module == "litellm" else made.model_validate(told)

    reply = replied(said)

    assert (reply.text, reply.finish, reply.parsed) == ("the plan", "stop", None)
    assert reply.model == (told.get("model") or told["modelVersion"])
    assert reply.usage_reported is ("usage" in told or "usageMetadata" in told)


def chat(finish: str | None, **message: Any) -> Shape:
    return Shape(choices=[Shape(finish_reason=finish, message=Shape(**message))])


def generated(finish: Any, *parts: Any) -> Shape:
    return Shape(candidates=[Shape(content=Shape(parts=parts or None), finish_reason=finish)])


@pytest.mark.parametrize(
    ("said", "text", "finish"),
    [
        pytest.param(chat("stop", content="a"), "a", "stop", id="whole"),
        pytest.param(chat("length", content="a"), "a", "length", id="cut off"),
        pytest.param(chat("content_filter", content=None), "", "refusal", id="filtered"),
        pytest.param(chat("stop", content=None, refusal="no"), "no", "refusal", id="refused"),
        pytest.param(chat("tool_calls", content=None), "", "tool", id="a tool is wanted"),
        pytest.param(
            chat("stop", content=[Shape(text="a"), Shape(text="b")]), "ab", "stop", id="parts"
        ),
        pytest.param(chat(None, content="a"), "a", "other", id="an ending that is not told"),
        pytest.param(
            Shape(choices=[Shape(text="a", finish_reason="stop")]),
            "a",
            "stop",
            id="older completions",
        ),
        pytest.param(
            Shape(
                output_text="a",
                output=[],
                status="incomplete",
                incomplete_details=Shape(reason="max_output_tokens"),
            ),
            "a",
            "length",
            id="a response that was cut off",
        ),
        pytest.param(
            Shape(
                output_text="", output=[Shape(content=[Shape(refusal="no")])], status="completed"
            ),
            "no",
            "refusal",
            id="a response that refuses",
        ),
        pytest.param(
            Shape(content=[], stop_reason="refusal"), "", "refusal", id="Anthropic's refusal"
        ),
        pytest.param(
            Shape(content=[Shape(type="text", text="a")], stop_reason="max_tokens"),
            "a",
            "length",
            id="a message that was cut off",
        ),
        pytest.param(
            generated("MAX_TOKENS", Shape(text="a")), "a", "length", id="Google's, cut off"
        ),
        pytest.param(generated("SAFETY"), "", "refusal", id="Google's, without parts"),
        pytest.param(
            Shape(candidates=None, prompt_feedback=Shape(block_reason="SAFETY")),
            "",
            "refusal",
            id="Google's, blocked",
        ),
    ],
)
def test_how_an_answer_ended_is_understood(said: Any, text: str, finish: str) -> None:
    reply = replied(said)

    assert (reply.text, reply.finish) == (text, finish)


class Plan(BaseModel):
    """A user's own model, with names that SDKs use, too."""

    choices: list[str]
    content: list[str]


def test_a_model_of_ones_own_is_a_document_whatever_its_fields_are_called() -> None:
    reply = replied(Plan(choices=["a"], content=["b"]))

    assert reply.parsed == {"choices": ["a"], "content": ["b"]}
