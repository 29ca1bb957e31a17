"""DashScope: counts that grow in a stream, models of an application, pieces beside tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, encoded, sse

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.dashscope import Embedding, Generation
from pytest_specbudget.providers.fold import Asked

if TYPE_CHECKING:
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers.fold import Fold

USAGE = {"input_tokens": 20, "output_tokens": 7, "total_tokens": 27}


def heard(body: bytes, fold: type[Fold] = Generation) -> Reading:
    """Hear an answer of a model."""
    request = ask("dashscope.aliyuncs.com", "/api/v1/services", {"model": "qwen-plus"})
    listener = Listener(
        fold(Asked(request=request, provider="dashscope", model="qwen-plus")), operation="chat"
    )
    listener.head(200, {})
    listener.feed(body)
    return listener.finish("complete")


def event(made: int, ended: str, *, in_choices: bool) -> dict[str, Any]:
    """Write one event of a stream, or a plain answer."""
    output = {"finish_reason": ended}
    usage = USAGE | {"output_tokens": made, "total_tokens": 20 + made}
    return {
        "output": {"choices": [output]} if in_choices else output,
        "usage": usage,
        "request_id": "r1",
    }


@pytest.mark.parametrize("in_choices", [True, False], ids=["as messages", "as text"])
@pytest.mark.parametrize(
    ("ends", "state"),
    [
        pytest.param(["stop"], "complete", id="plain or short"),
        pytest.param(["null", "null", "stop"], "complete", id="streamed"),
        pytest.param(["null", "null"], "partial", id="a cut stream"),
    ],
)
def test_the_last_counts_hold(ends: list[str], state: str, *, in_choices: bool) -> None:
    events = [event(place, ended, in_choices=in_choices) for place, ended in enumerate(ends, 5)]

    reading = heard(sse(*events))

    assert reading.usage == Usage(input_tokens=20, output_tokens=4 + len(ends))
    assert (reading.usage_state, reading.response_id, reading.flags) == (state, "r1", ())


def test_what_was_cached_and_reasoned_is_inside() -> None:
    details = {
        "prompt_tokens_details": {"cached_tokens": 16},
        "output_tokens_details": {"reasoning_tokens": 3},
    }

    reading = heard(encoded({"output": {}, "usage": USAGE | details}))

    assert reading.usage == Usage(
        input_tokens=20, output_tokens=7, cache_read_input_tokens=16, reasoning_output_tokens=3
    )


def test_an_application_tells_its_models_apart() -> None:
    models = [
        {"model_id": "qwen-plus", "input_tokens": 20, "output_tokens": 7},
        {"model_id": "qwen-max", "input_tokens": 5, "output_tokens": 1},
    ]

    reading = heard(encoded({"output": {"text": "Hi"}, "usage": {"models": models}}))

    assert reading.usage == Usage(input_tokens=25, output_tokens=8)
    assert reading.parts == (
        Part(model="qwen-plus", usage=Usage(input_tokens=20, output_tokens=7)),
        Part(model="qwen-max", usage=Usage(input_tokens=5, output_tokens=1)),
    )


@pytest.mark.parametrize(
    ("usage", "state"),
    [
        pytest.param({"image_count": 1}, "none", id="a picture alone"),
        pytest.param(USAGE | {"image_count": 1}, "partial", id="a picture beside tokens"),
        pytest.param({"characters": 40}, "none", id="speech"),
    ],
)
def test_pieces_are_no_tokens(usage: dict[str, int], state: str) -> None:
    assert heard(encoded({"output": {}, "usage": usage})).usage_state == state


@pytest.mark.parametrize(
    ("usage", "given"),
    [
        pytest.param({"total_tokens": 9}, 9, id="a total"),
        pytest.param({"input_tokens": 9}, 9, id="input"),
        pytest.param({"input_tokens": 9, "image_tokens": 40}, 49, id="pictures beside text"),
        pytest.param(
            {"input_tokens": 9, "image_tokens": 40, "total_tokens": 49}, 49, id="and a total"
        ),
        pytest.param({"image_tokens": 40}, 40, id="pictures alone"),
    ],
)
def test_an_embedding_is_input_alone(usage: dict[str, int], given: int) -> None:
    reading = heard(encoded({"output": {"embeddings": []}, "usage": usage}), Embedding)

    assert reading.usage.reported() == {"input_tokens": given, "output_tokens": 0}
    assert reading.usage_state == "complete"


def test_a_task_that_was_begun_is_unreported() -> None:
    begun = {"output": {"task_status": "PENDING", "task_id": "t1"}, "request_id": "r1"}

    assert heard(encoded(begun)).usage_state == "none"
