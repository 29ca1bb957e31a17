"""Forms with files: what they say is found whatever the files hold, in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.providers.forms import fields_of

NAMES = st.text(st.characters(codec="ascii", exclude_characters='"\r\n\0'), min_size=1, max_size=9)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SOUNDS = st.binary(max_size=200)
BOUNDARY = b"--b0d1f2"


def part(name: str, value: bytes, *, file: bool = False) -> bytes:
    filename = b'; filename="a.wav"\r\nContent-Type: audio/wav' if file else b""
    head = b'Content-Disposition: form-data; name="%s"%s' % (name.encode(), filename)
    return b"%s\r\n%s\r\n\r\n%s\r\n" % (BOUNDARY, head, value)


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + BOUNDARY + b"--\r\n"


MODEL = part("model", b"whisper-1")


def test_a_field_is_text_and_a_file_is_nothing_but_there() -> None:
    body = form(MODEL, part("file", b"RIFF\0\1", file=True), part("language", b"de"))

    assert fields_of(body) == {"model": "whisper-1", "file": None, "language": "de"}


def test_what_says_true_or_false_is_that() -> None:
    body = form(part("stream", b"false"), part("diarize", b"true"), part("temperature", b"0"))

    assert fields_of(body) == {"stream": False, "diarize": True, "temperature": "0"}


def test_a_file_that_looks_like_a_field_is_none() -> None:
    fake = b'x\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt-4o-transcribe'

    assert fields_of(form(part("file", fake, file=True), MODEL))["model"] == "whisper-1"


@pytest.mark.parametrize(
    "body",
    [
        b'--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--b--',
        b"--b\r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n--b--",
        b'--b\nContent-Disposition: form-data; name="model"\n\nm\n--b--\n',
        b'--b\r\nX: y\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--b--\r\n',
    ],
)
def test_all_ways_to_write_a_field_are_read(body: bytes) -> None:
    assert fields_of(body) == {"model": "m"}


def test_a_long_text_is_nothing_but_there() -> None:
    assert fields_of(form(part("prompt", b"x" * 1001))) == {"prompt": None}
    assert fields_of(form(part("prompt", b"x" * 5000))) == {"prompt": None}


def test_of_two_fields_of_one_name_the_first_counts() -> None:
    assert fields_of(form(MODEL, part("model", b"another"))) == {"model": "whisper-1"}


@pytest.mark.parametrize(
    "body",
    [b"", b"--", b"--b", b"{}", b"\r\n--b\r\n", b"--b--\r\n", b"--\n--\n--", b"--b\r\n\r\nx"],
)
def test_what_is_no_form_says_nothing(body: bytes) -> None:
    assert fields_of(body) == {}


def test_a_field_that_is_cut_is_none() -> None:
    assert fields_of(MODEL) == {}


def test_a_long_file_of_lines_that_look_like_fields_is_passed_once() -> None:
    lines = b'<input name="model">\n' * 100_000  # the square of which nobody would wait for

    fields = fields_of(form(part("file", lines, file=True), MODEL))

    assert fields == {"file": None, "model": "whisper-1"}


@given(st.dictionaries(NAMES, st.one_of(TEXTS, SOUNDS), max_size=6))
def test_every_form_is_read_as_it_was_written(fields: dict[str, str | bytes]) -> None:
    parts = [
        part(name, value, file=True) if isinstance(value, bytes) else part(name, value.encode())
        for name, value in fields.items()
    ]
    words = {"true": True, "false": False}

    read = fields_of(form(*parts))

    assert read == {
        name: None if isinstance(value, bytes) else words.get(value, value)
        for name, value in fields.items()
    }


@given(st.binary(max_size=300))
def test_no_body_breaks_it(body: bytes) -> None:
    fields_of(body)
    fields_of(b"--b\r\n" + body + b"\r\n--b--")
