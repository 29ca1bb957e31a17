"""Cohere: what is billed is not what was counted, and two versions stream in two ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, encoded, hear, sse

from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.cohere import Chat
from pytest_specbudget.providers.fold import Asked

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

BILLED = {"input_tokens": 7, "output_tokens": 5}
TOKENS = {"input_tokens": 69, "output_tokens": 9, "reasoning_tokens": 2}
META: dict[str, Any] = {"billed_units": BILLED, "tokens": TOKENS}
START = {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant"}}}
DELTA = {"type": "content-delta", "delta": {"message": {"content": {"text": "Hola"}}}}


def lines(*events: Any) -> bytes:
    """Write one JSON document a line."""
    return b"".join(encoded(event) + b"\n" for event in events)


def v1(**more: Any) -> Request:
    """Ask version 1 for a chat, which needs no model."""
    return ask("api.cohere.com", "/v1/chat", {"message": "hello", **more})


def v2(**more: Any) -> Request:
    """Ask version 2 for a chat."""
    body = {"model": "command-a-03-2025", "messages": [], **more}
    return ask("api.cohere.com", "/v2/chat", body)


def end(**delta: Any) -> dict[str, Any]:
    """Write the last event of version 2."""
    return {"type": "message-end", "delta": {"finish_reason": "COMPLETE", **delta}}


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        pytest.param(v1(), encoded({"response_id": "c1", "meta": META}), id="version 1"),
        pytest.param(
            v1(stream=True),
            lines(
                {"is_finished": False, "event_type": "stream-start", "generation_id": "g"},
                {"is_finished": False, "event_type": "text-generation", "text": "Hola"},
                {"is_finished": True, "response": {"response_id": "c1", "meta": META}},
            ),
            id="version 1 in lines",
        ),
        pytest.param(v2(), encoded({"id": "c1", "usage": META}), id="version 2"),
        pytest.param(
            v2(stream=True), sse(START, DELTA, end(usage=META), "[DONE]"), id="version 2 in events"
        ),
    ],
)
def test_what_is_billed_is_counted_and_not_the_scaffolding(request_: Request, body: bytes) -> None:
    reading = hear(request_, body)

    assert reading.usage.reported() == BILLED | {"reasoning_output_tokens": 2}
    assert (reading.usage_state, reading.response_id) == ("complete", "c1")
    assert (reading.provider, reading.flags) == ("cohere", ())


def test_a_cut_stream_reports_nothing() -> None:
    reading = hear(v2(stream=True), sse(START, DELTA))

    assert (reading.usage_state, reading.response_id) == ("none", "c1")


def test_a_stream_that_ends_in_an_error_reports_nothing_and_says_why() -> None:
    last = end(usage={}, error="invalid tool generation", error_type="INVALID_TOOL_GENERATION")

    reading = hear(v2(stream=True), sse(START, last, "[DONE]"))

    assert reading.usage_state == "none"
    assert reading.flags == ("error in a successful answer: invalid tool generation",)


def test_what_was_cached_is_told_and_billed_in_full() -> None:
    reading = hear(v2(), encoded({"usage": META | {"cached_tokens": 144}}))

    assert reading.usage.cache_read_input_tokens == 144
    assert reading.usage.input_tokens == 7
    quote = price(reading, load_catalogue(), datetime(2026, 11, 1, tzinfo=UTC))
    assert quote.list_cost == Money.parse("0.0000675")  # 7 at $2.50 and 5 at $10 a million


def test_tokens_stand_in_where_nothing_is_said_about_billing() -> None:
    reading = hear(v2(), encoded({"usage": {"tokens": TOKENS}}))

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (69, 9)
    assert reading.flags == ("billed_units are missing, tokens are counted",)


@pytest.mark.parametrize(
    ("billed", "usage", "state"),
    [
        pytest.param(
            {"input_tokens": 3}, {"input_tokens": 3, "output_tokens": 0}, "complete", id="text"
        ),
        pytest.param(
            {"input_tokens": 3, "image_tokens": 40},
            {"input_tokens": 43, "output_tokens": 0, "input_image_tokens": 40},
            "complete",
            id="pictures beside text",
        ),
        pytest.param(
            {"image_tokens": 40},
            {"input_tokens": 40, "output_tokens": 0, "input_image_tokens": 40},
            "complete",
            id="pictures alone",
        ),
        pytest.param(
            {"input_tokens": 3, "text_tokens": 3, "image_tokens": 40},
            {"input_tokens": 43, "output_tokens": 0, "input_image_tokens": 40},
            "complete",
            id="text told twice beside pictures",
        ),
        pytest.param(
            {"input_tokens": 43, "text_tokens": 3, "image_tokens": 40},
            {"input_tokens": 43, "output_tokens": 0, "input_image_tokens": 40},
            "complete",
            id="text and pictures, and both together",
        ),
        pytest.param(
            {"text_tokens": 3},
            {"input_tokens": 3, "output_tokens": 0},
            "complete",
            id="text by its newer name",
        ),
        pytest.param({"images": 1}, {}, "none", id="a picture billed by the piece"),
        pytest.param(
            {"input_tokens": 3, "images": 1},
            {"input_tokens": 3, "output_tokens": 0},
            "partial",
            id="a picture billed by the piece beside text",
        ),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_embedding_is_input_alone(
    version: str, billed: dict[str, int], usage: dict[str, int], state: str
) -> None:
    request = ask("api.cohere.com", f"/{version}/embed", {"model": "embed-v4.0", "texts": []})

    reading = hear(request, encoded({"id": "e1", "meta": {"billed_units": billed}}))

    assert reading.usage.reported() == usage
    assert (reading.usage_state, reading.operation) == (state, "embeddings")


def test_the_older_generate_is_billed_alike() -> None:
    request = ask("api.cohere.com", "/v1/generate", {"model": "command", "prompt": "hello"})

    reading = hear(request, encoded({"id": "g1", "meta": {"billed_units": BILLED}}))

    assert reading.usage.reported() == BILLED
    assert (reading.model, reading.usage_state) == ("command", "complete")


def test_a_classification_is_billed_by_the_piece_and_unreported() -> None:
    request = ask("api.cohere.com", "/v1/classify", {"model": "m", "inputs": []})

    reading = hear(request, encoded({"id": "c", "meta": {"billed_units": {"classifications": 2}}}))

    assert reading.usage_state == "none"
    assert reading.flags == ("classifications are billed by the piece",)


def test_a_parsed_document_is_billed_by_the_page() -> None:
    asked = Asked(
        request=ask("api.cohere.com", "/v2/parse", {}), provider="cohere", model="parse-v5.0"
    )
    listener = Listener(Chat(asked), operation="ocr")
    listener.head(200, {})
    listener.whole(encoded({"id": "p1", "pages": [{}], "meta": {"billed_units": {"pages": 1}}}))

    reading = listener.finish("complete")

    assert (reading.usage.reported(), reading.usage_state) == ({"pages": 1}, "complete")


def test_an_error_is_a_call_without_counts() -> None:
    reading = hear(v2(), encoded({"message": "invalid api token"}), status=401)

    assert (reading.usage_state, reading.certain) == ("none", True)
    assert reading.model == "command-a-03-2025"
