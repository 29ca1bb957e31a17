from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from pytest_specbudget.core.exchange import Exchange, Request


def request(body: bytes | None, path: str = "/v1/chat/completions") -> Request:
    return Request(method="POST", host="api.openai.com", path=path, body=body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        pytest.param(b'{"model": "m"}', {"model": "m"}, id="an object"),
        pytest.param(b'\n{"model": "m"}\r\n', {"model": "m"}, id="white space around it"),
        pytest.param(b'{"model": "m"} {}', {}, id="something after it"),
        pytest.param(None, {}, id="a body that could not be seen"),
        pytest.param(b"", {}, id="no body"),
        pytest.param(b"[1]", {}, id="another shape"),
        pytest.param(b'{"model": ', {}, id="cut off"),
        pytest.param(b"\xff", {}, id="no text"),
        pytest.param(b"[" * 100_000, {}, id="a bomb"),
        pytest.param(gzip.compress(b'{"model": "m"}'), {"model": "m"}, id="compressed"),
        pytest.param(gzip.compress(b"[1]"), {}, id="another shape, compressed"),
        pytest.param(gzip.compress(b"text"), {}, id="text, compressed"),
        pytest.param(gzip.compress(b'{"model": "m"}')[:-9], {}, id="compressed and cut off"),
        pytest.param(b"\x1f\x8b{}", {}, id="what only starts as if compressed"),
        pytest.param(
            gzip.compress(gzip.compress(b'{"model": "m"}')),
            {},
            id="compressed twice, as nobody does",
        ),
    ],
)
def test_only_a_json_object_is_a_document(body: bytes | None, document: object) -> None:
    assert request(body).document == document


@pytest.mark.parametrize(
    ("size", "read"),
    [
        pytest.param(64 << 20, True, id="64 MiB are read"),
        pytest.param((64 << 20) + 1, False, id="a byte more is not"),
    ],
)
def test_what_a_compressed_body_may_hold_is_bounded(size: int, *, read: bool) -> None:
    frame = len(json.dumps({"a": ""}))
    body = gzip.compress(json.dumps({"a": " " * (size - frame)}).encode(), compresslevel=1)

    assert bool(request(body).document) is read


def test_a_compressed_request_is_the_same_request() -> None:
    plain = b'{"a": 1, "b": 2}'
    bodies = [plain, gzip.compress(plain, 1, mtime=1), gzip.compress(plain, 9, mtime=2)]

    assert len({request(body).fingerprint() for body in bodies}) == 1


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


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        pytest.param(200, "bypass", id="an answer that no cassette took"),
        pytest.param(None, "live", id="no answer, which none could take"),
    ],
)
def test_a_call_went_past_a_cassette_if_it_was_answered(status: int | None, verdict: str) -> None:
    exchange = Exchange(
        request=request(b"{}"),
        status=status,
        source="live",
        outcome="answered" if status else "unknown",
        end="complete" if status else "error",
        sent_at=datetime(2026, 11, 21, tzinfo=UTC),
        duration_s=0.25,
        bypassed=True,
    )

    assert exchange.verdict == verdict
