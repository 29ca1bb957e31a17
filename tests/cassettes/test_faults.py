"""What a fault does to an answer, by wire format; and frames, which are the body again."""

from __future__ import annotations

import json
from binascii import crc32
from struct import unpack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.answers import anthropic, ask, chat, gemini, responses, sse
from support.frames import chunk, event

from pytest_specbudget.cassettes.event_frames import payloads
from pytest_specbudget.cassettes.fault_answers import injected
from pytest_specbudget.cassettes.faults import Call, Fault, altered
from pytest_specbudget.cassettes.framing import changed, frames, is_stream
from pytest_specbudget.cassettes.interaction import Answer
from pytest_specbudget.providers import read_whole

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

BAD = Fault(kind="bad_output", words="BAD")
SILENT = Fault(kind="no_usage")
CUT = Fault(kind="truncated")

CONVERSE = ask("bedrock-runtime.us-east-1.amazonaws.com", "/model/amazon.nova/converse-stream", {})
INVOKE = ask("bedrock-runtime.eu-west-1.amazonaws.com", "/model/anthropic.c/invoke", {})
OLLAMA = ask("localhost", "/api/chat", {"model": "qwen3", "messages": []})
COHERE = ask("api.cohere.com", "/v2/chat", {"model": "command-a", "messages": []})


def answer(body: bytes, **headers: str) -> Answer:
    told = {"content-length": [str(len(body))]} | {name: [text] for name, text in headers.items()}
    return Answer(status=200, body=body, headers=told)


def document(told: Any) -> Answer:
    return answer(json.dumps(told).encode())


def read(request: Request, told: Answer) -> dict[str, int]:
    reading = read_whole(request, told.status, {}, told.body)
    assert reading is not None
    return dict(reading.usage.reported())


# Bad output ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "told", "spoilt"),
    [
        pytest.param(
            chat(),
            {"choices": [{"message": {"content": "{}", "refusal": None}}], "usage": {"n": 1}},
            {"choices": [{"message": {"content": "BAD", "refusal": None}}], "usage": {"n": 1}},
            id="chat",
        ),
        pytest.param(
            chat(),
            {"choices": [{"message": {"tool_calls": [{"function": {"arguments": "{}"}}]}}]},
            {"choices": [{"message": {"tool_calls": [{"function": {"arguments": "BAD"}}]}}]},
            id="a tool that is called with no JSON",
        ),
        pytest.param(
            chat(),
            {"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]},
            {"choices": [{"message": {"content": "BAD"}}, {"message": {"content": "BAD"}}]},
            id="each of several choices",
        ),
        pytest.param(
            responses(),
            {"instructions": "i", "text": {"format": {"text": "x"}}, "output": [{"text": "a"}]},
            {"instructions": "i", "text": {"format": {"text": "x"}}, "output": [{"text": "BAD"}]},
            id="what the answer repeats of the question stays",
        ),
        pytest.param(
            anthropic(),
            {"content": [{"type": "text", "text": "a"}, {"type": "tool_use", "input": {"b": 1}}]},
            {"content": [{"type": "text", "text": "BAD"}, {"type": "tool_use", "input": {}}]},
            id="anthropic",
        ),
        pytest.param(
            gemini(),
            {"candidates": [{"content": {"parts": [{"text": "a"}]}}]},
            {"candidates": [{"content": {"parts": [{"text": "BAD"}]}}]},
            id="gemini",
        ),
        pytest.param(
            COHERE,
            {"message": {"content": [{"type": "text", "text": "a"}]}, "usage": {"tokens": {}}},
            {"message": {"content": [{"type": "text", "text": "BAD"}]}, "usage": {"tokens": {}}},
            id="cohere",
        ),
        pytest.param(
            INVOKE,
            {"output": {"message": {"content": [{"text": "a"}]}}},
            {"output": {"message": {"content": [{"text": "BAD"}]}}},
            id="bedrock",
        ),
    ],
)
def test_what_a_model_wrote_becomes_bad(request_: Request, told: Any, spoilt: Any) -> None:
    new = altered(BAD, request_, document(told))

    assert json.loads(new.body) == spoilt
    assert new.headers["content-length"] == [str(len(new.body))]


def test_pieces_of_a_stream_are_one_text_and_then_nothing() -> None:
    body = sse(
        {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
        {"choices": [{"delta": {"content": "a"}}]},
        {"choices": [{"delta": {"content": "b"}}]},
        {"choices": [], "usage": {"prompt_tokens": 1}},
        "[DONE]",
    )

    new = altered(BAD, chat(), answer(body)).body

    assert [one["delta"]["content"] for one in _choices(new)] == ["", "BAD", ""]
    assert new.endswith(b"data: [DONE]\n\n")


def test_frames_of_amazon_are_altered_with_their_checksums() -> None:
    body = event("contentBlockDelta", {"delta": {"text": "a"}}) + event("metadata", {"usage": {}})

    new = altered(BAD, CONVERSE, answer(body)).body

    assert list(payloads(new)) == [b'{"delta": {"text": "BAD"}}', b'{"usage":{}}']
    first, _ = frames(new)
    assert unpack("!I", first[-4:]) == (crc32(first[:-4]),)


def test_what_holds_no_text_cannot_be_spoilt() -> None:
    with pytest.raises(ValueError, match="holds no text that a model wrote"):
        altered(BAD, chat(), document({"data": [{"embedding": [1]}]}))


def test_what_is_compressed_beyond_us_cannot_be_altered() -> None:
    with pytest.raises(ValueError, match="compressed in a way that cannot be undone"):
        altered(BAD, chat(), answer(b"\x00\xff", **{"content-encoding": "unheard-of"}))


# No usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        pytest.param(chat(), document({"usage": {"prompt_tokens": 1}, "choices": []}), id="chat"),
        pytest.param(
            chat(),
            answer(sse({"x_groq": {"usage": {"prompt_tokens": 1}}, "choices": []})),
            id="groq",
        ),
        pytest.param(
            responses(),
            answer(sse({"type": "response.completed", "response": {"usage": {"input_tokens": 3}}})),
            id="responses streamed",
        ),
        pytest.param(
            anthropic(),
            answer(
                sse(
                    {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
                    {"type": "message_delta", "usage": {"output_tokens": 3}},
                )
            ),
            id="anthropic streamed",
        ),
        pytest.param(gemini(), document({"usageMetadata": {"promptTokenCount": 4}}), id="gemini"),
        pytest.param(
            gemini("streamGenerateContent"),
            document([{"usageMetadata": {"promptTokenCount": 4}}, {"candidates": []}]),
            id="gemini as an array",
        ),
        pytest.param(
            OLLAMA, document({"done": True, "prompt_eval_count": 2, "eval_count": 3}), id="ollama"
        ),
        pytest.param(
            CONVERSE,
            answer(event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2}})),
            id="bedrock",
        ),
    ],
)
def test_no_counts_are_left(request_: Request, told: Answer) -> None:
    assert read(request_, told)

    assert read(request_, altered(SILENT, request_, told)) == {}


def test_a_message_of_anthropic_keeps_its_usage_without_counts() -> None:
    told = {"type": "message", "usage": {"input_tokens": 1, "output_tokens": 2}}

    new = altered(SILENT, anthropic(), document(told))

    assert json.loads(new.body)["usage"] == {"input_tokens": None, "output_tokens": None}


def test_headers_that_count_are_left_out() -> None:
    counted = {"x-amzn-bedrock-input-token-count": "7", "x-request-id": "r"}

    new = altered(SILENT, INVOKE, answer(b'{"content": []}', **counted))

    assert set(new.headers) == {"content-length", "x-request-id"}


# Truncated ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "left"),
    [
        pytest.param(["a", "b", "c", "d", "E", "f"], 2, id="half of what came before the end"),
        pytest.param(["a", "b", "c", "E"], 2, id="rounded up"),
        pytest.param(["a", "E", "[DONE]"], 1, id="a single one stays"),
        pytest.param(["E", "[DONE]"], 0, id="nothing came before"),
        pytest.param(["a", "b", "c"], 1, id="an end that nobody says is the last"),
    ],
)
def test_a_stream_ends_before_its_end(events: list[str], left: int) -> None:
    said = {"E": {"choices": [{"finish_reason": "stop"}]}}
    body = sse(*(said.get(one, one) for one in events))

    new = altered(CUT, chat(), answer(body))

    assert new.body == sse(*events[:left])
    assert new.headers["content-length"] == [str(len(new.body))]


@pytest.mark.parametrize(
    "ending",
    [
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "response.completed", "response": {}},
        {"candidates": [{"finishReason": "STOP"}]},
        {"done": True},
        {"type": "message-end"},
    ],
    ids=["anthropic", "responses", "gemini", "ollama", "cohere"],
)
def test_the_end_is_known_in_each_format(ending: Any) -> None:
    body = sse({"n": 1}, {"n": 2}, ending, {"after": "it"}, {"and": "on"})

    assert altered(CUT, chat(), answer(body)).body == sse({"n": 1})


def test_frames_of_amazon_are_cut_between_them() -> None:
    pieces = [chunk({"n": 1}), chunk({"n": 2}), chunk({"delta": {"stop_reason": "end_turn"}})]

    assert altered(CUT, INVOKE, answer(b"".join(pieces))).body == pieces[0]


def test_a_document_breaks_off_in_the_middle() -> None:
    assert altered(CUT, chat(), answer(b'{"id": 1}')).body == b'{"id'
    with pytest.raises(ValueError, match="is empty"):
        altered(CUT, chat(), answer(b""))


# Injected -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, (None, None)),
        (2, ("2", None)),
        (0, ("0", "1")),
        (0.001, ("0", "1")),
        (1.5, ("1", "1500")),
        (90000, ("90000", None)),
    ],
)
def test_a_limit_says_when_to_ask_again(seconds: float | None, told: tuple[Any, Any]) -> None:
    new = injected(Fault(kind="429", retry_after_s=seconds), Call(request=chat()))

    said = {name: values[0] for name, values in new.headers.items()}
    assert (said.get("retry-after"), said.get("retry-after-ms")) == told


def test_google_says_it_in_the_body() -> None:
    new = injected(Fault(kind="429", retry_after_s=2, words="Later."), Call(request=gemini()))

    error = json.loads(new.body)["error"]
    assert (error["message"], error["status"]) == ("Later.", "RESOURCE_EXHAUSTED")
    assert error["details"][0]["retryDelay"] == "2.000s"


def test_nobody_declines_in_a_format_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="how an answer to /v2/chat declines is not known"):
        injected(Fault(kind="refusal"), Call(request=COHERE))


# Frames -------------------------------------------------------------------------------------------

BODIES = [
    sse({"a": 1}, {"b": [2]}, "[DONE]"),
    sse({"a": 1}).replace(b"\n", b"\r\n") * 2,
    b': ping\n\nevent: e\ndata: {"a":\ndata: 1}\n\ndata: {"cut',
    b'{"a": 1}\n{"b": 2}\n',
    b'{\n "a": 1\n}',
    b'[{"a": 1},\r\n{"b": "]"}]',
    b'[{"a": 1},{"cut',
    b"",
    b"<html>",
    event("a", {"a": 1}) + event("b", {"b": 2}),
]


@pytest.mark.parametrize("body", BODIES)
def test_frames_are_the_body_again(body: bytes) -> None:
    assert b"".join(frames(body)) == body
    assert changed(body, lambda told: told) == body


@given(st.binary(max_size=60))
def test_frames_of_anything_are_the_body_again(body: bytes) -> None:
    assert b"".join(frames(body)) == body
    assert changed(body, lambda told: told) == body


def test_what_is_changed_is_the_data_and_nothing_around_it() -> None:
    body = b'event: e\r\nid: 7\r\ndata: {"a": 1}\r\n\r\ndata: [DONE]\r\n\r\n'

    new = changed(body, lambda told: {"b": 2} if isinstance(told, dict) else told)

    assert new == b'event: e\r\nid: 7\r\ndata: {"b": 2}\r\n\r\ndata: [DONE]\r\n\r\n'


def test_a_stream_of_one_event_is_a_stream() -> None:
    assert is_stream(sse({"a": 1}))
    assert not is_stream(b'{"a": 1}')
    assert not is_stream(b"")


def _choices(body: bytes) -> list[Any]:
    lines = [line[6:] for line in body.decode().splitlines() if line.startswith("data: {")]
    return [choice for line in lines for choice in json.loads(line)["choices"]]
