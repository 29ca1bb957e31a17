from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.scrub import (
    scrubbed,
    scrubbed_body,
    scrubbed_headers,
    scrubbed_uri,
)

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


@given(st.binary(max_size=200))
def test_scrubbing_twice_is_scrubbing_once(body: bytes) -> None:
    once = scrubbed_body(body)

    assert scrubbed_body(once) == once
