"""What a tape does with a request that it has no recording of."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cassettes.interaction import Answer, Asked
from pytest_specbudget.cassettes.tape import Rules, Tape
from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.errors import CallRefused, NotRecordedError

if TYPE_CHECKING:
    from pathlib import Path

LENDING = Rules(lends=True)


def asked(text: str, **others: Any) -> Asked:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **others}
    uri = "https://api.openai.com/v1/chat/completions"
    return Asked(method="POST", uri=uri, body=json.dumps(body).encode())


def recorded(path: Path, *texts: str, rules: Rules = LENDING) -> Tape:
    recorder = Tape(path, "new", refuse=CallRefused)
    for text in texts:
        recorder.store(asked(text), Answer(status=200, body=f"answer to {text}".encode()))
    recorder.close()
    return Tape(path, "none", refuse=CallRefused, rules=rules)


def test_a_changed_request_is_lent_its_recording_with_what_differs(path: Path) -> None:
    tape = recorded(path, "one", "two")

    played = tape.take(asked("one, but longer", model="gpt-5"))

    assert played is not None
    assert (played.number, played.answer.body) == (0, b"answer to one")
    assert played.mismatch is not None
    assert played.mismatch.places == ("$.messages[*].content", "$.model")
    assert played.mismatch.asked.document["model"] == "gpt-4o-mini"


def test_what_was_lent_is_not_lent_again_and_still_answers_its_own_request(path: Path) -> None:
    tape = recorded(path, "one", "two")

    numbers = [
        (played.number, played.mismatch is None)
        for text in ("an inserted call", "one", "two")
        if (played := tape.take(asked(text))) is not None
    ]

    assert numbers == [(0, False), (0, True), (1, True)]


def test_a_request_of_which_two_could_be_meant_is_a_miss(path: Path) -> None:
    tape = recorded(path, "one", "two", "three")

    async def ask() -> list[object]:
        return await asyncio.gather(*(later(tape, text) for text in ("x", "y")))

    assert asyncio.run(ask())[1] is None


async def later(tape: Tape, text: str) -> object:
    await asyncio.sleep(0)
    return tape.take(asked(text))


def test_a_tape_that_does_not_lend_has_no_answer(path: Path) -> None:
    assert recorded(path, "one", rules=Rules()).take(asked("two")) is None


def test_what_is_no_model_call_is_lent_nothing(path: Path) -> None:
    uri = "https://hooks.example.com/deploy"
    tape = recorded(path, "one")

    assert tape.take(Asked(method="POST", uri=uri, body=b"{}")) is None


def test_a_place_that_does_not_count_makes_no_difference(path: Path) -> None:
    rules = Rules(volatile=(JsonPath.parse("$.metadata"),))
    tape = recorded(path, "one", rules=rules)

    played = tape.take(asked("one", metadata={"run": 7}))

    # What the call asks is told all the same, for its price follows from that.
    assert played is not None
    assert played.mismatch is not None
    assert (played.mismatch.places, played.mismatch.excused) == (("$.metadata",), True)


def test_without_any_difference_there_is_no_mismatch(path: Path) -> None:
    tape = recorded(path, "one", rules=Rules(volatile=(JsonPath.parse("$.metadata"),)))

    played = tape.take(asked("one"))

    assert played is not None
    assert played.mismatch is None


@pytest.mark.parametrize(
    ("method", "path_of_url", "kind"),
    [
        pytest.param("POST", "/v1/chat/completions", CallRefused, id="a model call is refused"),
        pytest.param("POST", "/v1/messages/count_tokens", CallRefused, id="so is what it posts"),
        pytest.param("GET", "/api/models/gpt2", NotRecordedError, id="a look-up finds nobody"),
        pytest.param("GET", "/v1/responses/resp_1", CallRefused, id="a poll is refused"),
    ],
)
def test_a_miss_of(path: Path, method: str, path_of_url: str, kind: type[BaseException]) -> None:
    tape = recorded(path, "one")

    refusal = tape.refusal(Asked(method=method, uri=f"https://host.example{path_of_url}"))

    assert type(refusal) is kind
