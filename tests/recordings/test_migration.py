"""Recordings of every shape, written anew: nothing is lost but what is secret."""

from __future__ import annotations

import base64
import gzip
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.recorded import SECRET, chat, exchange, write
from vcr.serialize import deserialize  # type: ignore[import-untyped]
from vcr.serializers import yamlserializer  # type: ignore[import-untyped]

from pytest_specbudget.cassettes.lines import parse
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.migration import migrated, target_name
from pytest_specbudget.recordings.migration import write as put

if TYPE_CHECKING:
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.migration import Migration

CONFORMANCE = os.environ.get("SPECBUDGET_CONFORMANCE", "")
NOTE = "Written anew."
ASKED = '{"model": "gpt-4o", "messages": []}'
ANSWERED = '{"id": "c", "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}'
URL = "https://api.openai.com/v1/chat/completions"
STOCK = f"""\
interactions:
- request:
    body: '{ASKED}'
    headers: {{Accept: [application/json]}}
    method: POST
    uri: {URL}
  response:
    body: {{string: '{ANSWERED}'}}
    headers: {{Content-Type: [application/json], X-Two: [a, b]}}
    status: {{code: 200, message: OK}}
version: 1
"""
PARSED = STOCK.replace(f"body: '{ASKED}'", f"parsed_body: {ASKED}").replace(
    f"body: {{string: '{ANSWERED}'}}", f"parsed_body: {ANSWERED}"
)
STUB = STOCK.replace(f"body: {{string: '{ANSWERED}'}}", f"content: '{ANSWERED}'").replace(
    "status: {code: 200, message: OK}", "status_code: 200"
)
RUBY = STOCK.replace("interactions:", "http_interactions:").replace("POST", "post")
LISTS = f"""\
requests:
- {{body: '{ASKED}', headers: {{}}, method: POST, uri: {URL}}}
responses:
- {{body: {{string: '{ANSWERED}'}}, headers: {{}}, status: {{code: 200, message: OK}}}}
"""
CASSETTER = f"""\
version: 1
interactions:
- request:
    method: POST
    uri: {URL}
    headers: {{}}
    body:
      type: json
      content: {ASKED}
  response:
    status: 200
    headers: {{}}
    body:
      type: json
      content: {ANSWERED}
  recorded_at: '2026-02-20T10:30:01Z'
"""
SHAPES = {
    "vcrpy": STOCK,
    "vcrpy with parsed bodies": PARSED,
    "vcrpy's former httpx stub": STUB,
    "Ruby VCR": RUBY,
    "lists of requests and responses": LISTS,
    "cassetter": CASSETTER,
}


def read(path: Path) -> Recording:
    """Read the one recording that *path* is."""
    return next(recordings(path, pytest.fail))


def migration_of(path: Path) -> Migration:
    return migrated(read(path), NOTE)


@pytest.mark.parametrize("form", SHAPES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_every_shape_becomes_the_same_exchange(tmp_path: Path, form: str, *, packed: bool) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(gzip.compress(SHAPES[form].encode()) if packed else SHAPES[form].encode())
    recording = read(path)

    text = migrated(recording, NOTE).text

    assert recording.whole.form == form
    assert text is not None
    (found,) = parse(text.encode(), "new").interactions
    (before,) = recording.whole.interactions
    assert fingerprint(found.asked) == fingerprint(before.asked)
    assert found.asked.method == "POST"
    assert json.loads(found.answer.body) == json.loads(ANSWERED)
    assert found.answer.status == 200


@pytest.mark.parametrize("form", SHAPES)
def test_what_was_written_is_one_line_and_loads_in_stock_vcrpy(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(SHAPES[form], "utf-8")

    text = migration_of(path).text or ""

    assert [line[:2] for line in text.splitlines()] == ["# ", "ve", "in", "- "]
    requests, responses = deserialize(text, yamlserializer)[:2]
    assert (len(requests), len(responses)) == (1, 1)


def test_headers_keep_their_case_and_their_repetitions(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(STOCK, "utf-8")

    text = migration_of(path).text or ""

    (found,) = parse(text.encode(), "new").interactions
    assert found.asked.headers == {"Accept": ["application/json"]}
    assert found.answer.headers["X-Two"] == ["a", "b"]


def test_secrets_go_and_are_named_by_their_place_alone(tmp_path: Path) -> None:
    asked = {"model": "gpt-4o", "messages": [], "api_key": SECRET}
    leaking = exchange(
        asked,
        ANSWERED,
        url=f"{URL}?key={SECRET}",
        sent={"Authorization": [f"Bearer {SECRET}"]},
        Set_Cookie=f"session={SECRET}",
    )

    plan = migration_of(write(tmp_path / "a.json", leaking))

    assert SECRET not in (plan.text or SECRET)
    told = " ".join(plan.removed)
    assert SECRET not in told
    for place in ('request header "authorization"', '"key"', "request body", '"set-cookie"'):
        assert place in told


def test_a_secret_in_a_comment_goes_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"# made with {SECRET}\n# by hand\n{STOCK}", "utf-8")

    text = migration_of(path).text or SECRET

    assert SECRET not in text
    assert text.splitlines()[1:3] == ["# by hand", f"# {NOTE}"]


def test_a_compressed_answer_is_opened_and_its_length_stated_anew(tmp_path: Path) -> None:
    packed = base64.b64encode(gzip.compress(ANSWERED.encode())).decode()
    headers = "headers: {Content-Encoding: [gzip], content-length: ['7']}"
    path = tmp_path / "a.yaml"
    path.write_text(
        STOCK.replace(f"string: '{ANSWERED}'", f"string: !!binary {packed}").replace(
            "headers: {Content-Type: [application/json], X-Two: [a, b]}", headers
        ),
        "utf-8",
    )

    text = migration_of(path).text or ""

    (found,) = parse(text.encode(), "new").interactions
    assert found.answer.body == ANSWERED.encode()
    assert found.answer.headers == {"content-length": [str(len(ANSWERED))]}


def test_migrating_twice_has_nothing_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", chat(), chat("again"))
    put(migration_of(path).text or "", path)

    again = migration_of(path)

    assert (again.text, again.refusal) == (None, "")


def test_a_recording_with_more_than_exchanges_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"{STOCK}metadata: {{seed: 7}}\n", "utf-8")

    plan = migration_of(path)

    assert plan.text is None
    assert "metadata" in plan.refusal


def test_a_reading_that_would_change_is_refused(tmp_path: Path) -> None:
    recording = read(write(tmp_path / "a.yaml", chat()))
    (reading,) = recording.readings
    assert reading is not None
    another = replace(recording, readings=[replace(reading, usage_state="partial")])

    plan = migrated(another, NOTE)

    assert plan.text is None
    assert "usage of interaction 0" in plan.refusal


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("a.yaml", "a.yaml"),
        ("a.yml", "a.yml"),
        ("a.json", "a.yaml"),
        ("a.har", "a.yaml"),
        ("a.toml", "a.yaml"),
        ("a.yaml.gz", "a.yaml"),
        ("a.b.json.gz", "a.b.yaml"),
    ],
)
def test_a_name_follows_the_form(name: str, target: str) -> None:
    assert target_name(name) == target


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", chat())
    path.chmod(0o640)

    put("new", path)

    assert path.read_text("utf-8") == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.skipif(not CONFORMANCE, reason="needs recordings: set SPECBUDGET_CONFORMANCE")
def test_real_recordings_read_the_same_before_and_after(tmp_path: Path) -> None:
    shapes: set[str] = set()
    for recording in recordings(Path(CONFORMANCE) / "recordings/corpus", pytest.fail):
        plan = migrated(recording, NOTE)
        if plan.text is not None:
            put(plan.text, tmp_path / "new.yaml")
            assert _usage(read(tmp_path / "new.yaml")) == _usage(recording), recording.name
            shapes.add(recording.whole.form)
        else:
            assert plan.refusal, recording.name

    assert shapes >= SHAPES.keys() - {"cassetter"}


def _usage(recording: Recording) -> list[object]:
    return [each and (each.model, each.usage, each.usage_state) for each in recording.readings]
