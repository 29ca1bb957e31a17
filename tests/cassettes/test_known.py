"""The file of known staleness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.known import Known, KnownCall, KnownPath, load, save
from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

STORE = KnownPath(path=JsonPath.parse("$['a \"key\"'].store"), reason='a new "default"')
CALL = KnownCall(cassette="tests/cassettes/test_a/test_b.yaml", interaction=2, request="5d41")


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    known = Known(paths=(STORE,), calls=frozenset({CALL}))

    save(tmp_path / "known.toml", known)

    assert load(tmp_path / "known.toml") == known


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert load(tmp_path / "known.toml") == Known()


def test_a_path_is_kept_once_with_its_newest_reason() -> None:
    newer = KnownPath(path=STORE.path, reason="better")

    assert Known(paths=(STORE,)).also(paths=[newer]).paths == (newer,)


@pytest.mark.parametrize(
    ("cassette", "interaction", "request_", "listed"),
    [
        pytest.param(CALL.cassette, 2, "5d41", True, id="just this call"),
        pytest.param(f"/home/me/{CALL.cassette}", 2, "5d41", True, id="by its absolute path"),
        pytest.param(f"C:\\me\\{CALL.cassette}", 2, "5d41", True, id="on another system"),
        pytest.param(CALL.cassette, 1, "5d41", False, id="another interaction"),
        pytest.param(CALL.cassette, 2, "0000", False, id="a request that changed once more"),
        pytest.param(f"more{CALL.cassette}", 2, "5d41", False, id="a file that ends alike"),
        pytest.param(None, None, None, False, id="no cassette"),
    ],
)
def test_known_is(
    cassette: str | None, interaction: int | None, request_: str | None, *, listed: bool
) -> None:
    known = Known(calls=frozenset({CALL}))

    assert known.lists(cassette, interaction, request_) == listed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[paths]", "cannot be read: it is no TOML: ", id="no TOML"),
        pytest.param("a = " + "[" * 5000, "cannot be read: it is nested too deep", id="too deep"),
        pytest.param("[[path]]\npath = '$.a'", 'there is no "path"', id="a misspelt table"),
        pytest.param("[paths]\na = 1", "paths is no list", id="a table and no list"),
        pytest.param("[[paths]]\nreason = 'x'", "number 1: lacks a path", id="no path"),
        pytest.param("[[paths]]\npath = 'a'", '"a" is no path', id="no JSONPath"),
        pytest.param("[[calls]]\ncassette = 'a'", "needs cassette, interaction", id="half a call"),
        pytest.param("paths = [1]", "number 1: is no table", id="a number"),
    ],
)
def test_a_file_that_makes_no_sense_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "known.toml").write_text(text)

    with pytest.raises(RecordingError, match=r"known\.toml") as problem:
        load(tmp_path / "known.toml")

    assert told in str(problem.value)


def test_a_file_in_another_encoding_is_told_without_what_python_says(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_bytes(b"[[paths]]\npath = '\xff'")

    with pytest.raises(RecordingError, match=r"cannot be read: it is no UTF-8 text, at byte 18$"):
        load(tmp_path / "known.toml")


def test_a_mark_of_the_encoding_is_no_part_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text("[[paths]]\npath = '$.store'\n", "utf-8-sig")

    assert [path.text for path in load(tmp_path / "known.toml").volatile] == ["$.store"]
