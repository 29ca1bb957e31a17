"""llama.cpp and LM Studio in formats of their own."""

from __future__ import annotations

import pytest
from support.answers import ask, encoded, hear, sse

from pytest_specbudget.providers import recognise

COMPLETION = ask("localhost", "/completion", {"prompt": "x", "n_predict": 9})
CHAT = ask("localhost", "/api/v1/chat", {"model": "qwen3", "input": "x"})
PREDICTED = {
    "model": "m.gguf",
    "content": "y",
    "stop": True,
    "tokens_evaluated": 245,
    "tokens_predicted": 87,
    "tokens_cached": 331,
}
STATS = {
    "input_tokens": 100,
    "total_output_tokens": 10,
    "reasoning_output_tokens": 4,
    "tokens_per_second": 60.5,
}
ANSWER = {"model_instance_id": "qwen3:2", "output": [], "stats": STATS, "response_id": "resp_1"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(encoded(PREDICTED), id="plain"),
        pytest.param(sse({"content": "y", "stop": False}, PREDICTED), id="streamed"),
    ],
)
def test_llama_cpp_counts_all_of_the_prompt(body: bytes) -> None:
    reading = hear(COMPLETION, body)

    assert reading.usage.reported() == {"input_tokens": 245, "output_tokens": 87}
    assert (reading.usage_state, reading.provider) == ("complete", "llama.cpp")
    assert reading.response_model == "m.gguf"


def test_a_stream_of_llama_cpp_that_is_cut_tells_nothing() -> None:
    assert hear(COMPLETION, sse({"content": "y", "stop": False})).usage_state == "none"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(encoded(ANSWER), id="plain"),
        pytest.param(
            sse({"type": "message.delta", "content": "y"}, {"type": "chat.end", "result": ANSWER}),
            id="streamed",
        ),
    ],
)
def test_lm_studio_tells_of_the_whole_answer(body: bytes) -> None:
    reading = hear(CHAT, body)

    assert reading.usage.reported() == {
        "input_tokens": 100,
        "output_tokens": 10,
        "reasoning_output_tokens": 4,
    }
    assert (reading.usage_state, reading.provider) == ("complete", "lmstudio")
    assert (reading.response_model, reading.response_id) == ("qwen3:2", "resp_1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/completion", {"prompt": "the name of a shop"}, id="a search box"),
        pytest.param("/completion", {"n_predict": 9}, id="no prompt"),
        pytest.param("/api/v1/chat", {"text": "hello"}, id="a chat of people"),
        pytest.param("/infill", {"input_prefix": "x"}, id="half of a gap"),
    ],
)
def test_what_only_resembles_them_is_none(path: str, body: dict[str, object]) -> None:
    assert recognise(ask("app.example", path, body)) is None


def test_others_who_chat_at_such_a_path_are_read_as_before() -> None:
    listener = recognise(ask("gw", "/api/v1/chat", {"model": "m", "messages": []}))

    assert listener is not None
    assert listener.provider == "cohere"
