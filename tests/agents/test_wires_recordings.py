"""Real answers, read by the wires and by the providers' own clients: both must say the same."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.sdk_answers import Said, said, wire_of

from pytest_specbudget.agents.values import NoReply, Reply
from pytest_specbudget.agents.wires import FORMATS
from pytest_specbudget.recordings.library import recordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.agents.values import Finish
    from pytest_specbudget.routing.values import Wire

_FOLDER = os.environ.get("SPECBUDGET_CONFORMANCE")

pytestmark = pytest.mark.skipif(
    _FOLDER is None, reason="SPECBUDGET_CONFORMANCE names no folder of real recordings"
)

_FINISHES: Mapping[str | None, set[Finish]] = {
    "stop": {"stop", "tool", "refusal"},
    "completed": {"stop", "tool", "refusal"},
    "end_turn": {"stop"},
    "stop_sequence": {"stop"},
    "STOP": {"stop", "tool"},
    "length": {"length", "tool"},
    "max_tokens": {"length"},
    "MAX_TOKENS": {"length"},
    "tool_calls": {"tool"},
    "function_call": {"tool"},
    "tool_use": {"tool"},
    "content_filter": {"refusal"},
    "refusal": {"refusal"},
    "SAFETY": {"refusal"},
    "MODEL_ARMOR": {"refusal"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A recorded answer with a status that is good."""

    name: str
    wire: Wire
    headers: Mapping[str, str]
    body: bytes

    @property
    def reply(self) -> Reply | NoReply:
        try:
            return FORMATS[self.wire].replied(200, self.headers, self.body)
        except NoReply as problem:
            return problem


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    found = list(_answers(Path(_FOLDER or "") / "recordings"))
    assert Counter(answer.wire for answer in found).keys() == FORMATS.keys()
    return found


def test_each_answer_says_what_the_providers_client_reads(answers: list[Answer]) -> None:
    wrong = [problem for answer in answers for problem in _problems(answer)]

    assert not wrong


def test_most_answers_are_answers(answers: list[Answer]) -> None:
    replies = [answer.reply for answer in answers]

    good = sum(isinstance(each, Reply) for each in replies)
    assert good > 0.95 * len(replies)


def _answers(folder: Path) -> Iterator[Answer]:
    for recording in recordings(folder, lambda _: None):
        for number, each in enumerate(recording.interactions):
            wire = wire_of(each.url)
            if wire is not None and each.method == "POST" and each.status in range(200, 300):
                yield Answer(f"{recording.name}[{number}]", wire, each.headers, each.body)


def _problems(answer: Answer) -> Iterator[str]:
    expected, reply = said(answer.wire, answer.body), answer.reply
    if isinstance(reply, NoReply) or expected is None:
        if isinstance(reply, Reply) or expected is not None:
            yield f"{answer.name}: {reply!r:.100} and {expected!r:.100}"
        return
    if reply.text != expected.text and not _is_refusal(reply, expected):
        yield f"{answer.name}: text {reply.text!r:.100} is not {expected.text!r:.100}"
    if reply.model != expected.model:
        yield f"{answer.name}: model {reply.model} is not {expected.model}"
    if reply.finish not in _FINISHES.get(expected.finish, {"other"}):
        yield f"{answer.name}: {expected.finish} became {reply.finish}"


def _is_refusal(reply: Reply, expected: Said) -> bool:
    return reply.finish == "refusal" and not expected.text
