"""What is said of a damaged recording: the file, the line, what is wrong, what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat

from pytest_specbudget.cassettes.lines import parse
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import RecordingError

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
