"""Amazon's frames: any cut gives the same payloads, and nothing that is damaged is believed."""

from __future__ import annotations

import tracemalloc
from binascii import crc32
from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.frames import event, failure, frame, with_checksums

from pytest_specbudget.providers.aws_frames import LONGEST, Frames, is_prelude
from pytest_specbudget.providers.damage import CutError, DamageError, TooLongError

STREAM = event("messageStart", {"role": "assistant"}) + frame(b"", {}) + event("metadata", {"a": 1})
PAYLOADS = [b'{"role":"assistant"}', b"", b'{"a":1}']

few = settings(max_examples=80, deadline=None)


def heard(*pieces: bytes) -> list[bytes]:
    """Return the payloads of a stream that comes in *pieces*."""
    payloads: list[bytes] = []
    frames = Frames(payloads.append)
    for piece in pieces:
        frames.feed(piece)
    frames.close()
    return payloads


@few
@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cut_into_pieces_gives_the_same_payloads(places: list[int]) -> None:
    edges = [0, *sorted(places), len(STREAM)]

    assert heard(*(STREAM[start:end] for start, end in pairwise(edges))) == PAYLOADS


@few
@given(st.integers(0, len(STREAM) - 1), st.integers(1, 255))
def test_any_changed_byte_is_damage(place: int, change: int) -> None:
    damaged = bytearray(STREAM)
    damaged[place] ^= change

    with pytest.raises(DamageError):
        heard(bytes(damaged))


def test_a_long_stream_takes_no_more_memory_than_a_frame() -> None:
    one = frame(b"x" * 50_000, {":message-type": "event"})
    frames = Frames(lambda _: None)

    tracemalloc.start()
    for _ in range(200):
        frames.feed(one[:20_000])
        frames.feed(one[20_000:])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10 * len(one)


@pytest.mark.parametrize("missing", [1, 4, 5, 40])
def test_a_stream_that_ends_within_a_frame_is_cut(missing: int) -> None:
    with pytest.raises(CutError):
        heard(STREAM[:-missing])


@few
@given(st.binary(min_size=12, max_size=60))
def test_any_bytes_are_payloads_or_damage(data: bytes) -> None:
    with pytest.raises(DamageError):
        heard(data)


@pytest.mark.parametrize(
    ("length", "headers", "error"),
    [
        pytest.param(LONGEST + 1, 0, TooLongError, id="longer than any frame of Amazon's"),
        pytest.param(15, 0, DamageError, id="shorter than an empty frame"),
        pytest.param(99, 84, DamageError, id="shorter than its own headers"),
        pytest.param(LONGEST, (128 << 10) + 1, DamageError, id="headers that are too long"),
    ],
)
def test_a_length_that_cannot_be_is_refused_before_the_frame_is_held(
    length: int, headers: int, error: type[Exception]
) -> None:
    prelude = pack("!II", length, headers)
    frames = Frames(lambda _: None)

    with pytest.raises(error):
        frames.feed(prelude + pack("!I", crc32(prelude)))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"\x01a\x00\x01b\x01", id="truths"),
        pytest.param(b"\x01a\x02.\x01b\x03..\x01c\x04....\x01d\x05........", id="integers"),
        pytest.param(b"\x01a\x06\x00\x02..", id="bytes"),
        pytest.param(b"\x01a\x08........\x01b\x09................", id="a time and a UUID"),
    ],
)
def test_headers_of_every_type_are_passed_over(headers: bytes) -> None:
    assert heard(with_checksums(headers, b"x")) == [b"x"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"\x01a\x0a", id="a type that does not exist"),
        pytest.param(b"\x01a\x07\x00\x09..", id="a value longer than all headers"),
        pytest.param(b"\x09a", id="a name longer than all headers"),
        pytest.param(b"\x01a", id="a name without a value"),
        pytest.param(b"\x01a\x07\x00\x01\xff", id="text that is no UTF-8"),
    ],
)
def test_headers_that_make_no_sense_are_damage(headers: bytes) -> None:
    with pytest.raises(DamageError, match="headers"):
        heard(with_checksums(headers))


def test_an_exception_is_handed_over_as_an_error() -> None:
    (said,) = heard(failure("throttlingException", "Too many requests"))

    assert said.startswith(b'{"error": {"type": "throttlingException", "message": "throttling')
    assert b"Too many requests" in said


def test_an_error_without_a_payload_says_what_its_headers_do() -> None:
    headers = {":message-type": "error", ":error-code": "500", ":error-message": "broken"}

    assert heard(frame(b"", headers)) == [b'{"error": {"type": "500", "message": "500: broken"}}']


def test_sound_does_not_begin_as_a_frame_does() -> None:
    assert is_prelude(STREAM[:12])
    assert not is_prelude(b"\0" * 12)
    assert not is_prelude(b"\0\0\0\x18ftypmp42"[:12])
