"""A stream that is cut is a lower bound, whatever it had told before; one that ended is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.answers import anthropic, ask, chat, encoded, gemini, hear, responses, sse
from support.frames import chunk, event

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import HostRule

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import End

BEDROCK = "bedrock-runtime.eu-west-1.amazonaws.com"
SAGEMAKER = "runtime.sagemaker.us-east-1.amazonaws.com"
BROKEN: tuple[End, ...] = ("closed", "error", "abandoned")


def counted(made: int, given: int = 100) -> dict[str, int]:
    """Write a usage as OpenAI does."""
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def alone(made: int) -> dict[str, Any]:
    """Write a usage without choices."""
    return {"model": "m", "choices": [], "usage": counted(made)}


def said(made: int | None = None, index: int = 0, reason: str | None = None) -> dict[str, Any]:
    """Write a chunk of a choice, perhaps with a running usage."""
    usage = None if made is None else counted(made)
    choice = {"index": index, "delta": {"content": "word"}, "finish_reason": reason}
    return {"model": "m", "choices": [choice], "usage": usage}


def ended(made: int | None = None, index: int = 0) -> dict[str, Any]:
    """Write the chunk that ends a choice."""
    return said(made, index, "stop")


def generated(made: int | None, reason: str | None = None, index: int = 0) -> dict[str, Any]:
    """Write a chunk as Gemini does."""
    candidate: dict[str, Any] = {"content": {"parts": [{"text": "word"}]}, "index": index}
    told = {"candidates": [candidate | ({"finishReason": reason} if reason else {})]}
    usage = {"promptTokenCount": 100, "candidatesTokenCount": made}
    return told if made is None else told | {"usageMetadata": usage}


def message(*usages: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Write a stream of Anthropic's with *usages* in its deltas."""
    start = {"model": "m", "usage": {"input_tokens": 100, "output_tokens": 1}}
    deltas = [{"type": "message_delta", "delta": {}, "usage": usage} for usage in usages]
    return [{"type": "message_start", "message": start}, *deltas, {"type": "message_stop"}]


def interaction(made: int, status: str, kind: str) -> dict[str, Any]:
    """Write an event of Gemini's Interactions."""
    usage = {"total_input_tokens": 100, "total_output_tokens": made}
    return {"event_type": kind, "interaction": {"status": status, "usage": usage}}


def qwen(made: int, *reasons: str) -> dict[str, Any]:
    """Write an event of DashScope's, with the reasons of its choices."""
    choices = [{"index": place, "finish_reason": reason} for place, reason in enumerate(reasons)]
    usage = {"input_tokens": 100, "output_tokens": made, "total_tokens": 100 + made}
    return {"output": {"choices": choices}, "usage": usage}


def watsonx(made: int, reason: str) -> dict[str, Any]:
    """Write an event of watsonx.ai's."""
    counts = {"input_token_count": 100, "generated_token_count": made}
    return {"model_id": "m", "results": [counts | {"stop_reason": reason}]}


def trace(made: int) -> bytes:
    """Write the trace of a model that an agent invoked."""
    usage = {"inputTokens": 100, "outputTokens": made}
    told = {"traceId": "t", "metadata": {"usage": usage}}
    return event("trace", {"trace": {"orchestrationTrace": {"modelInvocationOutput": told}}})


def lines(*documents: Any) -> list[bytes]:
    """Write JSON lines."""
    return [encoded(document) + b"\n" for document in documents]


def events(*documents: Any) -> list[bytes]:
    """Write server-sent events, each by itself."""
    return [sse(document) for document in documents]


def frames(*documents: Any) -> list[bytes]:
    """Write frames as InvokeModel streams them."""
    return [chunk(document) for document in documents]


GENERATED = {"promptTokenCount": 100, "candidatesTokenCount": 9}
INVOKED = ask(BEDROCK, "/model/m/invoke-with-response-stream", {"messages": []})
METRICS = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 100, "outputTokenCount": 9}}
RESULT = {"object": "chat.completion", "model": "m", "usage": counted(9)}
LINE = {"custom_id": "0", "response": {"status_code": 200, "body": RESULT}}

STREAMS: dict[str, tuple[Request, list[bytes]]] = {
    "usage before any choice, and at the end": (
        chat(stream=True),
        events(alone(0), said(), said(), ended(), alone(50), "[DONE]"),
    ),
    "usage in every chunk": (
        chat(stream=True),
        events(said(1), said(2), ended(3), alone(3), "[DONE]"),
    ),
    "usage before any choice, and with the last": (
        chat(stream=True),
        events(alone(0), said(), ended(50), "[DONE]"),
    ),
    "usage at the start and no reason": (
        chat(stream=True),
        events(alone(0), said(), said(), alone(50), "[DONE]"),
    ),
    "two choices, one of which ends twice": (
        chat(stream=True, n=2),
        events(said(1), ended(2), ended(3), said(4, 1), ended(5, 1), "[DONE]"),
    ),
    "two prompts of an older completion": (
        ask("api.openai.com", "/v1/completions", {"model": "m", "prompt": ["a", "b"]}),
        events(said(1), ended(2), said(4, 1), ended(5, 1), "[DONE]"),
    ),
    "reasons that are empty until the end": (
        chat(stream=True),
        events(said(1, 0, ""), said(2, 0, ""), ended(3), "[DONE]"),
    ),
    "a run of Cloudflare's": (
        ask("api.cloudflare.com", "/client/v4/accounts/a/ai/run/@cf/m", {"prompt": "x"}),
        events(
            {"response": "a", "usage": counted(1)},
            {"response": "", "usage": counted(2)},
            "[DONE]",
        ),
    ),
    "a response": (
        responses(stream=True),
        events(
            {"type": "response.created", "response": {"model": "m", "usage": counted(0)}},
            {"type": "response.in_progress", "response": {"model": "m", "usage": counted(1)}},
            {"type": "response.completed", "response": {"model": "m", "usage": counted(5)}},
        ),
    ),
    "a picture": (
        ask("api.openai.com", "/v1/images/generations", {"model": "m", "prompt": "x"}),
        events(
            {"type": "image_generation.partial_image", "usage": counted(1)},
            {"type": "image_generation.completed", "usage": counted(5)},
        ),
    ),
    "a run of an assistant": (
        ask("api.openai.com", "/v1/threads/t/runs", {"assistant_id": "a", "stream": True}),
        events(
            {"object": "thread.run", "status": "in_progress", "usage": counted(1)},
            {"object": "thread.run", "status": "completed", "usage": counted(5)},
            "[DONE]",
        ),
    ),
    "a message": (
        anthropic(stream=True),
        events(*message({"output_tokens": 3}, {"output_tokens": 9})),
    ),
    "Gemini gives its reason at the end": (
        gemini("streamGenerateContent"),
        events(generated(1), generated(2), generated(9, "STOP")),
    ),
    "Gemini tells usage after its reason": (
        gemini("streamGenerateContent"),
        events(generated(1), generated(None, "STOP"), {"usageMetadata": GENERATED}),
    ),
    "Gemini gives two candidates a reason": (
        ask(
            "generativelanguage.googleapis.com",
            "/v1beta/models/m:streamGenerateContent",
            {"contents": [], "generationConfig": {"candidateCount": 2}},
        ),
        events(generated(1), generated(2, "STOP"), generated(9, "MAX_TOKENS", 1)),
    ),
    "a gateway begins with a reason": (
        gemini("streamGenerateContent"),
        events(generated(1, "STOP"), generated(1, "STOP"), generated(2), generated(9, "STOP")),
    ),
    "an interaction": (
        ask("generativelanguage.googleapis.com", "/v1beta/interactions", {"model": "g"}),
        events(
            interaction(0, "in_progress", "interaction.created"),
            interaction(3, "in_progress", "interaction.status_update"),
            interaction(9, "completed", "interaction.completed"),
        ),
    ),
    "Converse": (
        ask(BEDROCK, "/model/m/converse-stream", {"messages": []}),
        [
            event("messageStart", {"role": "assistant"}),
            event("messageStop", {"stopReason": "end_turn"}),
            event("metadata", {"usage": {"inputTokens": 100, "outputTokens": 9}}),
        ],
    ),
    "Llama on Bedrock": (
        INVOKED,
        frames(
            {"generation": "a", "prompt_token_count": 100, "generation_token_count": 1},
            {"generation": "b", "generation_token_count": 9, **METRICS},
        ),
    ),
    "Claude on Bedrock": (
        INVOKED,
        frames(*message({"output_tokens": 9})[:-1], {"type": "message_stop", **METRICS}),
    ),
    "an agent that answers before its last trace": (
        ask(
            "bedrock-agent-runtime.us-east-1.amazonaws.com",
            "/agents/A1/agentAliases/B2/sessions/s/text",
            {"inputText": "Hi"},
        ),
        [trace(1), event("chunk", {"bytes": "SGk="}), trace(9)],
    ),
    "an endpoint of SageMaker's that speaks as OpenAI does": (
        ask(SAGEMAKER, "/endpoints/e/invocations-response-stream", {"messages": []}),
        events(said(1), said(2), ended(3)),
    ),
    "Ollama": (
        ask("localhost", "/api/chat", {"model": "m", "messages": []}),
        lines(
            {"model": "m", "done": False, "prompt_eval_count": 100, "eval_count": 1},
            {"model": "m", "done": True, "prompt_eval_count": 100, "eval_count": 9},
        ),
    ),
    "Cohere, version 2": (
        ask("api.cohere.com", "/v2/chat", {"model": "m", "messages": []}),
        events(
            {"type": "message-start", "delta": {"usage": {"billed_units": {"input_tokens": 1}}}},
            {
                "type": "message-end",
                "delta": {"usage": {"billed_units": {"input_tokens": 100, "output_tokens": 9}}},
            },
        ),
    ),
    "Qwen": (
        ask(
            "dashscope.aliyuncs.com",
            "/api/v1/services/aigc/text-generation/generation",
            {"model": "qwen-plus", "input": {}, "parameters": {"n": 2}},
        ),
        events(qwen(1, "null", "null"), qwen(2, "stop", "null"), qwen(9, "stop", "stop")),
    ),
    "watsonx": (
        ask(
            "us-south.ml.cloud.ibm.com",
            "/ml/v1/text/generation_stream",
            {"model_id": "m", "input": "x"},
        ),
        events(watsonx(1, "not_finished"), watsonx(9, "eos_token")),
    ),
    "DeepInfra": (
        ask("api.deepinfra.com", "/v1/inference/org/m", {"input": "x"}),
        events(
            {"inference_status": {"status": "running", "tokens_input": 9, "tokens_generated": 1}},
            {"inference_status": {"status": "succeeded", "tokens_input": 9, "tokens_generated": 9}},
        ),
    ),
    "LM Studio": (
        ask("localhost", "/api/v1/chat", {"model": "m", "input": "x"}),
        events(
            {"type": "x", "stats": {"input_tokens": 100, "total_output_tokens": 1}},
            {
                "type": "chat.end",
                "result": {"stats": {"input_tokens": 100, "total_output_tokens": 9}},
            },
        ),
    ),
    "the results of a batch": (
        Request("GET", "api.openai.com", "/v1/files/f/content", b""),
        lines(LINE, LINE, LINE),
    ),
}
"""Requests, and streams in pieces that tell more as they go on."""


@pytest.mark.parametrize("name", STREAMS)
def test_a_cut_stream_is_never_taken_for_a_cheaper_one(name: str) -> None:
    request, pieces = STREAMS[name]
    whole = hear(request, *pieces)

    cut = [
        hear(request, *pieces[:count], end=end) for count in range(len(pieces)) for end in BROKEN
    ]

    assert whole.usage_state == "complete"
    assert [
        reading.usage.reported()
        for reading in cut
        if reading.usage_state == "complete" and reading.usage != whole.usage
    ] == []


@pytest.mark.parametrize(
    ("request_", "pieces", "state"),
    [
        pytest.param(
            chat(stream=True), [ended(), alone(50)], "complete", id="after the last usage"
        ),
        pytest.param(chat(stream=True), [ended(50)], "complete", id="after usage with the reason"),
        pytest.param(
            chat(stream=True), [said(1), ended(2)], "complete", id="after the last of running usage"
        ),
        pytest.param(
            chat(stream=True, n=2),
            [ended(2), ended(None, 1), alone(5)],
            "complete",
            id="after both choices",
        ),
        pytest.param(chat(stream=True), [alone(0), said()], "partial", id="after an early usage"),
        pytest.param(
            chat(stream=True), [alone(0), ended()], "partial", id="between reason and usage"
        ),
        pytest.param(
            chat(stream=True, n=2), [ended(2), ended(3)], "partial", id="after one of two choices"
        ),
        pytest.param(chat(stream=True), [said(), alone(50)], "partial", id="without a reason"),
        pytest.param(chat(stream=True, n=0), [alone(50)], "partial", id="no choice asked for"),
        pytest.param(
            anthropic(stream=True), message({"output_tokens": 9}), "complete", id="after a message"
        ),
        pytest.param(anthropic(stream=True), message(), "partial", id="a message without a delta"),
        pytest.param(
            anthropic(stream=True),
            message({"input_tokens": 100}),
            "partial",
            id="a message whose delta counts no output",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1), generated(9, "STOP")],
            "complete",
            id="after Gemini's reason",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(9, "SAFETY")],
            "complete",
            id="after a reason that only an end has",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1, "STOP")],
            "partial",
            id="after a reason that may stand in every chunk",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1, "STOP"), generated(2, "STOP")],
            "partial",
            id="after a reason that stood in every chunk",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1), generated(None, "STOP")],
            "partial",
            id="between Gemini's reason and usage",
        ),
    ],
)
def test_who_stops_reading_has_all_of_an_answer_only_after_its_end(
    request_: Request, pieces: list[Any], state: str
) -> None:
    assert hear(request_, sse(*pieces), end="closed").usage_state == state


@pytest.mark.parametrize(
    ("request_", "pieces", "state"),
    [
        pytest.param(
            chat(stream=True), [said(), alone(50)], "complete", id="usage at the end, no reason"
        ),
        pytest.param(
            chat(stream=True), [said(), alone(0), said()], "partial", id="usage in the middle"
        ),
        pytest.param(
            chat(stream=True), [alone(50), ended()], "complete", id="usage before the reason"
        ),
        pytest.param(chat(stream=True), [said(1), said(2)], "partial", id="no reason at all"),
        pytest.param(
            chat(stream=True),
            [said(1), {"error": {"message": "overloaded"}}, "[DONE]"],
            "partial",
            id="an error instead of an end",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1, "STOP"), generated(9, "STOP")],
            "complete",
            id="Gemini's reason in every chunk",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1, "STOP"), generated(2)],
            "partial",
            id="a text that goes on after Gemini's reason",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1, "STOP"), {"usageMetadata": GENERATED}],
            "complete",
            id="Gemini's usage after the only chunk",
        ),
        pytest.param(
            responses(stream=True),
            [{"response": {"model": "m", "usage": counted(0)}}, "[DONE]"],
            "partial",
            id="a response whose last event never came",
        ),
        pytest.param(
            anthropic(stream=True),
            [*message()[:-1], "[DONE]"],
            "partial",
            id="a message whose last event never came",
        ),
        pytest.param(
            INVOKED,
            [*message()[:-1], {"type": "message_stop", **METRICS}],
            "partial",
            id="a message on Bedrock without a delta",
        ),
        pytest.param(
            gemini("streamGenerateContent"),
            [generated(1), generated(9, "FINISH_REASON_UNSPECIFIED")],
            "partial",
            id="a reason of Gemini's that is none",
        ),
        pytest.param(
            ask("api.openai.com", "/v1/audio/transcriptions", {"model": "m", "stream": True}),
            [{"text": "word"}, {"text": "words", "usage": counted(5)}],
            "complete",
            id="a transcript of a host that names no events",
        ),
    ],
)
def test_a_body_that_was_read_to_its_end_needs_no_last_event(
    request_: Request, pieces: list[Any], state: str
) -> None:
    assert hear(request_, sse(*pieces)).usage_state == state


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(sse(alone(50))[:40], id="within the last usage"),
        pytest.param(b'data: {"model":"m","choices":[],"us', id="before its name"),
    ],
)
def test_a_body_that_ends_within_an_event_was_cut(rest: bytes) -> None:
    assert hear(chat(stream=True), sse(alone(0), said(), ended()) + rest).usage_state == "partial"


WORTHLESS = [
    pytest.param(b'data: {"usage": {"prompt_tok\n\n', id="a damaged usage"),
    pytest.param(sse({"model": "other", "usage": counted(900)}), id="another usage"),
    pytest.param(sse({"error": {"message": "late"}}), id="an error"),
    pytest.param(b"garbage {{{ \xff\xfe\n\n", id="no event"),
]


@pytest.mark.parametrize("rest", WORTHLESS)
@pytest.mark.parametrize(
    ("request_", "stream"),
    [
        pytest.param(chat(stream=True), sse(said(), ended(), alone(50), "[DONE]"), id="chat"),
        pytest.param(anthropic(stream=True), sse(*message({"output_tokens": 9})), id="Anthropic"),
        pytest.param(*((one := STREAMS["a response"])[0], b"".join(one[1])), id="Responses"),
    ],
)
def test_what_follows_the_end_is_not_heard(request_: Request, stream: bytes, rest: bytes) -> None:
    body = stream + rest
    pieces = [body[place : place + 7] for place in range(0, len(body), 7)]

    assert hear(request_, body) == hear(request_, *pieces) == hear(request_, stream)


def test_damage_leaves_the_names_however_the_bytes_were_cut() -> None:
    body = sse(said(5), '{"usage":{', ended(9))
    pieces = [body[place : place + 1] for place in range(len(body))]

    reading = hear(chat(stream=True), body)

    assert (reading.usage_state, reading.model, reading.streaming) == ("unreadable", "m", True)
    assert reading.usage.reported() == {}
    assert hear(chat(stream=True), *pieces) == reading


def test_an_estimate_ends_with_the_answer() -> None:
    rule = HostRule(pattern="*", estimate="chars/4")
    asked = chat(stream=True, messages=[{"role": "user", "content": "12345678"}])
    stream = sse(said(), ended(), "[DONE]")

    reading = hear(asked, stream + sse(said()), rules=[rule])

    assert reading.usage_state == "estimated"
    assert reading == hear(asked, stream, rules=[rule])
