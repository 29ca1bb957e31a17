from __future__ import annotations

import pytest

from pytest_specbudget.core.exchange import Request


def request(body: bytes | None, path: str = "/v1/chat/completions") -> Request:
    return Request(method="POST", host="api.openai.com", path=path, body=body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        pytest.param(b'{"model": "m"}', {"model": "m"}, id="an object"),
        pytest.param(None, {}, id="a body that could not be seen"),
        pytest.param(b"", {}, id="no body"),
        pytest.param(b"[1]", {}, id="another shape"),
        pytest.param(b'{"model": ', {}, id="cut off"),
        pytest.param(b"\xff", {}, id="no text"),
        pytest.param(b"[" * 100_000, {}, id="a bomb"),
    ],
)
def test_only_a_json_object_is_a_document(body: bytes | None, document: object) -> None:
    assert request(body).document == document


def test_the_order_of_keys_does_not_change_a_fingerprint() -> None:
    one, other = request(b'{"a": 1, "b": 2}'), request(b'{"b":2,"a":1}')

    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(request(b'{"a": 1}'), request(b'{"a": 2}'), id="another body"),
        pytest.param(request(b"{}", "/a"), request(b"{}", "/b"), id="another path"),
        pytest.param(request(b"raw"), request(b"raw2"), id="bytes that are no JSON"),
    ],
)
def test_different_requests_have_different_fingerprints(one: Request, other: Request) -> None:
    assert one.fingerprint() != other.fingerprint()


def test_what_could_not_be_seen_has_no_fingerprint() -> None:
    assert request(None).fingerprint() is None
