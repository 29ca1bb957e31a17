"""Whatever a server sends, there is a reply or a reason why there is none; never another error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.asking import MODELS
from support.mutations import damaged, swapped
from support.sdk_answers import wire_of

from pytest_specbudget.agents.failures import failure
from pytest_specbudget.agents.structured import parsed
from pytest_specbudget.agents.values import NoReply, Reply
from pytest_specbudget.agents.waits import wait_in
from pytest_specbudget.agents.wires import FORMATS
from pytest_specbudget.recordings.library import recordings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.routing.values import Wire

_FOLDER = os.environ.get("SPECBUDGET_CONFORMANCE")
_EXPERIMENTS = 1000

_WORDS = st.sampled_from(
    [
        *("choices", "message", "delta", "content", "text", "type", "index", "finish_reason"),
        *("output", "output_text", "status", "completed", "response.completed", "response"),
        *("message_start", "content_block_start", "content_block_delta", "message_delta"),
        *("content_block", "tool_use", "structured_answer", "input", "partial_json", "stop_reason"),
        *("candidates", "parts", "finishReason", "promptFeedback", "usage", "error", "code"),
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 600) | st.floats() | _WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)
_WIRES = st.sampled_from(list(MODELS))
_HEADERS = st.sampled_from(
    [{}, {"content-type": "text/event-stream"}, {"content-encoding": "br"}, {"retry-after": "x"}]
)


def outcome(wire: Wire, body: bytes, status: int = 200, **headers: str) -> Reply | NoReply:
    try:
        return FORMATS[wire].replied(status, headers, body)
    except NoReply as problem:
        return problem


@given(wire=_WIRES, body=st.binary(max_size=60), headers=_HEADERS, status=st.integers(100, 599))
def test_any_bytes(wire: Wire, body: bytes, headers: dict[str, str], status: int) -> None:
    assert outcome(wire, body, status, **headers)


@given(wire=_WIRES, document=_JSON)
def test_any_document(wire: Wire, document: Any) -> None:
    assert isinstance(_text_of(outcome(wire, json.dumps(document).encode())), str)


@given(wire=_WIRES, events=st.lists(_JSON, min_size=1, max_size=5))
def test_any_events(wire: Wire, events: list[Any]) -> None:
    body = b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events)

    assert isinstance(_text_of(outcome(wire, body)), str)


@given(text=st.text(), told=st.text(max_size=12), body=st.binary(max_size=80))
def test_any_refusal(text: str, told: str, body: bytes) -> None:
    wait = wait_in({"retry-after": told}, text.encode("utf-8", "replace") + body, None)

    assert wait is None or 0 <= wait <= 366 * 86_400
    assert isinstance(failure(429, {"retry-after": told}, body), NoReply)


@given(text=st.text())
def test_any_text_of_an_answer(text: str) -> None:
    parsed(text)


@pytest.mark.skipif(_FOLDER is None, reason="SPECBUDGET_CONFORMANCE names no folder of recordings")
def test_any_damage_to_real_answers() -> None:
    answers = list(_answers(Path(_FOLDER or "") / "recordings"))

    for seed in range(_EXPERIMENTS):
        random = Random(seed)  # noqa: S311 - a test that can be repeated
        wire, body = random.choice(answers)
        harm = random.choice((damaged, swapped))(random, body)
        assert outcome(wire, harm or b""), f"seed {seed}"


def _answers(folder: Path) -> Iterator[tuple[Wire, bytes]]:
    for recording in recordings(folder, lambda _: None):
        for each in recording.interactions:
            wire = wire_of(each.url)
            if wire is not None and each.body:
                yield wire, each.body


def _text_of(found: Reply | NoReply) -> Any:
    return found.text if isinstance(found, Reply) else str(found)
