"""What must hold however an answer is written: it reads the same, or it says that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import hear
from support.wire import ANSWERS, ENCODINGS, cut, cuts, event_streams

from pytest_specbudget.providers.body import Body
from pytest_specbudget.providers.decoding import PLAIN, decoder_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.wire import Encoding

    from pytest_specbudget.core.exchange import End, Request

EVENT_STREAM = {"Content-Type": "text/event-stream"}

ENDS: tuple[End, ...] = ("complete", "closed")

patient = settings(deadline=None)
answers = st.sampled_from(list(ANSWERS.values()))
encodings = st.sampled_from(list(ENCODINGS.values()))


@patient
@given(event_streams(), cuts)
def test_however_events_are_written_they_read_the_same(
    stream: tuple[Request, bytes, bytes], places: list[int]
) -> None:
    request, usual, other = stream

    assert hear(request, *cut(other, places), headers=EVENT_STREAM) == hear(request, usual)


@patient
@given(answers, encodings, st.data(), cuts)
def test_an_encoding_a_wrong_header_and_cuts_change_nothing(
    answer: tuple[Request, bytes], encoding: Encoding, data: st.DataObject, places: list[int]
) -> None:
    (request, body), (pack, names) = answer, encoding
    telling = pack is not bytes or body[:1] != b"\0"  # no frame looks like text
    fitting = [name for name in names if telling or name not in ("br", "deflate")]
    headers = {"Content-Encoding": data.draw(st.sampled_from(fitting))}

    reading = hear(request, *cut(pack(body), places), headers=headers)

    assert reading == hear(request, body)
    assert (reading.usage_state, reading.usage.input_tokens) == ("complete", 3)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_breaks_off_anywhere_is_never_a_smaller_one(
    answer: str, encoding: str
) -> None:
    (request, body), (pack, names) = ANSWERS[answer], ENCODINGS[encoding]
    packed, headers = pack(body), {"content-encoding": names[-1]}
    whole = hear(request, body)
    assert whole.usage_state == "complete"

    cut_off = [
        hear(request, packed[:place], headers=headers, end=end)
        for place in range(len(packed))
        for end in ENDS
    ]

    assert [
        reading.usage.reported()
        for reading in cut_off
        if reading.usage_state == "complete" and reading.usage != whole.usage
    ] == []
    assert [flag for reading in cut_off for flag in reading.flags if is_stumble(flag)] == []


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name.startswith("gzip")])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_changed_byte_in_gzip_is_never_another_count(answer: str, encoding: str) -> None:
    (request, body), (pack, _) = ANSWERS[answer], ENCODINGS[encoding]
    packed, whole = pack(body), hear(request, body)

    changed = (
        hear(request, packed[:place] + bytes([packed[place] ^ 64]) + packed[place + 1 :])
        for place in range(len(packed))
    )

    assert [
        reading.usage.reported()
        for reading in changed
        if reading.usage_state == "complete" and reading.usage != whole.usage
    ] == []


@pytest.mark.parametrize(
    "starts",
    [
        pytest.param([b'[{"usa', b"[ \n{", b"[]", b"[["], id="arrays"),
        pytest.param([b'{"model', b"{}", b'{\r\n "a"', b' \n {"model"'], id="objects"),
        pytest.param([b"data: x", b"data:{", b"event: a", b"retry: 3", b"id: 7\n"], id="events"),
        pytest.param(
            [b": ping\n\n", b":\n", b"\xef\xbb\xbfdata: ", b"\r\n\r\n\r\n"], id="before them"
        ),
    ],
)
def test_plain_text_is_told_from_brotli(starts: Sequence[bytes]) -> None:
    assert [start for start in starts if decoder_for(start, "br") is not PLAIN] == []


@patient
@given(st.integers(1, 90_000), st.sampled_from([0, 1, 4]))
def test_brotli_is_told_from_plain_text_whatever_its_length(size: int, quality: int) -> None:
    brotli = pytest.importorskip("brotli")
    text = (b'{"embedding":[0.25,0.5,0.125],"index":%d}' % size * (size // 40 + 1))[:size]
    packed = brotli.compress(text, quality=quality)

    plain = b"".join(decoder_for(packed, "br").feed(packed))

    assert plain == text


class Deaf:
    def event(self, data: bytes) -> None:
        """Hear nothing."""

    def last_event(self, data: bytes) -> None:
        """Hear nothing."""

    def document(self, data: bytes) -> None:
        """Hear nothing."""


@patient
@given(st.lists(st.binary(max_size=80), max_size=6), st.sampled_from(["", "br", "deflate"]))
def test_any_bytes_in_any_encoding_are_damage_at_worst(pieces: list[bytes], name: str) -> None:
    body = Body({"content-encoding": name}, Deaf())
    stumble = ""

    try:
        for piece in pieces:
            body.feed(piece)
        body.close()
    except Exception as problem:  # noqa: BLE001 - every decoder has an error of its own
        stumble = f"{type(problem).__name__}: {problem}"

    assert not is_stumble(stumble)


def is_stumble(flag: str) -> bool:
    """Tell whether a flag is about an error that nobody meant to raise."""
    return flag.startswith(
        (
            "TypeError:",
            "KeyError:",
            "IndexError:",
            "AttributeError:",
            "RecursionError:",
            "ValueError:",
        )
    )
