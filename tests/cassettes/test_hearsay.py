"""What others say is repeated without any key, whatever the words around it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import KEYS, traces_of

from pytest_specbudget.cassettes.damage import damaged
from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.misses import describe
from pytest_specbudget.cassettes.secrets.hearsay import MOST, repeatable, repeatable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

MISTRAL = "q7Rz0bLk2VxN9wTfYp4sJd8hGm1cAe5u"  # no shape of its own; nobody ever issued it
PLAIN = "correct-horse-battery"

WORDINGS: Mapping[str, str] = {
    "httpx, of an address": "Client error '429 X' for url 'http://127.0.0.1:1/v1/m:generate?key={}'",
    "requests, of a path": "Max retries exceeded with url: /v1/m?alt=sse&key={} (Caused by X())",
    "a path": "/v1/{}/chat/completions",
    "a password": "cannot reach https://me:{}@gateway.example/v1",
    "a sentence": "Incorrect API key provided: {}. You can find yours in the console.",
    "a document": '{{"error": {{"message": "the key {} is not valid"}}}}',
    "bytes": "what came was b'{}\\r\\n'",
    "two lines": "no\n{}\nnever",
}


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=WORDINGS)
def test_no_known_key_is_repeated(wording: str) -> None:
    told = {kind: repeatable(wording.format(key)) for kind, key in KEYS.items()}

    assert [kind for kind, words in told.items() if traces_of(KEYS[kind], words)] == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Illegal header value b'Bearer {}\\n'", id="h11"),
        pytest.param("Invalid header value b'{}\\r\\n'", id="http.client"),
        pytest.param("Invalid leading whitespace in header value: '{}\\n'", id="requests"),
        pytest.param("Header part ('{}') from (b'x', 1) is no str", id="requests, a type"),
        pytest.param("""header value b"it's {}" is not allowed""", id="the other quotes"),
        pytest.param("""could not send {{'x-api-key': '{}', 'accept': '*'}}""", id="a dict"),
        pytest.param("""metadata was invalid: [('authorization', 'Bearer {}')]""", id="gRPC"),
        pytest.param("""[(b'api-key', b'{}'), (b'accept', b'*')]""", id="raw headers"),
        pytest.param("Max retries exceeded with url: /v1?x=1&token={} (X)", id="a query"),
        pytest.param("for url https://{}@gateway.example/v1", id="a user"),
    ],
)
@pytest.mark.parametrize("key", [MISTRAL, PLAIN], ids=["random", "like words"])
def test_a_key_that_has_no_shape_is_known_by_where_it_stands(words: str, key: str) -> None:
    assert key not in repeatable(words.format(key))


def test_what_looks_random_is_not_repeated_wherever_it_stands() -> None:
    assert (
        repeatable(f"who is {MISTRAL}, at /v1/{MISTRAL}/x?")
        == "who is REDACTED, at /v1/REDACTED/x?"
    )


@pytest.mark.parametrize("written", [PLAIN, "correct-horse/battery"])
def test_what_the_environment_holds_as_a_key_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("ACME_API_KEY", f"{written}\n")

    assert repeatable(f"a bad key: {written}") == "a bad key: REDACTED"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PWD", "/home/me/project", id="the folder"),
        pytest.param("MODEL_KEY", "claude-sonnet-4-5-20250929", id="a model"),
        pytest.param("ACME_API_KEY", "short", id="a word"),
        pytest.param("ACME_API_KEY", "your-api-key", id="what stands for a key"),
        pytest.param("GREETING", "good morning", id="no credential"),
    ],
)
def test_what_is_held_under_a_harmless_name_is_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert repeatable(f"it was {value}") == f"it was {value}"


@pytest.mark.parametrize(
    "words",
    [
        "ConnectError: [Errno 111] Connection refused",
        "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/a/test_x0/test_y[one].yaml'",
        "JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        "cached 161 > input 10",
        "the answer to 0b3c1f52-60de-4f3b-8a1f-5c2e7d90ab34 of claude-sonnet-4-5-20250929 is late",
        "<HTTPSConnection object at 0x7f2a3c4d5e60>: Failed to establish a new connection",
        "header values aren't what they were",
    ],
)
def test_what_is_harmless_is_repeated_as_it_is(words: str) -> None:
    assert repeatable(words) == words


def test_words_are_repeated_on_one_line_without_what_a_terminal_would_obey() -> None:
    assert repeatable(" one\n\ttwo\x1b[31m three\u2028 ") == "one two [31m three"


def test_words_are_cut_to_what_is_kept() -> None:
    told = repeatable("word " * 500)

    assert len(told) == MOST
    assert told.endswith("...")


@pytest.mark.parametrize("before", range(3950, 4005, 3))
def test_no_key_is_cut_in_two_and_so_not_known(before: int) -> None:
    words = "".join(f"{MISTRAL}\n" for _ in range(200))[:before] + f" {MISTRAL}"

    assert not traces_of(MISTRAL, repeatable(words))


@given(st.text())
def test_whatever_is_said_is_told_in_one_line_that_can_be_printed(words: str) -> None:
    told = repeatable(words)

    assert len(told) <= MOST
    assert told.isprintable()


def test_no_model_is_called_by_a_key() -> None:
    assert [kind for kind, key in KEYS.items() if traces_of(key, repeatable_name(key))] == []


def test_a_request_without_a_recording_is_described_without_a_key() -> None:
    body = json.dumps({"model": KEYS["sk-"]}).encode()
    uri = f"https://g.co/v1/chat/completions?key={KEYS['AIza']}"
    asked = Asked(method="POST", uri=uri, body=body, headers={})

    assert describe(asked) == 'POST g.co/v1/chat/completions, model "REDACTED"'


def test_a_damaged_recording_is_told_without_the_key_that_it_holds() -> None:
    error = damaged("a.yaml", ValueError(f"line 3: no mapping: {KEYS['sk-']}"))

    assert str(error).startswith("a.yaml, line 3: cannot be read (no mapping: REDACTED)")


@pytest.mark.parametrize(
    "name",
    [
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "meta/llama:02e509c789964a7ea8736978a43525956ef40397be9033abf9fd2badfe68c9e3",
        "arn:aws:bedrock:us-east-1:617283940556:application-inference-profile/x7f3q2x7f3q2",
        "ft:gpt-4o-mini-2024-07-18:acme::AbCd1234",
        MISTRAL,
    ],
)
def test_a_model_keeps_its_name_even_if_that_looks_random(name: str) -> None:
    assert repeatable_name(name) == name


def test_a_key_of_this_process_that_was_taken_for_a_model_is_not_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    swapped = re.sub("q7", "q8", MISTRAL)
    monkeypatch.setenv("MISTRAL_API_KEY", swapped)

    assert repeatable_name(swapped) == "REDACTED"
