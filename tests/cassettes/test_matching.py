from __future__ import annotations

import pytest

from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.matching import fingerprint

URI = "https://api.openai.com/v1/chat/completions"


def asked(uri: str = URI, body: str | bytes | None = None, method: str = "POST") -> Asked:
    return Asked(method=method, uri=uri, body=body.encode() if isinstance(body, str) else body)


def part(boundary: str, text: str) -> bytes:
    head = "Content-Disposition: form-data"
    return f"--{boundary}\r\n{head}\r\n\r\n{text}\r\n--{boundary}--\r\n".encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            asked(),
            asked("http://API.openai.com/v1/chat/completions"),
            id="scheme, case of the host",
        ),
        pytest.param(
            asked(),
            asked("https://api.openai.com:443/v1/chat/completions"),
            id="the scheme's own port",
        ),
        pytest.param(
            asked("http://127.0.0.1:40001/v1"),
            asked("http://127.0.0.1:50002/v1"),
            id="ports the system picked",
        ),
        pytest.param(asked(URI + "?a=1&b=2"), asked(URI + "?b=2&a=1"), id="the order of the query"),
        pytest.param(asked(URI + "?key=mine"), asked(URI + "?key=REDACTED"), id="whose key it is"),
        pytest.param(
            asked(body='{"a":1,"b":[true]}'),
            asked(body='{ "b": [true], "a": 1.0 }'),
            id="spacing, order, 1.0",
        ),
        pytest.param(asked(body='{"t":1e2}'), asked(body='{"t":100}'), id="an exponent"),
        pytest.param(asked(body='{"x":"\\u00e9"}'), asked(body='{"x":"é"}'), id="an escape"),
        pytest.param(
            asked(body='{"api_key":"a"}'), asked(body='{"api_key":"b"}'), id="whose key is inside"
        ),
        pytest.param(
            asked(body=part("a1", "x")), asked(body=part("b22", "x")), id="multipart boundaries"
        ),
        pytest.param(asked(body=None), asked(body=b""), id="no body and an empty one"),
    ],
)
def test_requests_that_mean_the_same_match(one: Asked, other: Asked) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(asked(), asked(method="GET"), id="the method"),
        pytest.param(asked(), asked("https://api.groq.com/v1/chat/completions"), id="the host"),
        pytest.param(
            asked("http://localhost:11434/v1"),
            asked("http://localhost:8000/v1"),
            id="two local services",
        ),
        pytest.param(
            asked("https://gw.corp:40001/v1"),
            asked("https://gw.corp:50002/v1"),
            id="ports of another machine",
        ),
        pytest.param(asked(URI + "?a="), asked(URI), id="an empty parameter"),
        pytest.param(asked(body='{"n":1}'), asked(body='{"n":true}'), id="1 and true"),
        pytest.param(asked(body='{"n":0.1}'), asked(body='{"n":0.2}'), id="a number"),
        pytest.param(
            asked(body='{"m":["a","b"]}'), asked(body='{"m":["b","a"]}'), id="the order of messages"
        ),
        pytest.param(asked(body='{"p":"Hi"}'), asked(body='{"p":"hi"}'), id="the case of a prompt"),
        pytest.param(
            asked(body=part("a1", "x")), asked(body=part("a1", "y")), id="a multipart value"
        ),
        pytest.param(asked(body=b"\xff\x00"), asked(body=b"\xff\x01"), id="binary bodies"),
    ],
)
def test_requests_that_differ_do_not_match(one: Asked, other: Asked) -> None:
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, "{" + '"a":{' * 100_000, "{not json", "[1, NaN, 1e999]"]
)
def test_any_body_has_a_fingerprint(body: str) -> None:
    assert fingerprint(asked(body=body)) == fingerprint(asked(body=body))
