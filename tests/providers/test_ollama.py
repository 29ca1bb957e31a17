"""Ollama: counts of the last line; a prompt that came from the cache is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import recognise

HOST = "localhost"
LAST = {"model": "llama3.1", "done": True, "done_reason": "stop"}
COUNTS = {"prompt_eval_count": 13, "eval_count": 10}


def chat(**more: Any) -> Any:
    """Ask for a chat."""
    return ask(HOST, "/api/chat", {"model": "llama3.1", "messages": [], **more})


def lines(*documents: Any) -> bytes:
    """Write JSON lines."""
    return b"".join(encoded(each) + b"\n" for each in documents)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        pytest.param("/api/chat", {"messages": []}, id="chat"),
        pytest.param("/api/generate", {"prompt": "Hi"}, id="generate"),
    ],
)
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_the_last_line_counts(path: str, asked: dict[str, Any], *, streamed: bool) -> None:
    first = [{"model": "llama3.1", "response": '{"done":true}', "done": False}] if streamed else []

    reading = hear(ask(HOST, path, {"model": "llama3.1", **asked}), lines(*first, LAST | COUNTS))

    assert reading.usage == Usage(input_tokens=13, output_tokens=10)
    assert (reading.provider, reading.model, reading.certain) == ("ollama", "llama3.1", True)
    assert (reading.usage_state, reading.streaming) == ("complete", streamed)


def test_what_was_cached_is_a_part_of_the_prompt() -> None:
    reading = hear(chat(), lines(LAST | COUNTS | {"prompt_eval_cached_count": 8}))

    assert reading.usage == Usage(input_tokens=13, output_tokens=10, cache_read_input_tokens=8)
    assert reading.usage_state == "complete"


def test_a_prompt_from_the_cache_is_unknown_and_never_zero() -> None:
    reading = hear(chat(), lines(LAST | {"eval_count": 10}))

    assert reading.usage == Usage(output_tokens=10)
    assert reading.usage_state == "partial"


def test_a_stream_that_was_cut_reports_nothing() -> None:
    cut = lines({"model": "llama3.1", "done": False}, {"model": "llama3.1", "done": False})

    assert hear(chat(), cut, end="closed").usage_state == "none"


def test_an_error_in_a_stream_is_told() -> None:
    reading = hear(chat(), lines({"model": "llama3.1", "done": False}, {"error": "out of memory"}))

    assert reading.usage_state == "none"
    assert "out of memory" in reading.flags[0]


@pytest.mark.parametrize("reason", ["load", "unload"])
def test_loading_a_model_runs_none(reason: str) -> None:
    reading = hear(chat(), encoded(LAST | {"done_reason": reason}))

    assert reading.usage == Usage(input_tokens=0, output_tokens=0)


@pytest.mark.parametrize(
    ("path", "asked", "answer", "usage"),
    [
        pytest.param(
            "/api/embed",
            "input",
            {"embeddings": [[0.5]], "prompt_eval_count": 8},
            Usage(input_tokens=8, output_tokens=0),
            id="embed counts its input",
        ),
        pytest.param(
            "/api/embed", "input", {"embeddings": [[0.5]]}, Usage(), id="embed without a count"
        ),
        pytest.param(
            "/api/embeddings", "prompt", {"embedding": [0.5]}, Usage(), id="embeddings never counts"
        ),
    ],
)
def test_embeddings_are_all_input(
    path: str, asked: str, answer: dict[str, Any], usage: Usage
) -> None:
    reading = hear(ask(HOST, path, {"model": "all-minilm", asked: "Hi"}), encoded(answer))

    assert reading.usage == usage
    assert reading.operation == "embeddings"


@pytest.mark.parametrize("path", ["/api/show", "/api/tags", "/api/pull"])
def test_administration_is_no_call(path: str) -> None:
    assert recognise(ask(HOST, path, {"model": "llama3.1"})) is None
