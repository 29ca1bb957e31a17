"""Workers AI wraps its answers, and the model's name is in the path."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear, sse

MODEL = "@cf/meta/llama-3.1-8b-instruct"
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
DIRECT = ("api.cloudflare.com", f"/client/v4/accounts/a1/ai/run/{MODEL}")
GATEWAY = ("gateway.ai.cloudflare.com", f"/v1/a1/my-gateway/workers-ai/{MODEL}")


@pytest.mark.parametrize("address", [DIRECT, GATEWAY])
@pytest.mark.parametrize(
    ("body", "usage"),
    [
        pytest.param(
            encoded({"result": {"response": "Hi", "usage": USAGE}, "success": True}),
            {"input_tokens": 9, "output_tokens": 4},
            id="plain",
        ),
        pytest.param(
            sse({"response": "Hi"}, {"response": "", "usage": USAGE}, "[DONE]"),
            {"input_tokens": 9, "output_tokens": 4},
            id="streamed",
        ),
        pytest.param(encoded({"result": {"response": "Hi"}}), {}, id="a model that is mum"),
        pytest.param(b"\x89PNG", {}, id="a model that draws"),
    ],
)
def test_a_run_is_read_out_of_its_wrapping(
    address: tuple[str, str], body: bytes, usage: dict[str, int]
) -> None:
    reading = hear(ask(*address, {"messages": []}), body)

    assert reading.usage.reported() == usage
    assert reading.usage_state == ("complete" if usage else "none")
    assert (reading.provider, reading.model, reading.certain) == ("cloudflare", MODEL, True)


def test_an_embedding_is_input_alone() -> None:
    answer: dict[str, Any] = {"result": {"data": [], "usage": {"prompt_tokens": 9}}}

    reading = hear(ask(*DIRECT, {"text": ["hello"]}), encoded(answer))

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 0}


def test_a_translation_is_no_embedding_though_it_is_asked_with_a_text() -> None:
    answer = {"result": {"translated_text": "Hola", "usage": USAGE}}

    reading = hear(ask(*DIRECT, {"text": "Hello", "target_lang": "es"}), encoded(answer))

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 4}
