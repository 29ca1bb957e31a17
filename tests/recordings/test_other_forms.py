"""Recordings that are no list of interactions as vcrpy writes it are read as if they were one."""

from __future__ import annotations

import gzip
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
EXCHANGE: dict[str, Any] = {
    "request": {"method": "POST", "url": URL, "headers": {"Accept": "*/*"}, "body": SENT},
    "response": {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": "application/json"},
        "body": ANSWER.decode(),
    },
}


def chunked(body: bytes) -> str:
    """Write a compressed body in chunks, as text of an archive."""
    packed = gzip.compress(body)
    return json.dumps([b64encode(piece).decode() for piece in (packed[:10], packed[10:])])


def archived(content: dict[str, Any]) -> dict[str, Any]:
    """Make an HTTP archive of one call, answered with *content*."""
    kind = {"name": "Content-Type", "value": "application/json"}
    packed = {"name": "Content-Encoding", "value": "gzip"}
    request = {"method": "POST", "url": URL, "headers": [kind], "postData": {"text": SENT}}
    response = {"status": 200, "statusText": "OK", "headers": [kind, packed], "content": content}
    time = "2026-11-02T10:00:00.000Z"
    entry = {"startedDateTime": time, "request": request, "response": response}
    return {"log": {"version": "1.2", "creator": {"name": "Polly.JS"}, "entries": [entry]}}


KIND = [{"name": "Content-Type", "value": "application/json"}]
ASKED, ANSWERED = EXCHANGE["request"], EXCHANGE["response"]


def go_vcr(**answer: Any) -> dict[str, Any]:
    """Make an interaction as go-vcr writes it."""
    headers = {"Content-Type": ["application/json"]}
    response = {"headers": headers, "body": ANSWER.decode(), "status": "200 OK", **answer}
    request = {"method": "POST", "url": URL, "body": SENT, "form": {}}
    return {"version": 2, "interactions": [{"id": 0, "request": request, "response": response}]}


def mocked(**answer: Any) -> dict[str, Any]:
    """Make a call as httpmock writes it."""
    query = [{"name": "beta", "value": "true"}]
    when = {"method": "POST", "path": "/v1/chat/completions", "query_param": query, "body": SENT}
    return {"when": when, "then": {"status": 200, "header": KIND, **answer}}


def scoped(response: Any, **more: Any) -> dict[str, Any]:
    """Make a call as nock writes it."""
    return {
        "scope": "https://api.openai.com:443",
        "method": "POST",
        "path": "/v1/chat/completions",
        "body": {"model": "gpt-5", "messages": []},
        "status": 200,
        "response": response,
        "rawHeaders": ["Content-Type", "application/json", "Server", "none"],
        **more,
    }


def answered() -> dict[str, Any]:
    """Make a call as the recorder of responses writes it."""
    told = {"method": "POST", "url": URL, "status": 200, "body": ANSWER.decode()}
    return {"responses": [{"response": {**told, "content_type": "application/json"}}]}


def streamed() -> dict[str, Any]:
    """Make an exchange whose answer stands beside it, in pieces."""
    pieces = [ANSWER[:9], ANSWER[9:]]
    asked = {**ASKED, "body": {"b64": b64encode(SENT.encode()).decode()}}
    chunks = [{"b64": b64encode(piece).decode(), "t_us": 5} for piece in pieces]
    return {"request": asked, "response": {**ANSWERED, "body": None}, "chunks": chunks}


def marked() -> dict[str, Any]:
    """Make an exchange as Datadog's test agent writes one of bytes."""
    body = f"base64:{b64encode(gzip.compress(ANSWER)).decode()}"
    return {"request": ASKED, "response": {**ANSWERED, "body": body}}


def patterned(pattern: dict[str, Any]) -> dict[str, Any]:
    """Make a call as WireMock records it: without a host, with what it waits for as a pattern."""
    asked = {"method": "POST", "url": "/v1/chat/completions", "bodyPatterns": [pattern]}
    return {"request": asked, "response": {**ANSWERED, "status": 200}}


def gathered(**answer: Any) -> dict[str, Any]:
    """Make a list of exchanges below what tells of the test that made them."""
    asked = {"method": "POST", "url": URL, "body": json.loads(SENT)}
    response = {"status": 200, "headers": {"content-type": "application/json"}, **answer}
    return {"meta": {"name": "a test"}, "recordings": [{"request": asked, "response": response}]}


def read(path: Path, document: Any) -> list[Recording]:
    """Write *document* to *path* and read it."""
    path.write_text(json.dumps(document), "utf-8")
    return [*recordings(path, pytest.fail)]


@pytest.mark.parametrize(
    ("name", "document", "form"),
    [
        pytest.param("a.json", EXCHANGE, "exchanges", id="one exchange"),
        pytest.param("a.json", [EXCHANGE], "exchanges", id="a bare list, as php-vcr's"),
        pytest.param(
            "a.json",
            [{"request": ASKED, "response": {**ANSWERED, "status": None, "status_code": 200}}],
            "exchanges",
            id="a bare list, as exvcr's",
        ),
        pytest.param(
            "a.json",
            {
                "mappings": [
                    {"request": ASKED, "response": {**ANSWERED, "jsonBody": json.loads(ANSWER)}}
                ]
            },
            "exchanges",
            id="mappings of WireMock",
        ),
        pytest.param("a.json", streamed(), "exchanges", id="an answer in chunks beside it"),
        pytest.param("a.json", marked(), "exchanges", id="bytes, marked as base64"),
        pytest.param(
            "a.json",
            patterned({"equalToJson": SENT, "ignoreArrayOrder": True}),
            "exchanges",
            id="WireMock, which waits for JSON",
        ),
        pytest.param(
            "a.json",
            patterned({"equalToJson": json.loads(SENT)}),
            "exchanges",
            id="WireMock, which waits for JSON that is written out",
        ),
        pytest.param(
            "a.json",
            patterned({"binaryEqualTo": b64encode(SENT.encode()).decode()}),
            "exchanges",
            id="WireMock, which waits for bytes",
        ),
        pytest.param(
            "a.json",
            gathered(body=json.loads(ANSWER)),
            "exchanges",
            id="a list of exchanges below their test",
        ),
        pytest.param(
            "a.json",
            gathered(chunks=[ANSWER[:9].decode(), ANSWER[9:].decode()]),
            "exchanges",
            id="an answer in chunks of text",
        ),
        pytest.param("a.json", go_vcr(code=200), "go-vcr", id="go-vcr"),
        pytest.param("a.json", go_vcr(code=200, status=""), "go-vcr", id="go-vcr without a phrase"),
        pytest.param("a.json", mocked(body=ANSWER.decode()), "httpmock", id="httpmock"),
        pytest.param(
            "a.json",
            mocked(body_base64=b64encode(ANSWER).decode()),
            "httpmock",
            id="httpmock, of bytes",
        ),
        pytest.param("a.json", [scoped(json.loads(ANSWER))], "nock", id="nock"),
        pytest.param("a.json", [scoped(ANSWER.decode())], "nock", id="nock, of text"),
        pytest.param(
            "a.json",
            [scoped([gzip.compress(ANSWER).hex()])],
            "nock",
            id="nock, compressed: chunks in hexadecimal digits",
        ),
        pytest.param("a.json", answered(), "responses", id="the recorder of responses"),
        pytest.param(
            "a.json",
            [scoped(ANSWER.hex(), responseIsBinary=True)],
            "nock",
            id="nock, of bytes",
        ),
        pytest.param("a.har", archived({"text": ANSWER.decode()}), "HTTP archive", id="an archive"),
        pytest.param(
            "a.json",
            archived({"text": b64encode(ANSWER).decode(), "encoding": "base64"}),
            "HTTP archive",
            id="an archive of bytes",
        ),
        pytest.param(
            "a.har",
            archived({"text": chunked(ANSWER), "encoding": "base64"}),
            "HTTP archive",
            id="an archive of Polly.js, with bytes in chunks",
        ),
    ],
)
def test_a_call_is_read_in_every_form(tmp_path: Path, name: str, document: Any, form: str) -> None:
    (found,) = read(tmp_path / name, document)

    (reading,) = found.readings
    assert found.whole.form == form
    assert reading is not None
    assert reading.usage.reported() == {"input_tokens": 7, "output_tokens": 2}
    assert found.interactions[0].headers["content-type"] == "application/json"


def test_words_that_only_begin_like_bytes_stay_words(tmp_path: Path) -> None:
    answer = {**ANSWERED, "body": "base64: what is it?"}

    (found,) = read(tmp_path / "a.json", {"request": ASKED, "response": answer})

    assert found.interactions[0].body == b"base64: what is it?"


def test_an_archive_says_when_it_was_recorded(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.har", archived({"text": ""}))

    assert found.interactions[0].recorded_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_documents_of_one_file_are_one_recording(tmp_path: Path) -> None:
    each = json.dumps(mocked(body=ANSWER.decode()))
    path = tmp_path / "a.yaml"
    path.write_text(f"{each}\n---\n{each}\n", "utf-8")

    (found,) = recordings(path, pytest.fail)

    assert found.whole.form == "httpmock"
    assert [bool(reading) for reading in found.readings] == [True, True]
    assert found.interactions[0].url == "/v1/chat/completions?beta=true"


def test_documents_of_one_file_may_be_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("kind: Service\n---\nkind: Pod\n", "utf-8")

    assert [*recordings(path, pytest.fail)] == []


def test_the_phrase_of_go_vcr_is_kept(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.json", go_vcr(code=200))

    answer = found.whole.interactions[0].answer
    assert (answer.status, answer.reason) == (200, "OK")


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
        pytest.param([EXCHANGE, "a song"], id="a list of other things, too"),
        pytest.param([], id="an empty list"),
        pytest.param({"when": "tomorrow", "then": {"status": 200}}, id="a plan"),
        pytest.param({"mappings": [{"from": 1, "to": 2}]}, id="mappings"),
        pytest.param({"recordings": [{"artist": "x", "year": 1969}]}, id="records"),
        pytest.param({"responses": [{"response": "yes"}]}, id="answers of people"),
    ],
)
def test_what_only_resembles_them_is_no_recording(tmp_path: Path, document: Any) -> None:
    assert read(tmp_path / "a.json", document) == []
