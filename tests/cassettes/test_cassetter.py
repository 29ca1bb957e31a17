"""Files in cassetter's form: synthetic, by hand, after what cassetter 0.16.1 wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import requests

from pytest_specbudget.cassettes.cassetter import load_toml
from pytest_specbudget.cassettes.router import use
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import CallRefused, RecordingError

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://api.openai.com/v1/chat/completions"

YAML = """\
version: 1
interactions:
- request:
    method: POST
    uri: https://api.openai.com/v1/chat/completions?api_key=[FILTERED]
    headers:
      content-type:
      - application/json
    body:
      type: json
      content:
        model: gpt-4o
        api_key: "[FILTERED]"
        temperature: 0.0
  response:
    status: 200
    headers:
      content-length:
      - "999"
      content-type:
      - application/json
      x-two:
      - a
      - b
    body:
      type: json
      content:
        text: héllo
        "n": 1.0e+16
        no: null
        at: 12:30:45
        day: 2020-01-01
        equals: =
        merge: <<
  recorded_at: 2026-11-22T05:41:22.016747+00:00
- request:
    method: POST
    uri: https://api.openai.com/v1/chat/completions
    headers: {}
    body:
      type: json
      content:
        stream: true
  response:
    status: 200
    headers:
      content-type:
      - text/event-stream
    body:
      type: text
      content: |+
        data: {"a": 1}

        data: [DONE]

  recorded_at: 2026-11-22T05:41:23Z
- request:
    method: POST
    uri: https://api.openai.com/v1/chat/completions
    headers: {}
    body:
      type: binary
      content: ff00
  response:
    status: 204
    headers: {}
    body:
      type: none
"""
TOML = """\
version = 1

[[interactions]]
recorded_at = "2026-11-22T05:41:22.016747+00:00"

[interactions.request]
method = "POST"
uri = "https://api.openai.com/v1/chat/completions?api_key=[FILTERED]"
body_type = "json"
body_content = '{"model":"gpt-4o","api_key":"[FILTERED]","temperature":0.0}'

[interactions.request.headers]
content-type = ["application/json"]

[interactions.response]
status = 200
body_type = "json"
body_content = 'ANSWER'

[interactions.response.headers]
content-length = ["999"]
content-type = ["application/json"]
x-two = [
    "a",
    "b",
]

[[interactions]]
recorded_at = "2026-11-22T05:41:23Z"

[interactions.request]
method = "POST"
uri = "https://api.openai.com/v1/chat/completions"
body_type = "json"
body_content = '{"stream":true}'

[interactions.request.headers]

[interactions.response]
status = 200
body_type = "text"
body_content = \"\"\"
data: {"a": 1}

data: [DONE]

\"\"\"

[interactions.response.headers]
content-type = ["text/event-stream"]

[[interactions]]

[interactions.request]
method = "POST"
uri = "https://api.openai.com/v1/chat/completions"
body_type = "binary"
body_content = "ff00"

[interactions.request.headers]

[interactions.response]
status = 204
body_type = "none"

[interactions.response.headers]
"""
TEXT = {"at": "12:30:45", "day": "2020-01-01", "equals": "=", "merge": "<<"}
ANSWER = {"text": "héllo", "n": 1e16, "no": None, **TEXT}
TOML = TOML.replace("ANSWER", json.dumps(ANSWER, ensure_ascii=False))
EVENTS = b'data: {"a": 1}\n\ndata: [DONE]\n\n'


@pytest.fixture(params=["yaml", "toml"])
def recording(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"cassette.{request.param}"
    path.write_text({"yaml": YAML, "toml": TOML}[request.param], encoding="utf-8")
    return path


def test_bodies_are_read_as_they_were(recording: Path) -> None:
    found = read_recording(recording) or []

    assert json.loads(found[0].request_body)["model"] == "gpt-4o"
    assert json.loads(found[0].body) == ANSWER
    assert [each.body for each in found[1:]] == [EVENTS, b""]
    assert found[2].request_body == b"\xff\x00"
    assert [each.status for each in found] == [200, 200, 204]


def test_what_stands_beside_the_bodies_is_read(recording: Path) -> None:
    first, second, third = read_recording(recording) or []

    assert first.url.startswith(URL)
    assert first.request_headers == {"content-type": "application/json"}
    assert first.headers["x-two"] == "a, b"
    assert first.recorded_at == datetime(2026, 11, 22, 5, 41, 22, 16747, UTC)
    assert second.recorded_at == datetime(2026, 11, 22, 5, 41, 23, tzinfo=UTC)
    assert third.recorded_at is None


@pytest.mark.parametrize(
    ("library", "sent"), [(httpx2, "content"), (requests, "data")], ids=["httpx2", "requests"]
)
def test_it_replays_through_the_router(recording: Path, library: Any, sent: str) -> None:
    asked = {"temperature": 0, "api_key": "mine", "model": "gpt-4o"}

    with use(recording, "none", refuse=CallRefused) as tape:
        first = library.post(URL, params={"api_key": "mine"}, json=asked)
        second = library.post(URL, json={"stream": True})
        third = library.request("POST", URL, **{sent: b"\xff\x00"})

    assert first.json() == ANSWER
    assert first.headers["content-length"] == str(len(first.content))
    assert second.content == EVENTS
    assert (third.status_code, third.content) == (204, b"")
    assert tape.unplayed == []


def test_another_prompt_is_a_miss(recording: Path) -> None:
    with use(recording, "none", refuse=CallRefused), pytest.raises(CallRefused):
        httpx2.post(URL, params={"api_key": "mine"}, json={"model": "gpt-5-pro"})


@pytest.mark.parametrize(
    ("more", "what"),
    [
        pytest.param("grpc_interactions:\n- {}\n- {}\n", "2 gRPC", id="gRPC"),
        pytest.param("ws_interactions:\n- uri: wss://x\n", "1 WebSocket", id="WebSocket"),
    ],
)
def test_other_protocols_are_refused_and_not_passed_over(
    more: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(YAML + more, encoding="utf-8")

    with pytest.raises(RecordingError, match=what):
        read_recording(path)
    with pytest.raises(RecordingError, match=what), use(path, "none", refuse=CallRefused):
        pass


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param("content: ff00", "content: fg00", "interaction 2: ", id="no hexadecimal"),
        pytest.param("content: ff00", "content: 10", "type 'binary' holds int", id="a number"),
        pytest.param("status: 204", "status: many", "interaction 2: ", id="a status in words"),
    ],
)
def test_a_damaged_body_is_named(before: str, after: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(YAML.replace(before, after), encoding="utf-8")

    with pytest.raises(RecordingError, match=reason):
        read_recording(path)
    with pytest.raises(RecordingError, match=reason), use(path, "none", refuse=CallRefused):
        pass


def test_a_recording_in_toml_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "cassette.toml"
    path.write_text(TOML, encoding="utf-8")

    with pytest.raises(RecordingError, match="TOML"), use(path, "new", refuse=CallRefused):
        pass

    assert path.read_text(encoding="utf-8") == TOML


def test_a_recording_in_yaml_is_continued_in_our_form(tmp_path: Path, server: Any) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(YAML, encoding="utf-8")

    with use(path, "new", refuse=CallRefused):
        httpx2.post(server.url, json={"n": 1})
    with use(path, "none", refuse=CallRefused) as tape:
        again = httpx2.post(URL, json={"stream": True})

    assert again.content == EVENTS
    assert len(tape.unplayed) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{'a.' * 500_000}a = 1", id="a key of many parts"),
        pytest.param("x = {" + '"a" . ' * 50_000 + "a = 1}", id="such a key in a table"),
        pytest.param("x = " + "[" * 100_000, id="brackets without end"),
        pytest.param("x = 1\nx = 2", id="a key twice"),
    ],
)
def test_hostile_toml_is_refused_at_once(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cassette.toml"
    path.write_text(f"version = 1\n{text}\n", encoding="utf-8")

    with pytest.raises(RecordingError, match=r"cassette\.toml"):
        read_recording(path)


def test_long_text_in_toml_is_no_key() -> None:
    text = "One sentence. Another one. " * 10_000

    assert load_toml(f'version = 1\nx = "{text}"'.encode())["x"] == text
