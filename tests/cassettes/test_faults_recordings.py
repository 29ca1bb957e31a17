"""Faults in answers that providers really gave: altered as meant, or said to be impossible."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.faults import ALTERING, Fault, altered
from pytest_specbudget.cassettes.interaction import Answer
from pytest_specbudget.providers import read_whole
from pytest_specbudget.recordings.library import recordings, request_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.reading import Reading

_FOLDER = os.environ.get("SPECBUDGET_CONFORMANCE", "")

pytestmark = pytest.mark.skipif(
    not _FOLDER, reason="SPECBUDGET_CONFORMANCE does not name the folder of the recordings"
)
_GENERATING = {"chat", "generate_content", "text_completion", "invoke_agent"}


@pytest.mark.parametrize("kind", sorted(ALTERING))
def test_recorded_answers_are_altered_as_meant(kind: str) -> None:
    done, impossible, wrong = 0, 0, []

    for where, request, answer, before in _answers():
        try:
            new = altered(Fault(kind=kind), request, answer)  # type: ignore[arg-type] # one of them
        except ValueError:
            impossible += 1
            continue
        done += 1
        if not _is_meant(kind, before, _read(request, new)):
            wrong.append(where)

    assert wrong == []
    assert impossible <= done // 20
    assert done > 100


def _is_meant(kind: str, before: Reading, after: Reading) -> bool:
    if kind == "bad_output":
        return after.usage == before.usage
    if kind == "no_usage":
        return not after.usage.reported()
    return after.usage_state != "complete"


def _answers() -> Iterator[tuple[str, Request, Answer, Reading]]:
    for recording in recordings(Path(_FOLDER) / "recordings", lambda _problem: None):
        for place, (one, reading) in enumerate(
            zip(recording.interactions, recording.readings, strict=True)
        ):
            if reading and reading.operation in _GENERATING and reading.usage_state == "complete":
                headers = {name: [told] for name, told in one.headers.items()}
                answer = Answer(status=one.status, body=one.body, headers=headers)
                yield f"{recording.name}[{place}]", request_of(one), answer, reading


def _read(request: Request, answer: Answer) -> Reading:
    headers = {name.lower(): ", ".join(told) for name, told in answer.headers.items()}
    reading = read_whole(request, answer.status, headers, answer.body)
    assert reading is not None
    return reading
