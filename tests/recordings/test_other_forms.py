"""Recordings that are no list of interactions are read as if they were one."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import encoded

from pytest_specbudget.recordings.library import files_below, recordings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.recordings.library import Recording

URL = "https://api.openai.com/v1/chat/completions"
SENT = encoded({"model": "gpt-5", "messages": []}).decode()
ANSWER = encoded({"model": "gpt-5", "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
EXCHANGE = {
    "request": {"method": "POST", "url": URL, "headers": {"Accept": "*/*"}, "body": SENT},
    "response": {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": "application/json"},
        "body": ANSWER.decode(),
    },
}


def archived(content: dict[str, Any]) -> dict[str, Any]:
    """Make an HTTP archive of one call, answered with *content*."""
    kind = {"name": "Content-Type", "value": "application/json"}
    packed = {"name": "Content-Encoding", "value": "gzip"}
    request = {"method": "POST", "url": URL, "headers": [kind], "postData": {"text": SENT}}
    response = {"status": 200, "statusText": "OK", "headers": [kind, packed], "content": content}
    time = "2026-11-02T10:00:00.000Z"
    entry = {"startedDateTime": time, "request": request, "response": response}
    return {"log": {"version": "1.2", "creator": {"name": "Polly.JS"}, "entries": [entry]}}


def read(path: Path, document: Any) -> list[Recording]:
    """Write *document* to *path* and read it."""
    path.write_text(json.dumps(document), "utf-8")
    return [*recordings(path, pytest.fail)]


@pytest.mark.parametrize(
    ("name", "document", "form"),
    [
        pytest.param("a.json", EXCHANGE, "one exchange", id="one exchange"),
        pytest.param("a.har", archived({"text": ANSWER.decode()}), "HTTP archive", id="an archive"),
        pytest.param(
            "a.json",
            archived({"text": b64encode(ANSWER).decode(), "encoding": "base64"}),
            "HTTP archive",
            id="an archive of bytes",
        ),
    ],
)
def test_a_call_is_read_in_every_form(
    tmp_path: Path, name: str, document: dict[str, Any], form: str
) -> None:
    (found,) = read(tmp_path / name, document)

    (reading,) = found.readings
    assert found.whole.form == form
    assert reading is not None
    assert reading.usage.reported() == {"input_tokens": 7, "output_tokens": 2}
    assert found.interactions[0].headers["content-type"] == "application/json"


def test_an_archive_says_when_it_was_recorded(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.har", archived({"text": ""}))

    assert found.interactions[0].recorded_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_archives_are_found_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text("{}", "utf-8")

    assert [*files_below(tmp_path)] == [tmp_path / "a.har"]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"request": "a song", "response": "none"}, id="words"),
        pytest.param({"request": {"method": "POST"}, "response": {"status": 200}}, id="no URL"),
        pytest.param({"log": {"entries": ["a day at sea"]}}, id="a logbook"),
        pytest.param({"log": "x"}, id="a log"),
        pytest.param([EXCHANGE], id="a bare list"),
    ],
)
def test_what_only_resembles_them_is_no_recording(tmp_path: Path, document: Any) -> None:
    assert read(tmp_path / "a.json", document) == []
