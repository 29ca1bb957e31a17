"""Several small tasks in one request, and the answer taken apart exactly."""

from __future__ import annotations

import json

import pytest

from pytest_specbudget.agents.batching import LIST_SCHEMA, joined, split
from pytest_specbudget.agents.structured import is_strict


def answers(*pairs: tuple[object, object]) -> str:
    return json.dumps({"answers": [{"number": one, "answer": other} for one, other in pairs]})


def test_one_request_asks_every_task_by_its_number() -> None:
    prompt = joined(["name a river", "name a lake"])

    text = prompt.text("S")
    assert '<task number="1">\nname a river\n</task>' in text
    assert '<task number="2">\nname a lake\n</task>' in text
    assert prompt.schema == LIST_SCHEMA


def test_every_provider_takes_the_schema_strictly() -> None:
    assert is_strict(LIST_SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(answers((1, "Rhine"), (2, "Garda")), id="in order"),
        pytest.param(answers((2, "Garda"), (1, "Rhine")), id="in another order"),
        pytest.param(f"```json\n{answers((1, 'Rhine'), (2, 'Garda'))}\n```", id="in a fence"),
    ],
)
def test_each_task_gets_its_own_answer(text: str) -> None:
    assert split(text, 2) == ("Rhine", "Garda")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rhine, Garda", id="no list"),
        pytest.param("[]", id="another list"),
        pytest.param(answers((1, "Rhine")), id="one is missing"),
        pytest.param(answers((1, "Rhine"), (1, "Garda")), id="one is said twice"),
        pytest.param(answers((1, "Rhine"), (3, "Garda")), id="one that nobody asked for"),
        pytest.param(answers((1, "a"), (2, "b"), (2, "c")), id="one too many"),
        pytest.param(answers((True, "a"), (2, "b")), id="a truth value for a number"),
        pytest.param(answers((1, None), (2, "b")), id="no text"),
        pytest.param('{"answers": {"1": "a", "2": "b"}}', id="no list of answers"),
    ],
)
def test_what_does_not_answer_each_task_once_answers_none(text: str) -> None:
    assert split(text, 2) is None
