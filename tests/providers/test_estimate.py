"""Estimates: only where a host's rule asks for them, of texts alone, and never against a count."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.answers import anthropic, ask, chat, encoded, hear, responses, sse

from pytest_specbudget.providers import HostRule, recognise
from pytest_specbudget.providers.estimate import characters_asked

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import End, Request
    from pytest_specbudget.core.reading import Reading

RULES = (HostRule(pattern="*", estimate="chars/4"),)
TEN = [{"role": "user", "content": "0123456789"}]
ASKED = chat(messages=TEN)
SAID = {"model": "m", "choices": [{"message": {"role": "assistant", "content": "12345"}}]}
THOUGHT = {"reasoning": "123", "reasoning_content": "123"}
PIXELS = "data:image/png;base64," + "A" * 999


def delta(text: str) -> dict[str, Any]:
    return {"model": "m", "choices": [{"delta": {"content": text}}]}


def claude(text: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}


def estimated(request: Request, *chunks: bytes, **others: Any) -> Reading:
    return hear(request, *chunks, rules=RULES, **others)


def counts(reading: Reading) -> tuple[int | None, int | None]:
    return reading.usage.input_tokens, reading.usage.output_tokens


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        pytest.param(ASKED, encoded(SAID), id="a document"),
        pytest.param(ASKED, b"\n" + encoded(SAID), id="a document that comes late"),
        pytest.param(ASKED, sse(delta("12"), delta("345"), "[DONE]"), id="chunks"),
        pytest.param(
            ASKED, sse(delta("12"), delta("345"), "[DONE]").replace(b"\n\n", b"\n"), id="joined"
        ),
        pytest.param(
            responses(input="0123456789"),
            sse(
                {"type": "response.created", "response": {"instructions": "be kind"}},
                {"type": "response.output_text.delta", "delta": "12345"},
                {"type": "response.output_text.done", "text": "12345"},
                {"type": "response.completed", "response": {"output": [{"text": "12345"}]}},
            ),
            id="Responses, whose last events tell everything again",
        ),
        pytest.param(
            responses(input=[{"role": "user", "content": [{"text": "0123456789"}]}]),
            encoded({"output": [{"content": [{"type": "output_text", "text": "12345"}]}]}),
            id="a Responses document",
        ),
        pytest.param(
            anthropic(system="01234", messages=[{"content": [{"type": "text", "text": "56789"}]}]),
            sse({"type": "message_start", "message": {}}, claude("12"), claude("345")),
            id="Anthropic's events",
        ),
        pytest.param(
            ask("localhost", "/api/chat", {"model": "m", "messages": TEN}),
            b"".join(encoded({"message": {"content": each}}) + b"\n" for each in ("12", "345", "")),
            id="Ollama's lines",
        ),
        pytest.param(
            ask("localhost", "/generate_stream", {"inputs": "0123456789"}),
            sse(
                {"token": {"text": "12345", "special": False}, "generated_text": None},
                {"token": {"text": "</s>", "special": True}, "generated_text": "12345"},
            ),
            id="text-generation-inference, whose last event tells everything again",
        ),
        pytest.param(
            ask(
                "generativelanguage.googleapis.com",
                "/v1beta/models/gemini-x:generateContent",
                {"contents": [{"parts": [{"text": "0123456789"}]}]},
            ),
            encoded({"candidates": [{"content": {"parts": [{"text": "12345"}]}}]}),
            id="Gemini",
        ),
        pytest.param(
            ASKED,
            encoded({"choices": [{"message": {**THOUGHT, "content": "45"}}]}),
            id="reasoning that is told under two names",
        ),
    ],
)
def test_ten_characters_in_and_five_out_are_three_tokens_and_two(
    request_: Request, body: bytes
) -> None:
    reading = estimated(request_, body)

    assert (reading.usage_state, counts(reading)) == ("estimated", (3, 2))


@pytest.mark.parametrize("size", [1, 7, 64])
def test_how_the_bytes_are_cut_does_not_matter(size: int) -> None:
    body = sse(delta("1234"), delta("äöü😀"), "[DONE]")
    pieces = [body[start : start + size] for start in range(0, len(body), size)]

    assert counts(estimated(ASKED, *pieces)) == (3, 2)


@pytest.mark.parametrize(
    ("content", "characters"),
    [
        pytest.param("äöü😀", 4, id="characters, not bytes"),
        pytest.param([{"type": "text", "text": "abc"}], 3, id="a part"),
        pytest.param(
            [{"type": "image_url", "image_url": {"url": PIXELS}}, {"type": "text", "text": "abc"}],
            3,
            id="an image is no text",
        ),
        pytest.param([{"type": "input_image", "text": PIXELS}], 0, id="wherever it stands"),
        pytest.param([{"inlineData": {"mimeType": "image/png", "data": PIXELS}}], 0, id="bytes"),
        pytest.param([{"type": "input_audio", "input_audio": {"data": PIXELS}}], 0, id="sound"),
        pytest.param([{"type": "tool_use", "input": {"a": "é"}}], 10, id="a tool's arguments"),
        pytest.param([{"type": "tool_result", "content": "abc"}], 3, id="what a tool answered"),
        pytest.param(None, 0, id="nothing"),
        pytest.param(7, 0, id="a number"),
    ],
)
def test_only_texts_are_counted(content: Any, characters: int) -> None:
    asked = {"model": "gpt-5", "tools": [{"name": "x" * 99}], "messages": [{"content": content}]}

    assert characters_asked(asked) == characters


def test_an_embedding_has_no_output() -> None:
    asked = ask("localhost", "/v1/embeddings", {"model": "m", "input": ["01234", "56789"]})

    reading = estimated(asked, encoded({"model": "m", "data": [{"embedding": [0.5, 0.25]}]}))

    assert (reading.usage_state, counts(reading)) == ("estimated", (3, 0))


TOLD = {**SAID, "usage": {"prompt_tokens": 7, "completion_tokens": 8}}


@pytest.mark.parametrize(
    ("request_", "body", "more", "state"),
    [
        pytest.param(ASKED, encoded(TOLD), {}, "complete", id="the answer tells its counts"),
        pytest.param(ASKED, encoded(SAID), {"status": 500}, "none", id="a failed attempt"),
        pytest.param(ASKED, b"", {}, "none", id="an empty answer"),
        pytest.param(ASKED, b"<html>", {}, "unreadable", id="an answer that makes no sense"),
        pytest.param(ASKED, encoded({"reply": "12345"}), {}, "none", id="a format nobody knows"),
        pytest.param(chat(messages=[]), encoded(SAID), {}, "none", id="a prompt without a text"),
        pytest.param(
            ASKED, sse(delta("12345")), {"end": "closed"}, "none", id="a stream that was left early"
        ),
        pytest.param(
            ask("localhost", "/v1/images/generations", {"model": "m", "prompt": "a cat"}),
            encoded({"data": [{"b64_json": "AAAA"}]}),
            {},
            "none",
            id="an operation that is not about texts",
        ),
    ],
)
def test_nothing_is_estimated_against_or_without_evidence(
    request_: Request, body: bytes, more: dict[str, Any], state: str
) -> None:
    assert estimated(request_, body, **more).usage_state == state


def test_a_stream_that_was_left_after_its_last_event_was_whole() -> None:
    end: End = "closed"

    assert estimated(ASKED, sse(delta("12345"), "[DONE]"), end=end).usage_state == "estimated"


@pytest.mark.parametrize("rules", [(), (HostRule(pattern="*", provider="openai"),)])
def test_nothing_is_estimated_unasked(rules: tuple[HostRule, ...]) -> None:
    assert hear(ASKED, encoded(SAID), rules=rules).usage_state == "none"


def test_memory_does_not_grow_with_the_stream() -> None:
    listener = recognise(ASKED, RULES)
    assert listener is not None
    listener.head(200, {"content-type": "text/event-stream"})
    event = sse(delta("x" * 100))
    listener.feed(event)
    listener.feed(event)

    tracemalloc.start()
    for _ in range(5_000):
        listener.feed(event)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000
    assert listener.finish("complete").usage.output_tokens == 5_002 * 25


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["content", "text", "type", "input", "args", "choices", "token", "delta"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values, json_values)
def test_no_request_and_no_answer_break_an_estimate(asked: Any, told: Any) -> None:
    request = chat(messages=asked)

    for body in (encoded(told), sse(told, told)):
        reading = estimated(request, body)
        assert reading.usage_state in {"none", "estimated", "unreadable"}
