"""What a listener says when an answer fails, breaks off or makes no sense; it never raises."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import anthropic, ask, chat, encoded, gemini, hear, sse

from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.counts import HIGHEST

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import End, Request

WHOLE = encoded({"model": "m", "usage": {"prompt_tokens": 3, "completion_tokens": 4}})


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500, 529])
def test_a_failed_attempt_reports_nothing(status: int) -> None:
    reading = hear(chat(), WHOLE, status=status)

    assert reading.usage_state == "none"
    assert reading.usage.reported() == {}


def test_an_answer_that_never_came_reports_nothing() -> None:
    listener = recognise(chat())

    assert listener is not None
    assert listener.finish("error").usage_state == "none"


@pytest.mark.parametrize(
    ("body", "end", "state"),
    [
        pytest.param(b"", "complete", "none", id="an empty body"),
        pytest.param(WHOLE[:-9], "closed", "none", id="a document that was not read to its end"),
        pytest.param(WHOLE[:-9], "complete", "unreadable", id="a document that ends too early"),
        pytest.param(b'{"usage": nonsense}', "complete", "unreadable", id="no JSON"),
        pytest.param(b"<html>", "complete", "unreadable", id="a web page"),
        pytest.param(b'"text"', "complete", "unreadable", id="JSON that is no object"),
        pytest.param(sse('{"usage":{', {}), "complete", "unreadable", id="a damaged event"),
        pytest.param(
            b'data: {"usage":{"prompt_', "error", "none", id="an event that was not read whole"
        ),
        pytest.param(
            gzip.compress(WHOLE)[:-9] + b"?" * 9, "complete", "unreadable", id="damaged gzip"
        ),
        pytest.param(b"\x28\xb5\x2f\xfd????", "complete", "unreadable", id="damaged zstd"),
        pytest.param(b'{"a":' * 100_000, "complete", "unreadable", id="nested without end"),
        pytest.param(
            b'{"n": 1' + b"0" * 9000 + b"}", "complete", "unreadable", id="endless digits"
        ),
    ],
)
def test_damage_is_told_and_never_raised(body: bytes, end: End, state: str) -> None:
    assert hear(chat(), body, end=end).usage_state == state


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(WHOLE, id="a document"),
        pytest.param(b"\n" + WHOLE.replace(b",", b",\n") + b"\n", id="one over several lines"),
        pytest.param(b'{"choices":[]}\n' + WHOLE, id="JSON lines"),
        pytest.param(b"[" + WHOLE + b"]", id="a JSON array"),
        pytest.param(sse(WHOLE.decode()), id="events"),
        pytest.param(gzip.compress(WHOLE), id="gzip"),
        pytest.param(WHOLE + b"?", id="a document with something after it"),
    ],
)
def test_an_answer_in_one_piece_is_read_like_one_in_many(body: bytes) -> None:
    pieces = (body[place : place + 1] for place in range(len(body)))

    assert hear(chat(), body) == hear(chat(), *pieces)


def test_what_went_wrong_is_said() -> None:
    reading = hear(chat(), b"{nonsense}")

    assert reading.flags
    assert "not JSON" in reading.flags[0]


def test_bytes_after_the_damage_change_nothing() -> None:
    assert hear(chat(), b"\x1f\x8b????????", WHOLE).usage_state == "unreadable"


def test_an_answer_without_a_content_type_is_read() -> None:
    assert hear(chat(), WHOLE).usage_state == "complete"


def test_a_stream_may_come_as_a_document_and_a_document_as_a_stream() -> None:
    final = {"model": "m", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    json_, events = {"content-type": "application/json"}, {"content-type": "text/event-stream"}

    assert hear(chat(stream=True), WHOLE, headers=events).usage_state == "complete"
    assert hear(chat(), sse(final), headers=json_).usage_state == "complete"


def test_events_that_no_blank_line_parts_are_read() -> None:
    stream = sse(
        {"model": "m"}, {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    )

    reading = hear(chat(stream=True), stream.replace(b"\n\n", b"\n"))

    assert reading.usage.input_tokens == 3


def test_a_body_that_the_client_decoded_is_not_decoded_again() -> None:
    listener = recognise(ask("api.openai.com", "/v1/audio/speech", {"model": "tts"}))
    assert listener is not None

    listener.head(200, {"Content-Encoding": "deflate"})
    listener.whole(b"\x0f sound, whose first bytes tell no encoding")

    assert listener.finish("complete").usage_state == "none"


def test_text_in_another_encoding_does_not_matter() -> None:
    body = WHOLE.replace(b'"model":"m"', b'"text":"\xe4\xff","model":"m"')

    assert hear(chat(), body).usage_state == "complete"


@pytest.mark.parametrize(
    ("usage", "flag"),
    [
        ({"prompt_tokens": -5, "completion_tokens": 1}, "prompt_tokens was -5"),
        ({"prompt_tokens": 1.5, "completion_tokens": 1}, "prompt_tokens was 1.5"),
        ({"prompt_tokens": "7", "completion_tokens": 1}, "prompt_tokens was '7'"),
        ({"prompt_tokens": True, "completion_tokens": 1}, "prompt_tokens was True"),
        ({"prompt_tokens": HIGHEST + 1, "completion_tokens": 1}, "prompt_tokens was 1000000000001"),
        ({"prompt_tokens": float("nan"), "completion_tokens": 1}, "prompt_tokens was nan"),
        ({"prompt_tokens": [], "completion_tokens": 1}, "prompt_tokens was []"),
    ],
)
def test_a_total_that_makes_no_sense_is_unknown(usage: dict[str, Any], flag: str) -> None:
    reading = hear(chat(), encoded({"model": "m", "usage": usage}))

    assert reading.usage_state == "unreadable"
    assert reading.usage.input_tokens is None
    assert reading.flags == (flag,)


@pytest.mark.parametrize(
    ("request_", "usage"),
    [
        (anthropic(), {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": -1}),
        (anthropic(), {"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": -1}),
        (anthropic(), {"input_tokens": 1, "output_tokens": -1}),
    ],
)
def test_a_summand_that_makes_no_sense_damages_its_total(
    request_: Request, usage: dict[str, int]
) -> None:
    assert hear(request_, encoded({"usage": usage})).usage_state == "unreadable"


def test_so_it_is_with_gemini() -> None:
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "thoughtsTokenCount": -1}

    assert hear(gemini(), encoded({"usageMetadata": usage})).usage_state == "unreadable"


def test_a_part_that_makes_no_sense_leaves_the_totals() -> None:
    details = {"prompt_tokens_details": {"cached_tokens": -1}}
    body = encoded({"usage": {"prompt_tokens": 3, "completion_tokens": 4, **details}})

    reading = hear(chat(), body)

    assert (reading.usage_state, reading.usage.input_tokens) == ("complete", 3)
    assert reading.usage.cache_read_input_tokens is None
    assert reading.flags == ("prompt_tokens_details.cached_tokens was -1",)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    body = encoded({"usage": {"prompt_tokens": 3.0, "completion_tokens": 4}})

    assert hear(chat(), body).usage.input_tokens == 3


def test_more_cached_than_input_is_kept_as_sent_and_flagged() -> None:
    details = {"prompt_tokens_details": {"cached_tokens": 161}}
    body = encoded({"usage": {"prompt_tokens": 10, "completion_tokens": 4, **details}})

    reading = hear(chat(), body)

    assert (reading.usage.input_tokens, reading.usage.cache_read_input_tokens) == (10, 161)
    assert reading.flags == ("cached 161 > input 10",)
    assert reading.usage_state == "complete"


def test_half_a_pair_of_totals_is_a_lower_bound() -> None:
    assert hear(chat(), encoded({"usage": {"prompt_tokens": 3}})).usage_state == "partial"


def test_an_error_in_a_successful_answer_is_told() -> None:
    reading = hear(chat(), encoded({"error": {"message": "filtered"}}))

    assert reading.usage_state == "none"
    assert reading.flags == ("error in a successful answer: filtered",)
