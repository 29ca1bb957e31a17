"""Mistral's documents are billed by the page; conversations with what connectors fetched."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear, sse

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.fold import Asked
from pytest_specbudget.providers.mistral import Conversation

ANSWER = encoded(
    {
        "pages": [],
        "model": "mistral-ocr-2512",
        "usage_info": {"pages_processed": 3, "doc_size_bytes": 1},
    }
)


def ocr(host: str = "api.mistral.ai", **more: Any) -> Any:
    """Ask for the text of a document."""
    return ask(host, "/v1/ocr", {"model": "mistral-ocr-latest", "document": {}, **more})


def test_pages_are_counted() -> None:
    reading = hear(ocr(), ANSWER)

    assert reading.usage.reported() == {"pages": 3}
    assert (reading.usage_state, reading.model) == ("complete", "mistral-ocr-2512")


_ON_VERTEX = "/v1/projects/p/locations/l/publishers/mistralai/models/m:rawPredict"


def test_on_googles_cloud_one_path_serves_documents_and_chats() -> None:
    host = "aiplatform.googleapis.com"
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}

    read = hear(ask(host, _ON_VERTEX, {"document": {}}), ANSWER)
    said = hear(ask(host, _ON_VERTEX, {"messages": []}), encoded({"usage": usage}))

    assert read.usage.reported() == {"pages": 3}
    assert said.usage.reported() == {"input_tokens": 7, "output_tokens": 2}
    assert (read.provider, said.provider) == ("mistral", "mistral")


def test_annotated_pages_are_a_lower_bound() -> None:
    reading = hear(ocr(document_annotation_format={"type": "json_schema"}), ANSWER)

    assert (reading.usage.pages, reading.usage_state) == (3, "partial")
    assert reading.flags == ("annotated pages cost more than pages",)


def test_pages_that_make_no_sense_are_unreadable() -> None:
    reading = hear(ocr(), encoded({"usage_info": {"pages_processed": -1}}))

    assert reading.usage_state == "unreadable"


CONVERSED = {"prompt_tokens": 188, "completion_tokens": 55, "total_tokens": 7355}
FETCHED = {"connector_tokens": 7112, "connectors": {"web_search": 2}}
ENTRY = {"object": "entry", "type": "message.output", "model": "mistral-medium-2505"}


def converse(body: bytes) -> Any:
    """Hear an answer of a conversation."""
    request = ask("api.mistral.ai", "/v1/conversations", {"inputs": "Hi"})
    fold = Conversation(Asked(request=request, provider="mistral", model="mistral-medium-latest"))
    listener = Listener(fold, operation="chat")
    listener.head(200, {})
    listener.feed(body)
    return listener.finish("complete")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            encoded(
                {
                    "object": "conversation.response",
                    "outputs": [ENTRY],
                    "usage": CONVERSED | FETCHED,
                }
            ),
            id="plain",
        ),
        pytest.param(
            sse(
                {"type": "conversation.response.started", "conversation_id": "c1"},
                {"type": "message.output.delta", "model": "mistral-medium-2505", "content": "Hi"},
                {"type": "conversation.response.done", "usage": CONVERSED | FETCHED},
            ),
            id="streamed",
        ),
    ],
)
def test_what_connectors_fetched_is_input(body: bytes) -> None:
    reading = converse(body)

    assert reading.usage == Usage(input_tokens=7300, output_tokens=55, web_search_requests=2)
    assert (reading.usage_state, reading.model) == ("complete", "mistral-medium-2505")
    assert reading.flags == ()


def test_calls_without_a_count_of_their_own_make_a_conversation_a_lower_bound() -> None:
    usage = {"prompt_tokens": 8, "completion_tokens": 5, "connectors": {"code_interpreter": 1}}

    reading = converse(encoded({"outputs": [], "usage": usage}))

    assert (reading.usage_state, reading.usage.input_tokens) == ("partial", 8)
    assert reading.flags == ("calls of code_interpreter may be billed beside the tokens",)


def test_a_conversation_that_was_cut_reports_nothing() -> None:
    cut = sse({"type": "conversation.response.started", "conversation_id": "c1"})

    assert converse(cut).usage_state == "none"
