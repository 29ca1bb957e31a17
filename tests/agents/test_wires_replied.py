"""Answers in the four formats, written by us; `test_wires_recordings` reads real ones."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.asking import MODELS

from pytest_specbudget.agents.values import BadReply, Rejected, Reply, Unavailable
from pytest_specbudget.agents.wires import FORMATS
from pytest_specbudget.agents.wires.writing import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.agents.values import Finish, NoReply
    from pytest_specbudget.routing.values import Wire

WIRES: tuple[Wire, ...] = tuple(MODELS)


def chat(message: Any = None, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": "fine"} if message is None else message
    choice = {"index": 0, "message": said, "finish_reason": finish}
    return {"model": "m-1", "choices": [choice], "usage": {"prompt_tokens": 1}} | more


def response(*output: Any, **more: Any) -> dict[str, Any]:
    said = {"type": "message", "content": [{"type": "output_text", "text": "fine"}]}
    usage = {"input_tokens": 1}
    document = {"model": "m-1", "status": "completed", "output": [*output] or [said]}
    return document | {"usage": usage} | more


def message(*blocks: Any, stop: Any = "end_turn", **more: Any) -> dict[str, Any]:
    content = [*blocks] or [{"type": "text", "text": "fine"}]
    usage = {"input_tokens": 1}
    return {"model": "m-1", "content": content, "stop_reason": stop, "usage": usage} | more


def generated(*parts: Any, finish: Any = "STOP", **more: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": [*parts] or [{"text": "fine"}]}
    candidate = {"content": content, "finishReason": finish}
    usage = {"promptTokenCount": 1}
    return {"modelVersion": "m-1", "candidates": [candidate], "usageMetadata": usage} | more


PLAIN: dict[Wire, dict[str, Any]] = {
    "openai": chat(),
    "openai-responses": response(),
    "anthropic": message(),
    "gemini": generated(),
}


def replied(wire: Wire, document: Any, status: int = 200, **headers: str) -> Reply:
    return FORMATS[wire].replied(status, headers, json.dumps(document).encode())


def streamed(wire: Wire, events: Iterable[Any]) -> Reply:
    return FORMATS[wire].streamed(json.dumps(each).encode() for each in events)


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_is_read(wire: Wire) -> None:
    reply = replied(wire, PLAIN[wire])

    assert reply == Reply(text="fine", finish="stop", model="m-1", usage_reported=True)


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_is_read_however_it_is_written(wire: Wire) -> None:
    plain = json.dumps(PLAIN[wire], indent=2).encode()

    assert FORMATS[wire].replied(200, {}, gzip.compress(plain)).text == "fine"


@pytest.mark.parametrize(
    ("wire", "document", "finish"),
    [
        ("openai", chat(finish="length"), "length"),
        ("openai", chat(finish="content_filter"), "refusal"),
        ("openai", chat({"content": None, "refusal": "I will not"}), "refusal"),
        ("openai", chat({"content": None, "tool_calls": [{"id": "1"}]}, "tool_calls"), "tool"),
        ("openai", chat({"content": "", "function_call": {"name": "f"}}, "stop"), "tool"),
        ("openai", chat(finish=None), "other"),
        ("openai", chat(finish="insufficient_system_resource"), "other"),
        (
            "openai-responses",
            response(status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "length",
        ),
        (
            "openai-responses",
            response(status="incomplete", incomplete_details={"reason": "content_filter"}),
            "refusal",
        ),
        (
            "openai-responses",
            response({"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}),
            "refusal",
        ),
        ("openai-responses", response({"type": "function_call", "name": "f"}), "tool"),
        ("openai-responses", response(status="incomplete"), "other"),
        ("anthropic", message(stop="max_tokens"), "length"),
        ("anthropic", message(stop="model_context_window_exceeded"), "length"),
        ("anthropic", message(stop="stop_sequence"), "stop"),
        ("anthropic", message(stop="refusal"), "refusal"),
        ("anthropic", message({"type": "tool_use", "name": "f"}, stop="tool_use"), "tool"),
        ("anthropic", message(stop="pause_turn"), "other"),
        ("gemini", generated(finish="MAX_TOKENS"), "length"),
        ("gemini", generated(finish="SAFETY"), "refusal"),
        ("gemini", generated({"functionCall": {"name": "f"}}), "tool"),
        ("gemini", generated(finish="MALFORMED_FUNCTION_CALL"), "other"),
        ("gemini", generated(finish=2), "length"),
        ("gemini", {"promptFeedback": {"blockReason": "SAFETY"}}, "refusal"),
    ],
)
def test_why_an_answer_ended_is_told_in_the_same_words(
    wire: Wire, document: dict[str, Any], finish: Finish
) -> None:
    assert replied(wire, document).finish == finish


@pytest.mark.parametrize(
    ("wire", "document"),
    [
        (
            "openai",
            chat(
                {
                    "content": [
                        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                        {"type": "text", "text": "a"},
                        {"type": "text", "text": "b"},
                    ]
                }
            ),
        ),
        (
            "openai-responses",
            response(
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
                {"type": "message", "content": [{"type": "output_text", "text": "a"}]},
                {"type": "message", "content": [{"type": "output_text", "text": "b"}]},
            ),
        ),
        (
            "anthropic",
            message(
                {"type": "thinking", "thinking": "hm"},
                {"type": "text", "text": "a"},
                {"type": "text", "text": "b"},
            ),
        ),
        ("gemini", generated({"text": "hm", "thought": True}, {"text": "a"}, {"text": "b"})),
    ],
    ids=WIRES,
)
def test_what_was_thought_is_not_what_was_said(wire: Wire, document: dict[str, Any]) -> None:
    assert replied(wire, document).text == "ab"


def test_a_refusal_is_told_in_its_own_words() -> None:
    assert replied("openai", chat({"content": None, "refusal": "I will not"})).text == "I will not"


def test_what_claude_gave_its_one_tool_is_the_answer() -> None:
    block = {"type": "tool_use", "name": ANSWER, "input": {"steps": ["ä"]}}

    reply = replied("anthropic", message(block, stop="tool_use"))

    assert (reply.text, reply.parsed, reply.finish) == (
        '{"steps": ["ä"]}',
        {"steps": ["ä"]},
        "stop",
    )


def test_half_of_what_claude_gave_its_tool_is_no_answer() -> None:
    events = [
        {"type": "message_start", "message": {"model": "m-1"}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "name": ANSWER, "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": '{"steps": ['},
        },
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
    ]

    reply = streamed("anthropic", events)

    assert (reply.parsed, reply.finish) == (None, "length")
    assert reply.text == '{"steps": ['


@pytest.mark.parametrize(
    ("wire", "document"),
    [
        ("openai", {"choices": []}),
        ("openai", {"object": "list"}),
        ("openai", chat(message="fine")),
        ("openai-responses", {"status": "completed"}),
        ("openai-responses", response(status="queued")),
        ("openai-responses", response(status="cancelled")),
        ("anthropic", {"content": "fine"}),
        ("gemini", {"candidates": []}),
        ("gemini", {}),
        ("openai", [1, 2]),
        ("anthropic", "fine"),
    ],
)
def test_an_answer_without_an_answer_is_a_bad_reply(wire: Wire, document: Any) -> None:
    with pytest.raises(BadReply):
        replied(wire, document)


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"<html>Bad gateway</html>", b'{"choices": [', b"\x1f\x8bnot gzip", b"{}x"],
)
@pytest.mark.parametrize("wire", WIRES)
def test_a_body_that_makes_no_sense_is_a_bad_reply(wire: Wire, body: bytes) -> None:
    with pytest.raises(BadReply):
        FORMATS[wire].replied(200, {}, body)


@pytest.mark.parametrize(
    ("wire", "error", "expected"),
    [
        ("openai", {"error": {"message": "m", "code": 429}}, "rate_limit"),
        ("openai", {"error": {"message": "m", "code": 502}}, "server"),
        ("openai", {"error": {"message": "m", "type": "server_error"}}, "server"),
        ("anthropic", {"type": "error", "error": {"type": "overloaded_error"}}, "server"),
        ("anthropic", {"type": "error", "error": {"type": "rate_limit_error"}}, "rate_limit"),
        ("gemini", [{"error": {"code": 503, "status": "UNAVAILABLE"}}], "server"),
        ("openai-responses", response(error={"code": "rate_limit_exceeded"}), "rate_limit"),
        ("openai-responses", {"type": "error", "code": "server_error"}, "server"),
    ],
)
def test_trouble_told_under_a_good_status_is_trouble(wire: Wire, error: Any, expected: str) -> None:
    with pytest.raises(Unavailable) as caught:
        replied(wire, error)

    assert (caught.value.kind, caught.value.again) == (expected, False)


def test_an_error_of_another_kind_under_a_good_status_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="no such tool"):
        replied("openai", {"error": {"message": "no such tool", "code": "tool_use_failed"}})


STREAMS: dict[Wire, list[dict[str, Any]]] = {
    "openai": [
        {"model": "m-1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]},
        {"choices": [{"index": 0, "delta": {"content": "fi"}}]},
        {"choices": [{"index": 1, "delta": {"content": "another"}}]},
        {"choices": [{"index": 0, "delta": {"content": "ne"}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 1}},
    ],
    "openai-responses": [
        {"type": "response.created", "response": {"model": "m-1", "status": "in_progress"}},
        {"type": "response.output_text.delta", "delta": "fi"},
        {"type": "response.output_text.delta", "delta": "ne"},
        {"type": "response.completed", "response": response(output=[])},
    ],
    "anthropic": [
        {"type": "message_start", "message": {"model": "m-1", "usage": {"input_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking"}},
        {"type": "content_block_delta", "index": 0, "delta": {"thinking": "hm"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "f"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "ine"}},
        {"type": "ping"},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ],
    "gemini": [
        generated({"text": "hm", "thought": True}, {"text": "fi"}, finish=None),
        generated({"text": "ne"}),
        {"usageMetadata": {"promptTokenCount": 1}},
    ],
}


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_says_what_a_whole_answer_says(wire: Wire) -> None:
    assert streamed(wire, STREAMS[wire]) == replied(wire, PLAIN[wire])


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_is_read_from_its_bytes(wire: Wire) -> None:
    data = [f"data: {json.dumps(each)}\r\n\r\n" for each in STREAMS[wire]]
    body = "".join([": hello\n\n", *data, "data: [DONE]\n\n"]).encode()

    assert FORMATS[wire].replied(200, {"content-type": "text/event-stream"}, body).text == "fine"


def test_a_stream_in_one_array_is_read() -> None:
    assert replied("gemini", STREAMS["gemini"]).text == "fine"


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_that_ends_too_early_is_a_bad_reply(wire: Wire) -> None:
    with pytest.raises(BadReply, match="ended before the answer did"):
        streamed(wire, STREAMS[wire][:1])


@pytest.mark.parametrize("wire", WIRES)
def test_trouble_in_the_middle_of_a_stream_is_trouble(wire: Wire) -> None:
    trouble = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}

    with pytest.raises(Unavailable, match="busy"):
        streamed(wire, [STREAMS[wire][0], trouble])


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, Unavailable("rate_limit", 5.0, 429)),
        (500, Unavailable("server", 5.0, 500)),
        (529, Unavailable("server", 5.0, 529)),
        (408, Unavailable("timeout", 5.0, 408)),
        (400, Rejected(400, "do this")),
        (404, Rejected(404, "do this")),
    ],
)
def test_a_bad_status_says_what_can_be_done(wire: Wire, status: int, kind: NoReply) -> None:
    error = {"error": {"message": "do\n this"}}

    with pytest.raises(type(kind), match=f"{status}: do this") as caught:
        replied(wire, error, status, **{"retry-after": "5"})

    known = ("kind", "retry_after_s", "status", "message")
    assert [getattr(caught.value, each, None) for each in known] == [
        getattr(kind, each, None) for each in known
    ]


@pytest.mark.parametrize(
    ("headers", "error", "again"),
    [
        pytest.param({}, {"code": "rate_limit_exceeded"}, True, id="a moment"),
        pytest.param({}, {"code": "insufficient_quota"}, False, id="the month is over"),
        pytest.param({"x-should-retry": "false"}, {}, False, id="the server says no"),
    ],
)
def test_what_no_wait_helps_against_is_not_worth_sending_again(
    headers: dict[str, str], error: dict[str, str], *, again: bool
) -> None:
    with pytest.raises(Unavailable) as caught:
        replied("openai", {"error": error}, 429, **headers)

    assert caught.value.again is again


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b'{"detail": "Not Found"}', "Not Found", id="FastAPI"),
        pytest.param(b'{"message": "no"}', "no", id="a message alone"),
        pytest.param(b'{"error": "no"}', "no", id="a text for an error"),
        pytest.param(b'[{"error": {"message": "no"}}]', "no", id="in a list"),
        pytest.param(b"<h1>Not\nfound</h1>", "<h1>Not found</h1>", id="no JSON"),
        pytest.param(b"", "nothing is said about it", id="nothing"),
        pytest.param(b"x" * 999, "x" * 197 + "...", id="too much"),
    ],
)
def test_what_a_refusal_says_is_found(body: bytes, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        FORMATS["openai"].replied(404, {}, body)

    assert caught.value.message == message


def test_a_status_that_is_neither_answer_nor_error_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="302"):
        FORMATS["openai"].replied(302, {}, b"")
