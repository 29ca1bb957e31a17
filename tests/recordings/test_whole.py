"""A recording kept whole is what readers of usage see, and more."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat, exchange, write

from pytest_specbudget.cassettes.interaction import interaction_from
from pytest_specbudget.cassettes.lines import header, line
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.library import files_below
from pytest_specbudget.recordings.whole import OURS, flat, read_whole_recording

if TYPE_CHECKING:
    from pathlib import Path

OUR_LINES = header("by hand\nand twice") + line(interaction_from(chat()))


def test_flattened_it_is_what_usage_is_read_of(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", chat(), exchange(None, None, url="https://shop.example/"))

    whole = read_whole_recording(path)

    assert whole is not None
    assert [*map(flat, whole.interactions, repeat(None))] == read_recording(path)


def test_our_own_lines_are_known_with_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(OUR_LINES, "utf-8")

    whole = read_whole_recording(path)

    assert whole is not None
    assert (whole.form, whole.comments) == (OURS, ("by hand", "and twice"))
    assert [*map(flat, whole.interactions)] == read_recording(path)


def test_a_line_that_was_cut_off_is_dropped_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(OUR_LINES + '- {"request": {"meth', "utf-8")

    whole = read_whole_recording(path)

    assert whole is not None
    assert len(whole.interactions) == 1
    assert "cut off" in (whole.note or "")


def test_what_only_begins_like_our_lines_is_read_as_yaml(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    entry = "- {request: {method: GET, uri: 'http://x/'},\n   response: {}}\n"
    path.write_text(f"version: 1\ninteractions:\n{entry}", "utf-8")

    whole = read_whole_recording(path)

    assert whole is not None
    assert whole.form == "vcrpy"
    assert whole.interactions[0].asked.uri == "http://x/"


def test_another_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: something else\n", "utf-8")

    assert read_whole_recording(path) is None


def test_an_exchange_that_makes_no_sense_is_named_by_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", chat(), {"request": [], "response": {}})

    with pytest.raises(RecordingError, match=r"a\.yaml, interaction 1: cannot be read"):
        read_whole_recording(path)


def test_of_the_many_toml_files_only_recordings_are_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1"\n', "utf-8")
    (tmp_path / "tape.toml").write_text("version = 1\n\n[[interactions]]\n", "utf-8")

    assert [*files_below(tmp_path)] == [tmp_path / "tape.toml"]
