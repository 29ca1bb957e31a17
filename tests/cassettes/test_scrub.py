from __future__ import annotations

import gzip
import json
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.frames import chunk, event
from support.planted import PLANTED, Planted

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.scrub import (
    scrubbed,
    scrubbed_body,
    scrubbed_headers,
    scrubbed_text,
    scrubbed_uri,
)
from pytest_specbudget.cassettes.tape import Tape
from pytest_specbudget.providers.aws_frames import Frames

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-proj-abcdefghij0123456789"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "x-api-key",
        "Api-Key",
        "x-goog-api-key",
        "Cookie",
        "Set-Cookie",
        "openai-organization",
        "anthropic-organization-id",
        "X-Amz-Security-Token",
        "proxy-authorization",
        "Ocp-Apim-Subscription-Key",
        "helicone-auth",
        "x-rapidapi-key",
        "X-Functions-Key",
        "x-litellm-key",
        "x-portkey-virtual-key",
        "langfuse-key",
        "x-auth",
        "x-user-auth",
        "authentication",
        "x-jwt",
        "x-bearer",
        "gateway-auth",
        "x-pass",
        "x-api-key-2",
        "X-ApiKey",
        "x_auth_token",
        "x-accesstoken",
        "x-session-id",
        "x-hub-signature-256",
        "x-ratelimit-key",
        "cf-aig-authorization",
    ],
)
def test_a_secret_header_keeps_its_name_alone(name: str) -> None:
    assert scrubbed_headers({name: ["one", "two"]}) == {name: ["REDACTED", "REDACTED"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-ratelimit-remaining-tokens", "29999"),
        ("anthropic-ratelimit-input-tokens-limit", "40000"),
        ("x-request-id", "req_0123456789abcdef0123"),
        ("X-Ratelimit-Limit-Token-Minute", "500000"),
        ("X-Amzn-Bedrock-Input-Token-Count", "17"),
        ("x-litellm-key-rpm-limit", "60"),
        ("access-control-allow-credentials", "true"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Idempotency-Key", "stainless-python-retry-1"),
        ("cf-aig-cache-key", "prompt-7"),
        ("x-stainless-runtime", "CPython"),
        ("www-authenticate", "Basic"),
        ("x-author", "Ms. Keyes"),
        ("x-passenger", "monkey"),
        ("retry-after", "2"),
        ("anthropic-beta", "token-counting-2024-11-01"),
    ],
)
def test_a_harmless_header_is_kept(name: str, value: str) -> None:
    assert scrubbed_headers({name: [value]}) == {name: [value]}


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("https://g.co/v1?key=AIza1&alt=sse", "https://g.co/v1?key=REDACTED&alt=sse"),
        (
            "https://g.co/v1?api_key=a&Access_Token=b",
            "https://g.co/v1?api_key=REDACTED&Access_Token=REDACTED",
        ),
        ("https://s3.co/x?X-Amz-Signature=ab&n=1", "https://s3.co/x?X-Amz-Signature=REDACTED&n=1"),
        ("https://me:pass@g.co/v1?a=b%20c", "https://REDACTED@g.co/v1?a=b%20c"),
        (
            "https://g.co/v1?sig=a&keyword=b&max_tokens=3",
            "https://g.co/v1?sig=REDACTED&keyword=b&max_tokens=3",
        ),
        ("https://g.co/v1?auth=a&author=b", "https://g.co/v1?auth=REDACTED&author=b"),
        ("https://g.co/v1?apikey=a&code=b", "https://g.co/v1?apikey=REDACTED&code=REDACTED"),
        ("https://g.co/v1?key=&pageToken=b", "https://g.co/v1?key=&pageToken=b"),
        (f"https://g.co/{KEY}/x", "https://g.co/REDACTED/x"),
    ],
)
def test_an_address_keeps_all_but_its_secrets(uri: str, kept: str) -> None:
    assert scrubbed_uri(uri) == kept


@pytest.mark.parametrize("name", ["auth", "api_key", "session", "x-user-jwt"])
def test_a_recording_made_with_one_credential_answers_a_request_with_another(name: str) -> None:
    kept, redacted, asked = (
        fingerprint(Asked(method="POST", uri=f"https://g.co/v1/x?a=1&{name}={value}"))
        for value in ("old", "REDACTED", "new")
    )

    assert kept == redacted == asked


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param(
            '{"api_key": "x\\"y"}', '{"api_key": "REDACTED"}', id="a value with a quote in it"
        ),
        pytest.param('{"a": {"token":"t"}}', '{"a": {"token":"REDACTED"}}', id="a nested field"),
        pytest.param('{"client_secret":"t"}', '{"client_secret":"REDACTED"}', id="a prefixed name"),
        pytest.param('{"openaiApiKey":"t"}', '{"openaiApiKey":"REDACTED"}', id="camel case"),
        pytest.param(
            '{"authorization_token":"t"}',
            '{"authorization_token":"REDACTED"}',
            id="an MCP server's",
        ),
        pytest.param(
            r'{"arguments": "{\"password\": \"t\"}"}',
            r'{"arguments": "{\"password\": \"REDACTED\"}"}',
            id="JSON in JSON",
        ),
        pytest.param(
            "grant=x&client_secret=t&a=b", "grant=x&client_secret=REDACTED&a=b", id="a form"
        ),
        pytest.param(
            f'{{"content": "my key is {KEY}."}}',
            '{"content": "my key is REDACTED."}',
            id="a key in a prompt",
        ),
        pytest.param(
            '{"h": "Bearer abcdefgh12345678"}', '{"h": "Bearer REDACTED"}', id="a bearer token"
        ),
    ],
)
def test_a_body_keeps_all_but_its_secrets(sent: str, kept: str) -> None:
    assert scrubbed_body(sent.encode()) == kept.encode()


@pytest.mark.parametrize(
    "text",
    [
        '{"max_tokens": 100, "stop_token": "</s>"}',
        '{"properties": {"token": {"type": "string"}}}',
        '{"content": "task-management-with-risk-analysis-2026 and sk-learn"}',
        '{"content": "the bearer of the news was here"}',
        '{"key": "value", "secretary": "Ms. Jones"}',
    ],
)
def test_a_body_without_secrets_is_kept(text: str) -> None:
    body = text.encode()

    assert scrubbed_body(body) is body


def test_a_piece_of_text_with_its_probability_is_kept_in_an_answer() -> None:
    body = b'{"logprobs": [{"token": "Hello", "logprob": -0.1}], "access_token": "abc"}'

    kept = scrubbed_body(body, received=True)

    assert kept == body.replace(b'"abc"', b'"REDACTED"')


def test_a_changed_answer_states_its_new_length() -> None:
    body = json.dumps({"echo": KEY}).encode()
    answer = Answer(status=200, body=body, headers={"Content-Length": [str(len(body))]})

    kept = scrubbed(Interaction(Asked(method="POST", uri="http://h/"), answer)).answer

    assert kept.headers["Content-Length"] == [str(len(kept.body))]
    assert KEY.encode() not in kept.body


def interaction(planted: Planted) -> Interaction:
    return Interaction(
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


@pytest.mark.parametrize("planted", [pytest.param(one, id=one.id) for one in PLANTED])
def test_a_credential_never_reaches_the_disk(planted: Planted, tmp_path: Path) -> None:
    tape = Tape(tmp_path / "cassettes" / "a.yaml", "all", refuse=RuntimeError)
    one = interaction(planted)

    tape.store(one.asked, one.answer)
    tape.close()

    [written] = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert "REDACTED" in written or "000000000000" in written
    assert not [secret for secret in planted.secrets if secret in written]


@pytest.mark.parametrize("planted", [pytest.param(one, id=one.id) for one in PLANTED])
def test_what_was_scrubbed_is_still_what_is_asked(planted: Planted) -> None:
    asked = interaction(planted).asked

    assert fingerprint(scrubbed(interaction(planted)).asked) == fingerprint(asked)


ID = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7"
BLOB = (ID + "/" + ID + "+" + ID) * 20


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"id": f"chatcmpl-{ID}", "system_fingerprint": "fp_a1b2c3d4e5"}, id="a reply"),
        pytest.param({"id": f"msg_01{ID}", "content": []}, id="a message"),
        pytest.param({"id": f"resp_{ID}", "previous_response_id": f"resp_{ID}"}, id="a response"),
        pytest.param({"tool_calls": [{"id": f"call_{ID}"}]}, id="a tool call"),
        pytest.param({"type": "tool_use", "id": f"toolu_{ID}"}, id="a use of a tool"),
        pytest.param({"signature": BLOB, "thinking": "Hm."}, id="a signed thought"),
        pytest.param({"thoughtSignature": BLOB, "text": "Hm."}, id="Gemini's signed thought"),
        pytest.param({"encrypted_content": f"gAAAA{ID}-_{ID}=="}, id="encrypted reasoning"),
        pytest.param({"b64_json": BLOB}, id="an image"),
        pytest.param({"url": f"data:image/png;base64,{BLOB}"}, id="an image in an address"),
        pytest.param({"embedding": BLOB, "index": 0}, id="an embedding"),
        pytest.param({"nextPageToken": ID, "page_token": ID}, id="the token of a page"),
        pytest.param({"prompt_cache_key": ID, "idempotency_key": ID}, id="keys of a cache"),
        pytest.param({"thread_id": f"thread_{ID}", "file_id": f"file-{ID}"}, id="things by id"),
        pytest.param({"key": "d41d8cd98f00b204e9800998ecf8427e"}, id="a hash that is a key"),
        pytest.param(
            {"text": "set token = tokenizer.encode(text) and api_key=os.environ['KEY']"}, id="code"
        ),
        pytest.param({"text": "see https://g.co/docs/api-keys?page=2#tokens"}, id="a plain link"),
        pytest.param({"text": "mail me@example.com, not https://example.com"}, id="an address"),
        pytest.param({"arn": "arn:aws:bedrock:us-east-1::foundation-model/x"}, id="a public ARN"),
    ],
)
@pytest.mark.parametrize("received", [True, False], ids=["received", "sent"])
def test_what_a_replay_needs_back_is_kept(body: object, received: bool) -> None:  # noqa: FBT001 - parametrized
    text = json.dumps(body).encode()

    assert scrubbed_body(text, received=received) is text


@pytest.mark.parametrize(
    "escape",
    [
        pytest.param("\\n", id="after a line break"),
        pytest.param("\\t", id="after a tab"),
        pytest.param("\\u003d", id="after a character by its number"),
        pytest.param("\\\\n", id="in JSON in JSON"),
        pytest.param("%3D", id="after a percent escape"),
        pytest.param("'", id="after a quote"),
        pytest.param("/", id="after a slash"),
    ],
)
def test_an_escape_before_a_key_does_not_hide_it(escape: str) -> None:
    body = f'{{"content": "it is{escape}{KEY}"}}'.encode()

    assert scrubbed_body(body) == body.replace(KEY.encode(), b"REDACTED")


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_field_is_found_however_often_it_is_quoted(depth: int) -> None:
    document: object = {"api_key": 'a"b\\c', "max_tokens": 3}
    for _ in range(depth):
        document = {"arguments": json.dumps(document)}

    kept = scrubbed_body(json.dumps(document).encode()) or b""

    for _ in range(depth):
        document = json.loads(kept)
        assert isinstance(document, dict)
        kept = document["arguments"].encode()
    assert json.loads(kept) == {"api_key": "REDACTED", "max_tokens": 3}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(
            '{"keys": 1, "api_keys": ["a", "b"]}', '{"keys": 1, "api_keys": ["REDACTED"]}'
        ),
        pytest.param(
            '{"client_secret": {"value": "a"}}', '{"client_secret": {"value": "REDACTED"}}'
        ),
        pytest.param('{"password": ""}', '{"password": ""}'),
        pytest.param('{"password": {"type": "string"}}', '{"password": {"type": "string"}}'),
        pytest.param('{"password": "cut off', '{"password": "REDACTED'),
    ],
    ids=["a list", "a value inside", "an empty one", "a schema", "a torn text"],
)
def test_a_secret_field_may_hold_more_than_a_text(body: str, kept: str) -> None:
    assert scrubbed_body(body.encode()) == kept.encode()


def test_a_body_that_is_no_text_is_searched_too() -> None:
    body = (
        b"--b\r\nContent-Type: image/png\r\n\r\n\x89PNG\xff\xfe\x00 " + KEY.encode() + b" \xff--b--"
    )

    assert scrubbed_body(body) == body.replace(KEY.encode(), b"REDACTED")


def test_a_compressed_request_is_kept_as_it_reads() -> None:
    body = json.dumps({"api_key": "abc", "model": "gpt-5"}).encode()
    packed = gzip.compress(body)
    headers = {"Content-Encoding": ["gzip"], "Content-Length": [str(len(packed))]}
    asked = Asked(method="POST", uri="http://h/", body=packed, headers=headers)

    kept = scrubbed(Interaction(asked, Answer(status=200))).asked

    assert kept.body == body.replace(b"abc", b"REDACTED")
    assert kept.headers == {"Content-Length": [str(len(kept.body or b""))]}


def test_an_event_stream_is_scrubbed_in_its_frames() -> None:
    account = "617283940556"
    arn = {"trace": {"agentAliasArn": f"arn:aws:bedrock:us-east-1:{account}:agent-alias/a/b"}}
    events = [event("trace", arn), chunk({"completion": f"use {KEY}"}), chunk({"completion": "x"})]
    body = b"".join(events)

    kept = scrubbed_body(body, received=True) or b""

    heard: list[bytes] = []
    frames = Frames(heard.append)
    frames.feed(kept)
    frames.close()
    assert json.loads(heard[0]) == json.loads(json.dumps(arn).replace(account, "0" * 12))
    assert json.loads(b64decode(json.loads(heard[1])["bytes"])) == {"completion": "use REDACTED"}
    assert kept.endswith(events[2])
    assert scrubbed_body(kept, received=True) is kept


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_an_event_stream_that_breaks_off_is_scrubbed_all_the_same(cut: int) -> None:
    whole = event("trace", {"text": f"{KEY} and {KEY}"})

    kept = scrubbed_body(whole + whole[:-cut], received=True) or b""

    assert KEY.encode() not in kept


def test_a_text_that_is_about_to_be_shown_has_no_key() -> None:
    assert scrubbed_text(f"no number: '{KEY}'") == "no number: 'REDACTED'"


credentials = st.sampled_from(
    [secret for planted in PLANTED for secret in planted.secrets]
    + [value for planted in PLANTED for value in (planted.uri, planted.asked_body, planted.body)]
)
glue = st.sampled_from(
    [
        *('"', '\\"', ": ", "=", "&", "?", "://", "@", ":", ";", " ", "\\n", "/", ".", "-", "_"),
        *('"api_key": "', '{"token":"', "Bearer ", "password=", "key=", "%3D", "AKIA", "sk-"),
        "arn:aws:x:y:",
    ]
)
texts = st.lists(credentials | glue | st.text(max_size=5), max_size=12).map("".join)


@given(st.binary(max_size=200) | texts.map(str.encode), st.booleans())
def test_scrubbing_twice_is_scrubbing_once(body: bytes, received: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    once = scrubbed_body(body, received=received)

    assert scrubbed_body(once, received=received) == once


@given(texts)
def test_an_address_is_scrubbed_once(uri: str) -> None:
    once = scrubbed_uri(uri)

    assert scrubbed_uri(once) == once


@given(texts)
def test_a_header_is_scrubbed_once(value: str) -> None:
    once = scrubbed_headers({"x-any": [value]})

    assert scrubbed_headers(once) == once
