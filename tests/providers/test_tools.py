"""Tools of providers that are billed by the call: parts of an answer, or told and in no count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import anthropic, ask, chat, encoded, hear, sse

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import read_whole

if TYPE_CHECKING:
    from pytest_specbudget.core.reading import Reading

USAGE = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}


def read(host: str, path: str, answer: dict[str, Any]) -> Reading:
    asked = Request("POST", host, path, b'{"model": "m", "input": "x", "contents": []}')
    found = read_whole(asked, 200, {}, json.dumps(answer).encode())
    assert found is not None
    return found


def told_of(found: Reading) -> tuple[str, ...]:
    """Return which tools ran: those that are sold by the call are parts, the others are told."""
    sold = (
        f"{part.model} {part.usage.tool_calls or part.usage.web_search_requests}"
        for part in found.parts[1:]
    )
    return tuple(sorted((*found.unpriced_tools, *sold)))


def response(*kinds: str, host: str = "api.openai.com", **others: Any) -> Reading:
    output = [{"type": kind} for kind in kinds]
    answer = {"object": "response", "status": "completed", "output": output, "usage": USAGE}
    return read(host, "/v1/responses", answer | others)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        pytest.param(["file_search_call", "message"], ("file_search 1",), id="a search in files"),
        pytest.param(
            ["code_interpreter_call", "file_search_call", "code_interpreter_call"],
            ("code_interpreter 2", "file_search 1"),
            id="several tools, in the order of their names",
        ),
        pytest.param(["x_search_call"], ("x_search 1",), id="a search of X, before xAI counted"),
        pytest.param(["message", "function_call", "mcp_call"], (), id="nothing that is billed"),
    ],
)
def test_items_of_a_response_tell_which_tools_ran(kinds: list[str], told: tuple[str, ...]) -> None:
    found = response(*kinds)

    assert told_of(found) == told
    assert (found.usage_state, found.flags) == ("complete", ())


@pytest.mark.parametrize(
    ("tool", "effort", "told"),
    [
        pytest.param("web_search_preview", None, ("web_search_preview 1",), id="the first tool"),
        pytest.param(
            "web_search_preview_2025_03_11", None, ("web_search_preview 1",), id="with its date"
        ),
        pytest.param("web_search_preview", "medium", (), id="a model that reasons"),
        pytest.param("web_search", None, (), id="the tool of today"),
    ],
)
def test_the_first_search_tool_has_another_price_for_models_that_do_not_reason(
    tool: str, effort: str | None, told: tuple[str, ...]
) -> None:
    found = response("web_search_call", tools=[{"type": tool}], reasoning={"effort": effort})

    assert told_of(found) == told
    assert found.usage.web_search_requests == 1


def test_a_streamed_response_tells_them_at_its_end() -> None:
    done = {
        "object": "response",
        "status": "completed",
        "output": [{"type": "file_search_call"}],
        "usage": USAGE,
    }
    event = json.dumps({"type": "response.completed", "response": done})
    asked = Request("POST", "api.openai.com", "/v1/responses", b'{"model": "m", "input": "x"}')
    headers = {"content-type": "text/event-stream"}

    found = read_whole(asked, 200, headers, f"data: {event}\n\n".encode())

    assert found is not None
    assert told_of(found) == ("file_search 1",)


def test_xai_counts_its_tools_in_the_usage() -> None:
    details = {"web_search_calls": 2, "x_search_calls": 3, "mcp_calls": 1, "file_search_calls": 0}
    usage = USAGE | {"server_side_tool_usage_details": details}

    found = response(host="api.x.ai", usage=usage)

    assert told_of(found) == ("x_search 3",)
    assert found.usage.web_search_requests == 2


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param("container_auto", ("shell 1",), id="in a container of the provider's"),
        pytest.param("container_reference", ("shell 1",), id="in one that was there already"),
        pytest.param("local", (), id="at the caller's"),
    ],
)
def test_a_shell_is_billed_where_the_provider_runs_it(
    environment: str, told: tuple[str, ...]
) -> None:
    call = {"type": "shell_call", "environment": {"type": environment}}
    answer = {"object": "response", "status": "completed", "output": [call], "usage": USAGE}

    assert read("api.openai.com", "/v1/responses", answer).unpriced_tools == told


def test_perplexity_counts_the_tools_of_its_agents_in_the_usage() -> None:
    details = {"search_web": {"invocation": 1}, "fetch_url": {"invocation": 2}, "other": None}

    found = response(host="api.perplexity.ai", usage=USAGE | {"tool_calls_details": details})

    assert found.unpriced_tools == ("fetch_url 2", "search_web 1")


EXECUTED = [{"index": 0, "type": "search"}, {"index": 1, "type": "visit"}]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([{"message": {"executed_tools": EXECUTED}}], id="plain"),
        pytest.param(
            [
                {"delta": {"executed_tools": EXECUTED[:1]}},
                {"delta": {"executed_tools": EXECUTED[1:]}},
                {"delta": {"executed_tools": EXECUTED}},
            ],
            id="streamed, each told twice",
        ),
    ],
)
def test_groq_tells_which_tools_it_executed(chunks: list[dict[str, Any]]) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 3}
    parts = [{"model": "m", "choices": [{"index": 0, **chunk}]} for chunk in chunks]
    last = parts[-1] | {"usage": usage}
    request = chat("api.groq.com")

    reading = hear(request, encoded(last) if len(parts) == 1 else sse(*parts[:-1], last, "[DONE]"))

    assert reading.unpriced_tools == ("search 1", "visit 1")
    assert reading.usage.input_tokens == 9


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        pytest.param([{"type": "code_execution_20260120"}], ("code_execution 2",), id="alone"),
        pytest.param([{"type": "web_search_20260209"}], (), id="free beside searches"),
    ],
)
def test_anthropic_counts_the_code_that_it_executed(
    tools: list[dict[str, str]], told: tuple[str, ...]
) -> None:
    usage = {
        "input_tokens": 9,
        "output_tokens": 3,
        "server_tool_use": {"code_execution_requests": 2},
    }

    reading = hear(anthropic(tools=tools), encoded({"model": "m", "usage": usage}))

    assert reading.unpriced_tools == told


@pytest.mark.parametrize(
    ("candidates", "model", "told"),
    [
        pytest.param(
            [{"groundingMetadata": {"webSearchQueries": ["a", "b", ""]}}],
            "gemini-2.5-pro",
            ("google_search 1",),
            id="an answer, whatever its queries",
        ),
        pytest.param(
            [{"groundingMetadata": {"webSearchQueries": ["a", "b", ""]}}],
            "gemini-3.5-flash",
            ("google_search_query 2",),
            id="queries, but for empty ones",
        ),
        pytest.param(
            [{"groundingMetadata": {"groundingChunks": [{"web": {}}, {"maps": {}}]}}],
            "gemini-2.5-pro",
            ("google_maps 1",),
            id="an answer on a map",
        ),
        pytest.param(
            [{"groundingMetadata": {"webSearchQueries": []}}],
            "gemini-2.5-pro",
            (),
            id="none was needed",
        ),
        pytest.param(
            [{"groundingMetadata": {}}], "gemini-2.5-pro", (), id="grounded in something else"
        ),
        pytest.param([{"groundingMetadata": "nonsense"}], "gemini-2.5-pro", (), id="nonsense"),
    ],
)
def test_gemini_tells_what_its_answer_is_grounded_in(
    candidates: list[dict[str, Any]], model: str, told: tuple[str, ...]
) -> None:
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}
    answer = {"candidates": candidates, "usageMetadata": usage, "modelVersion": model}
    host = "generativelanguage.googleapis.com"

    found = read(host, f"/v1beta/models/{model}:generateContent", answer)

    assert told_of(found) == told
    assert found.usage.web_search_requests is None


_QUERIES = {"webSearchQueries": ["a", "b"]}


@pytest.mark.parametrize(
    ("allowed", "ground", "told"),
    [
        pytest.param(
            [{"enterpriseWebSearch": {}}], _QUERIES, ("enterprise_web_search 2",), id="enterprises'"
        ),
        pytest.param(
            [{"parallel_ai_search": {}}, {"functionDeclarations": []}],
            _QUERIES,
            ("parallel_ai_search 2",),
            id="another's, as Python writes it",
        ),
        pytest.param(
            [{"exaAiSearch": {}, "googleSearch": {}}],
            _QUERIES,
            ("google_search_query 2",),
            id="Google's, if it may be",
        ),
        pytest.param("odd", _QUERIES, ("google_search_query 2",), id="nobody's"),
        pytest.param(
            [{"googleSearch": {}}],
            {"imageSearchQueries": ["a", ""]},
            ("google_image_search 1",),
            id="for images",
        ),
        pytest.param(
            [{"retrieval": {"vertexAiSearch": {}}}],
            {"retrievalQueries": ["a", "b"]},
            ("vertex_ai_search 1",),
            id="in documents of one's own",
        ),
    ],
)
def test_whose_search_it_was_is_told_by_what_the_request_allows(
    allowed: Any, ground: dict[str, Any], told: tuple[str, ...]
) -> None:
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}
    answer = {
        "candidates": [{"groundingMetadata": ground}],
        "usageMetadata": usage,
        "modelVersion": "gemini-3.5-flash",
    }
    path = "/v1beta/models/gemini-3.5-flash:generateContent"
    request = ask("generativelanguage.googleapis.com", path, {"contents": [], "tools": allowed})

    assert told_of(hear(request, encoded(answer))) == told


@pytest.mark.parametrize(
    ("model", "told"),
    [
        pytest.param(
            "gpt-4o-mini-search-preview-2025-03-11", ("web_search_preview 1",), id="a preview"
        ),
        pytest.param("gpt-5-search-api", ("web_search 1",), id="what came after it"),
        pytest.param("gpt-4o-mini", (), id="a model that does not search"),
    ],
)
def test_models_that_search_for_each_answer_are_billed_for_it(
    model: str, told: tuple[str, ...]
) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    answer = {"object": "chat.completion", "model": model, "choices": [], "usage": usage}

    assert told_of(read("api.openai.com", "/v1/chat/completions", answer)) == told
