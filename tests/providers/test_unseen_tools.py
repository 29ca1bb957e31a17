"""What answers tell of tools that bill beside their tokens, in forms seen in public recordings."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

IMAGE = {"type": "image_generation_call", "status": "generating", "result": "aGk="}
COUNTED = {"input_tokens": 7, "output_tokens": 1000, "total_tokens": 1007}
NONE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


def told(output: list[dict[str, Any]], **more: Any) -> tuple[str, ...]:
    """Say what an answer with that output tells of tools without a price."""
    request = ask("api.openai.com", "/v1/responses", {"model": "gpt-5", "input": "a cat"})
    usage = {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150}
    answer = {"object": "response", "model": "gpt-5", "status": "completed", "usage": usage}

    return hear(request, encoded({**answer, "output": output, **more})).unpriced_tools


@pytest.mark.parametrize(
    ("output", "more", "expected"),
    [
        pytest.param([IMAGE], {}, ("image_generation 1",), id="an image, and no word of it"),
        pytest.param([IMAGE, IMAGE], {}, ("image_generation 2",), id="each image"),
        pytest.param(
            [IMAGE],
            {"tool_usage": {"web_search": {"num_requests": 0}}},
            ("image_generation 1",),
            id="an image, and a word of other tools",
        ),
        pytest.param(
            [IMAGE], {"tool_usage": {"image_gen": COUNTED}}, (), id="an image that is counted"
        ),
        pytest.param(
            [IMAGE], {"tool_usage": {"image_gen": NONE}}, (), id="an image that cost nothing"
        ),
        pytest.param([{**IMAGE, "status": "failed"}], {}, (), id="none that was made"),
        pytest.param([], {}, (), id="no image"),
    ],
)
def test_images_of_a_tool_are_told_where_no_tokens_tell_of_them(
    output: list[dict[str, Any]], more: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert told(output, **more) == expected
