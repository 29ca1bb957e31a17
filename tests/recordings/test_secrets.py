"""Credentials in recordings that were made without us: found, placed, and never told."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.planted import PLANTED, Planted

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.lines import header, line
from pytest_specbudget.cassettes.scrub import scrubbed
from pytest_specbudget.cassettes.secrets.placeholders import is_placeholder
from pytest_specbudget.recordings.secrets import (
    Secret,
    secrets_in_file,
    secrets_in_recording,
)
from pytest_specbudget.recordings.whole import read_whole_recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def document(planted: Planted) -> dict[str, Any]:
    """Write what vcrpy would have kept."""
    request = {
        "method": "POST",
        "uri": planted.uri,
        "body": planted.asked_body,
        "headers": {name: [value] for name, value in planted.asked_headers.items()},
    }
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {name: [value] for name, value in planted.headers.items()},
        "body": {"string": planted.body},
    }
    return {"version": 1, "interactions": [{"request": request, "response": response}]}


def as_yaml(path: Path, planted: Planted) -> None:
    path.write_text(yaml.safe_dump(document(planted)), "utf-8")


def as_json(path: Path, planted: Planted) -> None:
    path.write_text(json.dumps(document(planted), indent=1), "utf-8")


def packed(path: Path, planted: Planted) -> None:
    path.write_bytes(gzip.compress(yaml.safe_dump(document(planted)).encode()))


def with_packed_bodies(path: Path, planted: Planted) -> None:
    whole = document(planted)
    [pair] = whole["interactions"]
    pair["response"]["body"]["string"] = gzip.compress(planted.body.encode())
    path.write_text(yaml.safe_dump(whole), "utf-8")


def as_ruby(path: Path, planted: Planted) -> None:
    [pair] = document(planted)["interactions"]
    pair["request"]["body"] = {"encoding": "UTF-8", "string": planted.asked_body}
    path.write_text(yaml.safe_dump({"http_interactions": [pair]}), "utf-8")


def found(path: Path) -> list[Secret]:
    whole = read_whole_recording(path)
    assert whole is not None
    return secrets_in_recording(path, whole)


@pytest.mark.parametrize("write", [as_yaml, as_json, packed, with_packed_bodies, as_ruby])
@pytest.mark.parametrize("planted", [pytest.param(one, id=one.id) for one in PLANTED])
def test_a_credential_is_found_and_not_told(
    planted: Planted, write: Callable[[Path, Planted], None], tmp_path: Path
) -> None:
    path = tmp_path / "cassette.yaml"
    write(path, planted)

    secrets = found(path)

    assert secrets
    told = "\n".join(map(str, secrets)) + repr(secrets)
    assert not [secret for secret in planted.secrets if secret in told or secret[3:11] in told]


@pytest.mark.parametrize("planted", [pytest.param(one, id=one.id) for one in PLANTED])
def test_nothing_that_we_wrote_is_reported(planted: Planted, tmp_path: Path) -> None:
    one = Interaction(
        Asked(
            method="POST",
            uri=planted.uri,
            body=planted.asked_body.encode(),
            headers={name: [value] for name, value in planted.asked_headers.items()},
        ),
        Answer(
            status=200,
            body=planted.body.encode(),
            headers={name: [value] for name, value in planted.headers.items()},
        ),
    )
    path = tmp_path / "a.yaml"
    path.write_text(header("made by a test") + line(scrubbed(one)), "utf-8")

    assert found(path) == []


KEY = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"


def test_a_secret_is_told_by_kind_place_line_length_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    one = Planted("", (), asked_body=json.dumps({"a": [{"b": f"use {KEY}"}]}))
    as_yaml(path, one)
    number = 1 + [KEY in text for text in path.read_text("utf-8").splitlines()].index(True)

    [secret] = found(path)

    assert secret == Secret(
        kind="GitHub token",
        where="interaction 0, request body $.a[0].b",
        line=number,
        length=40,
        digest=hashlib.sha256(KEY.encode()).hexdigest()[:8],
    )


def test_one_that_stands_often_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    as_yaml(path, Planted("", (), asked_body=f'"{KEY}"', asked_headers={"x-a": f"Bearer {KEY}"}))

    [secret] = found(path)

    assert secret.more == 1
    assert str(secret).endswith('request header "x-a", and at 1 more place')


def test_one_that_could_be_guessed_from_its_hash_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    as_yaml(path, Planted("", (), asked_body='{"password": "hunter2"}'))

    [secret] = found(path)

    assert (secret.digest, secret.length) == ("", 7)
    assert "hunter2" not in str(secret)


@pytest.mark.parametrize("name", ["openai-organization", "anthropic-organization-id"])
def test_an_account_is_no_secret_and_told_apart(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    as_yaml(path, Planted("", (), headers={name: "acme"}))

    assert [secret.is_account for secret in found(path)] == [True]


def test_a_comment_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    as_yaml(path, Planted("", ()))
    path.write_text(f"# made with {KEY}\n{path.read_text('utf-8')}", "utf-8")

    [secret] = found(path)

    assert (secret.where, secret.line) == ("a comment", 1)


def test_a_file_that_is_no_recording_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"- [\n{KEY}\n", "utf-8")

    [secret] = secrets_in_file(path)

    assert (secret.kind, secret.line) == ("GitHub token", 2)


@pytest.mark.parametrize(
    "value",
    [
        *("REDACTED", "**REDACTED**", "<filtered>", "scrubbed", "Bearer <AUTH_TOKEN>", "XXXXXX"),
        *("X-API-KEY-XXX", "Bearer test_openai_api_key", "OPENAI_API_KEY", "${OPENAI_API_KEY}"),
        *("{{ key }}", "***", "sk-...", "dummy", "your-api-key", "test", "Basic <CREDENTIALS>"),
        *("test_aws_security_token", "fake-key-for-tests", "0", "000000000000", "", "none"),
        "AWS4-HMAC-SHA256 Credential=<AWS_ACCESS_KEY_ID>/<DATE>/aws4_request, Signature=<SIG>",
    ],
)
def test_what_somebody_scrubbed_is_known(value: str) -> None:
    assert is_placeholder(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        *(KEY, f"Bearer {KEY}", "hunter2", "correct horse battery", "session=abc123", "acme-corp"),
        "Basic " + base64.b64encode(b"me:secret-word").decode(),
        f"test-{KEY}",
    ],
)
def test_a_credential_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value.encode())
