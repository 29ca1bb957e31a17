"""Tools of providers that are billed by the call and have no price here: told, and in no count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

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
        pytest.param(["message", "function_call", "mcp_call"], (), id="nothing that is billed"),
    ],
)
def test_items_of_a_response_tell_which_tools_ran(kinds: list[str], told: tuple[str, ...]) -> None:
    found = response(*kinds)

    assert found.unpriced_tools == told
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

    assert found.unpriced_tools == told
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
    assert found.unpriced_tools == ("file_search 1",)


def test_xai_counts_its_tools_in_the_usage() -> None:
    details = {"web_search_calls": 2, "x_search_calls": 3, "mcp_calls": 1, "file_search_calls": 0}
    usage = USAGE | {"server_side_tool_usage_details": details}

    found = response(host="api.x.ai", usage=usage)

    assert found.unpriced_tools == ("x_search 3",)
    assert found.usage.web_search_requests == 2


@pytest.mark.parametrize(
    ("candidates", "told"),
    [
        pytest.param(
            [{"groundingMetadata": {"webSearchQueries": ["a", "b"]}}],
            ("google_search 2",),
            id="queries",
        ),
        pytest.param([{"groundingMetadata": {"webSearchQueries": []}}], (), id="none was needed"),
        pytest.param([{"groundingMetadata": {}}], (), id="grounded in something else"),
        pytest.param([{"groundingMetadata": "nonsense"}], (), id="nonsense"),
    ],
)
def test_gemini_tells_the_queries_that_its_answer_is_grounded_in(
    candidates: list[dict[str, Any]], told: tuple[str, ...]
) -> None:
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}
    answer = {"candidates": candidates, "usageMetadata": usage}
    host = "generativelanguage.googleapis.com"

    found = read(host, "/v1beta/models/gemini-2.5-pro:generateContent", answer)

    assert found.unpriced_tools == told
    assert found.usage.web_search_requests is None


@pytest.mark.parametrize(
    ("model", "told"),
    [
        pytest.param("gpt-4o-mini-search-preview-2025-03-11", ("web_search 1",), id="a preview"),
        pytest.param("gpt-5-search-api", ("web_search 1",), id="what came after it"),
        pytest.param("gpt-4o-mini", (), id="a model that does not search"),
    ],
)
def test_models_that_search_for_each_answer_are_billed_for_it(
    model: str, told: tuple[str, ...]
) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    answer = {"object": "chat.completion", "model": model, "choices": [], "usage": usage}

    assert read("api.openai.com", "/v1/chat/completions", answer).unpriced_tools == told
