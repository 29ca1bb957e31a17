"""When a recorded answer was given: by its header, else by its body, else by its file."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pytest_specbudget.cassettes.shapes import Interaction
from pytest_specbudget.recordings.dating import date_of

DAY = datetime(2026, 3, 8, 23, 11, 33, tzinfo=UTC)
UNIX = 1773011493
RFC_3339 = "2026-03-08T23:11:33Z"
LATER = datetime(2026, 5, 1, tzinfo=UTC)


def answer(
    body: bytes = b"", *, date: str = "", recorded_at: datetime | None = None
) -> Interaction:
    """Record an answer."""
    return Interaction(
        method="POST",
        url="https://api.example/v1/chat/completions",
        request_body=b"{}",
        status=200,
        headers={"date": date} if date else {},
        body=body,
        recorded_at=recorded_at,
    )


def stream(*events: Any) -> bytes:
    """Write server-sent events."""
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps({"id": "c", "created": UNIX}).encode(), id="a chat completion"),
        pytest.param(json.dumps({"created": float(UNIX)}).encode(), id="seconds with a point"),
        pytest.param(json.dumps({"created_at": UNIX}).encode(), id="a response"),
        pytest.param(json.dumps({"created_at": RFC_3339}).encode(), id="Ollama's"),
        pytest.param(
            b'{"created_at": "2026-03-09T01:11:33.000000000+02:00"}', id="nanoseconds and a zone"
        ),
        pytest.param(json.dumps({"createTime": RFC_3339}).encode(), id="Gemini's"),
        pytest.param(json.dumps({"created": RFC_3339}).encode(), id="an interaction of Gemini's"),
        pytest.param(gzip.compress(json.dumps({"created": UNIX}).encode()), id="packed"),
        pytest.param(
            stream({"delta": "x"}, {"created": UNIX}, {"created": UNIX + 60}),
            id="of a stream the first event that has one",
        ),
        pytest.param(
            stream({"type": "response.created", "response": {"created_at": UNIX}}),
            id="an event that holds the response",
        ),
        pytest.param(json.dumps([{"a": 1}, {"createTime": RFC_3339}]).encode(), id="an array"),
        pytest.param(
            b'{"a": 1}\n{"created_at": "2026-03-08T23:11:33Z", "done": true}\n', id="JSON lines"
        ),
        pytest.param(
            stream({"created": UNIX}) + b"data: {cut", id="a stream that was cut after it"
        ),
    ],
)
def test_a_body_tells_when_it_was_made(body: bytes) -> None:
    assert date_of(answer(body)) == DAY


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"created": 0}', id="before there were such models"),
        pytest.param(b'{"created": 1773011493000}', id="milliseconds"),
        pytest.param(b'{"created": 9999999999}', id="the far future"),
        pytest.param(b'{"created": 1e300}', id="no time at all"),
        pytest.param(b'{"created": true}', id="a truth"),
        pytest.param(b'{"created": null}', id="nothing"),
        pytest.param(b'{"created_at": "yesterday"}', id="words"),
        pytest.param(b'{"created_at": "2026-03-08T23:11:33"}', id="no time zone"),
        pytest.param(b'{"container": {"expires_at": "2026-03-08T23:11:33Z"}}', id="an end"),
        pytest.param(b'{"file": {"created_at": 1773011493}}', id="the time of something else"),
        pytest.param(b'{"created": 1773011493', id="a body that was cut"),
        pytest.param(b"\x1f\x8bbroken", id="a damaged body"),
        pytest.param(b"", id="no body"),
    ],
)
def test_what_makes_no_sense_is_no_date(body: bytes) -> None:
    assert date_of(answer(body)) is None


def test_a_bad_date_does_not_hide_a_good_one() -> None:
    assert date_of(answer(json.dumps({"created": 0, "created_at": UNIX}).encode())) == DAY


def test_the_header_counts_before_the_body_and_the_body_before_the_file() -> None:
    body = json.dumps({"created": UNIX}).encode()
    header = "Fri, 01 May 2026 00:00:00 GMT"

    assert date_of(answer(body, date=header)) == LATER
    assert date_of(answer(body, recorded_at=LATER, date="[redacted]")) == DAY
    assert date_of(answer(recorded_at=LATER)) == LATER


def test_a_time_that_utc_cannot_hold_is_none() -> None:
    body = json.dumps({"createTime": "0001-01-01T00:00:00+14:00"}).encode()

    assert date_of(answer(body, date="Fri, 31 Dec 9999 23:59:59 -1400", recorded_at=DAY)) == DAY
