"""Recordings of httprr are read message by message."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from support.answers import encoded

from pytest_specbudget.recordings.library import files_below, recordings

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = encoded({"model": "gpt-5", "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
SENT = encoded({"model": "gpt-5", "messages": []})
URL = "https://api.openai.com/v1/chat/completions"
ASKED = f"POST {URL} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n".encode() + SENT


def answered(body: bytes, header: str = "Content-Type: application/json") -> bytes:
    """Write an answer as it passes over the wire."""
    return f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + body


def recorded(*pairs: tuple[bytes, bytes]) -> bytes:
    """Write a recording."""
    each = (b"%d %d\n%b%b" % (len(one), len(other), one, other) for one, other in pairs)
    return b"httprr trace v1\n" + b"".join(each)


CHUNKS = b"5\r\n%b\r\n%x;x=y\r\n%b\r\n0\r\n\r\n" % (ANSWER[:5], len(ANSWER) - 5, ANSWER[5:])


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param(ASKED, answered(ANSWER), id="plain"),
        pytest.param(ASKED.replace(b"\r\n", b"\n"), answered(ANSWER), id="without returns"),
        pytest.param(ASKED, answered(CHUNKS, "Transfer-Encoding: chunked"), id="in chunks"),
        pytest.param(ASKED, answered(ANSWER, "Transfer-Encoding: chunked"), id="not in chunks"),
        pytest.param(ASKED, answered(gzip.compress(ANSWER)), id="compressed"),
        pytest.param(
            ASKED.replace(b"POST https://api.openai.com", b"POST ").replace(
                b"Content-Type", b"Host: api.openai.com\r\nContent-Type"
            ),
            answered(ANSWER),
            id="with the host beside the path",
        ),
    ],
)
def test_a_call_is_read(tmp_path: Path, asked: bytes, answer: bytes) -> None:
    path = tmp_path / "TestCall.httprr"
    path.write_bytes(recorded((asked, answer), (asked, answer)))

    (found,) = recordings(path, pytest.fail)

    assert found.whole.form == "httprr"
    assert found.interactions[1].url.endswith("//api.openai.com/v1/chat/completions")
    for reading in found.readings:
        assert reading is not None
        assert (reading.provider, reading.request_model) == ("openai", "gpt-5")
        assert reading.usage.reported() == {"input_tokens": 7, "output_tokens": 2}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(
            recorded((ASKED, answered(ANSWER)))[:-1], "the exchange at byte 16 is cut", id="cut"
        ),
        pytest.param(b"httprr trace v1\nand so on\n", "byte 16 begins no exchange", id="words"),
        pytest.param(recorded((b"x", b"y")), "cannot be read", id="no messages"),
    ],
)
def test_damage_is_told(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.httprr"
    path.write_bytes(data)
    told: list[str] = []

    found = [*recordings(path, told.append)]

    assert found == []
    assert reason in told[0]


def test_they_are_found_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.httprr").write_bytes(recorded())

    assert [*files_below(tmp_path)] == [tmp_path / "a.httprr"]
