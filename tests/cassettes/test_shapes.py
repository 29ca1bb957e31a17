"""Every shape of recording, read safely into the same plain interaction."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cassettes import shapes
from pytest_specbudget.cassettes.shapes import Interaction, read_recording
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

STOCK = """\
interactions:
- request:
    body: '{"model": "m"}'
    headers: {}
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body:
      string: '{"id": "c"}'
    headers:
      Content-Type:
      - application/json
      Date:
      - Tue, 07 Nov 2023 00:07:18 GMT
    status:
      code: 200
      message: OK
version: 1
"""
PLAIN = Interaction(
    method="POST",
    url="https://api.openai.com/v1/chat/completions",
    request_body=b'{"model": "m"}',
    status=200,
    headers={"content-type": "application/json", "date": "Tue, 07 Nov 2023 00:07:18 GMT"},
    body=b'{"id": "c"}',
)

JSON = """\
{"version": 1, "interactions": [{
  "request": {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions",
              "headers": {}, "body": "{\\"model\\": \\"m\\"}"},
  "response": {"status": {"code": 200}, "body": {"string": "{\\"id\\": \\"c\\"}"},
               "headers": {"Content-Type": ["application/json"],
                           "Date": ["Tue, 07 Nov 2023 00:07:18 GMT"]}}}]}
"""
PARSED = STOCK.replace("""    body: '{"model": "m"}'""", "    parsed_body: {model: m}").replace(
    """    body:
      string: '{"id": "c"}'""",
    "    parsed_body: {id: c}",
)
OLD_HTTPX = STOCK.replace(
    """    body:
      string: '{"id": "c"}'""",
    """    content: '{"id": "c"}'""",
).replace(
    """    status:
      code: 200
      message: OK""",
    "    status_code: 200",
)
BASE64 = STOCK.replace(
    """string: '{"id": "c"}'""", "base64_string: " + base64.b64encode(b'{"id": "c"}').decode()
)
BINARY = STOCK.replace(
    """string: '{"id": "c"}'""", "string: !!binary " + base64.b64encode(b'{"id": "c"}').decode()
)
RUBY = """\
---
http_interactions:
- request:
    method: post
    uri: https://api.openai.com/v1/chat/completions
    body:
      encoding: UTF-8
      string: '{"model": "m"}'
    headers: {}
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json
      Date:
      - Tue, 07 Nov 2023 00:07:18 GMT
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        eyJpZCI6ICJjIn0=
recorded_with: VCR 6.3.1
"""
LISTS = """\
requests:
- body: !!binary eyJtb2RlbCI6ICJtIn0=
  method: POST
  uri: https://api.openai.com/v1/chat/completions
responses:
- body:
    string: !!binary eyJpZCI6ICJjIn0=
  headers:
    Content-Type: [application/json]
    Date: ['Tue, 07 Nov 2023 00:07:18 GMT']
  status: {code: 200, message: OK}
"""
TAGGED = STOCK.replace(
    "      Content-Type:\n      - app",
    "      ? !!python/object/apply:multidict._multidict.istr\n      - Content-Type\n      : - app",
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(STOCK, id="stock vcrpy in YAML"),
        pytest.param(STOCK.replace("POST", "post"), id="a method in lower case"),
        pytest.param(JSON, id="stock vcrpy in JSON"),
        pytest.param(PARSED, id="parsed_body"),
        pytest.param(OLD_HTTPX, id="the old httpx stub's content"),
        pytest.param(BASE64, id="a body in base64"),
        pytest.param(BINARY, id="a binary body"),
        pytest.param(RUBY, id="Ruby's VCR"),
        pytest.param(LISTS, id="requests and responses in two lists"),
        pytest.param(TAGGED, id="a header's name as a Python object"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_every_shape_gives_the_same_interaction(text: str, tmp_path: Path, *, packed: bool) -> None:
    path = tmp_path / "cassette"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())

    found = read_recording(path) or []

    assert [_normal(one) for one in found] == [_normal(PLAIN)]


def test_interactions_keep_their_order(tmp_path: Path) -> None:
    lines = [{"request": {"uri": f"u{i}"}, "response": {"status": 200 + i}} for i in range(3)]
    path = tmp_path / "ours.yaml"
    text = "version: 1\ninteractions:\n" + "".join(f"- {json.dumps(line)}\n" for line in lines)
    path.write_text(text, encoding="utf-8")

    found = read_recording(path) or []

    assert [(one.url, one.status, one.body) for one in found] == [
        ("u0", 200, b""),
        ("u1", 201, b""),
        ("u2", 202, b""),
    ]


def test_words_without_quotes_are_text_unless_json_knows_them(tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    words = {"at": "12:30:45", "day": "2020-01-01", "oct": "0777", "mark": "=", "more": "<<"}
    known = {"int": "-7", "float": "1.0e-07", "none": "null", "empty": "", "yes": "true"}
    text = "".join(f"        {name}: {word}\n" for name, word in (words | known).items())
    path.write_text(PARSED.replace("parsed_body: {id: c}", f"parsed_body:\n{text}"), "utf-8")

    (found,) = read_recording(path) or []

    expected = words | {"int": -7, "float": 1e-07, "none": None, "empty": None, "yes": True}
    assert json.loads(found.body) == expected


def test_what_was_sent_with_a_request_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(STOCK.replace("headers: {}", "headers: {X-One: [a, b]}"), encoding="utf-8")

    (found,) = read_recording(path) or []

    assert found.request_headers == {"x-one": "a, b"}
    assert found.recorded_at is None


@pytest.mark.parametrize(
    ("written", "time"),
    [
        pytest.param(
            "Tue, 07 Nov 2023 00:07:18 GMT", datetime(2023, 11, 7, 0, 7, 18, tzinfo=UTC), id="Ruby"
        ),
        pytest.param(
            "2023-11-07T02:07:18+02:00", datetime(2023, 11, 7, 0, 7, 18, tzinfo=UTC), id="ISO 8601"
        ),
        pytest.param("yesterday", None, id="no time"),
    ],
)
def test_when_it_was_recorded_is_read(written: str, time: datetime | None, tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(RUBY.replace("recorded_with", f"  recorded_at: {written}\nrecorded_with"))

    (found,) = read_recording(path) or []

    assert found.recorded_at == time


@pytest.mark.parametrize("text", ["", "a: 1", "- 1", "{}", "just words"])
def test_what_is_no_recording_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")

    assert read_recording(path) is None


def test_an_empty_recording_is_one(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("interactions: []\nversion: 1\n", encoding="utf-8")

    assert read_recording(path) == []


def laughs() -> str:
    """Write nine lists of which each holds the former nine times."""
    lines = ['a0: &a0 ["lol"]']
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    return "\n".join([*lines, "interactions: *a9"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("interactions: [", "did not find", id="YAML that breaks off"),
        pytest.param(
            "interactions:\n- 1\n", "interactions[0]", id="an interaction that is a number"
        ),
        pytest.param("interactions: 7\n", "not the shape", id="no list"),
        pytest.param(
            "interactions:\n- {request: 1, response: 2}\n",
            "no mapping",
            id="a request that is none",
        ),
        pytest.param(
            "requests: [1]\nresponses: []\n", "1 requests", id="lists of different length"
        ),
        pytest.param(laughs(), "aliases", id="a billion laughs"),
        pytest.param("interactions: &a [*a]", "itself", id="an alias within itself"),
        pytest.param("[" * 100_000, "nested", id="brackets without end"),
        pytest.param("- " * 100_000, "nested", id="lists without end"),
        pytest.param("interactions: *nobody", "undefined alias", id="an alias of nothing"),
        pytest.param("? {a: 1}\n: 2\n", "unhashable", id="a mapping as a key"),
        pytest.param(
            STOCK.replace("code: 200", "code: many"), "'many' is no whole", id="a status in words"
        ),
    ],
)
def test_a_damaged_file_is_named_with_the_reason(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RecordingError) as caught:
        read_recording(path)

    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x1f\x8bnonsense", id="damaged gzip"),
        pytest.param(gzip.compress(STOCK.encode())[:-20], id="gzip that breaks off"),
        pytest.param(b"\xff\xfe\xfa", id="no text"),
    ],
)
def test_damaged_bytes_are_named(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "damaged.yaml.gz"
    path.write_bytes(data)

    with pytest.raises(RecordingError, match=r"damaged\.yaml\.gz"):
        read_recording(path)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.yaml"):
        read_recording(tmp_path / "none.yaml")


def test_a_packed_file_may_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "MAX_BYTES", 1000)
    path = tmp_path / "bomb.yaml.gz"
    path.write_bytes(gzip.compress(b"a" * 100_000))

    with pytest.raises(RecordingError, match="MiB"):
        read_recording(path)


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.mkdir [TARGET]",
        "!!python/object/new:os.mkdir [TARGET]",
        "!!python/name:os.mkdir ''",
        "!ruby/object:Gem::Installer {i: TARGET}",
    ],
)
def test_nothing_is_executed(tag: str, tmp_path: Path) -> None:
    target = tmp_path / "made"
    path = tmp_path / "evil.yaml"
    path.write_text(f"x: {tag.replace('TARGET', str(target))}\n" + STOCK, encoding="utf-8")

    found = read_recording(path)

    assert not target.exists()
    assert found == [PLAIN]


def _normal(interaction: Interaction) -> dict[str, Any]:
    """Forget how JSON bodies are spaced."""
    return {
        "method": interaction.method,
        "url": interaction.url,
        "status": interaction.status,
        "headers": interaction.headers,
        "request": json.loads(interaction.request_body),
        "body": json.loads(interaction.body),
    }
