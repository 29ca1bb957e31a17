"""What is shown of an exchange: short, readable, and without its credentials."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from support.answers import sse
from support.recorded import SECRET

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.recordings.showing import sketch, whole_text

URL = "https://api.openai.com/v1/chat/completions"
HELLO = {"role": "user", "content": "hello"}


def asking(document: object, url: str = URL, answer: bytes = b"", **headers: str) -> Interaction:
    """Make an exchange whose request has a JSON body."""
    told = {name: [text] for name, text in headers.items()}
    body = json.dumps(document).encode()
    asked = Asked(method="post", uri=url, body=body, headers=told)
    return Interaction(asked, Answer(status=200, body=answer))


def answering(body: bytes, **headers: str) -> Interaction:
    """Make an exchange whose answer has this body."""
    told = {name.replace("_", "-"): [text] for name, text in headers.items()}
    return Interaction(Asked(method="POST", uri=URL), Answer(status=200, body=body, headers=told))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"messages": [HELLO]}, id="OpenAI's chat, Anthropic, Cohere, Ollama"),
        pytest.param({"input": "hello"}, id="OpenAI's responses, in short"),
        pytest.param(
            {"input": [{"role": "user", "content": [{"type": "input_text", "text": "hello"}]}]},
            id="OpenAI's responses",
        ),
        pytest.param({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}, id="Gemini"),
        pytest.param(
            {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}, id="Converse"
        ),
        pytest.param({"prompt": "hello"}, id="completions"),
        pytest.param({"inputText": "hello"}, id="Titan"),
    ],
)
def test_a_message_is_found_in_every_format(document: Any) -> None:
    assert sketch(asking(document)).messages == (("user", "hello"),)


def test_the_system_comes_first_and_long_text_is_cut() -> None:
    shown = sketch(asking({"messages": [HELLO], "system": "be brief " * 50}))

    (role, text), second = shown.messages
    assert (role, len(text), text[-3:]) == ("system", 100, "...")
    assert second == ("user", "hello")


def test_what_is_no_text_is_named() -> None:
    parts = [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]

    shown = sketch(asking({"messages": [{"role": "user", "content": parts}]}))

    assert shown.messages == (("user", "[image_url]"),)


@pytest.mark.parametrize(
    "offered",
    [
        pytest.param({"tools": [{"type": "function", "function": {"name": "look"}}]}, id="chat"),
        pytest.param({"tools": [{"type": "function", "name": "look"}]}, id="responses"),
        pytest.param({"tools": [{"name": "look", "input_schema": {}}]}, id="Anthropic"),
        pytest.param({"tools": [{"functionDeclarations": [{"name": "look"}]}]}, id="Gemini"),
        pytest.param({"toolConfig": {"tools": [{"toolSpec": {"name": "look"}}]}}, id="Converse"),
    ],
)
def test_tools_are_shown_by_name(offered: Any) -> None:
    assert sketch(asking(offered)).tools == ("look",)


def test_parameters_are_what_is_left() -> None:
    document = {
        "model": "gpt-4o",
        "messages": [HELLO],
        "stream": True,
        "stop": ["a", "b"],
        "generationConfig": {"temperature": 0.5},
        "seed": None,
    }

    shown = sketch(asking(document))

    assert shown.parameters == (
        ("stream", "true"),
        ("stop", "[2]"),
        ("generationConfig.temperature", "0.5"),
    )


CHAT = {"choices": [{"index": 0, "message": {"content": "Hi!"}}], "usage": {"prompt_tokens": 1}}
CHUNKS = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("H", "i", "!")]
DELTAS = [
    {"type": "response.output_text.delta", "delta": "Hi"},
    {"type": "response.output_text.delta", "delta": "!"},
    {"type": "response.output_text.done", "text": "Hi!"},
    {"type": "response.completed", "response": {"output": [{"content": [{"text": "Hi!"}]}]}},
]
BLOCKS = [
    {"type": "message_start", "message": {"content": []}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi!"}},
]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps(CHAT).encode(), id="chat"),
        pytest.param(sse(*CHUNKS, "[DONE]"), id="chat, streamed"),
        pytest.param(sse(*DELTAS), id="responses, streamed: told again at the end, shown once"),
        pytest.param(sse(*BLOCKS), id="Anthropic, streamed"),
        pytest.param(b'{"candidates":[{"content":{"parts":[{"text":"Hi!"}]}}]}', id="Gemini"),
        pytest.param(b'{"output":{"message":{"content":[{"text":"Hi!"}]}}}', id="Converse"),
        pytest.param(b'{"message":{"content":"Hi!"}}', id="Ollama"),
        pytest.param(gzip.compress(json.dumps(CHAT).encode()), id="compressed under no header"),
    ],
)
def test_an_answer_is_its_words(body: bytes) -> None:
    assert sketch(answering(body)).answer == "Hi!"


def test_of_several_answers_to_one_request_the_first_is_shown() -> None:
    choices = [{"index": at, "message": {"content": str(at)}} for at in range(3)]

    assert sketch(answering(json.dumps({"choices": choices}).encode())).answer == "0"


def test_a_call_of_a_tool_is_named() -> None:
    called = {"type": "tool_use", "name": "look", "input": {}}

    assert sketch(answering(json.dumps({"content": [called]}).encode())).answer == "[calls look]"


def test_a_body_that_is_no_text_is_measured() -> None:
    shown = sketch(answering(b"\xff\xf3\x00", content_type="audio/mpeg"))

    assert shown.answer == "(3 bytes, audio/mpeg)"


def everywhere_secret() -> Interaction:
    said = {"messages": [{"role": "user", "content": f"{'x' * 80} {SECRET}"}], "api_key": SECRET}
    answer = sse({"choices": [{"delta": {"content": SECRET[:20]}}]}, *_second_half())
    return asking(said, f"{URL}?key={SECRET}", answer, authorization=f"Bearer {SECRET}")


def _second_half() -> list[dict[str, Any]]:
    return [{"choices": [{"delta": {"content": SECRET[20:]}}]}]


def test_no_secret_is_shown_short_cut_or_joined() -> None:
    shown = repr(sketch(everywhere_secret()))

    assert SECRET[:12] not in shown


def test_no_secret_is_shown_whole() -> None:
    shown = "\n".join(whole_text(everywhere_secret()))

    assert SECRET not in shown
    assert "authorization: REDACTED" in shown


def test_a_document_is_shown_pretty_and_a_stream_joined() -> None:
    asked = asking({"messages": [HELLO]}, answer=sse(*CHUNKS, "[DONE]"))

    lines = [*whole_text(asked)]

    assert lines[0] == f"POST {URL}"
    assert '      "role": "user",' in lines
    at = lines.index("(4 events, joined)")
    assert lines[at + 1] == "Hi!"
    assert "200" in lines
