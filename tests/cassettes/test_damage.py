"""What is said of a damaged recording: the file, the line, what is wrong, what to do."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded import chat

from pytest_specbudget.cassettes.lines import parse
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.whole import read_whole_recording

if TYPE_CHECKING:
    from pathlib import Path

OURS = b"version: 1\ninteractions:\n- " + json.dumps(chat("a b")).encode() + b"\n"


@pytest.mark.parametrize(
    ("character", "told"),
    [(b"\0", "U+0000"), (b"\x1b", "U+001B")],
    ids=["NUL", "escape"],
)
def test_a_character_that_no_text_has_is_told_with_its_line(
    tmp_path: Path, character: bytes, told: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(OURS.replace(b"a b", b"a" + character + b"b"))

    with pytest.raises(RecordingError) as replayed:
        parse(path.read_bytes(), str(path))
    with pytest.raises(RecordingError) as looked_at:
        read_recording(path)

    for problem in (replayed, looked_at):
        assert str(problem.value).startswith(
            f"{path}, line 3: cannot be read (the character {told})"
        )
        assert "restore it from version control" in str(problem.value)


def test_blocks_of_nothing_that_a_crash_left_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"

    with pytest.raises(RecordingError, match=r"a\.yaml, line 4: cannot be read \(the char"):
        parse(OURS + b"\0" * 512 + b"\n" + OURS[OURS.index(b"- ") :], str(path))


WORDS_OF_PYTHON = ("object", "indices", "argument", "literal", "Error", "unpack", "codec", "Errno")


def without(*keys: str) -> dict[str, Any]:
    """Make an interaction that lacks the value at *keys*."""
    return with_value(None, *keys, leave_out=True)


def with_value(value: object, *keys: str, leave_out: bool = False) -> dict[str, Any]:
    """Make an interaction that has *value* at *keys*."""
    whole: dict[str, Any] = chat("a b")
    place = whole
    for key in keys[:-1]:
        place = place[key]
    if leave_out:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    return whole


@pytest.mark.parametrize(
    ("interaction", "told"),
    [
        pytest.param(without("request", "uri"), 'it has no "uri"', id="no address"),
        pytest.param(without("response", "status", "code"), 'it has no "code"', id="no status"),
        pytest.param(
            with_value("ok", "response", "status", "code"), "'ok' is no whole number", id="a word"
        ),
        pytest.param(with_value([7], "request", "headers"), "it has not the shape", id="headers"),
        pytest.param(with_value(7, "response"), "it has not the shape", id="a number"),
        pytest.param(7, "it has not the shape", id="no interaction"),
    ],
)
def test_an_interaction_of_another_shape_is_told_in_words_of_recordings(
    interaction: object, told: str
) -> None:
    text = json.dumps({"interactions": [interaction]}).encode()

    with pytest.raises(RecordingError) as raised:
        parse(text, "a.yaml")

    assert str(raised.value).startswith(f"a.yaml, interaction 0: cannot be read ({told}")


@pytest.mark.parametrize("value", [None, 7, 1.5, True, "x", [1], [None], [[1, 2]], {"q": 1}, ""])
@pytest.mark.parametrize(
    "keys",
    [
        ("request",),
        ("response",),
        ("request", "headers"),
        ("response", "status"),
        ("response", "status", "code"),
        ("response", "body"),
        ("response", "body", "string"),
    ],
    ids="-".join,
)
def test_whatever_shape_a_recording_has_nobody_is_told_what_python_says(
    tmp_path: Path, keys: tuple[str, ...], value: object
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(json.dumps({"interactions": [with_value(value, *keys)]}))

    for read in (lambda one: parse(one.read_bytes(), "a"), read_recording, read_whole_recording):
        told = ""
        try:
            read(path)
        except RecordingError as problem:
            told = str(problem)
        assert not [word for word in WORDS_OF_PYTHON if word in told]


PACKED = gzip.compress(OURS)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(PACKED[:20], "it is compressed, and cut off", id="cut off"),
        pytest.param(PACKED[:-6] + b"x" * 6, "it is compressed, and damaged", id="damaged"),
        pytest.param(b"a: !!int x\n", "'x' is no whole number", id="a tagged word"),
        pytest.param(b"a: !!float x\n", "'x' is no number", id="a tagged word for a share"),
        pytest.param(b"version = 1\n[[interactions]\n", "it is no TOML: Expected", id="no TOML"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_told_without_words_of_python(
    tmp_path: Path, data: bytes, told: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)

    for read in (read_recording, read_whole_recording):
        with pytest.raises(RecordingError) as raised:
            read(path)
        assert str(raised.value).startswith(f"{path}: cannot be read ({told}")


def test_a_day_that_no_month_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"\(there is no such date\)"):
        parse(b"interactions: 2026-13-45\n", str(tmp_path / "a.yaml"))


def test_a_packed_recording_is_not_replayed_and_that_is_said() -> None:
    with pytest.raises(
        RecordingError, match=r"^a\.yaml: cannot be read \(it is compressed with gz"
    ):
        parse(PACKED, "a.yaml")
