"""Why a file cannot be read is said in words that somebody can act on."""

from __future__ import annotations

import json
import tomllib
from decimal import InvalidOperation
from pathlib import Path

import pytest

from pytest_specbudget.core.reasons import reason_of, toml_problem


def raised_by(text: str) -> Exception:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as problem:
        return problem
    pytest.fail("nothing was raised")


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        pytest.param(OSError(2, "No such file"), "there is no such file or folder", id="missing"),
        pytest.param(OSError(21, "Is a directory"), "it is a folder", id="a folder"),
        pytest.param(OSError(20, "Not a directory"), "it is no folder", id="below a file"),
        pytest.param(OSError(17, "File exists"), "a file is in the way", id="a file for a folder"),
        pytest.param(OSError(13, "Permission denied"), "permission is denied", id="not allowed"),
        pytest.param(OSError(28, "No space left"), "no space left", id="what the system says"),
        pytest.param(
            UnicodeDecodeError("utf-8", b"a\x86", 1, 2, "invalid start byte"),
            "it is no UTF-8 text, at byte 1",
            id="bytes",
        ),
        pytest.param(
            raised_by('{"a":'),
            "it is no JSON, at line 1, column 6 (Expecting value)",
            id="cut off",
        ),
        pytest.param(raised_by("[" * 100_000), "it is nested too deep", id="nested"),
        pytest.param(
            tomllib.TOMLDecodeError("Invalid value (at line 1, column 5)"),
            "it is no TOML: Invalid value (at line 1, column 5)",
            id="no TOML",
        ),
        pytest.param(ValueError("it has no date"), "it has no date", id="our own words"),
        pytest.param(
            InvalidOperation([InvalidOperation]),
            "a number in it is too large or too small",
            id="a number that nobody can hold",
        ),
        pytest.param(
            ValueError("Exceeds the limit (4300 digits) for integer string conversion"),
            "a number in it has too many digits",
            id="a number that Python does not read",
        ),
    ],
)
def test_the_reason_names_what_can_be_put_right(problem: Exception, told: str) -> None:
    assert reason_of(problem) == told


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        pytest.param(
            UnicodeDecodeError("utf-8", b"a\x86", 1, 2, "invalid start byte"),
            "a.toml is not UTF-8, at byte 1; save it as UTF-8",
            id="bytes",
        ),
        pytest.param(
            tomllib.TOMLDecodeError("Invalid value (at line 1, column 5)"),
            "a.toml is not valid TOML: Invalid value (at line 1, column 5)",
            id="no TOML",
        ),
        pytest.param(PermissionError(), "a.toml cannot be read: permission is denied", id="locked"),
        pytest.param(RecursionError(), "a.toml cannot be read: it is nested too deep", id="depth"),
    ],
)
def test_a_toml_file_that_cannot_be_used_is_told_in_one_sentence(
    problem: Exception, told: str
) -> None:
    assert toml_problem("a.toml", problem) == told


@pytest.mark.parametrize(
    ("beside", "hint"),
    [
        pytest.param(["report.json", "a.py"], '; did you mean "report.json"?', id="a slip"),
        pytest.param(["a.py"], "", id="nothing like it"),
    ],
)
def test_what_is_not_there_is_told_with_what_was_probably_meant(
    beside: list[str], hint: str, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="reprot") as caught:
        Path(tmp_path / "reprot.json").read_text("utf-8")

    assert reason_of(caught.value, beside) == f"there is no such file or folder{hint}"
