"""A call whose URL was scrubbed is still a call: its answer tells in which format it is."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from support.answers import encoded, sse

from pytest_specbudget.cassettes.shapes import Interaction
from pytest_specbudget.recordings.library import reading_of

CHAT = {"model": "gpt-5", "messages": []}
ASKED = {"model": "gpt-5", "input": "hello"}
TOLD = {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}
COUNTED = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
ITEM = {"type": "message", "content": []}
RESPONSE = {"object": "response", "status": "completed", "output": [ITEM], "usage": TOLD}
CHUNK = {"object": "chat.completion.chunk", "choices": [], "usage": COUNTED}
MESSAGE = {"type": "message", "model": "claude-sonnet-5", "content": [], "usage": TOLD}


def exchange(
    sent: dict[str, Any], body: bytes, url: str = "**REDACTED**", method: str = "POST"
) -> Interaction:
    """Make a recorded exchange."""
    return Interaction(
        method=method, url=url, request_body=encoded(sent), status=200, headers={}, body=body
    )


@pytest.mark.parametrize(
    ("sent", "body", "provider"),
    [
        pytest.param(ASKED, encoded(RESPONSE), "openai", id="a response"),
        pytest.param(ASKED, gzip.compress(encoded(RESPONSE)), "openai", id="compressed"),
        pytest.param(
            ASKED,
            sse({"type": "response.completed", "response": RESPONSE}),
            "openai",
            id="a streamed response",
        ),
        pytest.param(CHAT, sse(CHUNK, "[DONE]"), "openai", id="a streamed completion"),
        pytest.param(CHAT | {"max_tokens": 9}, encoded(MESSAGE), "anthropic", id="a message"),
    ],
)
def test_a_call_without_its_url_is_counted(
    sent: dict[str, Any], body: bytes, provider: str
) -> None:
    reading = reading_of(exchange(sent, body))

    assert reading is not None
    assert (reading.provider, reading.certain) == (provider, True)
    assert reading.usage.reported() == {"input_tokens": 7, "output_tokens": 2}


def test_a_path_that_was_scrubbed_alone_is_told_by_the_answer() -> None:
    reading = reading_of(exchange(CHAT, sse(CHUNK), url="https://api.groq.com/"))

    assert reading is not None
    assert (reading.provider, reading.usage.input_tokens) == ("groq", 7)


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        pytest.param({"jsonrpc": "2.0"}, {"jsonrpc": "2.0", "result": ITEM}, id="a tool's answer"),
        pytest.param({"type": "message"}, {"type": "message", "text": "hi"}, id="a chat of people"),
        pytest.param({"spans": []}, {}, id="telemetry"),
    ],
)
def test_what_is_no_models_answer_is_no_call(sent: dict[str, Any], body: dict[str, Any]) -> None:
    reading = reading_of(exchange(sent, encoded(body)))

    assert reading is None or not reading.certain


def test_what_was_only_looked_up_is_no_call() -> None:
    assert reading_of(exchange({}, encoded(RESPONSE), method="GET")) is None
