"""Answers about work that an earlier call began: the counts of the call, the name of the path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import ask, encoded, hear, responses, sse

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE, tells

COUNTS = Usage(input_tokens=51, output_tokens=15)
TOLD = {"input_tokens": 51, "output_tokens": 15, "total_tokens": 66}
CHAT = {"prompt_tokens": 51, "completion_tokens": 15, "total_tokens": 66}
RESPONSE = {"id": "resp_1", "object": "response", "model": "gpt-4o-2024-08-06"}
DONE = {**RESPONSE, "status": "completed", "usage": TOLD}
RUN = {"id": "run_1", "object": "thread.run", "model": "gpt-4o"}
RUN_DONE = {**RUN, "status": "completed", "usage": CHAT}
INTERACTION = {"id": "i1", "model": "gemini-3-pro", "status": "completed"}
INTERACTED = {"total_input_tokens": 51, "total_output_tokens": 15}


def get(path: str, host: str = "api.openai.com", query: str = "") -> Request:
    """Ask for *path*."""
    return Request("GET", host, path, b"", query)


POLL = get("/v1/responses/resp_1")
RUN_POLL = get("/v1/threads/t1/runs/run_1")


@pytest.mark.parametrize(
    ("request_", "body", "name"),
    [
        pytest.param(POLL, encoded(DONE), "resp_1", id="a background response"),
        pytest.param(
            get("/v1/responses/resp_1", query="stream=true&starting_after=0"),
            sse({"type": "response.completed", "response": DONE}, "[DONE]"),
            "resp_1",
            id="the rest of its stream",
        ),
        pytest.param(
            get("/openai/v1/responses/resp_1", "x.openai.azure.com"),
            encoded(DONE),
            "resp_1",
            id="at Azure",
        ),
        pytest.param(
            Request("POST", "api.openai.com", "/v1/responses/resp_1/cancel"),
            encoded({**DONE, "status": "cancelled"}),
            "resp_1",
            id="a response that is cancelled",
        ),
        pytest.param(RUN_POLL, encoded(RUN_DONE), "run_1", id="a run of an assistant"),
        pytest.param(
            get("/v1beta/interactions/i1", "generativelanguage.googleapis.com"),
            encoded({**INTERACTION, "usage": INTERACTED}),
            "i1",
            id="an interaction",
        ),
        pytest.param(
            get("/v1/chat/deferred-completion/d1", "api.x.ai"),
            encoded({"id": "c1", "model": "grok-4", "choices": [], "usage": CHAT}),
            "d1",
            id="a deferred completion of xAI",
        ),
        pytest.param(
            get("/async/chat/completions/a1", "api.perplexity.ai"),
            encoded({"id": "a1", "response": {"model": "sonar", "choices": [], "usage": CHAT}}),
            "a1",
            id="an asynchronous completion of Perplexity",
        ),
        pytest.param(
            get("/v1/async/sonar/a1", "api.perplexity.ai"),
            encoded({"id": "a1", "response": {"model": "sonar", "choices": [], "usage": CHAT}}),
            "a1",
            id="the same by its newer path",
        ),
    ],
)
def test_a_later_answer_tells_the_counts_of_the_call(
    request_: Request, body: bytes, name: str
) -> None:
    reading = hear(request_, body)

    assert (reading.operation, reading.response_id) == (RETRIEVE, name)
    told = (reading.usage.input_tokens, reading.usage.output_tokens, reading.usage_state)
    assert told == (51, 15, "complete")
    assert tells(reading)


EVALUATED = {
    "id": "evalrun_1",
    "object": "eval.run",
    "status": "completed",
    "per_model_usage": [
        {
            "model_name": "gpt-4o-mini",
            "invocation_count": 3,
            "prompt_tokens": 50,
            "completion_tokens": 14,
            "total_tokens": 64,
            "cached_tokens": 8,
        },
        {"model_name": "gpt-5", "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    ],
}


def test_an_evaluation_tells_what_each_model_used() -> None:
    begun = ask("api.openai.com", "/v1/evals/e1/runs", {"data_source": {"type": "completions"}})
    first = hear(begun, encoded({"id": "evalrun_1", "status": "queued"}))
    later = hear(get("/v1/evals/e1/runs/evalrun_1"), encoded(EVALUATED))

    assert (first.operation, first.response_id, first.counted) == (BEGIN, "evalrun_1", False)
    assert (later.operation, later.response_id) == (RETRIEVE, "evalrun_1")
    assert later.usage == COUNTS + Usage(cache_read_input_tokens=8)
    assert [part.model for part in later.parts] == ["gpt-4o-mini", "gpt-5"]
    assert (later.usage_state, tells(later)) == ("complete", True)


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        pytest.param(POLL, {**RESPONSE, "status": "in_progress", "usage": None}, id="a response"),
        pytest.param(RUN_POLL, {**RUN, "status": "queued", "usage": None}, id="a run"),
        pytest.param(
            get("/v1/evals/e1/runs/evalrun_1"),
            {"status": "in_progress", "per_model_usage": None},
            id="an evaluation",
        ),
        pytest.param(POLL, {"id": 7, "answers": ["yes"]}, id="a stranger's survey"),
        pytest.param(
            get("/v1/chat/deferred-completion/d1", "api.x.ai"), {}, id="a deferred completion"
        ),
        pytest.param(
            get("/async/chat/completions/a1", "api.perplexity.ai"),
            {"id": "a1", "status": "IN_PROGRESS", "response": None},
            id="an asynchronous completion",
        ),
    ],
)
def test_not_yet_is_no_answer(request_: Request, body: dict[str, Any]) -> None:
    assert not tells(hear(request_, encoded(body)))


def test_a_poll_that_fails_is_no_answer() -> None:
    assert not tells(hear(POLL, encoded(DONE), status=404))


@pytest.mark.parametrize(
    ("request_", "body", "name"),
    [
        pytest.param(
            responses(background=True),
            encoded({**RESPONSE, "status": "queued", "usage": None}),
            "resp_1",
            id="a response in the background",
        ),
        pytest.param(
            ask("api.openai.com", "/v1/threads/t1/runs", {"assistant_id": "a"}),
            encoded({**RUN, "status": "queued"}),
            "run_1",
            id="a run",
        ),
        pytest.param(
            ask("api.openai.com", "/v1/threads/t1/runs", {"assistant_id": "a", "stream": True}),
            sse({**RUN, "status": "queued"}, {**RUN, "status": "requires_action"}, "[DONE]"),
            "run_1",
            id="a run that stops for its tools",
        ),
        pytest.param(
            ask("api.x.ai", "/v1/chat/completions", {"model": "grok-4", "deferred": True}),
            encoded({"request_id": "d1"}),
            "d1",
            id="a deferred completion",
        ),
        pytest.param(
            ask("api.perplexity.ai", "/async/chat/completions", {"request": {}}),
            encoded({"id": "a1", "model": "sonar", "status": "CREATED", "response": None}),
            "a1",
            id="an asynchronous completion",
        ),
    ],
)
def test_a_call_that_leaves_its_counts_to_later_says_so(
    request_: Request, body: bytes, name: str
) -> None:
    reading = hear(request_, body)

    assert (reading.response_id, reading.counted, reading.usage_state) == (name, False, "none")
    assert reading.operation not in (BEGIN, RETRIEVE)


def test_a_run_goes_on_with_the_outputs_of_its_tools() -> None:
    body = {"tool_outputs": [], "stream": True}
    request = ask("api.openai.com", "/v1/threads/t1/runs/run_1/submit_tool_outputs", body)

    reading = hear(request, sse({**RUN, "status": "in_progress"}, RUN_DONE, "[DONE]"))

    assert (reading.operation, reading.response_id) == ("invoke_agent", "run_1")
    assert (reading.usage, reading.usage_state) == (COUNTS, "complete")
    assert reading.counted


def test_an_answer_with_an_id_and_choices_leaves_nothing_to_later() -> None:
    body = {"model": "glm", "messages": []}
    request = ask("api.z.ai", "/v1/chat/completions", body)

    reading = hear(request, encoded({"id": "c1", "request_id": "q1", "choices": []}))

    assert (reading.response_id, reading.counted) == ("c1", True)


few = settings(max_examples=100, deadline=None)
WORDS = """
    id object status usage response model metadata output inlinedResponses results outputs result
    message batch_result body status_code input_tokens output_tokens prompt_tokens responsesFile
    output_file_id usageMetadata promptTokenCount candidates embedding tokenCount error batch
    completed parts
"""
words = st.sampled_from(WORDS.split())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=16,
)


@few
@given(
    st.sampled_from(["/responses/r", "/threads/t/runs/r", "/batches/b", "/batches/b/results"])
    | st.sampled_from(["/batch/jobs/b", "/v1beta/batches/b", "/files/f/content"]),
    st.dictionaries(words, values, max_size=6),
    st.sampled_from(["document", "events", "lines"]),
)
def test_no_document_makes_a_reader_stumble(
    path: str, document: dict[str, object], shape: str
) -> None:
    line = encoded(document)
    bodies = {"document": line, "events": sse(document), "lines": line + b"\n" + line + b"\n"}

    reading = hear(get(path), bodies[shape])

    assert all(count >= 0 for count in reading.usage.reported().values())
    assert not [flag for flag in reading.flags if flag.partition(":")[0].endswith("Error")]


def test_a_question_is_recognised_on_any_host() -> None:
    listener = recognise(get("/v1/responses/resp_1", "gateway.corp"))

    assert listener is not None
    assert (listener.provider, listener.operation) == ("openai", RETRIEVE)
