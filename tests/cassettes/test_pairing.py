"""Which recording stands for a request that has none of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.pairing import partner, shape

CHAT = "https://api.openai.com/v1/chat/completions"
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/{}:generateContent"


def asked(text: str = "Hi", uri: str = CHAT, **others: Any) -> Asked:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **others}
    return Asked(method="POST", uri=uri, body=json.dumps(body).encode())


def chosen(now: Asked, *then: Asked, ordered: bool = True) -> int | None:
    pair = partner(now, [*enumerate(then)], ordered=ordered)
    return None if pair is None else pair.number


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        pytest.param(asked("b" * 9000), [asked("a")], 0, id="the only one that waits"),
        pytest.param(asked("x"), [asked("a"), asked("b")], 0, id="the first, where none is liker"),
        pytest.param(
            asked("b", model="o3"), [asked("a"), asked("b")], 1, id="the likest, where one was left"
        ),
        pytest.param(
            asked("Refund order 18 to its buyer"),
            [asked("Summarise the plan"), asked("Refund order 17 to its buyer")],
            1,
            id="the likest text",
        ),
        pytest.param(asked("a"), [], None, id="none, where none waits"),
    ],
)
def test_calls_in_order_get(now: Asked, then: list[Asked], expected: int | None) -> None:
    assert chosen(now, *then) == expected


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        pytest.param(
            asked("b", store=True), [asked("a"), asked("b")], 1, id="the one just like it"
        ),
        pytest.param(asked("x"), [asked("a"), asked("b")], None, id="none, if two could be meant"),
        pytest.param(
            asked("quite another text"),
            [asked("question about A"), asked("something else")],
            None,
            id="none, if even the likest is unlike",
        ),
        pytest.param(asked("x" * 99), [asked("a")], 0, id="the only one that waits"),
    ],
)
def test_calls_side_by_side_get(now: Asked, then: list[Asked], expected: int | None) -> None:
    assert chosen(now, *then, ordered=False) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(asked("a"), asked("b", model="o3"), True, id="text and model"),
        pytest.param(
            asked(uri=GEMINI.format("gemini-2.5-pro")),
            asked(uri=GEMINI.format("gemini-2.5-flash")),
            True,
            id="a model in the path",
        ),
        pytest.param(asked(), asked(stream=True), False, id="streamed or not"),
        pytest.param(asked(), asked(uri=CHAT.replace("api.", "eu.")), False, id="another host"),
        pytest.param(asked(), asked(uri=CHAT.replace("chat/", "")), False, id="another path"),
    ],
)
def test_requests_have_one_shape_if_they_ask_for_the_same(
    one: Asked, other: Asked, *, same: bool
) -> None:
    assert (shape(one) == shape(other)) == same
