"""Aleph Alpha counts the whole prompt and what it generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.answers import ask, encoded, hear, sse

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

BODY = {"model": "luminous-base", "prompt": [], "maximum_tokens": 9}
COUNTS = {"num_tokens_prompt_total": 9, "num_tokens_generated": 4}


def ask_for(path: str) -> Request:
    """Ask for something to be done with a prompt."""
    return ask("api.aleph-alpha.com", path, BODY)


@pytest.mark.parametrize(
    ("request_", "body", "usage"),
    [
        pytest.param(
            ask_for("/complete"),
            encoded({"completions": [], "model_version": "2022-04", **COUNTS}),
            {"input_tokens": 9, "output_tokens": 4},
            id="a completion",
        ),
        pytest.param(
            ask_for("/complete"),
            sse({"type": "stream_chunk"}, {"type": "completion_summary", **COUNTS}),
            {"input_tokens": 9, "output_tokens": 4},
            id="a streamed completion",
        ),
        pytest.param(
            ask_for("/complete"),
            sse(
                {"type": "stream_chunk"},
                {"type": "stream_summary", "finish_reason": "maximum_tokens"},
                {"type": "completion_summary", "num_tokens_prompt_total": 9}
                | {"num_tokens_generated": 0},
            ),
            {"input_tokens": 9, "output_tokens": 0},
            id="a streamed completion that wrote nothing",
        ),
        pytest.param(
            ask_for("/semantic_embed"),
            encoded({"embedding": [], "num_tokens_prompt_total": 9}),
            {"input_tokens": 9, "output_tokens": 0},
            id="an embedding",
        ),
        pytest.param(
            ask_for("/evaluate"),
            encoded({"result": {}, "num_tokens_prompt_total": 9}),
            {"input_tokens": 9, "output_tokens": 0},
            id="an evaluation",
        ),
    ],
)
def test_the_prompt_and_what_was_generated_are_counted(
    request_: Request, body: bytes, usage: dict[str, int]
) -> None:
    reading = hear(request_, body)

    assert reading.usage.reported() == usage
    assert (reading.usage_state, reading.model) == ("complete", "luminous-base")


def test_a_cut_stream_reports_nothing() -> None:
    reading = hear(ask_for("/complete"), sse({"type": "stream_chunk"}))

    assert reading.usage_state == "none"
